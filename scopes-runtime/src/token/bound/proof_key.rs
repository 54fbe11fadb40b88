use std::sync::Arc;

use jsonwebtoken::Algorithm;
use quick_cache::sync::Cache;

use super::refusal::{DpopRefusal, of_proof};
use super::thumbprint::of_jwk;
use crate::token::jose::{Jws, VerificationKey, parse_algorithm};
use crate::token::json::{Object, Value};

/// Most headers in memory: about 6 MiB with ES256, and 16 MiB with the longest headers.
const MAX_HEADERS: usize = 4096;

/// The key in the header of a proof, which has passed the checks of headers.
pub(super) struct ProofKey {
    key: VerificationKey,
    /// Of RFC 7638, decoded.
    pub(super) thumbprint: [u8; 32],
}

/// Keys by the encoded header of a proof. Clients send the same header with each proof. Reading it takes a twentieth of the
/// instructions of a request, and its result depends on the text only.
pub(super) struct ProofKeys(Cache<Box<str>, Arc<ProofKey>>);

impl ProofKey {
    /// Reads and checks the header of a proof.
    pub(super) fn read(jws: &Jws<'_>) -> Result<Self, DpopRefusal> {
        let mut buffer = Vec::new();
        let header = jws.header(&mut buffer).map_err(of_proof)?;
        if header.get("typ").and_then(Value::as_str).is_none_or(|typ| !is_dpop(typ)) {
            return Err(DpopRefusal::invalid_proof("the header's `typ` is not `dpop+jwt`"));
        }
        let algorithm = algorithm(&header)?;
        let Some(jwk) = header.get("jwk").and_then(Value::as_object) else {
            return Err(DpopRefusal::invalid_proof("the header's `jwk` is not an object"));
        };
        // Members of private and symmetric keys (RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1).
        if ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].iter().any(|name| jwk.contains_key(name)) {
            return Err(DpopRefusal::invalid_proof("the header's `jwk` is a private key"));
        }
        let key = VerificationKey::from_jwk_members(jwk, algorithm)
            .map_err(|error| DpopRefusal::invalid_proof(format!("the header's `jwk` is refused: {error}")))?;
        if key.algorithm() != algorithm {
            return Err(DpopRefusal::invalid_proof(
                "the header's `jwk` is for another `alg` than the header's",
            ));
        }
        let thumbprint = of_jwk(jwk);
        let thumbprint =
            thumbprint.ok_or_else(|| DpopRefusal::invalid_proof("the header's `jwk` is malformed"))?;
        Ok(Self { key, thumbprint })
    }

    pub(super) fn verifies(&self, jws: &Jws<'_>) -> bool {
        self.key.verifies(jws.message, jws.signature)
    }
}

fn is_dpop(typ: &str) -> bool {
    typ.eq_ignore_ascii_case("dpop+jwt") || typ.eq_ignore_ascii_case("application/dpop+jwt")
}

fn algorithm(header: &Object<'_>) -> Result<Algorithm, DpopRefusal> {
    let algorithm = header.get("alg").and_then(Value::as_str).and_then(parse_algorithm);
    algorithm
        .filter(|algorithm| !matches!(algorithm, Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512))
        .ok_or_else(|| {
            DpopRefusal::invalid_proof("the header's `alg` is not an asymmetric algorithm that is supported")
        })
}

impl ProofKeys {
    pub(super) fn new() -> Self {
        Self(Cache::new(MAX_HEADERS))
    }

    pub(super) fn get(&self, jws: &Jws<'_>) -> Option<Arc<ProofKey>> {
        self.0.get(jws.encoded_header())
    }

    /// Adds the key of a proof that was verified for a token, so that clients without a token cannot remove the keys of others.
    pub(super) fn insert(&self, jws: &Jws<'_>, key: Arc<ProofKey>) {
        self.0.insert(jws.encoded_header().into(), key);
    }
}

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::proof_key::{ProofKey, ProofKeys};
use super::refusal::{DpopRefusal, of_proof};
use super::target::normalized;
use super::thumbprint::{encoded, sha256};
use crate::token::DecodeError;
use crate::token::claims::check_time;
use crate::token::content::numeric_date;
use crate::token::jose::Jws;
use crate::token::json::{Object, Value};

/// Longest proof. One with an RSA key of 8192 bits has less than 4 KiB.
const MAX_PROOF_BYTES: usize = 8 * 1024;
/// Longest `jti`. RFC 9449 section 4.2 suggests a UUID, or 96 random bits.
const MAX_ID_BYTES: usize = 256;
/// How long a proof is accepted after its `iat`.
const MAX_AGE: Duration = Duration::from_secs(60);
/// How far `iat` may be in the future, for clients whose clock is fast.
const MAX_EARLY: Duration = Duration::from_secs(10);

/// The algorithms of proofs, as challenges and metadata list them: the asymmetric ones that are supported.
pub(crate) const ALGORITHMS: [&str; 9] =
    ["ES256", "ES384", "EdDSA", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512"];

/// The values that the claims and the key of a proof must match.
#[derive(Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) method: &'a str,
    /// The URL of the request, normalized.
    pub(super) url: &'a str,
    pub(super) token: &'a str,
    /// The thumbprint of the key that the token is bound to.
    pub(super) thumbprint: &'a str,
    pub(super) now: SystemTime,
}

/// A proof that has passed the checks of RFC 9449 section 4.3, except those of the nonce and of repeated use.
#[derive(Debug)]
pub(super) struct Proof {
    pub(super) id: String,
    /// That of the key, decoded.
    pub(super) thumbprint: [u8; 32],
    pub(super) nonce: Option<String>,
    /// When the proof is no longer accepted.
    pub(super) expires_at: SystemTime,
}

impl Proof {
    /// Verifies a proof. The signature comes last, because it costs most.
    pub(super) fn verify(text: &str, expected: Expected<'_>, keys: &ProofKeys) -> Result<Self, DpopRefusal> {
        if text.len() > MAX_PROOF_BYTES {
            return Err(DpopRefusal::invalid_proof(format!("it is longer than {MAX_PROOF_BYTES} bytes")));
        }
        let jws = Jws::split(text).map_err(of_proof)?;
        let cached = keys.get(&jws);
        let key = match &cached {
            Some(key) => Arc::clone(key),
            None => Arc::new(ProofKey::read(&jws)?),
        };
        let mut buffer = Vec::new();
        let claims = jws.payload(&mut buffer).map_err(of_proof)?;
        let proof = Self::read(&claims, key.thumbprint, expected)?;
        if !key.verifies(&jws) {
            return Err(DpopRefusal::invalid_proof("the signature is not from the key in the header"));
        }
        // RFC 9449 section 7.1: another key than that of the token makes the token invalid, not the proof.
        if encoded(key.thumbprint) != expected.thumbprint {
            return Err(DecodeError::invalid("it is bound to another key than that of the DPoP proof").into());
        }
        if cached.is_none() {
            keys.insert(&jws, key);
        }
        Ok(proof)
    }

    /// Checks the claims.
    fn read(claims: &Object<'_>, thumbprint: [u8; 32], expected: Expected<'_>) -> Result<Self, DpopRefusal> {
        let text = |name: &str| {
            let claim = claims.get(name).and_then(Value::as_str);
            claim.ok_or_else(|| DpopRefusal::invalid_proof(format!("the claim `{name}` is not a string")))
        };
        let id = text("jti")?;
        if id.is_empty() || id.len() > MAX_ID_BYTES {
            return Err(DpopRefusal::invalid_proof(format!(
                "the claim `jti` does not have 1 to {MAX_ID_BYTES} bytes"
            )));
        }
        if text("htm")? != expected.method {
            return Err(DpopRefusal::invalid_proof("the claim `htm` is not the method of the request"));
        }
        let target = text("htu")?;
        if target != expected.url && normalized(target).is_none_or(|target| target != expected.url) {
            return Err(DpopRefusal::invalid_proof("the claim `htu` is not the URL of the request"));
        }
        let expires_at = expires_at(claims, expected.now)?;
        if text("ath")? != encoded(sha256(expected.token.as_bytes())) {
            return Err(DpopRefusal::invalid_proof("the claim `ath` is not the hash of the access token"));
        }
        let nonce = claims.contains_key("nonce").then(|| text("nonce").map(str::to_owned)).transpose()?;
        Ok(Self { id: id.to_owned(), thumbprint, nonce, expires_at })
    }
}

/// Checks `iat`, and `exp` and `nbf` if present. Returns when the proof expires.
fn expires_at(claims: &Object<'_>, now: SystemTime) -> Result<SystemTime, DpopRefusal> {
    check_time(claims, now, Duration::ZERO).map_err(of_proof)?;
    let Some(iat) = claims.get("iat") else {
        return Err(DpopRefusal::invalid_proof("the claim `iat` is missing"));
    };
    let issued_at = numeric_date("iat", iat).map_err(of_proof)?;
    match now.duration_since(issued_at) {
        Ok(age) if age > MAX_AGE => {
            Err(DpopRefusal::invalid_proof("the claim `iat` is more than 60 s in the past"))
        }
        Err(early) if early.duration() > MAX_EARLY => {
            Err(DpopRefusal::invalid_proof("the claim `iat` is more than 10 s in the future"))
        }
        _ => Ok(issued_at + MAX_AGE),
    }
}

#[cfg(test)]
mod tests {
    use super::super::thumbprint::of_jwk;
    use super::*;
    use crate::token::json;

    /// The proof of RFC 9449 section 7.1, figure 12, with the token of the same request.
    const PROOF: &str = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0Rs\
        cEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.\
        eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNv\
        dXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.\
        2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA";
    const TOKEN: &str = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
    /// `jkt` of the example in section 6.1, which is for the same key.
    const THUMBPRINT: &str = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
    const ISSUED_AT: u64 = 1_562_262_618;

    fn expected() -> Expected<'static> {
        crate::token::jwt::install_crypto_provider();
        Expected {
            method: "GET",
            url: "https://resource.example.org/protectedresource",
            token: TOKEN,
            thumbprint: THUMBPRINT,
            now: SystemTime::UNIX_EPOCH + Duration::from_secs(ISSUED_AT),
        }
    }

    /// Returns an empty cache, and one with the key of the example.
    fn empty_and_filled() -> [ProofKeys; 2] {
        let keys = [ProofKeys::new(), ProofKeys::new()];
        Proof::verify(PROOF, expected(), &keys[1]).expect("a valid proof");
        keys
    }

    #[test]
    fn the_example_of_rfc_9449_is_accepted() {
        for keys in empty_and_filled() {
            let proof = Proof::verify(PROOF, expected(), &keys).expect("a valid proof");
            assert_eq!(proof.id, "e1j3V_bKic8-LAEB");
            assert_eq!(encoded(proof.thumbprint), THUMBPRINT);
            assert_eq!(proof.nonce, None);
        }
    }

    #[test]
    fn the_example_is_refused_for_any_other_request_token_key_and_time() {
        let later = |seconds| expected().now + Duration::from_secs(seconds);
        let invalid_proofs = [
            Expected { method: "POST", ..expected() },
            Expected { method: "get", ..expected() },
            Expected { url: "https://resource.example.org/", ..expected() },
            Expected { token: "other", ..expected() },
            Expected { now: later(61), ..expected() },
            Expected { now: expected().now - Duration::from_secs(11), ..expected() },
        ];
        for keys in empty_and_filled() {
            for other in invalid_proofs {
                assert!(matches!(Proof::verify(PROOF, other, &keys), Err(DpopRefusal::InvalidProof(_))));
            }
            let other = "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0";
            let other = Proof::verify(PROOF, Expected { thumbprint: other, ..expected() }, &keys);
            assert!(matches!(other, Err(DpopRefusal::Token(DecodeError::Invalid(_)))));
            let early = expected().now - Duration::from_secs(10);
            for now in [later(60), early] {
                assert!(Proof::verify(PROOF, Expected { now, ..expected() }, &keys).is_ok());
            }
        }
    }

    #[test]
    fn a_changed_example_is_refused() {
        let keys = empty_and_filled();
        for at in 0..PROOF.len() {
            let replacement = if PROOF.as_bytes()[at] == b'A' { "B" } else { "A" };
            let changed = format!("{}{replacement}{}", &PROOF[..at], &PROOF[at + 1..]);
            for keys in &keys {
                assert!(Proof::verify(&changed, expected(), keys).is_err(), "at {at}");
            }
        }
    }

    #[test]
    fn a_proof_longer_than_8_kib_is_refused_for_its_length() {
        let reason = |bytes| match Proof::verify(&"a".repeat(bytes), expected(), &ProofKeys::new()) {
            Err(DpopRefusal::InvalidProof(reason)) => reason.to_string(),
            other => panic!("{other:?}"),
        };
        assert!(!reason(8192).contains("longer"), "{}", reason(8192));
        assert!(reason(8193).contains("it is longer than 8192 bytes"), "{}", reason(8193));
    }

    #[test]
    fn thumbprints_are_those_of_the_rfcs() {
        let vectors = [
            // RFC 7638 section 3.1.
            (
                r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#,
                "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
            ),
            // RFC 8037 appendix A.3.
            (
                r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
                "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
            ),
        ];
        for (jwk, thumbprint) in vectors {
            let jwk = json::object(jwk.as_bytes()).expect("JSON");
            assert_eq!(of_jwk(&jwk).map(encoded).as_deref(), Some(thumbprint));
        }
    }

    #[test]
    fn a_key_that_json_would_escape_has_no_thumbprint() {
        for x in [r#"a","y":"b"#, "a\\", "a b", "a=", "\u{e9}"] {
            let jwk = serde_json::json!({ "kty": "OKP", "crv": "Ed25519", "x": x });
            let jwk = jwk.as_object().expect("an object");
            assert_eq!(of_jwk(&jwk.iter().collect()), None, "{x}");
        }
    }
}

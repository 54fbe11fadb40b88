use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::algorithm;
use crate::token::{DecodeError, MAX_TOKEN_BYTES, json};

/// Longest JSON text of a JOSE header. All of it is parsed before the signature is verified, so whoever sends a token
/// chooses how much. Issuers send 100 to 400 bytes: `alg`, `typ`, `kid`, at times the thumbprints `x5t` and `x5t#S256` or
/// the URL `jku`. Certificate chains (`x5c`, 2 to 6 KB) are in other JWTs, such as signed requests, not in access tokens.
const MAX_HEADER_BYTES: usize = 2 * 1024;

/// A JWS in the compact serialization (RFC 7515 section 7.1), nothing in it verified.
pub(super) struct Jws<'a> {
    header: &'a str,
    payload: &'a str,
    pub(super) signature: &'a str,
    /// What the signature signs: header, dot, payload.
    pub(super) message: &'a str,
}

impl<'a> Jws<'a> {
    pub(super) fn split(token: &'a str) -> Result<Self, DecodeError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(DecodeError::invalid(format!("it is longer than {MAX_TOKEN_BYTES} bytes")));
        }
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(DecodeError::invalid("it is not a signed JWT, which has three parts between dots"));
        };
        if header.is_empty() || payload.is_empty() || signature.is_empty() {
            return Err(DecodeError::invalid("one of its three parts is empty"));
        }
        // Three bytes in four characters: what base64url without padding decodes to, if it is that.
        if header.len() * 3 / 4 > MAX_HEADER_BYTES {
            return Err(DecodeError::invalid(format!("the header is longer than {MAX_HEADER_BYTES} bytes")));
        }
        let message = &token[..header.len() + ".".len() + payload.len()];
        Ok(Self { header, payload, signature, message })
    }

    pub(super) fn has_legible_signature(&self) -> bool {
        BASE64_URL_SAFE_NO_PAD.decode(self.signature).is_ok()
    }

    /// Reads `iss` alone, in a twentieth of the time that [`payload`](Self::payload) takes at the worst: the other members
    /// are skipped, so they are neither checked nor kept. It selects the key, nothing more.
    pub(super) fn unverified_issuer(&self) -> Result<String, DecodeError> {
        /// serde refuses a repeated field.
        #[derive(Deserialize)]
        struct Issuer {
            iss: String,
        }
        let text = decoded(self.payload, "payload")?;
        let issuer = serde_json::from_slice(&text).map(|Issuer { iss }| iss);
        issuer.map_err(|_| DecodeError::invalid("the payload is not a JSON object with one string `iss`"))
    }

    pub(super) fn payload(&self) -> Result<Map<String, Value>, DecodeError> {
        object(self.payload, "payload")
    }
}

/// What a JOSE header says, all of it acceptable (RFC 7515 section 4).
pub(super) struct Header {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<String>,
}

impl Header {
    pub(super) fn read(jws: &Jws<'_>, allows_generic_typ: bool) -> Result<Self, DecodeError> {
        let header = object(jws.header, "header")?;
        // RFC 7515 section 4.1.11: a listed extension that is not understood makes the JWS invalid, and so
        // does an empty list; here none is understood. RFC 7797 section 7: `b64` is not for JWTs.
        for extension in ["crit", "b64"] {
            if header.contains_key(extension) {
                return Err(DecodeError::invalid(format!(
                    "the header has `{extension}`, which is not supported"
                )));
            }
        }
        check_type(header.get("typ"), allows_generic_typ)?;
        let algorithm = header.get("alg").and_then(Value::as_str).and_then(algorithm);
        let algorithm = algorithm.ok_or_else(|| {
            DecodeError::invalid(
                "the header's `alg` is not the name of a signature algorithm that is supported",
            )
        })?;
        let kid = match header.get("kid") {
            None => None,
            Some(Value::String(kid)) => Some(kid.clone()),
            Some(_) => return Err(DecodeError::invalid("the header's `kid` is not a string")),
        };
        Ok(Self { algorithm, kid })
    }
}

/// RFC 9068 section 4: `at+jwt`, a media type, so in any case and with or without `application/`.
fn check_type(typ: Option<&Value>, allows_generic_typ: bool) -> Result<(), DecodeError> {
    let is = |name: &str| typ.and_then(Value::as_str).is_some_and(|typ| typ.eq_ignore_ascii_case(name));
    let is_untyped = typ.is_none() || is("JWT");
    if is("at+jwt") || is("application/at+jwt") || allows_generic_typ && is_untyped {
        Ok(())
    } else if is_untyped {
        Err(DecodeError::invalid("the header's `typ` is not `at+jwt` (`allow_generic_typ` does without)"))
    } else {
        Err(DecodeError::invalid("the header's `typ` is that of another kind of JWT, not `at+jwt`"))
    }
}

fn object(part: &str, name: &str) -> Result<Map<String, Value>, DecodeError> {
    json::object(&decoded(part, name)?)
        .map_err(|malformed| DecodeError::invalid(format!("the {name} {malformed}")))
}

fn decoded(part: &str, name: &str) -> Result<Vec<u8>, DecodeError> {
    let text = BASE64_URL_SAFE_NO_PAD.decode(part);
    text.map_err(|_| DecodeError::invalid(format!("the {name} is not base64url without padding")))
}

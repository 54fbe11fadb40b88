use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde::Deserialize;

use super::algorithm::parse_algorithm;
use crate::shown_text::quoted;
use crate::token::DecodeError;
use crate::token::decoder::check_length;
use crate::token::json::{self, Object, Value};

/// Longest JSON text of a JOSE header. It is parsed before the signature is verified, so a forged token costs this much.
/// Issuers send 100 to 400 bytes: `alg`, `typ`, `kid`, at times the thumbprints `x5t` and `x5t#S256` or the URL `jku`.
/// Certificate chains (`x5c`, 2 to 6 KB) are in other JWTs, such as signed requests, not in access tokens.
const MAX_HEADER_BYTES: usize = 2 * 1024;

/// A JWS in the compact serialization (RFC 7515 section 7.1). Nothing in it is verified.
pub(in crate::token) struct Jws<'a> {
    header: &'a str,
    payload: &'a str,
    pub(in crate::token) signature: &'a str,
    /// The signing input: header, dot, payload.
    pub(in crate::token) message: &'a str,
}

impl<'a> Jws<'a> {
    /// Splits a token into its parts, and checks its length and that of the header.
    pub(in crate::token) fn split(token: &'a str) -> Result<Self, DecodeError> {
        check_length(token)?;
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(DecodeError::invalid("it is not a signed JWT, which has three parts between dots"));
        };
        if header.is_empty() || payload.is_empty() || signature.is_empty() {
            return Err(DecodeError::invalid("one of its three parts is empty"));
        }
        // base64url without padding: four characters are three bytes.
        if header.len() * 3 / 4 > MAX_HEADER_BYTES {
            return Err(DecodeError::invalid(format!("the header is longer than {MAX_HEADER_BYTES} bytes")));
        }
        let message = &token[..header.len() + ".".len() + payload.len()];
        Ok(Self { header, payload, signature, message })
    }

    /// Returns the header in base64url.
    pub(in crate::token) fn encoded_header(&self) -> &'a str {
        self.header
    }

    /// Returns whether the signature is base64url without padding.
    pub(in crate::token) fn has_decodable_signature(&self) -> bool {
        BASE64_URL_SAFE_NO_PAD.decode(self.signature).is_ok()
    }

    /// Reads `iss` of the payload, to select the keys. The other members are skipped, neither checked nor stored, which takes a
    /// twentieth of the time of [`payload`](Self::payload) in the worst case.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Invalid`] unless the payload is a JSON object with exactly one `iss`, a string.
    pub(in crate::token) fn unverified_issuer(&self) -> Result<String, DecodeError> {
        // serde refuses a repeated field.
        #[derive(Deserialize)]
        struct Issuer {
            iss: String,
        }
        let text = decode_base64url(self.payload, "payload")?;
        let issuer = serde_json::from_slice(&text).map(|Issuer { iss }| iss);
        issuer.map_err(|_| DecodeError::invalid("the payload is not a JSON object with one string `iss`"))
    }

    /// Decodes the header into `buffer` and parses it. Refuses repeated member names, `crit` and `b64`.
    pub(in crate::token) fn header<'b>(&self, buffer: &'b mut Vec<u8>) -> Result<Object<'b>, DecodeError> {
        let header = object(self.header, "header", buffer)?;
        // RFC 7515 section 4.1.11: an extension in `crit` that is not supported makes the JWS invalid, and so does an empty
        // list. None is supported. RFC 7797 section 7: JWTs do not use `b64`.
        for extension in ["crit", "b64"] {
            if header.contains_key(extension) {
                return Err(DecodeError::invalid(format!(
                    "the header has `{extension}`, which is not supported"
                )));
            }
        }
        Ok(header)
    }

    /// Decodes the payload into `buffer` and parses it. Refuses repeated member names.
    pub(in crate::token) fn payload<'b>(&self, buffer: &'b mut Vec<u8>) -> Result<Object<'b>, DecodeError> {
        object(self.payload, "payload", buffer)
    }
}

/// A JOSE header that has passed its checks (RFC 7515 section 4).
#[derive(Debug)]
pub(in crate::token) struct Header {
    pub(in crate::token) algorithm: Algorithm,
    pub(in crate::token) kid: Option<String>,
}

impl Header {
    /// Parses the header, and checks `crit`, `b64`, `typ`, `alg` and the type of `kid`.
    pub(in crate::token) fn read(jws: &Jws<'_>, allows_generic_typ: bool) -> Result<Self, DecodeError> {
        let mut buffer = Vec::new();
        let header = jws.header(&mut buffer)?;
        check_type(header.get("typ"), allows_generic_typ)?;
        let alg = header.get("alg");
        let algorithm = alg.and_then(Value::as_str).and_then(parse_algorithm);
        let algorithm = algorithm.ok_or_else(|| {
            let reason = "the header's `alg` is not the name of a signature algorithm that is supported";
            DecodeError::invalid(format!("{reason}: it is {}", shown(alg)))
        })?;
        let kid = match header.get("kid") {
            None => None,
            Some(Value::String(kid)) => Some(kid.clone().into_owned()),
            Some(_) => return Err(DecodeError::invalid("the header's `kid` is not a string")),
        };
        Ok(Self { algorithm, kid })
    }
}

/// Checks that `typ` is `at+jwt` (RFC 9068 section 4). It is a media type: case does not matter, and `application/` is
/// optional.
fn check_type(typ: Option<&Value<'_>>, allows_generic_typ: bool) -> Result<(), DecodeError> {
    let is = |name: &str| typ.and_then(Value::as_str).is_some_and(|typ| typ.eq_ignore_ascii_case(name));
    let is_untyped = typ.is_none() || is("JWT");
    if is("at+jwt") || is("application/at+jwt") || allows_generic_typ && is_untyped {
        Ok(())
    } else if is_untyped {
        let remedy = "set the issuer's `TokenProfile`, or call `allow_generic_typ`";
        Err(DecodeError::invalid(format!("the header's `typ` is {}, not `at+jwt` ({remedy})", shown(typ))))
    } else {
        let reason = "the header's `typ` is that of another kind of JWT, not `at+jwt`";
        Err(DecodeError::invalid(format!("{reason}: it is {}", shown(typ))))
    }
}

/// Returns a member of the header for the log.
fn shown(member: Option<&Value<'_>>) -> String {
    match member {
        None => "missing".to_owned(),
        Some(Value::String(text)) => quoted(text),
        Some(_) => "not a string".to_owned(),
    }
}

/// Decodes a part of the JWS into `buffer`, whose content is replaced, and parses it.
fn object<'b>(part: &str, name: &str, buffer: &'b mut Vec<u8>) -> Result<Object<'b>, DecodeError> {
    *buffer = decode_base64url(part, name)?;
    json::object(buffer).map_err(|error| DecodeError::invalid(format!("the {name} {error}")))
}

fn decode_base64url(part: &str, name: &str) -> Result<Vec<u8>, DecodeError> {
    let text = BASE64_URL_SAFE_NO_PAD.decode(part);
    text.map_err(|_| DecodeError::invalid(format!("the {name} is not base64url without padding")))
}

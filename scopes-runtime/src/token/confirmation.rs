use super::error::DecodeError;
use super::json::{Object, Value};

/// Length of a SHA-256 in base64url without padding.
const THUMBPRINT_CHARACTERS: usize = 43;

/// The keys that a token is bound to: its claim `cnf` (RFC 7800 section 3.1). The sender of the token has to prove each of
/// them. Thumbprints are in base64url, as the claim has them.
#[derive(Clone, Debug)]
pub(crate) struct Confirmation {
    /// `jkt`: the thumbprint of the sender's DPoP key (RFC 9449 section 6.1).
    pub(crate) key: Option<Box<str>>,
    /// `x5t#S256`: the thumbprint of the sender's certificate (RFC 8705 section 3.1).
    pub(crate) certificate: Option<Box<str>>,
}

impl Confirmation {
    /// Reads the claim. Refuses a claim with another method of confirmation, without one, or with a malformed thumbprint.
    pub(super) fn read(claim: &Value<'_>) -> Result<Self, DecodeError> {
        let mut confirmation = Self { key: None, certificate: None };
        for (name, method) in claim.as_object().into_iter().flat_map(Object::iter) {
            let thumbprint = method.as_str().filter(|text| is_thumbprint(text)).map(Box::from);
            let known = match name {
                "jkt" => &mut confirmation.key,
                "x5t#S256" => &mut confirmation.certificate,
                _ => return Err(unsupported()),
            };
            *known = Some(thumbprint.ok_or_else(unsupported)?);
        }
        if confirmation.key.is_none() && confirmation.certificate.is_none() {
            return Err(unsupported());
        }
        Ok(confirmation)
    }
}

fn unsupported() -> DecodeError {
    DecodeError::invalid(
        "the claim `cnf` is not an object of the thumbprints `jkt` and `x5t#S256` alone, each a SHA-256 in base64url",
    )
}

fn is_thumbprint(text: &str) -> bool {
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    text.len() == THUMBPRINT_CHARACTERS && text.bytes().all(is_base64url)
}

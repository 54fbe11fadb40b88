use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::token::json::Object;

/// Returns the SHA-256.
pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    *digest(&SHA256, bytes).as_ref().first_chunk().expect("a SHA-256 has 32 bytes")
}

/// Returns the hash in base64url without padding.
pub(super) fn encoded(hash: [u8; 32]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(hash)
}

/// Returns the thumbprint of a certificate in DER: the value of `x5t#S256` in the claim `cnf` of tokens that are bound to it
/// (RFC 8705 section 3.1).
///
/// ```
/// let thumbprint = scopes_runtime::bound::certificate_thumbprint(b"the certificate");
/// assert_eq!(thumbprint.len(), 43);
/// ```
#[must_use]
pub fn certificate_thumbprint(der: &[u8]) -> String {
    encoded(sha256(der))
}

/// Returns the thumbprint of a public key (RFC 7638 section 3.1, RFC 8037 section 2). `None` if a member that it consists of is
/// missing, or is not plain text: JSON would escape it, and keys consist of base64url and names.
pub(super) fn of_jwk(jwk: &Object<'_>) -> Option<[u8; 32]> {
    let names: &[&str] = match jwk.get("kty")?.as_str()? {
        "EC" => &["crv", "kty", "x", "y"],
        "OKP" => &["crv", "kty", "x"],
        "RSA" => &["e", "kty", "n"],
        _ => return None,
    };
    let mut text = String::with_capacity(256);
    for (index, name) in names.iter().enumerate() {
        let value = jwk.get(name)?.as_str().filter(|value| value.bytes().all(is_plain))?;
        for part in [if index == 0 { "{\"" } else { ",\"" }, name, "\":\"", value, "\""] {
            text.push_str(part);
        }
    }
    text.push('}');
    Some(sha256(text.as_bytes()))
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

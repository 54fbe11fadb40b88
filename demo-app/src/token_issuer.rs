//! Which issuer's access tokens the API accepts.

/// The issuer of the access tokens that this API accepts.
#[derive(Clone, Debug)]
pub enum TokenIssuer {
    /// This program, which signs with a secret (HS256).
    Secret,
    /// This program, which signs with a private key and serves the public key.
    Key,
    /// Another issuer, with this URL.
    External(String),
}

use jsonwebtoken::Algorithm;

/// Parses an `alg`. `Ed25519` (RFC 9864 section 2.2) is read as `EdDSA`, which has no other curve here.
pub(in crate::token) fn parse_algorithm(name: &str) -> Option<Algorithm> {
    match name {
        "Ed25519" => Some(Algorithm::EdDSA),
        name => name.parse().ok(),
    }
}

//! Tokens and the keys that sign and verify them.

use base64ct::{Base64, Encoding as _};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, encode, get_current_timestamp};
use scopes_runtime::VerificationKey;
use serde_json::json;

pub(crate) const ISSUER: &str = "https://issuer.example";
pub(crate) const AUDIENCE: &str = "https://api.example";
pub(crate) const ALGORITHMS: [&str; 4] = ["HS256", "RS256", "ES256", "EdDSA"];
const SECRET: [u8; 32] = [7; 32];

pub(crate) fn algorithm(name: &str) -> Algorithm {
    name.parse().expect("one of ours")
}

fn der(pem: &str) -> Vec<u8> {
    let lines: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    Base64::decode_vec(&lines).expect("base64")
}

pub(crate) fn encoding_key(algorithm: Algorithm) -> EncodingKey {
    match algorithm {
        Algorithm::RS256 => EncodingKey::from_rsa_der(&der(include_str!("../keys/rsa.pem"))),
        Algorithm::ES256 => EncodingKey::from_ec_der(&der(include_str!("../keys/p256.pem"))),
        Algorithm::EdDSA => EncodingKey::from_ed_der(&der(include_str!("../keys/ed25519.pem"))),
        _ => EncodingKey::from_secret(&SECRET),
    }
}

pub(crate) fn verification_key(algorithm: Algorithm) -> VerificationKey {
    let pem = match algorithm {
        Algorithm::RS256 => include_str!("../keys/rsa-public.pem"),
        Algorithm::ES256 => include_str!("../keys/p256-public.pem"),
        Algorithm::EdDSA => include_str!("../keys/ed25519-public.pem"),
        _ => return VerificationKey::from_secret(algorithm, SECRET).expect("a key"),
    };
    VerificationKey::from_pem(algorithm, pem).expect("a key")
}

pub(crate) fn decoding_key(algorithm: Algorithm) -> DecodingKey {
    let jwk = || {
        let jwk =
            jsonwebtoken::jwk::Jwk::from_encoding_key(&encoding_key(algorithm), algorithm).expect("a key");
        DecodingKey::from_jwk(&jwk).expect("a key")
    };
    match algorithm {
        Algorithm::HS256 => DecodingKey::from_secret(&SECRET),
        _ => jwk(),
    }
}

/// Returns the checks of jsonwebtoken that are closest to those of a decoder.
pub(crate) fn validation(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    validation.validate_nbf = true;
    validation
}

/// Returns this many different tokens.
pub(crate) fn tokens(name: &str, scope: &str, count: usize) -> Vec<String> {
    // A decoder installs the crypto backend of jsonwebtoken.
    let builder = scopes_runtime::JwtDecoder::builder().issuer(ISSUER).audience(AUDIENCE);
    drop(builder.key(verification_key(Algorithm::HS256)).build().expect("a decoder"));
    let algorithm = algorithm(name);
    let key = encoding_key(algorithm);
    let mut header = Header::new(algorithm);
    header.typ = Some("at+jwt".to_owned());
    let now = get_current_timestamp();
    let token = |number: usize| {
        let claims = json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": "248289761001", "client_id": "s6BhdRkqt3", "iat": now,
            "exp": now + 3600, "jti": format!("{number:032x}"), "scope": scope,
        });
        encode(&header, &claims, &key).expect("a token")
    };
    (0..count).map(token).collect()
}

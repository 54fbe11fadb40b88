//! Configurations and secrets that are refused.

use std::time::Duration;

use scopes_runtime::{Algorithm, JwtDecoder, JwtDecoderError, KeyError, VerificationKey};
use serde_json::json;

use super::issuer::{AUDIENCE, ISSUER, SECRET, base64url, builder, secret_key};
use super::keys::pem;

pub(crate) fn refusal(key: Result<VerificationKey, KeyError>) -> String {
    key.expect_err("a key that is refused").to_string()
}

#[test]
fn incomplete_decoders_are_errors() {
    let key = || secret_key(Algorithm::HS256);
    let refusal = |decoder: Result<JwtDecoder, JwtDecoderError>| decoder.expect_err("refused").to_string();
    let no_issuer = "the decoder has no issuer: call `issuer` with the `iss` of the tokens, such as \
                     `https://issuer.example`";
    let no_audience =
        "the decoder has no audience: call `audience` with the `aud` that names this server in the tokens";
    let no_key = "the decoder has no key: call `jwks(Jwks::discovery())` (feature `issuer`), or `key` with a key that verifies \
                  the issuer's signatures";
    for (builder, reason) in [
        (JwtDecoder::builder().audience(AUDIENCE).key(key()), no_issuer),
        (builder().issuer("").key(key()), no_issuer),
        (JwtDecoder::builder().issuer(ISSUER).key(key()), no_audience),
        (builder().audience("").key(key()), no_audience),
        (builder(), no_key),
        (
            builder().key(key()).leeway(Duration::from_millis(60_001)),
            "a leeway of 60.001s is longer than 60 s: set less, and synchronize the clocks instead",
        ),
        (
            builder().key(key().with_kid("a")).key(secret_key(Algorithm::HS384)).key(key().with_kid("a")),
            "two keys for HS256 have the `kid` `a`: add only one of them, or give each a `kid` of its own",
        ),
    ] {
        assert_eq!(refusal(builder.build()), reason);
    }
    let other_algorithm = secret_key(Algorithm::HS384).with_kid("a");
    let longest = builder().leeway(Duration::from_secs(60)).key(key().with_kid("a")).key(other_algorithm);
    longest.build().expect("the same kid for another algorithm, and 60 seconds");
}

#[test]
fn short_and_pem_secrets_are_errors() {
    for (algorithm, needed) in [(Algorithm::HS256, 32), (Algorithm::HS384, 48), (Algorithm::HS512, 64)] {
        let reason = |bytes| {
            format!(
                "a secret for {algorithm:?} has at least {needed} bytes (RFC 7518 section 3.2), but this one has \
                 {bytes}: make a random one with `openssl rand -hex {needed}`"
            )
        };
        VerificationKey::from_secret(algorithm, &SECRET[..needed]).expect("long enough");
        assert_eq!(refusal(VerificationKey::from_secret(algorithm, "")), reason(0));
        assert_eq!(refusal(VerificationKey::from_secret(algorithm, &SECRET[1..needed])), reason(needed - 1));
        let short = json!({ "kty": "oct", "k": base64url(&SECRET[1..needed]) });
        assert_eq!(refusal(VerificationKey::from_jwk_for(algorithm, short.to_string())), reason(needed - 1));
    }
    let reason = "this secret is a PEM document, perhaps a public key, with which anyone could sign tokens: use \
                  `from_pem` with the algorithm that the issuer signs with";
    assert_eq!(refusal(VerificationKey::from_secret(Algorithm::HS256, pem!("rsa-public"))), reason);
}

#[test]
fn debug_shows_no_key() {
    let secret = "0123456789abcdef0123456789abcdef";
    let key = || VerificationKey::from_secret(Algorithm::HS256, secret).expect("32 bytes");
    let builder = builder().key(key());
    let decoder = builder.clone().build().expect("a complete decoder");
    for shown in
        [format!("{:?}", key()), format!("{builder:?}"), format!("{decoder:?}"), format!("{decoder:#?}")]
    {
        assert!(shown.contains("HS256"), "{shown}");
        assert!(!shown.contains(secret) && !shown.contains("48, 49, 50"), "{shown}");
    }
}

//! Limits on the cost of an unverified token: header bytes and keys that are tried.

use scopes_runtime::{Algorithm, JwtDecoder, JwtDecoderError, VerificationKey};
use serde_json::json;

use super::issuer::{
    DECODER, HEADER, SECRET, accept, base64url, builder, claims, refuse, secret_key, sign, sign_message,
};

const TOO_MANY: &str = "more than 4 keys are for the header's `alg`, and no `kid` selects one: have the issuer send `kid` \
                        in its tokens and its keys, or have fewer keys at a time";
const FORGED: &str = "the signature is not from a key of the issuer";

#[tokio::test]
async fn headers_over_2_kib_are_refused() {
    let of_bytes = |bytes: usize| {
        let start = r#"{"alg":"HS256","typ":"at+jwt","x5t":""#;
        let header = format!("{start}{}\"}}", "a".repeat(bytes - start.len() - 2));
        assert_eq!(header.len(), bytes);
        sign(header, claims().to_string())
    };
    for bytes in [1000, 2046, 2047, 2048] {
        accept(&DECODER, &of_bytes(bytes)).await;
    }
    for bytes in [2049, 2050, 2051, 6000] {
        assert_eq!(refuse(&DECODER, &of_bytes(bytes)).await, "the header is longer than 2048 bytes");
    }
    // A long header is neither decoded nor parsed.
    let garbage = format!("{}.e30.AA", "!".repeat(2732));
    assert_eq!(refuse(&DECODER, &garbage).await, "the header is longer than 2048 bytes");
}

fn secret(number: u8) -> VerificationKey {
    VerificationKey::from_secret(Algorithm::HS256, [number; 64]).expect("64 bytes are enough")
}

fn named(number: u8) -> VerificationKey {
    secret(number).with_kid(number.to_string())
}

fn decoder(keys: impl IntoIterator<Item = VerificationKey>) -> JwtDecoder {
    keys.into_iter().fold(builder(), |builder, key| builder.key(key)).build().expect("a decoder")
}

fn signed_by(number: u8, kid: Option<&str>) -> String {
    let mut header = json!({ "alg": "HS256", "typ": "at+jwt" });
    if let Some(kid) = kid {
        header["kid"] = kid.into();
    }
    let message = [header.to_string(), claims().to_string()].map(|part| base64url(part.as_bytes())).join(".");
    sign_message(Algorithm::HS256, &jsonwebtoken::EncodingKey::from_secret(&[number; 64]), &message)
}

#[tokio::test]
async fn a_token_without_kid_is_tried_with_at_most_4_keys() {
    let four = decoder((1..=4).map(named));
    for number in 1..=4 {
        accept(&four, &signed_by(number, None)).await;
    }
    assert_eq!(refuse(&four, &signed_by(5, None)).await, FORGED);
    // Tokens of all keys are refused, so that the order of the keys does not matter.
    let five = decoder((1..=5).map(named));
    for number in 1..=6 {
        assert_eq!(refuse(&five, &signed_by(number, None)).await, TOO_MANY);
    }
    for number in 1..=5 {
        accept(&five, &signed_by(number, Some(&number.to_string()))).await;
    }
    assert_eq!(refuse(&five, &signed_by(6, Some("5"))).await, FORGED);
}

#[tokio::test]
async fn keys_for_another_algorithm_do_not_count() {
    let others = (1..=5).map(|number| {
        let key = VerificationKey::from_secret(Algorithm::HS384, [number; 64]).expect("a secret");
        key.with_kid(number.to_string())
    });
    accept(&decoder(others.chain([secret_key(Algorithm::HS256)])), &sign(HEADER, claims().to_string())).await;
}

#[tokio::test]
async fn a_token_with_an_unknown_kid_is_tried_with_at_most_4_keys_without_kid() {
    let decoder = decoder((1..=4).map(secret).chain([named(9), named(10)]));
    for number in 1..=4 {
        accept(&decoder, &signed_by(number, Some("unknown"))).await;
    }
    assert_eq!(refuse(&decoder, &signed_by(5, Some("unknown"))).await, FORGED);
    accept(&decoder, &signed_by(9, Some("9"))).await;
    // Only the key with the `kid` is tried.
    assert_eq!(refuse(&decoder, &signed_by(1, Some("9"))).await, FORGED);
    assert_eq!(refuse(&decoder, &signed_by(1, None)).await, TOO_MANY);
}

#[test]
fn five_keys_without_kid_for_one_algorithm_are_an_error() {
    let five = (1..=5).map(secret).fold(builder(), |builder, key| builder.key(key));
    let error = five.build().expect_err("refused");
    assert!(
        matches!(error, JwtDecoderError::TooManyKeysWithoutKid { algorithm: Algorithm::HS256 }),
        "{error:?}"
    );
    assert_eq!(
        error.to_string(),
        "more than 4 keys for HS256 have no `kid`: name each with `with_kid` as the issuer does, or add fewer"
    );
    let other = VerificationKey::from_secret(Algorithm::HS384, SECRET).expect("a secret");
    (1..=4)
        .map(secret)
        .chain([other])
        .fold(builder(), |builder, key| builder.key(key))
        .build()
        .expect("four");
}

//! Signs tokens with any header and payload.

use std::sync::LazyLock;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use jsonwebtoken::EncodingKey;
use scopes_runtime::{
    AccessToken, Algorithm, DecodeError, JwtDecoder, JwtDecoderBuilder, TokenDecoder as _, VerificationKey,
};
use scopes_tests::{now, without_seconds};
use serde_json::{Value, json};

pub(crate) const ISSUER: &str = "https://issuer.example";
pub(crate) const AUDIENCE: &str = "https://api.example";
pub(crate) const SECRET: [u8; 64] = [7; 64];
pub(crate) const HEADER: &str = r#"{"alg":"HS256","typ":"at+jwt"}"#;

/// Returns a builder for [`ISSUER`] and [`AUDIENCE`], without a key.
pub(crate) fn builder() -> JwtDecoderBuilder {
    JwtDecoder::builder().issuer(ISSUER).audience(AUDIENCE)
}

pub(crate) fn secret_key(algorithm: Algorithm) -> VerificationKey {
    VerificationKey::from_secret(algorithm, SECRET).expect("64 bytes are enough")
}

/// A decoder with the default settings for tokens of [`sign`].
pub(crate) static DECODER: LazyLock<JwtDecoder> =
    LazyLock::new(|| builder().key(secret_key(Algorithm::HS256)).build().expect("a complete decoder"));

/// Returns claims that [`DECODER`] accepts.
pub(crate) fn claims() -> Value {
    json!({
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "alice",
        "client_id": "app",
        "iat": now(),
        "exp": now() + 300,
        "jti": "1",
        "scope": "me items:write",
    })
}

/// Returns these claims with one added or replaced.
pub(crate) fn claims_with(name: &str, value: impl Into<Value>) -> String {
    let mut claims = claims();
    claims[name] = value.into();
    claims.to_string()
}

pub(crate) fn claims_without(name: &str) -> String {
    let mut claims = claims();
    claims.as_object_mut().expect("an object").remove(name).expect("a claim");
    claims.to_string()
}

/// Signs this header and payload, which can be any bytes, with HS256.
pub(crate) fn sign(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    sign_with(Algorithm::HS256, &EncodingKey::from_secret(&SECRET), header, payload)
}

pub(crate) fn sign_with(
    algorithm: Algorithm,
    key: &EncodingKey,
    header: impl AsRef<[u8]>,
    payload: impl AsRef<[u8]>,
) -> String {
    sign_message(algorithm, key, &format!("{}.{}", base64url(header.as_ref()), base64url(payload.as_ref())))
}

/// Signs a message that is already encoded.
pub(crate) fn sign_message(algorithm: Algorithm, key: &EncodingKey, message: &str) -> String {
    // With both backends compiled in, jsonwebtoken only signs after a decoder has selected one.
    LazyLock::force(&DECODER);
    let signature =
        jsonwebtoken::crypto::sign(message.as_bytes(), key, algorithm).expect("a key for the algorithm");
    format!("{message}.{signature}")
}

pub(crate) fn base64url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// Decodes a token that must be accepted.
pub(crate) async fn accept(decoder: &JwtDecoder, token: &str) -> AccessToken {
    decoder.decode(token).await.unwrap_or_else(|error| panic!("refused: {token}: {error}"))
}

/// Returns the reason for the refusal of a token that must be invalid.
pub(crate) async fn refuse(decoder: &JwtDecoder, token: &str) -> String {
    match decoder.decode(token).await {
        Ok(_) => panic!("accepted: {token}"),
        Err(DecodeError::Invalid(reason)) => without_seconds(&reason.to_string()),
        Err(error) => panic!("not invalid: {token}: {error}"),
    }
}

/// Checks that each token is refused for its reason, and reports all that are not.
pub(crate) async fn refuse_all<C: Into<String>>(
    decoder: &JwtDecoder,
    cases: impl IntoIterator<Item = (C, &str)>,
) {
    let mut wrong = Vec::new();
    for (token, reason) in cases {
        let token = token.into();
        match decoder.decode(&token).await {
            Err(DecodeError::Invalid(refusal)) if without_seconds(&refusal.to_string()) == reason => {}
            other => wrong.push(format!("{token}\n  expected: {reason}\n  was: {other:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

use scopes_runtime::Algorithm;
use scopes_tests::now;
use serde_json::{Value, json};

use super::issuer::{
    AUDIENCE, DECODER, HEADER, accept, builder, claims, claims_with, claims_without, refuse, secret_key, sign,
};

#[tokio::test]
async fn an_accepted_token_has_its_claims() {
    let token = accept(&DECODER, &sign(HEADER, claims().to_string())).await;
    assert_eq!(token.subject(), Some("alice"));
    assert_eq!(token.issuer(), Some("https://issuer.example"));
    assert_eq!(token.client_id(), Some("app"));
    assert_eq!(token.scopes().to_string(), "me items:write");
    assert!(token.expires_at().is_some_and(|end| end > std::time::SystemTime::now()));
}

#[tokio::test]
async fn typ_is_a_case_insensitive_media_type() {
    for typ in ["at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+jwt"] {
        accept(&DECODER, &sign(json!({ "alg": "HS256", "typ": typ }).to_string(), claims().to_string()))
            .await;
    }
}

#[tokio::test]
async fn optional_and_unusual_claims_are_accepted() {
    for (name, value) in [
        ("aud", json!([AUDIENCE])),
        ("aud", json!(["https://other.example", AUDIENCE])),
        ("exp", json!(now() as f64 + 300.5)),
        ("exp", json!(4_000_000_000_000_u64)),
        ("nbf", json!(now())),
        ("nbf", json!(0.5)),
        ("iat", json!(now() + 3600)),
        ("scope", json!("")),
        ("unknown", Value::Null),
    ] {
        accept(&DECODER, &sign(HEADER, claims_with(name, value))).await;
    }
    for name in ["sub", "client_id", "iat", "jti", "scope"] {
        accept(&DECODER, &sign(HEADER, claims_without(name))).await;
    }
}

#[tokio::test]
async fn a_missing_scope_claim_grants_no_scopes() {
    let token = accept(&DECODER, &sign(HEADER, claims_without("scope"))).await;
    assert!(token.scopes().is_empty());
}

#[tokio::test]
async fn scopes_are_separated_by_spaces_only() {
    let token = accept(&DECODER, &sign(HEADER, claims_with("scope", " me  a\tb c,d \"q\" "))).await;
    assert_eq!(token.scopes().to_string(), "me c,d");
}

#[tokio::test]
async fn both_keys_of_a_rotation_verify() {
    let old = || scopes_runtime::VerificationKey::from_secret(Algorithm::HS256, [1; 32]).expect("32 bytes");
    let new = || secret_key(Algorithm::HS256);
    let sign_old = |header: &str| {
        let key = jsonwebtoken::EncodingKey::from_secret(&[1; 32]);
        super::issuer::sign_with(Algorithm::HS256, &key, header, claims().to_string())
    };
    let both = builder().key(old()).key(new()).build().expect("complete");
    accept(&both, &sign_old(HEADER)).await;
    accept(&both, &sign(HEADER, claims().to_string())).await;

    let named = builder().key(old().with_kid("old")).key(new().with_kid("new")).build().expect("complete");
    let header = |kid: &str| json!({ "alg": "HS256", "typ": "at+jwt", "kid": kid }).to_string();
    accept(&named, &sign_old(&header("old"))).await;
    accept(&named, &sign(header("new"), claims().to_string())).await;
    accept(&named, &sign(HEADER, claims().to_string())).await;
    let reason = refuse(&named, &sign(header("old"), claims().to_string())).await;
    assert_eq!(reason, "the signature is not from a key of the issuer");

    let retired = builder().key(new().with_kid("new")).build().expect("complete");
    let reason = refuse(&retired, &sign_old(&header("old"))).await;
    assert_eq!(reason, "the decoder has no key for `HS256` with the token's `kid` `old`");
    let reason = refuse(&retired, &sign_old(HEADER)).await;
    assert_eq!(reason, "the signature is not from a key of the issuer");
}

#[tokio::test]
async fn a_key_without_kid_verifies_any_kid() {
    let header = json!({ "alg": "HS256", "typ": "at+jwt", "kid": "../../etc/passwd" }).to_string();
    accept(&DECODER, &sign(header, claims().to_string())).await;
}

#[tokio::test]
async fn a_cloned_decoder_decodes() {
    let decoder = DECODER.clone();
    accept(&decoder, &sign(HEADER, claims().to_string())).await;
}

//! `TestIssuer`: its tokens are accepted, and malformed ones are refused.

use std::net::TcpStream;
use std::time::Duration;

use scopes_runtime::testing::{TestIssuer, TestToken};
use scopes_runtime::{AccessToken, DecodeError, JwtDecoder, MultiIssuerDecoder, TokenDecoder};
use scopes_tests::without_seconds;
use serde_json::json;

async fn refuse(decoder: &impl TokenDecoder, token: &TestToken) -> String {
    match decoder.decode(&token.sign()).await {
        Err(DecodeError::Invalid(reason)) => without_seconds(&reason.to_string()),
        other => panic!("not refused: {other:?}"),
    }
}

async fn accept(decoder: &impl TokenDecoder, token: &TestToken) -> AccessToken {
    decoder.decode(&token.sign()).await.expect("a good token")
}

#[tokio::test]
async fn a_token_has_the_claims_that_are_set() {
    let issuer = TestIssuer::new();
    let decoder = issuer.decoder();
    let token = accept(&decoder, &issuer.token()).await;
    assert_eq!((token.subject(), token.client_id()), (Some("alice"), Some("client")));
    assert_eq!(token.issuer(), Some(issuer.url()));
    assert!(token.scopes().is_empty());

    let token = issuer.token().subject("bob").scopes(["me", "items"]).claim("tenant", json!({ "id": 7 }));
    let token = accept(&decoder, &token.audience(json!(["https://other.test", issuer.audience()]))).await;
    assert_eq!(token.subject(), Some("bob"));
    assert_eq!(token.scopes().to_string(), "me items");
    let claims: serde_json::Value = token.claims().expect("JSON");
    assert_eq!(claims["tenant"]["id"], 7);
}

#[tokio::test]
async fn a_token_expires_in_the_time_that_is_set() {
    let issuer = TestIssuer::new();
    let lifetime = |token: AccessToken| {
        let at = token.expires_at().expect("`exp`");
        at.duration_since(std::time::SystemTime::now()).expect("a time to come").as_secs()
    };
    let token = accept(&issuer.decoder(), &issuer.token().expires_in(Duration::from_secs(86_400))).await;
    assert!((86_300..=86_400).contains(&lifetime(token)));
    assert!((200..=300).contains(&lifetime(accept(&issuer.decoder(), &issuer.token()).await)));
}

#[tokio::test]
async fn each_malformed_token_is_refused_for_its_own_reason() {
    let issuer = TestIssuer::new();
    let decoder = issuer.decoder();
    let token = issuer.token();
    accept(&decoder, &token).await;
    let forged = "the signature is not from a key of the issuer";
    let no_key = "no key is for the header's `alg`, `HS256`: the keys are for `ES256`";
    let cases = [
        (token.clone().expired(), "it has expired: the claim `exp` was N s ago"),
        (token.clone().without_claim("exp"), "the claim `exp` is missing"),
        (
            token.clone().audience("x"),
            "the claim `aud` names none of the audiences that are configured: `https://api.test`; it names `x`",
        ),
        (token.clone().claim("sub", 5), "the claim `sub` is not a string"),
        (token.clone().header("kid", 5), "the header's `kid` is not a string"),
        (token.clone().header("alg", "HS256"), no_key),
        (token.clone().signed_with_secret([7; 32]), no_key),
        (token.clone().signed_with_secret([7; 32]).header("alg", "ES256"), forged),
        (token.clone().forged(), forged),
        (token.clone().forged().without_header("kid"), forged),
    ];
    for (token, reason) in cases {
        assert_eq!(refuse(&decoder, &token).await, reason);
    }
    accept(&decoder, &token.without_header("kid")).await;
}

#[tokio::test]
async fn every_test_issuer_has_its_own_key() {
    let (one, other) = (TestIssuer::new(), TestIssuer::default());
    let reason = refuse(&one.decoder(), &other.token()).await;
    assert_eq!(reason, "the signature is not from a key of the issuer");
}

#[tokio::test]
async fn a_custom_decoder_can_use_the_verification_key() {
    let issuer = TestIssuer::new();
    let builder = JwtDecoder::builder().issuer(issuer.url()).audience(issuer.audience());
    let decoder = builder.key(issuer.verification_key()).allow_generic_typ().build().expect("complete");
    accept(&decoder, &issuer.token().without_header("typ")).await;
}

#[tokio::test]
async fn a_decoder_with_the_old_key_refuses_tokens_of_the_new_one() {
    let issuer = TestIssuer::new();
    let (before, old) = (issuer.decoder(), issuer.token());
    issuer.rotate();
    accept(&before, &old).await;
    let reason = refuse(&before, &issuer.token()).await;
    let start = "the decoder has no key for `ES256` with the token's `kid` `";
    assert!(reason.starts_with(start), "{reason}");
    accept(&issuer.decoder(), &issuer.token()).await;
    refuse(&issuer.decoder(), &old).await;
}

#[tokio::test]
async fn a_decoder_with_discovery_follows_a_rotation() {
    let issuer = TestIssuer::new().serve();
    assert!(issuer.url().starts_with("http://127.0.0.1:"));
    let (decoder, old) = (issuer.decoder(), issuer.token());
    accept(&decoder, &old).await;
    issuer.rotate();
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(11)).await;
    tokio::time::resume();
    accept(&decoder, &issuer.token()).await;
    let reason = refuse(&decoder, &old).await;
    let start = "the issuer publishes no key for `ES256` with the token's `kid` `";
    assert!(reason.starts_with(start), "{reason}");
}

#[tokio::test]
async fn two_served_issuers_can_share_a_decoder() {
    let (one, other) = (TestIssuer::new().serve(), TestIssuer::new().serve());
    let both = MultiIssuerDecoder::new([one.decoder(), other.decoder()]).expect("two issuers");
    accept(&both, &one.token()).await;
    accept(&both, &other.token()).await;
    refuse(&both, &one.token().claim("iss", other.url())).await;
}

#[tokio::test]
async fn an_issuer_is_served_until_it_is_dropped() {
    let issuer = TestIssuer::new().serve();
    let address = issuer.url().strip_prefix("http://").expect("a URL").to_owned();
    accept(&issuer.decoder(), &issuer.token()).await;
    drop(issuer);
    while TcpStream::connect(&address).is_ok() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[test]
fn debug_output_contains_no_key() {
    let issuer = TestIssuer::new();
    assert_eq!(format!("{issuer:?}"), r#"TestIssuer { url: "https://issuer.test", .. }"#);
    let token = format!("{:?}", issuer.token());
    assert!(token.contains(r#"key: SigningKey { kid: "1", .. }"#), "{token}");
}

//! The cache of verified tokens.

use std::time::Duration;

use jsonwebtoken::EncodingKey;
use scopes_runtime::{
    Algorithm, JwtDecoder, JwtDecoderBuilder, MultiIssuerDecoder, ScopeClaim, TokenDecoder as _,
};
use scopes_tests::now;
use serde_json::json;

use super::issuer::{HEADER, accept, builder, claims, claims_with, refuse, secret_key, sign, sign_with};

fn build(builder: JwtDecoderBuilder) -> JwtDecoder {
    builder.key(secret_key(Algorithm::HS256)).build().expect("a complete decoder")
}

fn token() -> String {
    sign(HEADER, claims().to_string())
}

#[tokio::test]
async fn a_decoded_token_is_cached() {
    let decoder = build(builder());
    let (token, other) = (token(), sign(HEADER, claims_with("jti", "2")));
    assert!(decoder.cached(&token).is_none());
    accept(&decoder, &token).await;
    let recalled = decoder.cached(&token).expect("it is cached");
    assert_eq!(
        (recalled.subject(), recalled.scopes().to_string().as_str()),
        (Some("alice"), "me items:write")
    );
    assert!(decoder.cached(&other).is_none());
    assert!(decoder.clone().cached(&token).is_some(), "clones share the cache");
    assert!(build(builder()).cached(&token).is_none(), "decoders do not share a cache");
    let issuers = MultiIssuerDecoder::new([decoder]).expect("issuers");
    assert!(issuers.cached(&token).is_some());
    accept_all(&issuers, &other).await;
    assert!(issuers.cached(&other).is_some());
}

async fn accept_all(issuers: &MultiIssuerDecoder, token: &str) {
    issuers.decode(token).await.expect("a token");
}

#[tokio::test]
async fn only_the_identical_token_is_cached() {
    let decoder = build(builder());
    let token = token();
    accept(&decoder, &token).await;
    for other in [&token[1..], &token[..token.len() - 1], &format!("{token}="), &token.to_uppercase(), ""] {
        assert!(decoder.cached(other).is_none(), "{other}");
    }
}

#[tokio::test]
async fn refused_tokens_are_not_cached() {
    let decoder = build(builder());
    for token in [
        sign(HEADER, claims_with("exp", now() - 1)),
        sign(HEADER, claims_with("nbf", now() + 60)),
        sign(HEADER, claims_with("aud", "https://other.example")),
        sign(HEADER, claims_with("scope", 5)),
        sign_with(Algorithm::HS256, &EncodingKey::from_secret(&[9; 32]), HEADER, claims().to_string()),
    ] {
        refuse(&decoder, &token).await;
        assert!(decoder.cached(&token).is_none(), "{token}");
    }
}

#[tokio::test]
async fn a_cached_token_expires_at_exp_plus_leeway() {
    let (strict, lenient) = (build(builder()), build(builder().leeway(Duration::from_secs(30))));
    let token = sign(HEADER, claims_with("exp", now() + 2));
    accept(&strict, &token).await;
    accept(&lenient, &token).await;
    assert!(strict.cached(&token).is_some());
    tokio::time::sleep(Duration::from_millis(2100)).await;
    assert!(strict.cached(&token).is_none());
    assert_eq!(refuse(&strict, &token).await, "it has expired: the claim `exp` was N s ago");
    assert!(lenient.cached(&token).is_some());
}

#[tokio::test]
async fn a_token_is_verified_again_after_cache_ttl() {
    let decoder = build(builder().cache_ttl(Duration::from_millis(200)));
    let token = token();
    accept(&decoder, &token).await;
    assert!(decoder.cached(&token).is_some());
    tokio::time::sleep(Duration::from_millis(250)).await;
    assert!(decoder.cached(&token).is_none());
    accept(&decoder, &token).await;
    assert!(decoder.cached(&token).is_some());
}

#[tokio::test]
async fn a_cache_ttl_of_zero_disables_the_cache() {
    let decoder = build(builder().cache_ttl(Duration::ZERO));
    let token = token();
    accept(&decoder, &token).await;
    assert!(decoder.cached(&token).is_none());
}

#[tokio::test]
async fn cache_capacity_bounds_the_cache() {
    let decoder = build(builder().cache_capacity(256 * 1024));
    let tokens = numbered_tokens(2000);
    for token in &tokens {
        accept(&decoder, token).await;
    }
    let known = tokens.iter().filter(|token| decoder.cached(token).is_some()).count();
    // A token of this size takes between 1 and 4 KiB.
    assert!((64..256).contains(&known), "{known}");
}

#[tokio::test]
async fn each_header_and_each_signature_is_checked_after_an_accepted_token() {
    let decoder = build(builder());
    for header in [r#"{"alg":"HS256","typ":"JWT"}"#, r#"{"alg":"HS256","typ":"at+jwt","crit":[]}"#] {
        accept(&decoder, &token()).await;
        refuse(&decoder, &sign(header, claims().to_string())).await;
    }
    let other_key = EncodingKey::from_secret(&[9; 32]);
    let forged = sign_with(Algorithm::HS256, &other_key, HEADER, claims().to_string());
    refuse(&decoder, &forged).await;
}

fn numbered_tokens(count: usize) -> Vec<String> {
    (0..count).map(|number| sign(HEADER, claims_with("jti", number.to_string()))).collect()
}

#[tokio::test]
async fn a_full_cache_admits_a_token_that_is_decoded_again() {
    let decoder = build(builder().cache_capacity(64 * 1024));
    let tokens = numbered_tokens(200);
    for token in &tokens {
        accept(&decoder, token).await;
    }
    let last = tokens.last().expect("200 tokens");
    assert!(decoder.cached(last).is_none());
    accept(&decoder, last).await;
    assert!(decoder.cached(last).is_some());
}

#[tokio::test]
async fn tokens_that_are_used_once_do_not_remove_cached_tokens() {
    let decoder = build(builder().cache_capacity(64 * 1024));
    let tokens = numbered_tokens(600);
    let (first, later) = tokens.split_at(200);
    for token in first {
        accept(&decoder, token).await;
    }
    let cached: Vec<_> = first.iter().filter(|token| decoder.cached(token).is_some()).collect();
    assert!(!cached.is_empty());
    for token in later {
        accept(&decoder, token).await;
    }
    assert!(cached.iter().all(|token| decoder.cached(token).is_some()));
}

#[tokio::test]
async fn a_token_that_is_decoded_twice_does_not_fill_the_cache() {
    let decoder = build(builder());
    let (token, other) = (token(), sign(HEADER, claims_with("jti", "2")));
    accept(&decoder, &token).await;
    accept(&decoder, &token).await;
    accept(&decoder, &other).await;
    assert!(decoder.cached(&other).is_some());
}

/// A small token can have many scopes. The cache counts their bytes twice: in the scopes and in the claims.
#[tokio::test]
async fn the_scopes_of_cached_tokens_count_for_cache_capacity() {
    let scopes: Vec<_> = (0..1000).map(|number| number.to_string()).collect();
    let of_array = builder().scope_claim(ScopeClaim::array("scope"));
    for (builder, scope) in [(builder(), json!(scopes.join(" "))), (of_array, json!(scopes))] {
        let decoder = build(builder.cache_capacity(1024 * 1024));
        let mut claims = claims();
        claims["scope"] = scope;
        let tokens = (0..200).map(|number| {
            claims["jti"] = number.to_string().into();
            sign(HEADER, claims.to_string())
        });
        let tokens: Vec<_> = tokens.collect();
        // Twice, because a full cache admits a token that is decoded again.
        for token in tokens.iter().chain(&tokens) {
            accept(&decoder, token).await;
        }
        let count = tokens.iter().filter(|token| decoder.cached(token).is_some()).count();
        assert!((25..60).contains(&count), "{count}");
    }
}

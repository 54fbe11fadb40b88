//! When the endpoint is requested, and when a cached response is used.

use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use scopes_runtime::{
    Algorithm, JwtDecoder, MultiIssuerDecoder, ResourceServer, TokenDecoder as _, VerificationKey,
    requires_scopes,
};
use scopes_tests::{call, now};
use serde_json::json;

use super::{AUDIENCE, accept, refuse, start};

#[requires_scopes]
async fn status() {}

#[tokio::test]
async fn responses_are_cached_for_cache_ttl() {
    let issuer = start().await;
    let decoder = issuer.builder().cache_ttl(Duration::from_millis(300)).build().expect("a decoder");
    issuer.returns(issuer.active());
    for _ in 0..3 {
        accept(&decoder, "token").await;
    }
    assert_eq!(issuer.introspections(), 1);
    accept(&decoder, "another").await;
    assert_eq!(issuer.introspections(), 2);
    issuer.returns(json!({ "active": false }));
    tokio::time::sleep(Duration::from_millis(350)).await;
    for _ in 0..3 {
        assert_eq!(refuse(&decoder, "token").await.0, "invalid");
    }
    assert_eq!(issuer.introspections(), 3);
}

#[tokio::test]
async fn a_cached_token_expires_at_exp() {
    let issuer = start().await;
    let decoder = issuer.decoder();
    issuer.returns(issuer.active_with("exp", now() + 2));
    accept(&decoder, "token").await;
    tokio::time::sleep(Duration::from_millis(2100)).await;
    assert_eq!(
        refuse(&decoder, "token").await,
        ("invalid", "it has expired: the claim `exp` was N s ago".to_owned())
    );
    assert_eq!(issuer.introspections(), 1);
}

#[tokio::test]
async fn a_cache_ttl_of_zero_disables_the_cache() {
    let issuer = start().await;
    let decoder = issuer.builder().cache_ttl(Duration::ZERO).build().expect("a decoder");
    issuer.returns(issuer.active());
    for _ in 0..3 {
        accept(&decoder, "token").await;
    }
    assert_eq!(issuer.introspections(), 3);
    issuer.returns(json!({ "active": false }));
    for _ in 0..2 {
        refuse(&decoder, "token").await;
    }
    assert_eq!(issuer.introspections(), 5);
}

#[tokio::test]
async fn cache_capacity_bounds_the_cache() {
    let issuer = start().await;
    issuer.returns(issuer.active());
    for (capacity, expected) in [(32 * 1024, 10..64), (1024 * 1024, 100..101)] {
        let decoder = issuer.builder().cache_capacity(capacity).build().expect("a decoder");
        let tokens: Vec<_> = (0..100).map(|number| number.to_string()).collect();
        for token in &tokens {
            accept(&decoder, token).await;
        }
        let cached = tokens.iter().filter(|token| decoder.cached(token).is_some()).count();
        assert!(expected.contains(&cached), "{capacity}: {cached}");
    }
}

#[tokio::test]
async fn concurrent_requests_with_one_token_share_an_introspection() {
    let issuer = start().await;
    for (answer, expected) in [(issuer.active(), true), (json!({ "active": false }), false)] {
        let before = issuer.introspections();
        issuer.returns(answer);
        let decoder = issuer.decoder();
        let requests: Vec<_> = (0..500)
            .map(|_| {
                let decoder = decoder.clone();
                tokio::spawn(async move { decoder.decode("token").await.is_ok() })
            })
            .collect();
        for request in requests {
            assert_eq!(request.await.expect("no panic"), expected);
        }
        assert_eq!(issuer.introspections(), before + 1);
    }
}

/// The client of the first request for a token disconnects.
#[tokio::test]
async fn a_cancelled_request_does_not_block_others() {
    let issuer = start().await;
    issuer.returns(issuer.active());
    let decoder = issuer.decoder();
    let first = tokio::time::timeout(Duration::from_millis(5), decoder.decode("token")).await;
    assert!(first.is_err(), "the issuer takes longer than 5 ms");
    accept(&decoder, "token").await;
}

/// Introspections go on after their clients disconnect, so they count.
#[tokio::test]
async fn at_most_32_introspections_run_at_a_time() {
    let issuer = start().await;
    issuer.delay(Duration::from_millis(1500));
    issuer.returns(json!({ "active": false }));
    let decoder = issuer.decoder();
    let given_up: Vec<_> = (0..200)
        .map(|number| {
            let decoder = decoder.clone();
            tokio::spawn(async move { decoder.decode(&format!("garbage {number}")).await.is_ok() })
        })
        .collect();
    let start = Instant::now();
    while issuer.introspections() < 32 {
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "{} requests to the issuer",
            issuer.introspections()
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    for request in given_up {
        request.abort();
    }
    assert_eq!(issuer.introspections(), 32);
    // The other 168 requests are not sent, as their clients have disconnected.
    issuer.returns(issuer.active());
    accept(&decoder, "token").await;
    assert_eq!(issuer.introspections(), 33);
}

#[tokio::test]
async fn more_than_1024_waiting_requests_are_refused_at_once() {
    let issuer = start().await;
    issuer.delay(Duration::from_millis(2000));
    issuer.returns(json!({ "active": false }));
    let decoder = issuer.decoder();
    let requests: Vec<_> = (0..1100)
        .map(|number| {
            let decoder = decoder.clone();
            tokio::spawn(async move {
                let start = Instant::now();
                decoder.decode(&format!("garbage {number}")).await.expect_err("an error");
                start.elapsed() < Duration::from_secs(1)
            })
        })
        .collect();
    let mut at_once = 0;
    for request in requests {
        at_once += usize::from(request.await.expect("no panic"));
    }
    assert_eq!(at_once, 1100 - 1024);
}

/// Two servers share a decoder, and one of them also decodes JWTs.
#[tokio::test]
async fn a_jwt_is_not_read_from_the_cache_of_the_opaque_decoder() {
    let issuer = start().await;
    issuer.returns(issuer.active());
    let shared = issuer.decoder();
    let key = VerificationKey::from_secret(Algorithm::HS256, [7; 32]).expect("a key");
    let jwts =
        JwtDecoder::builder().issuer(&*issuer.url).audience(AUDIENCE).key(key).build().expect("a decoder");
    let issuers = MultiIssuerDecoder::new([jwts]).expect("an issuer").opaque_tokens(shared.clone());
    let router = |server: ResourceServer| Router::new().route("/", get(status)).with_state(server);
    let (alone, both) = (router(ResourceServer::new(shared)), router(ResourceServer::new(issuers)));
    for (token, status) in
        [("a.b.c", 401), ("e30.e30.AA", 401), ("opaque", 200), ("a.b", 200), ("a.b.c.d.e", 200)]
    {
        for (server, status) in [(&both, status), (&alone, 200), (&both, status), (&alone, 200)] {
            assert_eq!(call(server, "GET", "/", Some(token)).await.status, status, "{token}");
        }
    }
}

//! Keys that change, and tokens whose key is not known.

use std::time::Duration;

use axum::http::header;
use axum::response::IntoResponse as _;
use scopes_runtime::{Algorithm, TokenDecoder as _};
use serde_json::json;

use super::super::super::loopback::Issuer;
use super::super::keys::jwk;
use super::{named, other_jwk, outcome, pass};

#[tokio::test]
async fn a_new_key_replaces_the_old_one() {
    let issuer = Issuer::start().await;
    issuer.publishes([named(Algorithm::ES256, "old")]);
    let decoder = issuer.discovered();
    let (old, new) =
        (issuer.token(Algorithm::ES256, Some("old")), issuer.token(Algorithm::EdDSA, Some("new")));
    assert_eq!(outcome(&decoder, &old).await, "ok");
    issuer.publishes([named(Algorithm::EdDSA, "new")]);
    // Keys that were just fetched are not fetched again for 10 s.
    assert_eq!((outcome(&decoder, &new).await, outcome(&decoder, &old).await), ("unavailable", "ok"));
    assert_eq!(issuer.fetches(), 1);
    pass(Duration::from_secs(11)).await;
    assert_eq!((outcome(&decoder, &new).await, outcome(&decoder, &old).await), ("ok", "invalid"));
    assert_eq!(issuer.fetches(), 2);
}

#[tokio::test]
async fn removing_a_key_clears_the_cache() {
    let issuer = Issuer::start().await;
    issuer.publishes([named(Algorithm::ES256, "1")]);
    let decoder = issuer.discovered();
    let token = issuer.token(Algorithm::ES256, Some("1"));
    assert_eq!(outcome(&decoder, &token).await, "ok");
    let refresh = async |fetches| {
        pass(Duration::from_secs(301)).await;
        while issuer.fetches() < fetches {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    refresh(2).await;
    assert!(decoder.cached(&token).is_some(), "the keys are the same");
    issuer.publishes([named(Algorithm::EdDSA, "2")]);
    refresh(3).await;
    assert!(decoder.cached(&token).is_none());
    assert_eq!(outcome(&decoder, &token).await, "invalid");
}

#[tokio::test]
async fn a_new_key_is_found_for_tokens_without_kid() {
    let issuer = Issuer::start().await;
    issuer.publishes([other_jwk()]);
    let decoder = issuer.discovered();
    let token = issuer.token(Algorithm::ES256, None);
    assert_eq!(outcome(&decoder, &token).await, "invalid");
    issuer.publishes([jwk(Algorithm::ES256)]);
    pass(Duration::from_secs(11)).await;
    assert_eq!(outcome(&decoder, &token).await, "ok");
}

#[tokio::test]
async fn a_thousand_unknown_kids_cause_one_fetch() {
    let issuer = Issuer::start().await;
    issuer.publishes([named(Algorithm::ES256, "1")]);
    let decoder = issuer.discovered();
    assert_eq!(outcome(&decoder, &issuer.token(Algorithm::ES256, Some("1"))).await, "ok");
    pass(Duration::from_secs(11)).await;
    let requests: Vec<_> = (0..1000)
        .map(|number| {
            let token = issuer.token(Algorithm::ES256, Some(&format!("unknown {number}")));
            let decoder = decoder.clone();
            tokio::spawn(async move { outcome(&decoder, &token).await })
        })
        .collect();
    for request in requests {
        // 503 for those that came while the keys were being fetched already.
        assert_ne!(request.await.expect("no panic"), "ok");
    }
    assert_eq!(issuer.fetches(), 2);
}

#[tokio::test]
async fn cache_control_sets_the_refresh_interval_within_bounds() {
    for (cache_control, early, late) in [
        ("max-age=120", 110, 130),
        ("public, max-age=0", 50, 70),
        ("no-store", 50, 70),
        ("max-age=999999999", 3500, 3700),
        ("max-age=3600; age", 50, 70),
        ("nonsense", 290, 310),
    ] {
        let issuer = Issuer::start().await;
        let set = json!({ "keys": [named(Algorithm::ES256, "1")] });
        issuer.respond(move |_| {
            // An HTTP cache has stored the response for almost as long.
            let age = if cache_control.ends_with("age") { "3599" } else { "0" };
            let cache_control = cache_control.trim_end_matches("; age");
            Some(
                ([(header::CACHE_CONTROL, cache_control), (header::AGE, age)], axum::Json(set.clone()))
                    .into_response(),
            )
        });
        let decoder = issuer.known();
        let token = issuer.token(Algorithm::ES256, Some("1"));
        assert_eq!(outcome(&decoder, &token).await, "ok");
        for (time, fetches) in [(early, 1), (late - early, 2)] {
            pass(Duration::from_secs(time)).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
            assert_eq!(issuer.fetches(), fetches, "{cache_control}");
        }
    }
}

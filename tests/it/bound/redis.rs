//! The used proofs of several copies of a server, on a real Redis server.

#[path = "../../redis_server.rs"]
mod redis_server;

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use scopes_runtime::ResourceServer;
use scopes_runtime::bound::{Dpop, RedisReplayStore};
use scopes_runtime::testing::{DpopKey, TestIssuer};

use self::redis_server::Redis;
use super::{BASE, app, request};

/// Starts a stopped server again, at the same URL.
fn resumed(mut redis: Redis) -> Redis {
    redis.process = Redis::spawn(&redis.directory).expect("it is installed");
    redis.when_ready()
}

#[tokio::test]
async fn copies_share_the_used_proofs_and_refuse_while_redis_is_away() {
    let Some(mut redis) = Redis::start() else { return };
    let (issuer, key) = (TestIssuer::new(), DpopKey::new());
    let copy = || {
        let store = RedisReplayStore::new(&redis.url()).expect("a URL");
        let dpop = Dpop::new(BASE).expect("a URL").replay_store(store);
        let server = ResourceServer::builder(issuer.bound_token_decoder()).dpop(dpop).build();
        app(server.expect("the default realm"))
    };
    let copies = [copy(), copy()];
    let token = issuer.token().scopes(["items"]).bound_to(&key).sign();
    let authorization = format!("DPoP {token}");
    let send = async |copy: usize, proof: &str| {
        let headers = [("authorization", &*authorization), ("dpop", proof)];
        request(&copies[copy], "GET", "/items", &headers).await.status
    };
    let proof = || key.proof("GET", "https://api.test/items", &token).sign();
    let used = proof();
    assert_eq!(send(0, &used).await, StatusCode::OK);
    assert_eq!(send(0, &used).await, StatusCode::UNAUTHORIZED);
    assert_eq!(send(1, &used).await, StatusCode::UNAUTHORIZED);
    assert_eq!(send(1, &proof()).await, StatusCode::OK);

    redis.stop();
    let start = Instant::now();
    assert_eq!(send(0, &proof()).await, StatusCode::SERVICE_UNAVAILABLE);
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());

    let _redis = resumed(redis);
    let start = Instant::now();
    while send(0, &proof()).await != StatusCode::OK {
        assert!(start.elapsed() < Duration::from_secs(10), "the connection is not restored");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_malformed_url_is_an_error() {
    assert!(RedisReplayStore::new("nonsense").is_err());
}

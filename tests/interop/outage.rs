//! An issuer that stops and starts again while its tokens are used.

use std::time::{Duration, Instant};

use crate::api::Api;
use crate::issuer::{Issuer, modules};

/// Repeats the request until the token is accepted. Until then each response must be 503. Returns their number.
async fn accepted_after(api: &Api, token: &str) -> usize {
    let started = Instant::now();
    for unanswered in 0.. {
        match api.get("/me", token).await {
            (200, _) => return unanswered,
            answer => assert_eq!(answer, (503, String::new())),
        }
        assert!(started.elapsed() < Duration::from_secs(20), "the token is not accepted");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    unreachable!("the loop has no end")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jwt_decoder_recovers_after_its_issuer_restarts() {
    let Some(modules) = modules() else { return };
    let mut issuer = Issuer::start(&modules);
    let port = issuer.url.rsplit_once(':').expect("a port").1.to_owned();
    let resource = "http://api.example/v1";
    let first = issuer.token("me", resource).await;
    issuer.end();
    let api = Api::start("/v1", &issuer, |_| Box::new(issuer.jwt_decoder(resource))).await;
    assert_eq!(api.status("/me", &first).await, 503);

    let mut issuer = Issuer::start_at(&modules, &port, "2");
    let second = issuer.token("me", resource).await;
    println!("answers 503 before the issuer is found: {}", accepted_after(&api, &second).await);
    assert_eq!(api.status("/me", &first).await, 401, "its key is no longer published");

    issuer.end();
    assert_eq!(api.status("/me", &second).await, 200);
    // From now on an unknown `kid` may be that of a new key.
    tokio::time::sleep(Duration::from_secs(11)).await;
    assert_eq!(api.status("/me", &first).await, 503);
    assert_eq!(api.status("/me", &second).await, 200);

    let issuer = Issuer::start_at(&modules, &port, "3");
    let third = issuer.token("me", resource).await;
    println!("answers 503 before the issuer is found again: {}", accepted_after(&api, &third).await);
    assert_eq!(api.status("/me", &second).await, 401, "its key is no longer published");
}

#[tokio::test(flavor = "multi_thread")]
async fn opaque_tokens_are_503_while_their_issuer_is_down() {
    let Some(modules) = modules() else { return };
    let mut issuer = Issuer::start(&modules);
    let port = issuer.url.rsplit_once(':').expect("a port").1.to_owned();
    let api = Api::start("/opaque", &issuer, |url| Box::new(issuer.introspection_decoder(url))).await;
    let token = issuer.token("me", &api.url).await;
    assert_eq!(api.status("/me", &token).await, 200);
    issuer.end();
    assert_eq!(api.status("/me", "another").await, 503);

    let issuer = Issuer::start_at(&modules, &port, "1");
    // Responses are cached for 500 ms.
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(api.status("/me", &token).await, 401, "the restarted issuer does not know the token");
    assert_eq!(api.status("/me", &issuer.token("me", &api.url).await).await, 200);
}

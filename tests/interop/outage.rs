//! An issuer that ends and starts again, while its tokens are used.

use std::time::{Duration, Instant};

use crate::api::Api;
use crate::issuer::{Issuer, modules};

/// Asks until the token is let in. Until then nobody can say what it is worth, so there is no answer but 503.
async fn let_in_at_last(api: &Api, token: &str) -> usize {
    let started = Instant::now();
    for unanswered in 0.. {
        match api.ask("/me", token).await {
            (200, _) => return unanswered,
            answer => assert_eq!(answer, (503, String::new())),
        }
        assert!(started.elapsed() < Duration::from_secs(20), "it is not let in");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    unreachable!("the loop has no end")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_may_start_after_the_api_and_end_before_it() {
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
    println!("answers 503 before the issuer is found: {}", let_in_at_last(&api, &second).await);
    assert_eq!(api.status("/me", &first).await, 401, "its key is not published any more");

    issuer.end();
    assert_eq!(api.status("/me", &second).await, 200);
    // From now on a key that is not known may be a new one.
    tokio::time::sleep(Duration::from_secs(11)).await;
    assert_eq!(api.status("/me", &first).await, 503);
    assert_eq!(api.status("/me", &second).await, 200);

    let issuer = Issuer::start_at(&modules, &port, "3");
    let third = issuer.token("me", resource).await;
    println!("answers 503 before the issuer is found again: {}", let_in_at_last(&api, &third).await);
    assert_eq!(api.status("/me", &second).await, 401, "its key is not published any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn opaque_tokens_are_not_decided_while_their_issuer_is_down() {
    let Some(modules) = modules() else { return };
    let mut issuer = Issuer::start(&modules);
    let port = issuer.url.rsplit_once(':').expect("a port").1.to_owned();
    let api = Api::start("/opaque", &issuer, |url| Box::new(issuer.introspection_decoder(url))).await;
    let token = issuer.token("me", &api.url).await;
    assert_eq!(api.status("/me", &token).await, 200);
    issuer.end();
    assert_eq!(api.status("/me", "another").await, 503);

    let issuer = Issuer::start_at(&modules, &port, "1");
    // What it said before counts for half a second.
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(api.status("/me", &token).await, 401, "the issuer has forgotten it");
    assert_eq!(api.status("/me", &issuer.token("me", &api.url).await).await, 200);
}

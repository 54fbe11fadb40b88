//! The example of the README: log in, read items, and get refused without a scope.

use axum::http::StatusCode;
use serde_json::json;

use crate::support::Demo;

#[tokio::test]
async fn a_token_is_accepted_exactly_where_its_scopes_suffice() {
    let demo = Demo::new().await;

    let refused = demo.get_without_token("/users/me/items/").await;
    refused.problem(StatusCode::UNAUTHORIZED);
    assert_eq!(refused.challenge(), Some(r#"Bearer realm="demo-app", scope="items me""#));

    let reader = demo.token("me items").await;
    let items = demo.get("/users/me/items/", &reader).await;
    assert_eq!(items.status, StatusCode::OK);
    assert_eq!(items.json(), json!([{ "item_id": "Foo", "owner": "johndoe" }]));

    let refused = demo.post_json("/users/me/items/", &reader, r#"{"item_id": "Bar"}"#).await;
    refused.problem(StatusCode::FORBIDDEN);
    assert_eq!(
        refused.challenge(),
        Some(r#"Bearer realm="demo-app", error="insufficient_scope", scope="items:write me""#)
    );

    let profile = demo.token("me").await;
    assert_eq!(demo.get("/users/me/", &profile).await.status, StatusCode::OK);
    let refused = demo.get("/users/me/items/", &profile).await;
    refused.problem(StatusCode::FORBIDDEN);
    assert_eq!(refused.json()["error"], "insufficient_scope");
    assert_eq!(refused.json()["scope"], "items me");
    assert_eq!(
        refused.challenge(),
        Some(r#"Bearer realm="demo-app", error="insufficient_scope", scope="items me""#)
    );
}

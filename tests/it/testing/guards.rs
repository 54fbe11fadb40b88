//! Handlers called as functions.

use axum::Json;
use axum::extract::Path;
use scopes_runtime::testing::{access_token, guard};
use scopes_runtime::{AccessToken, AuthError, public, requires_scopes, scopes};
use scopes_tests::Scope;

#[requires_scopes("items", may_require("me"))]
async fn read_item(token: AccessToken, Path(id): Path<u32>) -> Result<Json<String>, AuthError> {
    if id > 9 {
        token.require(scopes!("me"))?;
    }
    Ok(Json(format!("item {id} of {}", token.subject().unwrap_or_default())))
}

#[public]
async fn greet(token: Option<AccessToken>) -> String {
    format!("hello, {}", token.as_ref().and_then(AccessToken::subject).unwrap_or("stranger"))
}

#[tokio::test]
async fn a_handler_can_be_called_with_a_guard() {
    let token = access_token("alice", [Scope::Items]);
    let Json(item) = read_item(guard(), token.clone(), Path(7)).await.expect("an item");
    assert_eq!(item, "item 7 of alice");

    let refusal = read_item(guard(), token, Path(10)).await.expect_err("a scope is missing");
    assert_eq!(refusal.status(), 403);
    assert_eq!(refusal.code(), Some("insufficient_scope"));

    assert_eq!(greet(guard(), None).await, "hello, stranger");
    assert_eq!(greet(guard(), Some(access_token("bob", [""; 0]))).await, "hello, bob");
}

#[test]
fn an_access_token_for_tests_has_the_usual_claims() {
    let token = access_token("alice", ["me", "items:write"]);
    assert_eq!(token.subject(), Some("alice"));
    assert_eq!(token.scopes().to_string(), "me items:write");
    assert_eq!(token.issuer(), Some("https://issuer.test"));
    assert_eq!(token.client_id(), Some("client"));
    assert!(token.expires_at().is_some_and(|end| end > std::time::SystemTime::now()));
}

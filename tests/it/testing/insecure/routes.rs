//! Routes beside the scoped ones, and requirements that the report does not have.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::routing;
use scopes_runtime::router::get;
use scopes_runtime::{AccessToken, AuthError, ScopedRouter, requires_scopes, scopes};
use scopes_tests::Scope;

use super::{found, found_of, secure};

async fn open() {}

#[test]
fn an_open_head_beside_a_scoped_get_is_found() {
    let found = found(|issuer| secure(issuer).route("/items/{id}", routing::head(open)));
    assert_eq!(found, [r#"HEAD /items/{id} no token 401 Bearer scope="items" 200"#]);
}

#[test]
fn an_open_method_beside_scoped_ones_is_found() {
    let found = found(|issuer| secure(issuer).route("/items/{id}", routing::delete(open)));
    assert_eq!(found, ["DELETE /items/{id} no token 405 or refused: not in the report 200"]);
}

#[test]
fn an_open_handler_of_all_other_methods_is_found() {
    let found = found(|issuer| secure(issuer).route("/items/{id}", routing::any(open)));
    let methods = "POST, PUT, DELETE, PATCH, OPTIONS, TRACE, CONNECT";
    assert_eq!(found, [format!("{methods} /items/{{id}} no token 405 or refused: not in the report 200")]);
}

#[test]
fn an_open_path_that_differs_by_a_slash_is_found() {
    let found = found(|issuer| secure(issuer).route("/admin/", routing::get(open)));
    assert_eq!(found, ["GET /admin/ no token 404, refused or a redirect: not in the report 200"]);
}

#[test]
fn an_unreported_requirement_of_an_extractor_is_found() {
    struct Hidden;

    impl<S: Send + Sync> FromRequestParts<S> for Hidden
    where
        AccessToken: FromRequestParts<S, Rejection = AuthError>,
    {
        type Rejection = AuthError;

        async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AuthError> {
            let token = AccessToken::from_request_parts(parts, state).await?;
            token.require(scopes!("items:write")).map(|()| Self)
        }
    }

    #[requires_scopes("me")]
    async fn handler(_: Hidden) {}

    let routes = || ScopedRouter::new().route("/hidden", get(handler));
    let found = found_of(routes(), |issuer| routes().with_state(issuer.resource_server()).into());
    let row = "GET /hidden a token of `me` accepted a panic: `require` of `items:write`, which the handler does not \
               declare; add it to `may_require(…)` in its `#[requires_scopes]`";
    assert_eq!(found, [row]);
}

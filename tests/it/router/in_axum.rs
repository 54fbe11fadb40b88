//! A `ScopedMethodRouter` in axum's own `Router`.

use axum::Router;
use scopes_runtime::router::{get, post};
use scopes_runtime::{ResourceServer, public, requires_scopes};
use scopes_tests::{Readable, Scope, call, token};

mod with_parameters {
    use axum::extract::Path;
    use scopes_runtime::{declare_scopes, requires_scopes};

    /// A scope with a parameter.
    #[declare_scopes]
    pub(super) enum Scope {
        /// Read an organization.
        Read = "org:{org}:read",
    }

    #[requires_scopes("org:{org}:read")]
    pub(super) async fn read(_: Path<String>) {}
}

#[requires_scopes("items")]
async fn items() {}

#[requires_scopes("items:write")]
async fn create() {}

#[public]
async fn open() {}

/// The conversion that the compiler suggests must not lose the check.
#[tokio::test]
async fn the_handlers_check_their_requirements() {
    let router = Router::new()
        .route("/items", get(items).post(create).into())
        .route("/open", get(open).fallback(items).into())
        .route("/orgs/{org}", get(with_parameters::read).into())
        .route("/wrong/{id}", post(with_parameters::read).into());
    let app = router.with_state(ResourceServer::new(Readable::default()));
    for (method, path, scopes, status) in [
        ("GET", "/items", None, 401),
        ("GET", "/items", Some("me"), 403),
        ("GET", "/items", Some("items"), 200),
        ("POST", "/items", Some("items"), 403),
        ("POST", "/items", Some("items:write"), 200),
        ("GET", "/open", None, 200),
        ("PUT", "/open", None, 401),
        ("PUT", "/open", Some("items"), 200),
        ("GET", "/orgs/acme", None, 401),
        ("GET", "/orgs/acme", Some("org:other:read"), 403),
        ("GET", "/orgs/acme", Some("org:acme:read"), 200),
        ("POST", "/wrong/acme", None, 401),
        ("POST", "/wrong/acme", Some("org:acme:read"), 403),
    ] {
        let token = scopes.map(token);
        let response = call(&app, method, path, token.as_deref()).await;
        assert_eq!(response.status, status, "{method} {path} {scopes:?}");
    }
}

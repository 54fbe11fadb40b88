//! Extractors with requirements, alone and inside each other.

use axum::Router;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use axum::routing::get as on_get;
use scopes_runtime::{AuthError, RequiredScopes, public, requires_scopes};
use scopes_tests::{Scope, get};

use super::{AppState, CurrentUser, Customer, Customized, Greeter, required_to_get, state, text};

/// An extractor with a type parameter, for one state.
struct Wrapped<T>(T);

#[requires_scopes("items:write")]
impl<T> FromRequestParts<AppState> for Wrapped<T>
where
    T: Default + Send,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        assert_eq!((parts.method.as_str(), state.greeting), ("GET", "hello"));
        Ok(Self(T::default()))
    }
}

#[tokio::test]
async fn a_handler_requires_what_its_extractors_require() {
    #[requires_scopes("items:write")]
    async fn handler(user: CurrentUser) -> String {
        user.0
    }
    let router = Router::new().route("/", on_get(handler));
    assert_eq!(required_to_get(router.clone(), "/").await, "items:write me");
    assert_eq!(text(router, "/", "me items:write").await, "alice");
}

#[tokio::test]
async fn an_extractor_requires_what_the_extractors_it_takes_require() {
    #[requires_scopes]
    async fn handler(Customer { user, method }: Customer) -> String {
        format!("{} {method}", user.0)
    }
    let router = Router::new().route("/", on_get(handler));
    assert_eq!(required_to_get(router.clone(), "/").await, "invoices:read me items");
    assert_eq!(text(router.clone(), "/", "billing me items:write").await, "alice GET");
    let app = router.with_state(state());
    let answer = get(&app, "/?unknown", &["Bearer billing+me+items"]).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn an_extractor_protects_a_handler_without_an_attribute() {
    async fn handler(user: CurrentUser, required: RequiredScopes) -> String {
        format!("{} {required}", user.0)
    }
    let router = Router::new().route("/", on_get(handler));
    assert_eq!(required_to_get(router.clone(), "/").await, "me");
    assert_eq!(text(router, "/", "me").await, "alice me");
}

#[tokio::test]
async fn a_generic_extractor_for_one_state_counts() {
    #[requires_scopes("me")]
    async fn handler(Wrapped(number): Wrapped<u32>) -> String {
        number.to_string()
    }
    let router = Router::new().route("/", on_get(handler));
    assert_eq!(required_to_get(router.clone(), "/").await, "me items:write");
    assert_eq!(text(router, "/", "me items:write").await, "0");
}

#[tokio::test]
async fn extractors_in_tuples_count() {
    #[requires_scopes]
    async fn handler((user, (Customized, uri)): (CurrentUser, (Customized, Uri))) -> String {
        format!("{} {uri}", user.0)
    }
    let router = Router::new().route("/", on_get(handler));
    assert_eq!(required_to_get(router.clone(), "/").await, "me items");
    assert_eq!(text(router, "/", "me items").await, "alice /");
}

#[tokio::test]
async fn a_missing_scope_of_a_generic_extractor_is_in_the_challenge() {
    #[requires_scopes("items")]
    async fn handler<E: Send + 'static>(_: E) {}
    let app = Router::new().route("/", on_get(handler::<CurrentUser>)).with_state(state());
    let answer = get(&app, "/", &["Bearer items"]).await;
    assert_eq!(
        (answer.status, answer.json()["scope"].as_str()),
        (StatusCode::FORBIDDEN, Some("items me")),
        "{answer:?}"
    );
    assert_eq!(get(&app, "/", &["Bearer items+me"]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_extractor_in_a_layer_does_not_change_the_requirement_of_the_operation() {
    #[requires_scopes("items")]
    async fn handler(required: RequiredScopes) -> String {
        required.to_string()
    }
    let layer = axum::middleware::from_extractor_with_state::<CurrentUser, _>(state());
    let app = Router::new().route("/", on_get(handler)).route_layer(layer).with_state(state());
    assert_eq!(get(&app, "/", &["Bearer me"]).await.json()["scope"], "items");
    assert_eq!(get(&app, "/", &["Bearer me+items"]).await.text, "items");
}

#[tokio::test]
async fn an_extractor_with_a_static_reference_counts() {
    #[requires_scopes("me")]
    async fn handler(_: Wrapped<&'static str>) {}
    assert_eq!(required_to_get(Router::new().route("/", on_get(handler)), "/").await, "me items:write");
}

/// An extractor with a type parameter whose bound contains the state.
struct Repository<T>(T);

#[requires_scopes("items")]
impl<S: Send + Sync, T: FromRef<S> + Greeter> FromRequestParts<S> for Repository<T> {
    type Rejection = AuthError;

    async fn from_request_parts(
        _parts: &mut Parts,
        state: &S,
        #[cfg(any())] _user: CurrentUser,
        _: Uri,
    ) -> Result<Self, AuthError> {
        Ok(Self(T::from_ref(state)))
    }
}

#[tokio::test]
async fn a_disabled_cfg_argument_requires_nothing() {
    #[requires_scopes]
    async fn handler(Repository(greeter): Repository<AppState>) -> &'static str {
        greeter.greet()
    }
    let router = Router::new().route("/", on_get(handler));
    assert_eq!(required_to_get(router.clone(), "/").await, "items");
    assert_eq!(text(router, "/", "items").await, "hello");
}

#[tokio::test]
async fn a_scoped_layer_does_not_change_the_requirement_of_a_public_operation() {
    #[public]
    async fn handler(required: RequiredScopes) -> String {
        format!("[{required}]")
    }
    let layer = axum::middleware::from_extractor_with_state::<CurrentUser, _>(state());
    let app = Router::new().route("/", on_get(handler)).route_layer(layer).with_state(state());
    assert_eq!(get(&app, "/", &["Bearer me"]).await.text, "[]");
}

//! Handlers and extractors of every shape, and how their requirements add up.

use axum::extract::{FromRef, FromRequestParts, Json, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get as on_get, post};
use axum::{Extension, Router};
use scopes_runtime::{AccessToken, AuthError, RequiredScopes, ResourceServer, public, requires_scopes};
use scopes_tests::billing::BillingScope;
use scopes_tests::{Readable, Scope, get, send, token};
use serde::Deserialize;

#[derive(Clone)]
struct AppState {
    server: ResourceServer,
    greeting: &'static str,
}

impl FromRef<AppState> for ResourceServer {
    fn from_ref(state: &AppState) -> Self {
        state.server.clone()
    }
}

fn state() -> AppState {
    AppState { server: ResourceServer::new(Readable::default()), greeting: "hello" }
}

/// What the operation requires, as its challenge says it.
async fn required(router: Router<AppState>, request: axum::http::Request<axum::body::Body>) -> String {
    let answer = send(&router.with_state(state()), request).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{answer:?}");
    answer.json()["scope"].as_str().unwrap_or_default().to_owned()
}

async fn required_to_get(router: Router<AppState>, path: &str) -> String {
    required(router, axum::http::Request::get(path).body(axum::body::Body::empty()).expect("a request")).await
}

async fn text(router: Router<AppState>, path: &str, scopes: &str) -> String {
    let answer = get(&router.with_state(state()), path, &[&format!("Bearer {}", token(scopes))]).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.text
}

struct CurrentUser(String);

#[requires_scopes("me")]
impl<S> FromRequestParts<S> for CurrentUser
where
    S: Send + Sync,
{
    type Rejection = AuthError;

    async fn from_request_parts(_: &mut Parts, _: &S, token: AccessToken) -> Result<Self, Self::Rejection> {
        Ok(Self(token.subject().unwrap_or_default().to_owned()))
    }
}

/// Takes another extractor, and refuses with an error of its own.
struct Customer {
    user: CurrentUser,
    method: Method,
}

enum CustomerError {
    Auth(AuthError),
    Unknown,
}

impl From<AuthError> for CustomerError {
    fn from(error: AuthError) -> Self {
        Self::Auth(error)
    }
}

impl IntoResponse for CustomerError {
    fn into_response(self) -> Response {
        match self {
            Self::Auth(error) => error.into_response(),
            Self::Unknown => StatusCode::CONFLICT.into_response(),
        }
    }
}

#[requires_scopes(BillingScope::InvoicesRead)]
impl<S: Send + Sync> FromRequestParts<S> for Customer {
    type Rejection = CustomerError;

    async fn from_request_parts(
        parts: &mut Parts,
        _state: &S,
        user: CurrentUser,
        method: Method,
        _: Customized,
    ) -> Result<Self, CustomerError> {
        if parts.uri.query() == Some("unknown") {
            return Err(CustomerError::Unknown);
        }
        Ok(Self { user, method })
    }
}

/// Requires through a type of its own and a concrete state.
struct Customized;

#[requires_scopes("items")]
impl<S: Send + Sync> FromRequestParts<S> for Customized {
    type Rejection = AuthError;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self)
    }
}

/// Generic over more than the state, and bound to one state.
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
async fn an_extractor_protects_a_handler_without_attribute() {
    async fn handler(user: CurrentUser, required: RequiredScopes) -> String {
        format!("{} {required}", user.0)
    }
    let router = Router::new().route("/", on_get(handler));
    assert_eq!(required_to_get(router.clone(), "/").await, "me");
    assert_eq!(text(router, "/", "me").await, "alice me");
}

#[tokio::test]
async fn extractors_may_be_generic_and_bound_to_a_state() {
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
async fn an_extractor_that_only_the_caller_knows_is_named_beside_the_operation() {
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
async fn an_extractor_in_a_layer_does_not_speak_for_the_operation() {
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
async fn a_type_of_static_references_is_known() {
    #[requires_scopes("me")]
    async fn handler(_: Wrapped<&'static str>) {}
    assert_eq!(required_to_get(Router::new().route("/", on_get(handler)), "/").await, "me items:write");
}

/// The state stands in a bound of a parameter that stays.
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
async fn what_is_not_compiled_in_is_not_required() {
    #[requires_scopes]
    async fn handler(Repository(greeter): Repository<AppState>) -> &'static str {
        greeter.greet()
    }
    let router = Router::new().route("/", on_get(handler));
    assert_eq!(required_to_get(router.clone(), "/").await, "items");
    assert_eq!(text(router, "/", "items").await, "hello");
}

#[tokio::test]
async fn a_public_operation_requires_nothing_whatever_a_layer_did() {
    #[public]
    async fn handler(required: RequiredScopes) -> String {
        format!("[{required}]")
    }
    let layer = axum::middleware::from_extractor_with_state::<CurrentUser, _>(state());
    let app = Router::new().route("/", on_get(handler)).route_layer(layer).with_state(state());
    assert_eq!(get(&app, "/", &["Bearer me"]).await.text, "[]");
}

#[tokio::test]
async fn a_decision_does_not_outlive_the_header_it_was_made_on() {
    #[requires_scopes("items")]
    async fn handler() {}
    async fn rewrite(mut request: axum::extract::Request) -> axum::extract::Request {
        let headers = request.headers_mut();
        match headers.get("x-token").cloned() {
            Some(token) => drop(headers.insert("authorization", token)),
            None => drop(headers.remove("authorization")),
        }
        request
    }
    async fn look(
        _: Option<AccessToken>,
        request: axum::extract::Request,
        next: axum::middleware::Next,
    ) -> Response {
        next.run(request).await
    }
    let app = Router::new()
        .route("/", on_get(handler))
        .layer(axum::middleware::map_request(rewrite))
        .layer(axum::middleware::from_fn_with_state(state(), look))
        .with_state(state());
    let ask = async |first: Option<&str>, then: Option<&str>| {
        let mut request = axum::http::Request::get("/");
        for (name, token) in [("authorization", first), ("x-token", then)] {
            if let Some(token) = token {
                request = request.header(name, format!("Bearer {token}"));
            }
        }
        send(&app, request.body(axum::body::Body::empty()).expect("a request")).await.status
    };
    assert_eq!(ask(Some("items"), None).await, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(Some("items"), Some("none")).await, StatusCode::FORBIDDEN);
    assert_eq!(ask(None, Some("items")).await, StatusCode::OK);
}

#[tokio::test]
async fn a_token_is_decoded_once_however_many_ask() {
    #[requires_scopes("items")]
    async fn handler(_: CurrentUser, _: Customer, _: AccessToken, token: Option<AccessToken>) -> String {
        token.is_some().to_string()
    }
    let decoder = Readable::default();
    let server = ResourceServer::new(decoder.clone());
    let app = Router::new().route("/", on_get(handler)).with_state(AppState { server, greeting: "hello" });
    for (request, authorization) in ["Bearer me+items+billing", "Bearer me", "Bearer bad"].iter().enumerate()
    {
        get(&app, "/", &[authorization]).await;
        assert_eq!(decoder.decoded(), request + 1);
    }
}

#[tokio::test]
async fn one_servers_decision_is_not_anothers() {
    #[requires_scopes("me")]
    async fn inner(State(_): State<ResourceServer>) {}

    #[derive(Clone)]
    struct Outer(AppState, ResourceServer);
    impl FromRef<Outer> for ResourceServer {
        fn from_ref(Outer(outer, _): &Outer) -> Self {
            outer.server.clone()
        }
    }
    struct Both;
    impl FromRequestParts<Outer> for Both {
        type Rejection = AuthError;
        async fn from_request_parts(parts: &mut Parts, state: &Outer) -> Result<Self, AuthError> {
            AccessToken::from_request_parts(parts, state).await?;
            AccessToken::from_request_parts(parts, &state.1).await?;
            Ok(Self)
        }
    }
    async fn handler(_: Both) {}

    let (first, second) = (Readable::default(), Readable::default());
    let outer = AppState { server: ResourceServer::new(first.clone()), greeting: "" };
    let app = Router::new()
        .route("/", on_get(handler))
        .with_state(Outer(outer, ResourceServer::new(second.clone())))
        .merge(Router::new().route("/inner", on_get(inner)).with_state(ResourceServer::new(first.clone())));
    assert_eq!(get(&app, "/", &["Bearer me"]).await.status, StatusCode::OK);
    assert_eq!((first.decoded(), second.decoded()), (1, 1));
    assert_eq!(get(&app, "/inner", &["Bearer me"]).await.status, StatusCode::OK);
}

trait Greeter: Clone + Send + Sync + 'static {
    fn greet(&self) -> &'static str;
}

impl Greeter for AppState {
    fn greet(&self) -> &'static str {
        self.greeting
    }
}

#[requires_scopes("me")]
async fn generic<T, const N: usize>(
    State(greeter): State<T>,
    CurrentUser(user): CurrentUser,
) -> impl IntoResponse
where
    T: Greeter,
{
    format!("{} {user} {N}", greeter.greet())
}

#[derive(Deserialize)]
struct Page {
    page: u32,
}

#[requires_scopes("items")]
async fn patterns(
    State(AppState { greeting, .. }): State<AppState>,
    Path((owner, number)): Path<(String, u32)>,
    Query(Page { page }): Query<Page>,
    mut token: AccessToken,
    _: Uri,
) -> Result<String, (StatusCode, &'static str)> {
    token = token.clone();
    Ok(format!("{greeting} {owner} {number} {page} {}", token.scopes()))
}

#[requires_scopes("items:write")]
#[axum::debug_handler(state = AppState)]
#[tracing::instrument(skip_all)]
async fn instrumented(State(state): State<AppState>, Json(numbers): Json<Vec<u32>>) -> impl IntoResponse {
    (StatusCode::CREATED, format!("{} {}", state.greeting, numbers.len()))
}

#[requires_scopes]
async fn no_arguments() -> &'static str {
    "none"
}

#[requires_scopes("items")]
#[allow(clippy::too_many_arguments)]
async fn fifteen(
    _: Method,
    _: Uri,
    _: Method,
    _: Uri,
    _: Method,
    _: Uri,
    _: Method,
    _: Uri,
    _: Method,
    _: Uri,
    _: CurrentUser,
    _: Method,
    _: Uri,
    Extension(number): Extension<u8>,
    body: String,
) -> String {
    format!("{number}{body}")
}

/// clippy counts the user's arguments alone.
#[requires_scopes("items")]
async fn seven(_: Uri, _: Uri, _: Uri, _: Uri, _: Uri, _: Uri, body: String) -> String {
    body
}

#[public]
#[axum::debug_handler(state = AppState)]
async fn r#type(State(state): State<AppState>, _: Uri) -> &'static str {
    state.greeting
}

mod shadowed {
    //! Generated code means the real ones, whatever the names around it mean.
    #![allow(dead_code)]

    use scopes_runtime::requires_scopes;
    use scopes_tests::Scope;

    struct Result;
    struct Option;
    struct Requirement;
    mod core {}
    mod std {}
    mod scopes_runtime_ {}

    #[requires_scopes("me", any("items", Scope::ItemsWrite))]
    #[cfg(test)]
    pub(super) async fn handler(#[cfg(any())] _: Missing, #[cfg(test)] _: super::CurrentUser) {}

    #[requires_scopes("me")]
    #[cfg(any())]
    pub(super) async fn handler(_: Missing) {}
}

fn shapes() -> Router<AppState> {
    Router::new()
        .route("/generic", on_get(generic::<AppState, 3>))
        .route("/patterns/{owner}/{number}", on_get(patterns))
        .route("/instrumented", post(instrumented))
        .route("/none", on_get(no_arguments))
        .route("/fifteen", on_get(fifteen))
        .route("/seven", on_get(seven))
        .route("/public", on_get(r#type))
        .route("/shadowed", on_get(shadowed::handler))
        .layer(Extension(15_u8))
}

#[tokio::test]
async fn handlers_of_every_shape_answer() {
    for (path, scopes, expected) in [
        ("/generic", "me", "hello alice 3"),
        ("/patterns/bob/5?page=2", "items x", "hello bob 5 2 items x"),
        ("/none", "x", "none"),
        ("/fifteen", "me items", "15"),
        ("/seven", "items", ""),
        ("/shadowed", "me items", ""),
        ("/public", "x", "hello"),
    ] {
        assert_eq!(text(shapes(), path, scopes).await, expected, "{path}");
    }
    let request = axum::http::Request::post("/instrumented")
        .header("authorization", "Bearer items~write")
        .header("content-type", "application/json")
        .body("[1, 2]".into())
        .expect("a request");
    let answer = send(&shapes().with_state(state()), request).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::CREATED, "hello 2"));
}

#[tokio::test]
async fn handlers_of_every_shape_are_guarded() {
    for (path, scope) in [
        // The state's type is the handler's to choose, the user's is known.
        ("/generic", "me"),
        ("/patterns/bob/five", "items"),
        ("/none", ""),
        ("/fifteen", "items me"),
        ("/seven", "items"),
        ("/shadowed", "me items"),
    ] {
        assert_eq!(required_to_get(shapes(), path).await, scope, "{path}");
    }
    let request = axum::http::Request::post("/instrumented").body("nonsense".into()).expect("a request");
    assert_eq!(required(shapes(), request).await, "items:write");
}

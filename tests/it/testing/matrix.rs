//! The scope matrix passes correct routers, and fails with a table of findings otherwise.

use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};

use axum::extract::{Extension, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use scopes_runtime::router::{any, delete, get, post, put, routes, unchecked};
use scopes_runtime::testing::{ScopeMatrix, TestIssuer};
use scopes_runtime::{AccessToken, AuthError, ResourceServer, ScopedRouter, public, requires_scopes, scopes};
use scopes_tests::Scope;
use scopes_tests::billing::BillingScope;
use serde_json::Value;

/// Scopes nested in each other, of two vocabularies.
#[requires_scopes(
    "me",
    any("items", all(BillingScope::Invoices, any("items:write", BillingScope::InvoicesRead)))
)]
async fn nested(_: Path<u32>) {}

#[requires_scopes]
async fn any_token() {}

#[requires_scopes("items:write")]
async fn write(Json(_): Json<Value>) {}

#[requires_scopes(any("items:write", BillingScope::Billing))]
async fn forward(_: Path<String>) {}

#[requires_scopes("me", acr = any("mfa", "hwk"), max_age = 60)]
async fn strongly() {}

#[requires_scopes("items", acr = "mfa")]
async fn impossible(_: HardwareKey) {}

#[requires_scopes("items")]
#[utoipa::path(put, path = "/described/{id}", responses((status = 204, description = "It is there.")))]
async fn described() {}

/// A refusal by the application itself.
#[requires_scopes("items")]
async fn never_today() -> StatusCode {
    StatusCode::FORBIDDEN
}

#[requires_scopes("items")]
async fn not_like_this() -> StatusCode {
    StatusCode::BAD_REQUEST
}

#[public]
async fn open(_: Option<AccessToken>) {}

#[public]
async fn log_in() -> (StatusCode, HeaderMap) {
    let basic = [(header::WWW_AUTHENTICATE, "Basic realm=\"clients\"".parse().expect("a value"))];
    (StatusCode::UNAUTHORIZED, HeaderMap::from_iter(basic))
}

struct HardwareKey;

#[requires_scopes(acr = "hwk")]
impl<S: Send + Sync> FromRequestParts<S> for HardwareKey {
    type Rejection = AuthError;

    async fn from_request_parts(_: &mut Parts, _: &S, _: AccessToken) -> Result<Self, AuthError> {
        Ok(Self)
    }
}

/// Returns a router with every kind of operation.
pub(crate) fn torture() -> ScopedRouter<ResourceServer> {
    let tenant = ScopedRouter::new()
        .route("/", get(nested).post(write))
        .route("/invoices/{invoice}", delete(nested).put(any_token).head(any_token).trace(any_token))
        .routes(routes!(described))
        .require(scopes!(any(BillingScope::InvoicesRead, "me")))
        .fallback(any_token);
    ScopedRouter::new()
        .nest("/tenants/{tenant}", tenant)
        .route("/forwarded/{*path}", any(forward).post(write))
        .route("/strongly", get(strongly).patch(impossible))
        .route("/own/1", get(never_today))
        .route("/own/{rule}", get(not_like_this).connect(any_token).options(any_token))
        .route("/{{braces}}/{a}", put(write))
        .route("/open", get(open).head(any_token))
        .route("/token", post(log_in))
        .route("/scripts", any(open))
        .nest_service(
            "/files",
            Router::<()>::new().fallback(async || "a file"),
            unchecked("the same for everyone"),
        )
        .fallback(any_token)
        .method_not_allowed_fallback(write)
}

/// Returns the message of a failing check without its location.
#[track_caller]
pub(super) fn table<T: std::fmt::Debug>(check: impl Future<Output = T>) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let panic = catch_unwind(AssertUnwindSafe(|| runtime.block_on(check))).expect_err("the check fails");
    let message = panic.downcast_ref::<String>().expect("a formatted message");
    let (before, after) = message.split_once("tests/it/testing/").expect("a place");
    let (_, after) = after.split_once(')').expect("an end of the place");
    format!("{before}…){after}")
}

fn matrix_of(server: impl FnOnce(&TestIssuer) -> ResourceServer) -> (ScopeMatrix, Router) {
    let issuer = TestIssuer::new();
    let router = ScopedRouter::new()
        .route("/items/{id}", get(nested))
        .route("/status", get(any_token))
        .route("/open", get(open))
        .with_state(server(&issuer));
    (issuer.matrix(&router), Router::from(router))
}

#[tokio::test]
async fn a_correct_router_passes() {
    let issuer = TestIssuer::new();
    issuer.matrix(&torture()).check(torture().with_state(issuer.resource_server())).await;
    let issuer = issuer.serve();
    issuer.matrix(&torture()).check(torture().with_state(issuer.resource_server())).await;
}

#[tokio::test]
async fn the_tokens_can_have_custom_claims() {
    #[requires_scopes("me")]
    async fn of_tenant(token: AccessToken) -> Result<(), AuthError> {
        let claims: Value = token.claims().map_err(|_| token.refuse())?;
        if claims["tenant"] == 7 { Ok(()) } else { Err(token.refuse()) }
    }

    let issuer = TestIssuer::new();
    let router = ScopedRouter::new().route("/", get(of_tenant)).with_state(issuer.resource_server());
    issuer.matrix(&router).token(issuer.token().claim("tenant", 7)).check(router).await;
}

#[test]
fn a_token_that_lacks_claims_of_the_application_is_explained() {
    #[requires_scopes]
    async fn of_number(token: AccessToken) -> StatusCode {
        let is_number = token.subject().is_some_and(|subject| subject.parse::<u32>().is_ok());
        if is_number { StatusCode::OK } else { StatusCode::UNAUTHORIZED }
    }

    let issuer = TestIssuer::new();
    let routes = || ScopedRouter::new().route("/number", get(of_number));
    let app = Router::from(routes().with_state(issuer.resource_server()));
    let table = table(issuer.matrix(&routes()).check(app.clone()));
    assert!(table.contains("401, from the application"), "{table}");
    let matrix = issuer.matrix(&routes()).token(issuer.token().subject("7"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(matrix.check(app));
}

#[tokio::test]
async fn a_matrix_can_expect_hidden_scopes() {
    let server = |issuer: &TestIssuer| {
        let builder = ResourceServer::builder(issuer.decoder()).realm("x").hide_scopes();
        builder.build().expect("a realm")
    };
    let (matrix, app) = matrix_of(server);
    matrix.hide_scopes().check(app).await;
}

#[test]
fn unexpectedly_hidden_scopes_are_found() {
    let server = |issuer: &TestIssuer| {
        let builder = ResourceServer::builder(issuer.decoder()).hide_scopes();
        builder.build().expect("a realm")
    };
    let (matrix, app) = matrix_of(server);
    assert_eq!(
        table(matrix.check(app)),
        r#"5 of 43 requests of the scope matrix have a wrong response (…):

OPERATION        SENT                                          EXPECTED                                           GOT
GET /items/{id}  no token                                      401 Bearer scope="me items"                        401 Bearer
GET /items/{id}  garbage                                       401 Bearer invalid_token scope="me items"          401 Bearer invalid_token
GET /items/{id}  a token of `items`, without `me`              403 Bearer insufficient_scope scope="me items"     403 Bearer insufficient_scope
GET /items/{id}  a token of `me`, without `items`, `invoices`  403 Bearer insufficient_scope scope="me items"     403 Bearer insufficient_scope
GET /items/{id}  a token of `invoices`, without `me`           403 Bearer insufficient_scope scope="me invoices"  403 Bearer insufficient_scope"#
    );
}

const REFUSED_ISSUER: &str = "the application refuses the tokens of the test issuer: all 3 requests of the scope matrix with a \
    valid token got 401 `invalid_token` (…). Their `iss` is \"https://issuer.test\", their `aud` \"https://api.test\". Give \
    the application the `resource_server` or the `decoder` of the same `TestIssuer` (for bound tokens, the \
    `bound_token_decoder`), because each one has keys of its own. Set claims that the application requires with \
    `ScopeMatrix::token`. The event `scopes_runtime::refused` has the reason in `cause`.";

#[test]
fn a_server_with_another_issuer_is_one_reason() {
    let (matrix, app) = matrix_of(|_| TestIssuer::new().resource_server());
    assert_eq!(table(matrix.check(app)), REFUSED_ISSUER);
}

#[test]
fn other_findings_follow_the_reason_of_refused_tokens() {
    let (matrix, app) = matrix_of(|_| TestIssuer::new().resource_server());
    let app = app.layer(from_fn(async |request: Request, next: Next| match request.uri().path() {
        "/open" => {
            (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer realm=\"api\"")]).into_response()
        }
        _ => next.run(request).await,
    }));
    assert_eq!(
        table(matrix.check(app)),
        format!(
            "{REFUSED_ISSUER}\n\nOther wrong responses:\n\n\
             OPERATION  SENT      EXPECTED      GOT\n\
             GET /open  no token  no challenge  401 Bearer"
        )
    );
}

/// The application accepts a token, so the table has what it refuses.
#[test]
fn one_operation_that_refuses_tokens_is_found() {
    #[requires_scopes("me")]
    async fn revoked(token: AccessToken) -> AuthError {
        token.refuse()
    }

    let issuer = TestIssuer::new();
    let router = ScopedRouter::new().route("/revoked", get(revoked)).route("/status", get(any_token));
    let router = router.with_state(issuer.resource_server());
    let table = table(issuer.matrix(&router).check(router));
    let row = "GET /revoked  a token of `me`  accepted  401 Bearer invalid_token";
    assert!(table.contains(row), "{table}");
}

#[test]
fn a_layer_that_responds_to_everything_is_found() {
    let (matrix, app) = matrix_of(TestIssuer::resource_server);
    let app = app.layer(from_fn(async |_: Request, _: Next| "a response"));
    assert_eq!(
        table(matrix.check(app)),
        r#"10 of 68 requests of the scope matrix have a wrong response (…):

OPERATION                                                      SENT                                          EXPECTED                                           GOT
GET /items/{id}                                                no token                                      401 Bearer scope="me items"                        200
GET /items/{id}                                                garbage                                       401 Bearer invalid_token scope="me items"          200
GET /items/{id}                                                a token of `items`, without `me`              403 Bearer insufficient_scope scope="me items"     200
GET /items/{id}                                                a token of `me`, without `items`, `invoices`  403 Bearer insufficient_scope scope="me items"     200
GET /items/{id}                                                a token of `invoices`, without `me`           403 Bearer insufficient_scope scope="me invoices"  200
POST, PUT, DELETE, PATCH, OPTIONS, TRACE, CONNECT /items/{id}  no token                                      405 or refused: not in the report                  200
POST, PUT, DELETE, PATCH, OPTIONS, TRACE, CONNECT /open        no token                                      405 or refused: not in the report                  200
GET /status                                                    no token                                      401 Bearer                                         200
GET /status                                                    garbage                                       401 Bearer invalid_token                           200
POST, PUT, DELETE, PATCH, OPTIONS, TRACE, CONNECT /status      no token                                      405 or refused: not in the report                  200"#
    );
}

#[test]
fn a_layer_that_requires_a_token_everywhere_is_found() {
    let (matrix, app) = matrix_of(TestIssuer::resource_server);
    let refuse = async |request: Request, next: Next| -> Response {
        if request.headers().contains_key(header::AUTHORIZATION) {
            return next.run(request).await;
        }
        let challenge = [(header::WWW_AUTHENTICATE, "Bearer realm=\"gateway\"")];
        (StatusCode::UNAUTHORIZED, challenge).into_response()
    };
    assert_eq!(
        table(matrix.check(app.layer(from_fn(refuse)))),
        r#"2 of 42 requests of the scope matrix have a wrong response (…):

OPERATION        SENT      EXPECTED                     GOT
GET /items/{id}  no token  401 Bearer scope="me items"  401 Bearer
GET /open        no token  no challenge                 401 Bearer"#
    );
}

#[test]
fn a_handler_with_an_unreported_requirement_is_found() {
    #[requires_scopes("me")]
    async fn later(token: AccessToken) -> Result<(), AuthError> {
        token.require(scopes!("items"))
    }

    let issuer = TestIssuer::new();
    let router = ScopedRouter::new().route("/", get(later)).with_state(issuer.resource_server());
    assert_eq!(
        table(issuer.matrix(&router).check(router)),
        r#"1 of 14 requests of the scope matrix have a wrong response (…):

OPERATION  SENT             EXPECTED  GOT
GET /      a token of `me`  accepted  a panic: `require` of `items`, which the handler does not declare; add it to `may_require(…)` in its `#[requires_scopes]`"#
    );
}

#[test]
fn panics_and_timeouts_of_handlers_are_found() {
    #[requires_scopes("me")]
    async fn panics() {
        panic!("a handler that\nfails");
    }

    #[public]
    async fn hangs() {
        pending().await
    }

    let issuer = TestIssuer::new();
    let router = ScopedRouter::new().route("/panics", get(panics)).route("/hangs", get(hangs));
    let router = router.with_state(issuer.resource_server());
    let matrix = issuer.matrix(&router);
    let check = async {
        tokio::time::pause();
        matrix.check(router).await;
    };
    assert_eq!(
        table(check),
        "\
2 of 24 requests of the scope matrix have a wrong response (…):

OPERATION    SENT             EXPECTED      GOT
GET /hangs   no token         no challenge  no response within 10 s
GET /panics  a token of `me`  accepted      a panic: a handler that fails"
    );
}

#[test]
fn a_router_without_operations_is_an_error() {
    let issuer = TestIssuer::new();
    let router = ScopedRouter::new().fallback_service(Router::new(), unchecked("nothing is here"));
    assert_eq!(
        table(issuer.matrix(&router).check(router)),
        "this router has no operation for the scope matrix (…)"
    );
    let router = ScopedRouter::new().route("/", get(open)).with_state(issuer.resource_server());
    assert_eq!(
        table(issuer.matrix(&router).check_attacks(router)),
        "this router has no operation for the attacks (…)"
    );
}

mod rejected {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Item {
        name: String,
    }

    #[requires_scopes(any("items", "me"))]
    async fn find() -> StatusCode {
        StatusCode::NOT_FOUND
    }

    #[requires_scopes("items")]
    async fn create(axum::Json(item): axum::Json<Item>) -> String {
        item.name
    }

    /// Responds with success to one of the alternatives.
    #[requires_scopes(any("items", "me"))]
    async fn half(token: AccessToken) -> StatusCode {
        if token.scopes().contains("me") { StatusCode::OK } else { StatusCode::NOT_FOUND }
    }

    #[requires_scopes("items")]
    async fn ok() {}

    mod later {
        use scopes_runtime::{AccessToken, AuthError, requires_scopes, scopes};

        use super::*;

        #[requires_scopes("items", may_require("me", acr = "mfa"))]
        async fn unchecked() {}

        #[requires_scopes("items", may_require("me", "items:write"))]
        async fn half_checked(token: AccessToken) -> Result<(), AuthError> {
            token.require(scopes!("me"))
        }

        #[requires_scopes(any("me", "items:write"), may_require("items:write"))]
        async fn unchecked_alternative() {}

        #[requires_scopes(any("me", "items:write"), may_require("items:write"))]
        async fn checked_alternative(token: AccessToken) -> Result<(), AuthError> {
            token.require(scopes!("items:write"))
        }

        #[requires_scopes("items", may_require("me"))]
        async fn checked(token: AccessToken) -> Result<(), AuthError> {
            token.require(scopes!("me"))
        }

        #[requires_scopes("items", may_require(acr = "mfa", max_age = 60))]
        async fn with_login(token: AccessToken) -> Result<(), AuthError> {
            token.require(scopes!(acr = "mfa", max_age = 60))
        }

        #[tokio::test]
        async fn what_no_handler_requires_is_listed() {
            let issuer = TestIssuer::new();
            let routes = || {
                ScopedRouter::new()
                    .route("/alternative", get(unchecked_alternative))
                    .route("/checked", get(checked))
                    .route("/checked-alternative", get(checked_alternative))
                    .route("/half", get(half_checked))
                    .route("/login", get(with_login))
                    .route("/unchecked", get(unchecked))
            };
            let app = || routes().with_state(issuer.resource_server());
            let outcome = issuer.matrix(&routes()).check(app()).await;
            let listed = ["GET /alternative", "GET /half", "GET /unchecked"];
            assert!(outcome.operations_with_unused_may_require().eq(listed), "{outcome}");
            assert_eq!(
                outcome.to_string(),
                "OPERATION         NOT TESTED\n\
                 GET /alternative  `may_require`: no token without `items:write` was refused\n\
                 GET /half         `may_require`: no token without `items:write` was refused\n\
                 GET /unchecked    `may_require`: no token without `me`, `acr mfa` was refused"
            );
            assert!(!outcome.is_complete());
        }

        #[requires_scopes("items", may_require("me"))]
        async fn panics(token: AccessToken) {
            assert!(token.scopes().contains("me"));
        }

        #[requires_scopes("items", may_require("me"))]
        async fn is_unavailable(token: AccessToken) -> StatusCode {
            if token.scopes().contains("me") { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
        }

        #[test]
        fn a_failing_handler_is_no_check() {
            let issuer = TestIssuer::new();
            let routes = ScopedRouter::new().route("/panic", get(panics)).route("/down", get(is_unavailable));
            let app = routes.with_state(issuer.resource_server());
            let table = table(issuer.matrix(&app).check(app));
            let rows = [
                "GET /down   a token of `items`, without `me`  accepted, or more is required  503",
                "GET /panic  a token of `items`, without `me`  accepted, or more is required  a panic",
            ];
            assert!(rows.iter().all(|row| table.contains(row)), "{table}");
        }
    }

    fn router() -> ScopedRouter<ResourceServer> {
        ScopedRouter::new()
            .route("/items/{id}", get(find))
            .route("/items", post(create))
            .route("/half", get(half))
            .route("/ok", get(ok))
    }

    #[tokio::test]
    async fn operations_that_reject_all_sufficient_requests_are_listed() {
        let issuer = TestIssuer::new();
        let app = || router().with_state(issuer.resource_server());
        let outcome = issuer.matrix(&router()).check(app()).await;
        assert!(outcome.rejected_operations().eq(["POST /items", "GET /items/{id}"]), "{outcome}");
        assert_eq!(
            outcome.to_string(),
            "OPERATION        NOT TESTED\n\
             POST /items      the handler, which responded to authorized requests with 422\n\
             GET /items/{id}  the handler, which responded to authorized requests with 404 404"
        );

        let outcome = issuer.matrix(&router()).body("POST /items", r#"{ "name": "Foo" }"#).check(app()).await;
        assert!(outcome.rejected_operations().eq(["GET /items/{id}"]), "{outcome}");

        let outcome = issuer.matrix(&router()).dry_run().check(app()).await;
        assert_eq!(outcome.to_string(), "OPERATION  NOT TESTED\nall        the handlers: this was a dry run");
        assert!(!outcome.is_complete());
    }

    #[requires_scopes("items")]
    async fn with_extension(_: Extension<u8>) {}

    #[requires_scopes("items")]
    async fn one_parameter_of_two(_: Path<u64>) {}

    #[requires_scopes(any("items", "me"))]
    async fn fails_for_some(token: AccessToken) -> StatusCode {
        if token.scopes().contains("me") { StatusCode::BAD_GATEWAY } else { StatusCode::OK }
    }

    #[tokio::test]
    async fn handlers_that_fail_are_listed() {
        let issuer = TestIssuer::new();
        let items = ScopedRouter::new().route("/items/{id}", get(one_parameter_of_two));
        let routes = ScopedRouter::new()
            .route("/extension", get(with_extension))
            .route("/some", get(fails_for_some))
            .nest("/teams/{team}", items);
        let app = routes.with_state(issuer.resource_server());
        let outcome = issuer.matrix(&app).check(app).await;
        assert_eq!(
            outcome.to_string(),
            "OPERATION                     NOT TESTED\n\
             GET /extension                the handler, which responded to authorized requests with 500\n\
             GET /some                     the handler, which responded to authorized requests with 200 502\n\
             GET /teams/{team}/items/{id}  the handler, which responded to authorized requests with 500"
        );
        assert!(!outcome.is_complete());
    }

    #[test]
    fn responses_that_are_all_404_are_one_sentence() {
        let issuer = TestIssuer::new();
        let app = Router::new().nest("/api", router().with_state(issuer.resource_server()).into());
        let message = table(issuer.matrix(&router()).check(app));
        assert!(
            message.contains("requests of the scope matrix got 404: the application serves no path"),
            "{message}"
        );
        assert!(!message.contains("OPERATION"), "{message}");
    }

    #[test]
    fn all_missing_scopes_are_named() {
        let issuer = TestIssuer::new();
        let open = Router::new().route("/half", axum::routing::get(async || ()));
        let routes = ScopedRouter::<ResourceServer>::new().route("/half", get(half));
        let message = table(issuer.matrix(&routes).check(open));
        assert!(message.contains("GET /half  a token without `items`, `me` "), "{message}");
    }

    #[test]
    fn a_body_of_no_operation_is_a_panic() {
        let issuer = TestIssuer::new();
        let app = router().with_state(issuer.resource_server());
        let message = table(issuer.matrix(&router()).body("POST /item", "{}").check(app));
        assert!(message.contains("`POST /item`, which is no operation with scopes"), "{message}");
    }
}

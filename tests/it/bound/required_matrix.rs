//! The scope matrix of operations that require DPoP.

use std::convert::Infallible;
use std::future::ready;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request};
use axum::response::Response;
use scopes_runtime::bound::Dpop;
use scopes_runtime::mcp::McpEndpoint;
use scopes_runtime::router::{any, get, post};
use scopes_runtime::testing::{ScopeMatrix, TestIssuer};
use scopes_runtime::{
    AccessToken, AuthError, DecodeFuture, JwtDecoder, ResourceServer, ScopedRouter, TokenDecoder,
    requires_scopes, scopes,
};
use scopes_tests::Scope;
use serde_json::{Map, Value};
use tower::service_fn;

use super::BASE;
use super::dpop::dpop;

#[requires_scopes("items")]
async fn read() {}

#[requires_scopes("items", "me", dpop)]
async fn pay(_: Path<String>) {}

#[requires_scopes(any("items:write", "me"), dpop)]
async fn either() {}

#[requires_scopes(dpop, acr = "mfa", max_age = 60)]
async fn strongly() {}

#[requires_scopes("items", may_require("me", dpop))]
async fn later(token: AccessToken) -> Result<(), AuthError> {
    token.require(scopes!("me", dpop))
}

fn routes() -> ScopedRouter<ResourceServer> {
    let within = ScopedRouter::new().route("/read", get(read)).require(scopes!(dpop));
    let tools = service_fn(|_: Request| ready(Ok::<_, Infallible>(Response::new(Body::empty()))));
    let endpoint = McpEndpoint::new(tools, scopes!("items")).tool("pay", scopes!("me", dpop));
    ScopedRouter::new()
        .route("/read", get(read))
        .route("/pay/{to}", post(pay).get(pay))
        .route("/either", any(either))
        .route("/strongly", get(strongly))
        .route("/later", get(later))
        .nest("/within", within)
        .route_mcp("/mcp", endpoint)
        .route_mcp("/bound", McpEndpoint::new(tools, scopes!(dpop)).tool("read", scopes!("items")))
}

fn server(issuer: &TestIssuer, dpop: &Dpop) -> ResourceServer {
    let builder = ResourceServer::builder(issuer.bound_token_decoder()).dpop(dpop.clone());
    builder.build().expect("the default realm")
}

/// Returns the message of the panic.
async fn failure(matrix: ScopeMatrix, app: Router) -> String {
    let panic = tokio::spawn(async move { matrix.check(app).await }).await.expect_err("a panic").into_panic();
    panic.downcast_ref::<String>().expect("a formatted message").clone()
}

#[tokio::test]
async fn operations_with_and_without_dpop_pass() {
    for url in [BASE, "https://api.test/public/"] {
        passes(&Dpop::new(url).expect("a URL")).await;
    }
}

#[tokio::test]
async fn a_server_that_requires_dpop_of_all_requests_passes() {
    passes(&dpop().required()).await;
}

async fn passes(dpop: &Dpop) {
    let issuer = TestIssuer::new();
    let app = || routes().with_state(server(&issuer, dpop));
    let matrix = issuer.matrix(&routes()).dpop(dpop);
    matrix.check(app()).await;
    matrix.check_attacks(app()).await;
    matrix.dry_run().check(app()).await;
}

#[tokio::test]
async fn a_server_that_requires_dpop_fails_without_its_settings() {
    let issuer = TestIssuer::new();
    let routes = || ScopedRouter::<ResourceServer>::new().route("/read", get(read));
    let app = Router::from(routes().with_state(server(&issuer, &dpop().required())));
    let message = failure(issuer.matrix(&routes()), app).await;
    let hint = "401 DPoP invalid_token scope=\"items\", from a server that requires DPoP: set its `Dpop` with `ScopeMatrix::dpop`";
    assert!(message.contains(hint), "{message}");
}

#[tokio::test]
async fn a_bound_token_that_is_accepted_as_bearer_token_fails() {
    #[requires_scopes("items")]
    async fn read() {}
    /// Accepts bound tokens without their proof.
    struct Lenient(JwtDecoder);
    impl TokenDecoder for Lenient {
        fn decode<'a>(&'a self, token: &'a str) -> DecodeFuture<'a> {
            Box::pin(async move {
                let token = self.0.decode(token).await?;
                let mut claims: Map<String, Value> = token.claims().expect("an object");
                claims.remove("cnf");
                AccessToken::new(claims, token.scopes().clone())
            })
        }
    }
    let issuer = TestIssuer::new();
    let decoder = Lenient(issuer.bound_token_decoder());
    let routes = || ScopedRouter::<ResourceServer>::new().route("/read", get(read));
    let app = Router::from(routes().with_state(ResourceServer::new(decoder)));
    let message = failure(issuer.matrix(&routes()).dpop(&dpop()), app).await;
    let rows: Vec<_> = message.lines().filter(|line| line.contains("/read")).collect();
    let [row] = *rows else { panic!("{message}") };
    assert_eq!(
        row.split_whitespace().collect::<Vec<_>>().join(" "),
        "GET /read a bound token of `items` as `Bearer` 401 Bearer invalid_token scope=\"items\" 200"
    );
}

#[tokio::test]
async fn proofs_have_the_nonces_of_the_server() {
    let issuer = TestIssuer::new();
    let dpop = dpop().nonce_secret([7; 32]).expect("32 bytes");
    issuer.matrix(&routes()).dpop(&dpop).check(routes().with_state(server(&issuer, &dpop))).await;
}

#[tokio::test]
async fn an_operation_that_accepts_bearer_tokens_fails() {
    #[requires_scopes("items")]
    async fn pay() {}
    #[requires_scopes("items", dpop)]
    async fn bound_pay() {}
    let issuer = TestIssuer::new();
    let reported = ScopedRouter::<ResourceServer>::new().route("/pay", post(bound_pay));
    let served = ScopedRouter::new().route("/pay", post(pay)).with_state(server(&issuer, &dpop()));
    let message = failure(issuer.matrix(&reported).dpop(&dpop()), Router::from(served)).await;
    let row = |sent: &str| {
        let row = message.lines().find(|line| line.contains(sent)).expect(sent);
        row.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        row("as `Bearer`"),
        "POST /pay a token of `items` as `Bearer` 401 DPoP invalid_token scope=\"items\" 200"
    );
    assert_eq!(row("no token"), "POST /pay no token 401 DPoP scope=\"items\" 401 Bearer scope=\"items\"");
}

#[tokio::test]
async fn proofs_for_another_url_fail() {
    let issuer = TestIssuer::new();
    let routes = || ScopedRouter::<ResourceServer>::new().route("/either", get(either));
    let app = Router::from(routes().with_state(server(&issuer, &dpop())));
    let other = Dpop::new("https://other.test").expect("a URL");
    let message = failure(issuer.matrix(&routes()).dpop(&other), app).await;
    let hint = "401 DPoP invalid_dpop_proof scope=\"items:write\", compare the base URLs of `ScopeMatrix::dpop` and `Dpop`";
    assert!(message.contains(hint), "{message}");
}

#[tokio::test]
async fn the_settings_of_the_server_are_required() {
    let issuer = TestIssuer::new();
    let of_either = || ScopedRouter::<ResourceServer>::new().route("/either", get(either));
    let of_later = || ScopedRouter::<ResourceServer>::new().route("/later", get(later));
    for (route, routes) in [("GET /either", of_either()), ("GET /later", of_later())] {
        let message = failure(issuer.matrix(&routes), Router::new()).await;
        let expected = format!(
            "`{route}` requires a token that is bound to a DPoP key; call `ScopeMatrix::dpop` with the `Dpop` of the \
             server, whose base URL proofs are made for ("
        );
        assert!(message.starts_with(&expected), "{message}");
    }
}

//! Scopes with parameters: which value a request gives them, and which tokens have it.

mod attacks;
mod forged;
mod long_refusals;
mod matrix;

use std::borrow::Cow;
use std::future::ready;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRef, Path, Request, State};
use axum::handler::Handler as _;
use axum::http::request::Parts;
use axum::http::{Extensions, StatusCode};
use axum::middleware::map_request;
use axum::routing::get as on_get;
use scopes_runtime::router::{ScopedRouter, get};
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{
    AccessToken, AuthError, Granted, GrantedScopes, RequiredScopes, ResourceServer, ScopeParameter,
    ScopeValue, declare_scopes, requires_scopes, scopes,
};
use scopes_tests::Answer;

#[declare_scopes(types = scope)]
pub(crate) enum Scope {
    /// Read the projects of an organization.
    OrgRead = "org:{org}:read",
    /// Change the projects of an organization.
    #[implies(OrgRead)]
    OrgWrite = "org:{org}:write",
    /// Read the projects of all organizations.
    #[implies(OrgRead)]
    AllRead = "org:read",
    /// Push to a repository.
    Push = "repo:{owner}/{name}",
    /// Read a file.
    File = "file:{path}",
    /// Read the items of a tenant.
    Tenant = "tenant:{tenant}:items",
}

#[requires_scopes("org:{org}:read")]
async fn read(Path(org): Path<String>) -> String {
    org
}

#[requires_scopes("repo:{owner}/{name}")]
async fn push() {}

#[requires_scopes("file:{path}")]
async fn file() {}

#[requires_scopes(any("org:{org}:write", "org:read"))]
async fn write_or_read_all() {}

#[requires_scopes]
async fn granted(grant: Granted<scope::OrgRead>) -> String {
    let Granted { .. } = grant;
    grant.org.to_string()
}

#[requires_scopes(may_require("org:{org}:write"))]
async fn owned(token: AccessToken, Path(org): Path<String>) -> Result<(), AuthError> {
    token.require(scopes!("org:{org}:write", org = org.to_lowercase()))
}

#[requires_scopes(may_require("org:{org}:write"))]
async fn granted_for(token: AccessToken, Path(org): Path<String>) -> Result<String, AuthError> {
    let grant = token.grant_for(scope::OrgWrite { org: org.into() })?;
    let read: Granted<scope::OrgRead> = grant.implied();
    Ok(read.org.to_string())
}

#[requires_scopes("org:{org}:read", may_require("org:{org}:write"))]
async fn of_another(token: AccessToken) -> Result<(), AuthError> {
    token.require(scopes!("org:{org}:write", org = "other"))
}

#[requires_scopes("org:{org}:read")]
async fn explain(required: RequiredScopes) -> String {
    required.to_string()
}

struct Host;

impl ScopeParameter for Host {
    const NAME: &'static str = "tenant";

    fn value(parts: &Parts) -> Option<Cow<'_, str>> {
        let host = parts.headers.get("host")?.to_str().ok()?;
        host.strip_suffix(".example.com").map(Cow::Borrowed)
    }
}

#[requires_scopes("tenant:{tenant}:items")]
async fn items(tenant: ScopeValue<Host>) -> String {
    tenant.to_string()
}

#[requires_scopes]
async fn tenant(tenant: ScopeValue<Host>) -> String {
    tenant.to_string()
}

fn router() -> ScopedRouter<ResourceServer> {
    ScopedRouter::new()
        .route("/orgs/{org}", get(read))
        .route("/orgs/{org}/any", get(write_or_read_all))
        .route("/orgs/{org}/granted", get(granted))
        .route("/orgs/{org}/owned", get(owned))
        .route("/orgs/{org}/granted_for", get(granted_for))
        .route("/orgs/{org}/other", get(of_another))
        .route("/orgs/{org}/explain", get(explain))
        .route("/repos/{owner}/{name}", get(push))
        .route("/files/{*path}", get(file))
        .route("/items", get(items))
}

async fn send(app: &Router, issuer: &TestIssuer, path: &str, scopes: &[&str], host: &str) -> Answer {
    let token = issuer.token().scopes(scopes).sign();
    let request = Request::get(path).header("authorization", format!("Bearer {token}")).header("host", host);
    scopes_tests::send(app, request.body(Body::empty()).expect("a request")).await
}

async fn answer_of(path: &str, scopes: &[&str]) -> Answer {
    let issuer = TestIssuer::new();
    let app = Router::from(router().with_state(issuer.resource_server()));
    send(&app, &issuer, path, scopes, "acme.example.com").await
}

async fn status(path: &str, scopes: &[&str]) -> u16 {
    answer_of(path, scopes).await.status.as_u16()
}

#[tokio::test]
async fn a_missing_value_that_no_scope_needs_is_400() {
    let issuer = TestIssuer::new();
    let app = ScopedRouter::new().route("/", get(tenant)).with_state(issuer.resource_server()).into();
    let cases =
        [("acme.example.com", 200, "acme"), ("acme.test", 400, "The request has no value for `tenant`.")];
    for (host, status, text) in cases {
        let answer = send(&app, &issuer, "/", &[], host).await;
        assert_eq!((answer.status.as_u16(), &*answer.text), (status, text));
    }
}

#[tokio::test]
async fn a_parameter_has_the_value_of_the_path() {
    assert_eq!(status("/orgs/acme", &["org:acme:read"]).await, 200);
    assert_eq!(status("/orgs/acme", &["org:other:read"]).await, 403);
    assert_eq!(status("/orgs/acme", &["org:acme:write"]).await, 200);
    assert_eq!(status("/orgs/acme", &["org:other:write"]).await, 403);
    assert_eq!(status("/orgs/acme", &["org:read"]).await, 200);
    assert_eq!(status("/orgs/acme/any", &["org:acme:write"]).await, 200);
    assert_eq!(status("/orgs/acme/any", &["org:acme:read"]).await, 403);
    assert_eq!(status("/repos/acme/shop", &["repo:acme/shop"]).await, 200);
    assert_eq!(status("/repos/shop/acme", &["repo:acme/shop"]).await, 403);
    assert_eq!(status("/files/a/b.txt", &["file:a/b.txt"]).await, 200);
    assert_eq!(status("/files/a", &["file:a/b.txt"]).await, 403);
}

#[tokio::test]
async fn refusals_name_the_concrete_scope() {
    let challenge = |answer: Answer| answer.challenge().map(str::to_owned);
    let refused = answer_of("/orgs/acme", &["org:other:read"]).await;
    assert_eq!(refused.json()["scope"], "org:acme:read");
    assert_eq!(
        challenge(refused).as_deref(),
        Some(r#"Bearer realm="api", error="insufficient_scope", scope="org:acme:read""#)
    );
    let alternatives = answer_of("/orgs/acme/any", &[]).await.json()["alternatives"].clone();
    assert_eq!(alternatives, serde_json::json!(["org:acme:write", "org:read"]));
    // No token can have it.
    let impossible = answer_of("/orgs/a%20b", &["org:acme:read"]).await;
    assert_eq!(challenge(impossible).as_deref(), Some(r#"Bearer realm="api", error="insufficient_scope""#));
    let issuer = TestIssuer::new();
    let app = Router::from(router().with_state(issuer.resource_server()));
    let without_token = scopes_tests::call(&app, "GET", "/orgs/acme", None).await;
    assert_eq!(challenge(without_token).as_deref(), Some(r#"Bearer realm="api", scope="org:acme:read""#));
    // The values of two checks differ.
    let other = answer_of("/orgs/acme/other", &["org:acme:read"]).await;
    assert_eq!(other.json()["scope"], "org:acme:read org:other:write");
    assert_eq!(answer_of("/orgs/acme/explain", &["org:read"]).await.text, "org:{org}:read");
}

#[tokio::test]
async fn a_proof_has_the_values() {
    let answer = answer_of("/orgs/acme/granted", &["org:acme:write"]).await;
    assert_eq!((answer.status, &*answer.text), (StatusCode::OK, "acme"));
    let answer = answer_of("/orgs/a%20b/granted", &["org:read"]).await;
    assert_eq!((answer.status, &*answer.text), (StatusCode::OK, "a b"));
    assert_eq!(status("/orgs/acme/granted", &["org:other:read"]).await, 403);
    let answer = answer_of("/orgs/acme/granted_for", &["org:acme:write"]).await;
    assert_eq!((answer.status, &*answer.text), (StatusCode::OK, "acme"));
    let refused = answer_of("/orgs/acme/granted_for", &["org:other:write"]).await;
    assert_eq!(refused.json()["scope"], "org:acme:write");
}

#[tokio::test]
async fn a_handler_gives_values_itself() {
    assert_eq!(status("/orgs/ACME/owned", &["org:acme:write"]).await, 200);
    let refused = answer_of("/orgs/ACME/owned", &["org:ACME:write"]).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["scope"]), (403, &"org:acme:write".into()));
}

#[tokio::test]
async fn another_source_gives_a_value() {
    let issuer = TestIssuer::new();
    let app = Router::from(router().with_state(issuer.resource_server()));
    let send = async |scopes: &[&str], host| send(&app, &issuer, "/items", scopes, host).await;
    let answer = send(&["tenant:acme:items"], "acme.example.com").await;
    assert_eq!((answer.status, &*answer.text), (StatusCode::OK, "acme"));
    assert_eq!(send(&["tenant:acme:items"], "other.example.com").await.status, StatusCode::FORBIDDEN);
    assert_eq!(send(&["tenant:acme:items"], "acme.example.org").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_plain_router_refuses_a_route_without_the_parameter() {
    let issuer = TestIssuer::new();
    let app = Router::new()
        .route("/projects", on_get(read))
        .route("/orgs/{id}", on_get(read))
        .nest("/orgs/{org}/of", Router::new().route("/{org}", on_get(read_of)))
        .route("/right/{org}", on_get(read))
        .with_state(issuer.resource_server());
    for path in ["/projects", "/orgs/acme"] {
        for scopes in [&["org:read"][..], &["org:acme:read", "org::read", "org:{org}:read"]] {
            let answer = send(&app, &issuer, path, scopes, "x").await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {scopes:?}");
        }
    }
    assert_eq!(send(&app, &issuer, "/right/acme", &["org:acme:read"], "x").await.status, StatusCode::OK);
    // Two parameters of one name count if they have one value.
    let of = async |path| send(&app, &issuer, path, &["org:a:read", "org:b:read"], "x").await.status;
    assert_eq!(of("/orgs/a/of/a").await, StatusCode::OK);
    assert_eq!(of("/orgs/a/of/b").await, StatusCode::FORBIDDEN);
}

#[requires_scopes("org:{org}:read")]
async fn read_of() {}

#[tokio::test]
async fn nested_routers_have_the_parameters_of_their_prefix() {
    let issuer = TestIssuer::new();
    let inner = ScopedRouter::new().route("/projects", get(read));
    let router = ScopedRouter::new().nest("/orgs/{org}", inner).with_state(issuer.resource_server());
    let app = Router::from(router);
    let status = async |path, scopes: &[&str]| send(&app, &issuer, path, scopes, "x").await.status.as_u16();
    assert_eq!(status("/orgs/acme/projects", &["org:acme:read"]).await, 200);
    assert_eq!(status("/orgs/acme/projects", &["org:other:read"]).await, 403);
}

#[test]
#[should_panic(
    expected = "`GET /projects` requires `org:{org}:read`, but its path has no parameter `{org}`, or several values for it: \
                name one parameter of the path `{org}`, or take a `ScopeValue` of it as an argument of the handler. If the parameter is in the prefix of a \
                router around it, nest this one with `ScopedRouter::nest` before the conversion to axum's router"
)]
fn a_scoped_router_without_the_parameter_is_not_built() {
    let router = ScopedRouter::new().route("/projects", get(read));
    let _app: Router = Router::from(router.with_state(TestIssuer::new().resource_server()));
}

#[test]
#[should_panic(expected = "`GET /projects` requires `org:{org}:read`")]
fn a_router_requirement_without_the_parameter_is_not_built() {
    #[requires_scopes]
    async fn handler() {}
    let router = ScopedRouter::new().route("/projects", get(handler)).require(scopes!("org:{org}:read"));
    let _app: Router = Router::from(router.with_state(TestIssuer::new().resource_server()));
}

#[test]
#[should_panic(expected = "without the values of its parameters")]
fn a_check_without_values_is_a_mistake() {
    let token = scopes_runtime::testing::access_token("alice", ["org:read"]);
    let _result = token.require(scopes!("org:{org}:read"));
}

/// A handler that calls another route with the extensions of its own request.
#[tokio::test]
async fn kept_extensions_authorize_no_other_path() {
    let issuer = TestIssuer::new();
    let app: Router = Router::new().route("/orgs/{org}", on_get(read)).with_state(issuer.resource_server());
    let token = issuer.token().scopes(["org:acme:read"]).sign();
    let request = |path: &str| {
        let request = Request::get(path).header("authorization", format!("Bearer {token}"));
        request.body(Body::empty()).expect("a request")
    };
    let kept = Arc::new(Mutex::new(None));
    let keep = Arc::clone(&kept);
    #[requires_scopes("org:{org}:read")]
    async fn keeping(State(keep): State<Keep>, request: Request) {
        *keep.kept.lock().expect("no panic") = Some(request.extensions().clone());
    }
    let state = Keep { server: issuer.resource_server(), kept: keep };
    let first: Router = Router::new().route("/orgs/{org}", on_get(keeping)).with_state(state);
    assert_eq!(scopes_tests::send(&first, request("/orgs/acme")).await.status, StatusCode::OK);
    let mut second = request("/orgs/other");
    *second.extensions_mut() = kept.lock().expect("no panic").take().expect("the extensions");
    assert_eq!(scopes_tests::send(&app, second).await.status, StatusCode::FORBIDDEN);
}

/// A layer of a handler keeps the extensions after the router has authorized the request, and another path reaches the same
/// handler.
#[tokio::test]
async fn kept_extensions_authorize_the_same_handler_for_no_other_path() {
    let issuer = TestIssuer::new();
    let server = issuer.resource_server();
    let kept = Arc::new(Mutex::new(None));
    let keep = Arc::clone(&kept);
    let keeping = read.layer(map_request(move |request: Request| {
        *keep.lock().expect("no panic") = Some(request.extensions().clone());
        ready(request)
    }));
    let first =
        Router::from(ScopedRouter::new().route("/orgs/{org}", get(keeping)).with_state(server.clone()));
    let app: Router = Router::new().route("/other/{org}", on_get(read)).with_state(server);
    let token = issuer.token().scopes(["org:acme:read"]).sign();
    let request = |path: &str| {
        let request = Request::get(path).header("authorization", format!("Bearer {token}"));
        request.body(Body::empty()).expect("a request")
    };
    assert_eq!(scopes_tests::send(&first, request("/orgs/acme")).await.text, "acme");
    let mut other = request("/other/other");
    *other.extensions_mut() = kept.lock().expect("no panic").take().expect("the extensions");
    assert_eq!(scopes_tests::send(&app, other).await.status, StatusCode::FORBIDDEN);
}

#[derive(Clone, FromRef)]
struct Keep {
    server: ResourceServer,
    kept: Arc<Mutex<Option<Extensions>>>,
}

#[tokio::test]
async fn a_refusal_without_a_requestable_scope_explains_why() {
    let answer = answer_of("/orgs/a%20b", &["org:acme:read"]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let detail = answer.json()["detail"].as_str().expect("a detail").to_owned();
    assert!(detail.contains("cannot be named: the request has no value for it"), "{detail}");
    assert_eq!(answer.json().get("scope"), None);
    let answer = answer_of("/orgs/acme", &["org:other:read"]).await;
    let detail = answer.json()["detail"].as_str().expect("a detail").to_owned();
    assert!(!detail.contains("cannot be named"), "{detail}");
}

#[tokio::test]
async fn a_refusal_names_no_long_value() {
    let long = "a".repeat(5_000);
    let answer = answer_of(&format!("/orgs/{long}/any"), &[]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.challenge().expect("a challenge").len() < 400 && answer.text.len() < 800);
    let granted = format!("org:{long}:write");
    assert_eq!(status(&format!("/orgs/{long}/any"), &[&granted]).await, 200);
}

/// For reports and authorization servers.
#[test]
fn a_concrete_scope_is_the_declared_one_with_any_value() {
    let report = router().report();
    let read = report.operations().find(|operation| operation.path() == "/orgs/{org}").expect("a route");
    for (scope, matches, is_enough) in [
        ("org:acme:read", true, true),
        ("org:{org}:read", true, true),
        ("org:acme:write", false, true),
        ("org:read", false, true),
        ("org::read", false, false),
        ("org:acme", false, false),
        ("org:acme:read:all", false, false),
        ("repo:acme:read", false, false),
        ("", false, false),
    ] {
        assert_eq!(Scope::OrgRead.declared().matches(scope), matches, "{scope}");
        let granted = GrantedScopes::from_list(scope);
        assert_eq!(read.is_allowed(&granted), is_enough, "{scope}");
        assert_eq!(read.missing(&granted).is_empty(), is_enough, "{scope}");
    }
    assert!(!Scope::OrgRead.declared().matches("org:a b:read"));
}

#[test]
fn a_declared_scope_has_a_name_for_each_value() {
    let name = |values: &[(&str, &str)]| Scope::Push.declared().concrete_name(values);
    assert_eq!(name(&[("owner", "acme"), ("name", "app")]).as_deref(), Some("repo:acme/app"));
    assert_eq!(name(&[("owner", "acme/app"), ("name", "app")]), None);
    assert_eq!(name(&[("owner", "acme")]), None);
}

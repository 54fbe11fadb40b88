//! Telemetry: events and counters.

use std::cell::RefCell;
use std::io;
use std::sync::Once;

use axum::Router;
use axum::extract::Path;
use axum::routing::get as on_get;
#[cfg(feature = "metrics")]
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use scopes_runtime::mcp::McpEndpoint;
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{
    AccessToken, AuthError, DecodeFuture, Jwks, JwtDecoder, Requirement, ResourceServer, ScopedRouter,
    TokenDecoder, public, requires_scopes, scopes,
};
use scopes_tests::billing::BillingScope;
use scopes_tests::{Readable, Scope, bearer, get};
use serde_json::json;
use tracing::Level;

#[path = "telemetry/causes.rs"]
mod causes;

#[requires_scopes("me", "items")]
async fn items() {}

#[requires_scopes("me")]
async fn me() {}

#[requires_scopes("me", may_require("items:write"))]
async fn later(token: AccessToken) -> Result<(), AuthError> {
    token.require(scopes!("items:write"))
}

#[requires_scopes("me")]
async fn gone(token: AccessToken) -> AuthError {
    token.refuse()
}

/// What [`numbered`] requires later, and whether its attribute declares that.
const LATER: [(Requirement, bool); 11] = [
    (scopes!("items:write"), true),
    (scopes!("items"), true),
    (scopes!("me"), true),
    (scopes!("me", "items"), true),
    (scopes!(BillingScope::Invoices), true),
    (scopes!(BillingScope::InvoicesRead), false),
    (scopes!("me", BillingScope::Billing), false),
    (scopes!(acr = "mfa", max_age = 300), true),
    (scopes!(acr = "mfa"), false),
    (scopes!(acr = "pwd", max_age = 300), false),
    (scopes!(dpop), false),
];

#[requires_scopes("items:write", may_require(any("me", BillingScope::Invoices), acr = "mfa", max_age = 300))]
async fn numbered(token: AccessToken, Path(number): Path<usize>) -> Result<(), AuthError> {
    token.require(LATER[number].0)
}

#[requires_scopes("me", may_require(dpop))]
async fn bound_later(token: AccessToken) -> Result<(), AuthError> {
    token.require(scopes!(dpop))
}

#[requires_scopes("me", dpop)]
async fn bound() {}

#[public]
async fn open(_token: Option<AccessToken>) {}

fn app() -> Router {
    Router::new()
        .route("/items", on_get(items))
        .route("/later", on_get(later))
        .route("/gone", on_get(gone))
        .route("/numbered/{number}", on_get(numbered))
        .route("/bound", on_get(bound))
        .route("/bound_later", on_get(bound_later))
        .route("/open", on_get(open))
        .with_state(ResourceServer::new(Named))
}

/// Decodes as [`Readable`] does, with more claims.
struct Named;

impl TokenDecoder for Named {
    fn decode<'a>(&'a self, token: &'a str) -> DecodeFuture<'a> {
        Box::pin(async move {
            let (client, acr) = match token {
                "long" => ("ä".repeat(6000), format!("x{}", "ä".repeat(6000))),
                _ => ("a\nclient".to_owned(), "1".to_owned()),
            };
            let token = Readable::default().decode(token).await?;
            let claims = json!({
                "iss": "https://issuer.example", "client_id": client, "jti": "b7a0c1", "sub": "alice", "acr": acr,
            });
            AccessToken::new(claims.as_object().expect("an object").clone(), token.scopes().clone())
        })
    }
}

thread_local! {
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Writes events to the log of the thread. Each test runs in its own thread.
struct Log;

impl io::Write for Log {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        LOG.with_borrow_mut(|log| log.write(text))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Installs one subscriber for the process. With one for each test, `tracing` could disable a callsite that another
/// test has just registered.
fn subscribe() {
    static SUBSCRIBED: Once = Once::new();
    SUBSCRIBED.call_once(|| {
        let subscriber = tracing_subscriber::fmt().with_max_level(Level::TRACE).with_writer(|| Log);
        subscriber.without_time().with_ansi(false).init();
    });
}

/// Returns the lines that one request logs at any level.
async fn events(path: &str, authorization: &[&str]) -> Vec<String> {
    events_of(&app(), path, authorization).await
}

async fn events_of(app: &Router, path: &str, authorization: &[&str]) -> Vec<String> {
    subscribe();
    LOG.take();
    get(app, path, authorization).await;
    logged()
}

/// Returns the lines that this thread has logged.
fn logged() -> Vec<String> {
    let text = String::from_utf8(LOG.take()).expect("UTF-8");
    text.lines().map(|line| line.trim().to_owned()).collect()
}

#[tokio::test]
async fn each_refusal_is_one_event_with_its_reason() {
    let line = |level: &str, reason: &str, path: &str, fields: &str| {
        let operation = format!("method=\"GET\" route=\"{path}\"");
        vec![format!(
            "{level} scopes_runtime::refused: a request was refused reason=\"{reason}\" {operation} {fields}"
        )]
    };
    let both = "required=\"me items\"";
    assert_eq!(events("/items", &[]).await, line("DEBUG", "missing_token", "/items", both));
    let cause = "cause=\"the `Authorization` header has no token after the scheme\"";
    assert_eq!(
        events("/items", &["Bearer"]).await,
        line("INFO", "invalid_request", "/items", &format!("{both} {cause}"))
    );
    let cause = "cause=\"the access token is not valid: it is bad\"";
    assert_eq!(
        events("/items", &["Bearer bad"]).await,
        line("INFO", "invalid_token", "/items", &format!("{both} {cause}"))
    );
    let cause = "cause=\"the access token cannot be checked now: no connection\"";
    assert_eq!(
        events("/items", &["Bearer down"]).await,
        line("WARN", "unavailable", "/items", &format!("{both} {cause}"))
    );
    let fields = format!("{both} missing=\"items\" {WHO}");
    assert_eq!(
        events("/items", &[&bearer("me")]).await,
        line("INFO", "insufficient_scope", "/items", &fields)
    );
    let cause = "cause=\"it is not bound to a DPoP key, which the operation requires\"";
    assert_eq!(
        events("/bound", &[&bearer("me")]).await,
        line("INFO", "invalid_token", "/bound", &format!("required=\"me\" {WHO} {cause}"))
    );
}

/// The claims of [`Named`].
const WHO: &str =
    r#"issuer="https://issuer.example" client_id="a\nclient" jti_hash="a0699cce88428336" acr="1""#;

#[tokio::test]
async fn a_refusal_by_a_handler_is_an_event_with_the_line_that_refuses() {
    for (path, reason, fields) in [
        ("/later", "insufficient_scope", format!("required=\"items:write\" missing=\"items:write\" {WHO}")),
        (
            "/gone",
            "invalid_token",
            format!(
                "required=\"me\" {WHO} cause=\"the access token is not valid: the application refuses it\""
            ),
        ),
        (
            "/bound_later",
            "invalid_token",
            format!(
                "required=\"\" {WHO} cause=\"it is not bound to a DPoP key, which the operation requires\""
            ),
        ),
    ] {
        let [event] = &*events(path, &[&bearer("me")]).await else { panic!("one event") };
        let start = format!(
            "INFO scopes_runtime::refused: a request was refused reason=\"{reason}\" location=tests/telemetry.rs:"
        );
        let rest = event.strip_prefix(&start).and_then(|rest| rest.split_once(' '));
        assert_eq!(rest.map(|(_, fields)| fields), Some(&*fields), "{event}");
    }
}

/// The route has the names of parameters, because clients choose the values.
#[tokio::test]
async fn the_route_of_an_event_has_no_text_of_the_client() {
    let inner = ScopedRouter::new().route("/orgs/{org}", scopes_runtime::router::get(orgs::read));
    let fallback = ScopedRouter::new().fallback(items);
    let app = Router::from(ScopedRouter::new().nest("/v1", inner).with_state(ResourceServer::new(Named)));
    let fallback = Router::from(fallback.with_state(ResourceServer::new(Named)));
    let [event] = &*events_of(&app, "/v1/orgs/acme?x=1", &[]).await else { panic!("one event") };
    assert!(event.contains(r#" method="GET" route="/v1/orgs/{org}" required="#), "{event}");
    assert!(!event.contains("x=1"), "{event}");
    let events = events_of(&fallback, "/v1/orgs/acme", &[]).await;
    assert!(events[0].contains(r#" method="GET" required="#), "{events:?}");
}

#[tokio::test]
async fn a_requirement_that_the_attribute_does_not_declare_is_an_event() {
    subscribe();
    let line = "WARN scopes_runtime::undeclared: a handler requires what its attribute does not declare";
    for (number, (requirement, is_declared)) in LATER.into_iter().enumerate() {
        LOG.take();
        let path = format!("/numbered/{number}");
        // A build with debug assertions panics, too.
        let _ = tokio::spawn(async move { get(&app(), &path, &[&bearer("items:write")]).await }).await;
        let log = String::from_utf8(LOG.take()).expect("UTF-8");
        let has_event = log.lines().any(|event| event.contains(line) && event.contains("telemetry.rs:"));
        assert_eq!(has_event, !is_declared, "{requirement:?}: {log}");
    }
}

/// Claims can be as long as a token; events are short.
#[tokio::test]
async fn long_claims_are_truncated() {
    let events = events("/items", &["Bearer long"]).await.concat();
    let cut = format!("{}…", "ä".repeat(128));
    assert!(events.contains(&format!("client_id=\"{cut}\"")), "{events}");
    // Byte 256 is inside of a character.
    assert!(events.contains(&format!("acr=\"x{}…\"", "ä".repeat(127))), "{events}");
    assert!(events.len() < 1200, "{}", events.len());
}

#[tokio::test]
async fn metadata_of_another_issuer_is_an_event_that_names_both() {
    subscribe();
    let issuer = TestIssuer::new().serve();
    let configured = format!("{}/", issuer.url());
    let decoder =
        JwtDecoder::builder().issuer(&configured).audience(issuer.audience()).jwks(Jwks::discovery());
    LOG.take();
    let token = issuer.token().claim("iss", &*configured).sign();
    assert!(decoder.build().expect("a decoder").decode(&token).await.is_err());
    let events: Vec<_> =
        logged().into_iter().filter(|event| event.starts_with("WARN scopes_runtime::keys")).collect();
    let [event] = &*events else { panic!("one event: {events:?}") };
    let both = format!("is `{}`, but the configured issuer is `{configured}`;", issuer.url());
    assert!(event.contains(&both), "{event}");
}

#[tokio::test]
async fn accepted_requests_are_no_event() {
    assert!(events("/items", &[&bearer("me items")]).await.is_empty());
    assert!(events("/open", &[]).await.is_empty());
}

#[tokio::test]
async fn a_response_with_a_list_that_cannot_be_read_is_one_event() {
    let encoded = || async { ([("content-type", "application/json"), ("content-encoding", "gzip")], "x") };
    let endpoint = McpEndpoint::new(Router::new().fallback(encoded), Requirement::ANY_VALID_TOKEN);
    let router = ScopedRouter::new().route_mcp("/mcp", endpoint).with_state(ResourceServer::new(Named));
    let expected = "WARN scopes_runtime::unreadable_list: an MCP server's response that may contain a list is not sent \
                    reason=\"it has a `Content-Encoding`: compress outside of the router\"";
    assert_eq!(events_of(&Router::from(router), "/mcp", &[&bearer("me")]).await, [expected]);
}

mod orgs {
    use std::borrow::Cow;

    use axum::http::request::Parts;
    use scopes_runtime::{ScopeParameter, ScopeValue, declare_scopes, requires_scopes};

    #[declare_scopes]
    enum Scope {
        /// Read the projects of an organization.
        OrgRead = "org:{org}:read",
        /// Read the items of a tenant.
        Tenant = "tenant:{tenant}:items",
    }

    #[requires_scopes("org:{org}:read")]
    pub(super) async fn read() {}

    pub(super) struct Tenant;

    impl ScopeParameter for Tenant {
        const NAME: &'static str = "tenant";

        fn value(parts: &Parts) -> Option<Cow<'_, str>> {
            parts.headers.get("tenant")?.to_str().ok().map(Cow::Borrowed)
        }
    }

    #[requires_scopes("tenant:{tenant}:items")]
    pub(super) async fn items(_: ScopeValue<Tenant>) {}
}

#[tokio::test]
async fn a_refusal_of_a_scope_with_a_parameter_names_the_concrete_scope() {
    let app = Router::new()
        .route("/orgs/{org}", on_get(orgs::read))
        .route("/projects", on_get(orgs::read))
        .route("/items", on_get(orgs::items))
        .with_state(ResourceServer::new(Readable::default()));
    let refused = |route: &str, required: &str, missing: &str| {
        format!(
            "INFO scopes_runtime::refused: a request was refused reason=\"insufficient_scope\" method=\"GET\" \
             route=\"{route}\" required=\"{required}\" \
             missing=\"{missing}\""
        )
    };
    let acme = "org:acme:read";
    assert_eq!(events_of(&app, "/orgs/acme", &[&bearer("me")]).await, [refused("/orgs/{org}", acme, acme)]);
    // A client can send these to a correct route, so there is no warning.
    let declared = "org:{org}:read";
    let because = |route: &str, scope: &str, parameter: &str, reason: &str| {
        let refused = refused(route, scope, scope);
        format!("{refused} cause=\"the parameter `{parameter}` of a required scope {reason}\"")
    };
    let no_value = "has no value, or several different ones";
    let character = "has a value with a character that scopes cannot contain";
    for (path, reason) in [
        ("/orgs/%FF", no_value),
        ("/orgs/a:b", "has a value with `:`, which separates it from the rest of the scope"),
        ("/orgs/a%20b", character),
        ("/orgs/a%22b", character),
        ("/orgs/%C3%A4", character),
    ] {
        let expected = because("/orgs/{org}", declared, "org", reason);
        assert_eq!(events_of(&app, path, &[&bearer("me")]).await, [expected], "{path}");
    }
    let of_tenant = "tenant:{tenant}:items";
    let expected = because("/items", of_tenant, "tenant", no_value);
    assert_eq!(events_of(&app, "/items", &[&bearer("me")]).await, [expected]);
    let events = events_of(&app, "/projects", &[&bearer("me")]).await;
    let missing =
        "WARN scopes_runtime::missing_parameter: a request was refused because its route has no parameter";
    assert!(events.len() == 2 && events[0].starts_with(missing), "{events:?}");
    assert_eq!(events.last(), Some(&because("/projects", declared, "org", no_value)));
}

#[test]
fn plain_http_to_a_named_host_is_one_event() {
    let events = |issuer: &str| {
        subscribe();
        LOG.take();
        let jwks = Jwks::discovery().danger_allow_http("keycloak");
        JwtDecoder::builder().issuer(issuer).audience("api").jwks(jwks).build().expect("a decoder");
        logged().into_iter().filter(|line| line.contains("scopes_runtime::")).collect::<Vec<_>>()
    };
    assert_eq!(
        events("http://keycloak:8080/realms/shop"),
        [
            "WARN scopes_runtime::plain_http: requests to an issuer are not encrypted: an attacker who changes a response \
             can forge tokens host=\"keycloak\""
        ]
    );
    assert!(events("https://issuer.example").is_empty());
    assert!(events("http://127.0.0.1:8080").is_empty());
}

/// Returns a decoder whose issuer may grant `me`, and a token of that issuer with these scopes.
fn limited(scopes: &[&str]) -> (JwtDecoder, String) {
    let issuer = TestIssuer::new();
    let builder = JwtDecoder::builder().issuer(issuer.url()).audience(issuer.audience());
    let decoder = builder.key(issuer.verification_key()).may_grant([Scope::Me]).build().expect("a decoder");
    (decoder, issuer.token().scopes(scopes).sign())
}

#[tokio::test]
async fn scopes_that_an_issuer_may_not_grant_are_one_event() {
    let line = |count: usize, scopes: &str| {
        vec![format!(
            "DEBUG scopes_runtime::dropped: scopes that the issuer may not grant were dropped \
             issuer=\"https://issuer.test\" count={count} scopes=\"{scopes}\""
        )]
    };
    let long = "s".repeat(400);
    for (scopes, expected) in [
        (vec!["me"], vec![]),
        (vec!["admin", "me", "items"], line(2, "admin items")),
        (vec!["me", &long], line(1, &format!("{}…", &long[..256]))),
    ] {
        let (decoder, token) = limited(&scopes);
        let app = Router::new().route("/", on_get(me)).with_state(ResourceServer::new(decoder));
        let authorization = format!("Bearer {token}");
        assert_eq!(events_of(&app, "/", &[&authorization]).await, expected);
        assert!(events_of(&app, "/", &[&authorization]).await.is_empty(), "the token is cached now");
    }
}

#[cfg(feature = "metrics")]
#[test]
fn scopes_that_an_issuer_may_not_grant_are_counted() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    metrics::with_local_recorder(&recorder, || {
        runtime.block_on(async {
            for scopes in [&["me"][..], &["admin", "me"], &["admin", "items"]] {
                let (decoder, token) = limited(scopes);
                let app = Router::new().route("/", on_get(me)).with_state(ResourceServer::new(decoder));
                for _ in 0..2 {
                    get(&app, "/", &[&format!("Bearer {token}")]).await;
                }
            }
        });
    });
    let counted = counters(&snapshotter);
    let dropped: Vec<_> = counted.iter().filter(|line| line.starts_with("scopes_dropped")).collect();
    assert_eq!(dropped, ["scopes_dropped_total issuer=https://issuer.test 3"]);
}

/// Returns the name, labels and count of each counter.
#[cfg(feature = "metrics")]
fn counters(snapshotter: &Snapshotter) -> Vec<String> {
    let counters = snapshotter.snapshot().into_vec().into_iter().map(|(key, _, _, value)| {
        let DebugValue::Counter(count) = value else { panic!("only counters: {value:?}") };
        let labels: Vec<_> =
            key.key().labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        format!("{} {} {count}", key.key().name(), labels.join(" "))
    });
    let mut counters: Vec<_> = counters.collect();
    counters.sort();
    counters
}

#[cfg(feature = "metrics")]
#[test]
fn refusals_admissions_and_tokens_are_counted() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    metrics::with_local_recorder(&recorder, || {
        runtime.block_on(async {
            let app = app();
            let (good, narrow) = (bearer("me items"), bearer("me"));
            for authorization in [&*good, &good, &narrow, "Bearer bad", "Bearer down", "Bearer"] {
                get(&app, "/items", &[authorization]).await;
            }
            get(&app, "/items", &[]).await;
            get(&app, "/open", &[]).await;
        });
    });
    assert_eq!(
        counters(&snapshotter),
        [
            "scopes_admissions_total  2",
            "scopes_refusals_total reason=insufficient_scope route=/items 1",
            "scopes_refusals_total reason=invalid_request route=/items 1",
            "scopes_refusals_total reason=invalid_token route=/items 1",
            "scopes_refusals_total reason=missing_token route=/items 1",
            "scopes_refusals_total reason=unavailable route=/items 1",
            "scopes_tokens_total outcome=invalid 1",
            "scopes_tokens_total outcome=unavailable 1",
            "scopes_tokens_total outcome=valid 3",
        ]
    );
}

//! `IntrospectionDecoder`: what it asks, which answers let a token in, and how often it asks.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use axum::body::Body;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use scopes_runtime::{
    AccessToken, Algorithm, DecodeError, IntrospectionDecoder, IntrospectionDecoderBuilder, JwtDecoder,
    MultiIssuerDecoder, ResourceServer, ScopeClaim, TokenDecoder as _, VerificationKey, requires_scopes,
};
use scopes_tests::Scope;
use serde_json::{Value, json};
use tokio::net::TcpListener;

const AUDIENCE: &str = "https://api.example";

#[requires_scopes]
async fn status() {}

type Answer = Arc<dyn Fn(&str) -> Response + Send + Sync>;

/// Headers and form of a request.
type Asked = (HeaderMap, Vec<(String, String)>);

/// An issuer on loopback that says of tokens whatever it is told to.
#[derive(Clone)]
struct Issuer {
    url: String,
    answer: Arc<Mutex<Answer>>,
    asked: Arc<AtomicUsize>,
    last: Arc<Mutex<Option<Asked>>>,
    /// Milliseconds that an answer takes beyond the usual.
    slow: Arc<AtomicUsize>,
    /// Whether the endpoint is elsewhere now.
    moved: Arc<AtomicBool>,
}

impl Issuer {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let nothing: Answer = Arc::new(|_| StatusCode::NOT_FOUND.into_response());
        let issuer = Self {
            url,
            answer: Arc::new(Mutex::new(nothing)),
            asked: Arc::default(),
            last: Arc::default(),
            slow: Arc::default(),
            moved: Arc::default(),
        };
        let app = Router::new()
            .route("/.well-known/oauth-authorization-server", get(Self::metadata))
            .route("/{path}", post(Self::introspect))
            .with_state(issuer.clone());
        tokio::spawn(async { axum::serve(listener, app).await });
        issuer
    }

    fn path(&self) -> &'static str {
        if self.moved.load(Ordering::Relaxed) { "elsewhere" } else { "introspect" }
    }

    async fn metadata(State(issuer): State<Self>) -> Json<Value> {
        let endpoint = format!("{}/{}", issuer.url, issuer.path());
        Json(json!({ "issuer": issuer.url, "introspection_endpoint": endpoint }))
    }

    async fn introspect(
        State(issuer): State<Self>,
        Path(path): Path<String>,
        headers: HeaderMap,
        Form(form): Form<Vec<(String, String)>>,
    ) -> Response {
        if path != issuer.path() {
            return StatusCode::NOT_FOUND.into_response();
        }
        issuer.asked.fetch_add(1, Ordering::Relaxed);
        let token = form.iter().find(|(name, _)| name == "token").map(|(_, token)| token.clone());
        *issuer.last.lock().expect("not poisoned") = Some((headers, form));
        let slow = u64::try_from(issuer.slow.load(Ordering::Relaxed)).expect("milliseconds");
        tokio::time::sleep(Duration::from_millis(20 + slow)).await;
        let answer = Arc::clone(&issuer.answer.lock().expect("not poisoned"));
        answer(&token.expect("a token"))
    }

    fn answers(&self, answer: impl Fn(&str) -> Response + Send + Sync + 'static) {
        *self.answer.lock().expect("not poisoned") = Arc::new(answer);
    }

    fn says(&self, answer: Value) {
        self.answers(move |_| Json(answer.clone()).into_response());
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    fn builder(&self) -> IntrospectionDecoderBuilder {
        IntrospectionDecoder::builder().issuer(&*self.url).audience(AUDIENCE).client("the api", "s3cr:t%")
    }

    fn decoder(&self) -> IntrospectionDecoder {
        self.builder().build().expect("a decoder")
    }

    /// What it says of a token that is accepted.
    fn active(&self) -> Value {
        json!({
            "active": true,
            "scope": "me items",
            "client_id": "app",
            "username": "alice",
            "token_type": "Bearer",
            "exp": now() + 300,
            "iat": now(),
            "nbf": now(),
            "sub": "alice",
            "aud": [AUDIENCE],
            "iss": self.url,
            "jti": "1",
        })
    }

    fn active_with(&self, name: &str, value: impl Into<Value>) -> Value {
        let mut answer = self.active();
        answer[name] = value.into();
        answer
    }

    fn active_without(&self, name: &str) -> Value {
        let mut answer = self.active();
        answer.as_object_mut().expect("an object").remove(name).expect("a member");
        answer
    }
}

fn now() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().expect("a clock after 1970").as_secs()
}

async fn accept(decoder: &IntrospectionDecoder, token: &str) -> AccessToken {
    decoder.decode(token).await.unwrap_or_else(|error| panic!("{error}"))
}

/// `invalid` or `unavailable`, and why.
async fn refuse(decoder: &IntrospectionDecoder, token: &str) -> (&'static str, String) {
    match decoder.decode(token).await {
        Ok(token) => panic!("it should be refused: {token:?}"),
        Err(DecodeError::Invalid(reason)) => ("invalid", reason.to_string()),
        Err(DecodeError::Unavailable { reason, .. }) => ("unavailable", reason.to_string()),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn the_issuer_is_asked_as_rfc_7662_has_it() {
    let issuer = Issuer::start().await;
    issuer.says(issuer.active());
    let token = accept(&issuer.decoder(), "2YotnFZFEjr1zCsicMWpAA").await;
    assert_eq!((token.subject(), token.client_id()), (Some("alice"), Some("app")));
    assert_eq!((token.issuer(), token.scopes().to_string().as_str()), (Some(&*issuer.url), "me items"));
    assert!(token.expires_at().expect("it ends") > SystemTime::now());
    let (headers, form) = issuer.last.lock().expect("not poisoned").take().expect("it was asked");
    let pairs = [("token", "2YotnFZFEjr1zCsicMWpAA"), ("token_type_hint", "access_token")];
    assert_eq!(form, pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(headers["accept"], "application/json");
    assert_eq!(headers["user-agent"], concat!("scopes-runtime/", env!("CARGO_PKG_VERSION")));
    // `the+api:s3cr%3At%25`, both parts form-encoded first (RFC 6749 section 2.3.1).
    assert_eq!(headers["authorization"], "Basic dGhlK2FwaTpzM2NyJTNBdCUyNQ==");
}

#[tokio::test]
async fn the_endpoint_may_be_named() {
    let issuer = Issuer::start().await;
    issuer.says(issuer.active_with("iss", "https://another.example"));
    let builder = IntrospectionDecoder::builder().endpoint(format!("{}/introspect", issuer.url));
    let decoder = builder.audience(AUDIENCE).client("api", "secret").build().expect("a decoder");
    accept(&decoder, "token").await;
}

#[tokio::test]
async fn only_what_is_active_and_for_this_server_is_let_in() {
    let issuer = Issuer::start().await;
    let audience = "the claim `aud` does not name the audience that is configured";
    let untyped = "the response has no `token_type`, so it may be a refresh token (`allow_missing_token_type` accepts it)";
    let kind = "the `token_type` is not `Bearer`";
    let bound = "the claim `cnf` binds the token to a sender, so it is not a bearer token";
    let no_strings = "the claim `aud` is neither a string nor an array of strings";
    for (answer, reason) in [
        (json!({ "active": false }), "the response has `active: false`"),
        (issuer.active_with("active", false), "the response has `active: false`"),
        (issuer.active_without("token_type"), untyped),
        (issuer.active_with("token_type", "DPoP"), kind),
        (issuer.active_with("token_type", Value::Null), kind),
        (issuer.active_with("token_type", "refresh_token"), kind),
        (issuer.active_without("aud"), "the claim `aud` is missing"),
        (issuer.active_with("aud", "https://other.example"), audience),
        (issuer.active_with("aud", json!([])), audience),
        (issuer.active_with("aud", 5), no_strings),
        (issuer.active_with("aud", json!([AUDIENCE, 5])), no_strings),
        (
            issuer.active_with("iss", "https://other.example"),
            "the claim `iss` is not the issuer that is configured",
        ),
        (issuer.active_with("iss", 5), "the claim `iss` is not the issuer that is configured"),
        (issuer.active_with("exp", now() - 1), "it has expired"),
        (issuer.active_with("exp", "tomorrow"), "the claim `exp` is not a moment in time"),
        (issuer.active_with("nbf", now() + 60), "it is not valid yet: the claim `nbf` is in the future"),
        (issuer.active_with("iat", "now"), "the claim `iat` is not a number"),
        (issuer.active_with("cnf", json!({ "jkt": "x" })), bound),
        (issuer.active_with("sub", 5), "the claim `sub` is not a string"),
        (
            issuer.active_with("token_use", "refresh_token"),
            "the claim `token_use` is that of another kind of token",
        ),
        (issuer.active_with("typ", "Refresh"), "the claim `typ` is that of another kind of token"),
        (issuer.active_with("typ", "ID"), "the claim `typ` is that of another kind of token"),
        (issuer.active_with("nonce", "n"), "the claim `nonce` shows an ID token, not an access token"),
        (
            issuer.active_with("scope", json!(["me"])),
            "the claim `scope` is not a string (`scope_claim` sets another type)",
        ),
    ] {
        issuer.says(answer.clone());
        let refused = refuse(&issuer.decoder(), "token").await;
        assert_eq!(refused, ("invalid", reason.to_owned()), "{answer}");
    }
    for (answer, scopes) in [
        (issuer.active_with("token_type", "bearer"), "me items"),
        (issuer.active_with("token_use", "access_token"), "me items"),
        (issuer.active_with("typ", "Bearer"), "me items"),
        (issuer.active_with("aud", AUDIENCE), "me items"),
        (issuer.active_without("scope"), ""),
        (issuer.active_without("exp"), "me items"),
        (issuer.active_without("iss"), "me items"),
        (issuer.active_without("sub"), "me items"),
    ] {
        issuer.says(answer);
        assert_eq!(accept(&issuer.decoder(), "token").await.scopes().to_string(), scopes);
    }
}

#[tokio::test]
async fn leniencies() {
    let issuer = Issuer::start().await;
    let without_audience = issuer.builder().allow_missing_audience().build().expect("a decoder");
    issuer.says(issuer.active_without("aud"));
    accept(&without_audience, "1").await;
    issuer.says(issuer.active_with("aud", "https://other.example"));
    assert_eq!(refuse(&without_audience, "2").await.0, "invalid");
    let untyped = issuer.builder().allow_missing_token_type().build().expect("a decoder");
    issuer.says(issuer.active_without("token_type"));
    accept(&untyped, "3").await;
    issuer.says(issuer.active_with("token_type", "DPoP"));
    assert_eq!(refuse(&untyped, "4").await.0, "invalid");
    let permissions =
        issuer.builder().scope_claim(ScopeClaim::array("permissions")).build().expect("a decoder");
    issuer.says(issuer.active_with("permissions", json!(["read"])));
    assert_eq!(accept(&permissions, "5").await.scopes().to_string(), "read");
}

/// An issuer need not introspect every kind of token that it issues, JWTs for instance.
#[tokio::test]
async fn a_token_of_a_kind_that_is_not_introspected_is_not_accepted() {
    let issuer = Issuer::start().await;
    let unsupported = json!({ "error": "unsupported_token_type", "active": true });
    issuer.answers(move |_| (StatusCode::BAD_REQUEST, Json(unsupported.clone())).into_response());
    let decoder = issuer.decoder();
    for _ in 0..2 {
        assert_eq!(refuse(&decoder, "a.b.c").await.0, "invalid");
    }
    assert_eq!(issuer.asked(), 1);
}

/// Nothing that is no answer makes a token invalid, or valid.
#[tokio::test]
async fn an_issuer_that_does_not_answer_leaves_it_open() {
    let issuer = Issuer::start().await;
    let repeated = r#"{"active":false,"active":true,"token_type":"Bearer","aud":"https://api.example"}"#;
    let json = |text: String| ([(header::CONTENT_TYPE, "application/json")], text).into_response();
    let cases: Vec<(&str, Answer)> = vec![
        ("no active", Arc::new(move |_| json("{}".to_owned()))),
        ("a string", Arc::new(move |_| json(r#"{"active":"true"}"#.to_owned()))),
        ("a number", Arc::new(move |_| json(r#"{"active":1}"#.to_owned()))),
        ("a repeated member", Arc::new(move |_| json(repeated.to_owned()))),
        ("an array", Arc::new(move |_| json("[true]".to_owned()))),
        ("HTML", Arc::new(|_| "<html>log in</html>".into_response())),
        ("a huge body", Arc::new(move |_| json(format!("{}{{}}", " ".repeat(300 * 1024))))),
        ("an error", Arc::new(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())),
        ("a bad request", Arc::new(|_| StatusCode::BAD_REQUEST.into_response())),
        (
            "a bad request by its own word",
            Arc::new(|_| {
                (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_request" }))).into_response()
            }),
        ),
        ("a wrong client", Arc::new(|_| StatusCode::UNAUTHORIZED.into_response())),
        ("no content", Arc::new(|_| StatusCode::NO_CONTENT.into_response())),
        (
            "a redirect",
            Arc::new(|_| {
                (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "/introspect")]).into_response()
            }),
        ),
        (
            "an endless body",
            Arc::new(|_| {
                let chunks = std::iter::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 8192]));
                Body::from_stream(futures_util::stream::iter(chunks)).into_response()
            }),
        ),
    ];
    let decoder = issuer.decoder();
    for (name, answer) in cases {
        issuer.answers(move |token| answer(token));
        let before = issuer.asked();
        assert_eq!(refuse(&decoder, "token").await.0, "unavailable", "{name}");
        assert_eq!(issuer.asked(), before + 1, "{name}");
    }
    issuer.says(issuer.active());
    accept(&decoder, "token").await;
}

#[tokio::test]
async fn an_issuer_that_is_not_there_or_slow_is_not_waited_for() {
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", silent.local_addr().expect("an address"));
    let decoder = |builder: IntrospectionDecoderBuilder| {
        builder.audience(AUDIENCE).client("api", "secret").build().expect("a decoder")
    };
    let slow = decoder(IntrospectionDecoder::builder().endpoint(&*url));
    let start = Instant::now();
    assert_eq!(refuse(&slow, "token").await.0, "unavailable");
    assert!((4..7).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
    drop(silent);
    for down in
        [IntrospectionDecoder::builder().endpoint(&*url), IntrospectionDecoder::builder().issuer(&*url)]
    {
        assert_eq!(refuse(&decoder(down), "token").await.0, "unavailable");
    }
}

#[tokio::test]
async fn an_answer_counts_for_a_while() {
    let issuer = Issuer::start().await;
    let decoder = issuer.builder().cache_ttl(Duration::from_millis(300)).build().expect("a decoder");
    issuer.says(issuer.active());
    for _ in 0..3 {
        accept(&decoder, "token").await;
    }
    assert_eq!(issuer.asked(), 1);
    accept(&decoder, "another").await;
    assert_eq!(issuer.asked(), 2);
    issuer.says(json!({ "active": false }));
    tokio::time::sleep(Duration::from_millis(350)).await;
    for _ in 0..3 {
        assert_eq!(refuse(&decoder, "token").await.0, "invalid");
    }
    assert_eq!(issuer.asked(), 3);
}

#[tokio::test]
async fn no_answer_counts_beyond_the_end_of_the_token() {
    let issuer = Issuer::start().await;
    let decoder = issuer.decoder();
    issuer.says(issuer.active_with("exp", now() + 2));
    accept(&decoder, "token").await;
    tokio::time::sleep(Duration::from_millis(2100)).await;
    assert_eq!(refuse(&decoder, "token").await, ("invalid", "it has expired".to_owned()));
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn without_a_maximum_age_the_issuer_is_asked_about_every_request() {
    let issuer = Issuer::start().await;
    let decoder = issuer.builder().cache_ttl(Duration::ZERO).build().expect("a decoder");
    issuer.says(issuer.active());
    for _ in 0..3 {
        accept(&decoder, "token").await;
    }
    assert_eq!(issuer.asked(), 3);
    issuer.says(json!({ "active": false }));
    for _ in 0..2 {
        refuse(&decoder, "token").await;
    }
    assert_eq!(issuer.asked(), 5);
}

#[tokio::test]
async fn requests_with_one_token_wait_for_one_answer() {
    let issuer = Issuer::start().await;
    for (answer, expected) in [(issuer.active(), true), (json!({ "active": false }), false)] {
        let before = issuer.asked();
        issuer.says(answer);
        let decoder = issuer.decoder();
        let requests: Vec<_> = (0..500)
            .map(|_| {
                let decoder = decoder.clone();
                tokio::spawn(async move { decoder.decode("token").await.is_ok() })
            })
            .collect();
        for request in requests {
            assert_eq!(request.await.expect("no panic"), expected);
        }
        assert_eq!(issuer.asked(), before + 1);
    }
}

/// A client that hangs up while its request asks leaves nobody waiting.
#[tokio::test]
async fn a_request_that_is_given_up_hands_its_turn_on() {
    let issuer = Issuer::start().await;
    issuer.says(issuer.active());
    let decoder = issuer.decoder();
    let first = tokio::time::timeout(Duration::from_millis(5), decoder.decode("token")).await;
    assert!(first.is_err(), "the issuer takes longer than that");
    accept(&decoder, "token").await;
}

/// The issuer goes on with a question after its client has gone, so it counts.
#[tokio::test]
async fn the_issuer_is_asked_about_a_few_tokens_at_a_time() {
    let issuer = Issuer::start().await;
    issuer.slow.store(300, Ordering::Relaxed);
    issuer.says(json!({ "active": false }));
    let decoder = issuer.decoder();
    let given_up: Vec<_> = (0..200)
        .map(|number| {
            let decoder = decoder.clone();
            tokio::spawn(async move {
                let token = format!("garbage {number}");
                let _ = tokio::time::timeout(Duration::from_millis(50), decoder.decode(&token)).await;
            })
        })
        .collect();
    for request in given_up {
        request.await.expect("no panic");
    }
    assert_eq!(issuer.asked(), 32);
    // Nobody waits for the others any more.
    issuer.says(issuer.active());
    accept(&decoder, "token").await;
    assert_eq!(issuer.asked(), 33);
}

#[tokio::test]
async fn more_requests_than_can_be_served_do_not_wait() {
    let issuer = Issuer::start().await;
    issuer.slow.store(2000, Ordering::Relaxed);
    issuer.says(json!({ "active": false }));
    let decoder = issuer.decoder();
    let requests: Vec<_> = (0..1100)
        .map(|number| {
            let decoder = decoder.clone();
            tokio::spawn(async move {
                let start = Instant::now();
                decoder.decode(&format!("garbage {number}")).await.expect_err("an error");
                start.elapsed() < Duration::from_secs(1)
            })
        })
        .collect();
    let mut at_once = 0;
    for request in requests {
        at_once += usize::from(request.await.expect("no panic"));
    }
    assert_eq!(at_once, 1100 - 1024);
}

#[tokio::test]
async fn an_endpoint_that_has_moved_is_found_again() {
    let issuer = Issuer::start().await;
    issuer.says(issuer.active());
    let decoder = issuer.decoder();
    accept(&decoder, "1").await;
    issuer.moved.store(true, Ordering::Relaxed);
    assert_eq!(refuse(&decoder, "2").await.0, "unavailable");
    accept(&decoder, "2").await;
}

#[tokio::test]
async fn the_cache_capacity_limits_the_cached_responses() {
    let issuer = Issuer::start().await;
    issuer.says(issuer.active());
    for (capacity, expected) in [(64 * 1024, 10..64), (1024 * 1024, 100..101)] {
        let decoder = issuer.builder().cache_capacity(capacity).build().expect("a decoder");
        let tokens: Vec<_> = (0..100).map(|number| number.to_string()).collect();
        for token in &tokens {
            accept(&decoder, token).await;
        }
        let cached = tokens.iter().filter(|token| decoder.cached(token).is_some()).count();
        assert!(expected.contains(&cached), "{capacity}: {cached}");
    }
}

#[tokio::test]
async fn long_tokens_are_not_sent() {
    let issuer = Issuer::start().await;
    issuer.says(issuer.active());
    accept(&issuer.decoder(), &"t".repeat(16 * 1024)).await;
    let refused = refuse(&issuer.decoder(), &"t".repeat(16 * 1024 + 1)).await;
    assert_eq!(refused, ("invalid", "it is longer than 16384 bytes".to_owned()));
    assert_eq!(issuer.asked(), 1);
}

#[test]
fn a_decoder_is_complete_and_safe() {
    let builder = IntrospectionDecoder::builder;
    let whole = || builder().issuer("https://issuer.example").audience(AUDIENCE).client("api", "s3cret");
    let url = |url: &str| {
        format!(
            "`{url}` is not a safe URL for requests with tokens: use `https://`, or a loopback address, without user \
             name and password"
        )
    };
    for (builder, message) in [
        (
            builder().audience(AUDIENCE).client("api", "secret"),
            "no introspection endpoint configured: call `issuer` with the issuer's URL, or `endpoint` with the URL of its \
             introspection endpoint"
                .to_owned(),
        ),
        (
            builder().issuer("https://issuer.example").client("api", "secret"),
            "the decoder has no audience: call `audience` with the `aud` that names this server in introspection responses"
                .to_owned(),
        ),
        (
            builder().issuer("https://issuer.example").audience(AUDIENCE),
            "no client configured for the introspection endpoint: call `client` with the id and the secret of this server \
             at the issuer"
                .to_owned(),
        ),
        (whole().issuer("http://issuer.example"), url("http://issuer.example")),
        (whole().issuer("https://issuer.example/?a"), url("https://issuer.example/?a")),
        (whole().endpoint("http://issuer.example/introspect"), url("http://issuer.example/introspect")),
        (
            whole().cache_ttl(Duration::from_secs(301)),
            "a `cache_ttl` of 301s is longer than 300 s: a revoked token would be accepted for too long".to_owned(),
        ),
    ] {
        assert_eq!(builder.build().expect_err("an error").to_string(), message);
    }
    let decoder = whole().build().expect("a decoder");
    assert!(!format!("{decoder:?} {:?}", whole()).contains("s3cret"));
}

/// A decoder that two servers share, of which one decodes JWTs as well.
#[tokio::test]
async fn issuers_take_no_jwt_from_the_cache_of_an_opaque_decoder() {
    let issuer = Issuer::start().await;
    issuer.says(issuer.active());
    let shared = issuer.decoder();
    let key = VerificationKey::from_secret(Algorithm::HS256, [7; 32]).expect("a key");
    let jwts =
        JwtDecoder::builder().issuer(&*issuer.url).audience(AUDIENCE).key(key).build().expect("a decoder");
    let issuers = MultiIssuerDecoder::new([jwts]).expect("an issuer").opaque_tokens(shared.clone());
    let router = |server: ResourceServer| Router::new().route("/", get(status)).with_state(server);
    let (alone, both) = (router(ResourceServer::new(shared)), router(ResourceServer::new(issuers)));
    for (token, status) in
        [("a.b.c", 401), ("e30.e30.AA", 401), ("opaque", 200), ("a.b", 200), ("a.b.c.d.e", 200)]
    {
        let authorization = format!("Bearer {token}");
        for (server, status) in [(&both, status), (&alone, 200), (&both, status), (&alone, 200)] {
            assert_eq!(scopes_tests::get(server, "/", &[&authorization]).await.status, status, "{token}");
        }
    }
}

#[tokio::test]
async fn an_issuer_grants_what_it_may() {
    let issuer = Issuer::start().await;
    issuer.says(issuer.active_with("scope", "admin items me"));
    let decoder = issuer.builder().may_grant(["items"]).may_grant([Scope::Me]).build().expect("a decoder");
    for _ in 0..2 {
        assert_eq!(accept(&decoder, "token").await.scopes().to_string(), "items me");
    }
    assert_eq!(decoder.cached("token").expect("cached").scopes().to_string(), "items me");
    assert_eq!(accept(&issuer.decoder(), "token").await.scopes().to_string(), "admin items me");
}

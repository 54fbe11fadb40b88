//! One request uses up its proof once, whatever its layers do. A request with kept extensions is another one.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{FromRequestParts as _, Request, State};
use axum::handler::Handler as _;
use axum::http::{Extensions, Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state, map_request};
use axum::response::Response;
use axum::{Router, body::Body};
use scopes_runtime::bound::Dpop;
use scopes_runtime::router::get;
use scopes_runtime::testing::{DpopKey, TestIssuer};
use scopes_runtime::{AccessToken, ResourceServer, ScopedRouter};
use scopes_tests::send;
use tower::ServiceExt as _;

use super::{BASE, items};

struct Client {
    issuer: TestIssuer,
    key: DpopKey,
    token: String,
}

impl Client {
    fn new() -> Self {
        let (issuer, key) = (TestIssuer::new(), DpopKey::new());
        let token = issuer.token().scopes(["items"]).bound_to(&key).sign();
        Self { issuer, key, token }
    }

    fn server(&self, dpop: &Dpop) -> ResourceServer {
        let builder = ResourceServer::builder(self.issuer.bound_token_decoder()).dpop(dpop.clone());
        builder.build().expect("the default realm")
    }

    fn proof(&self) -> String {
        self.key.proof("GET", "https://api.test/items", &self.token).sign()
    }

    fn request(&self, path: &str, proof: &str) -> Request {
        let request = Request::get(path).header("authorization", format!("DPoP {}", self.token));
        request.header("dpop", proof).body(Body::empty()).expect("a request")
    }

    /// Sends one request twice. The second time is a replay.
    async fn is_accepted_once(&self, app: &Router) {
        let proof = self.proof();
        assert_eq!(send(app, self.request("/items", &proof)).await.status, StatusCode::OK);
        assert_eq!(send(app, self.request("/items", &proof)).await.status, StatusCode::UNAUTHORIZED);
    }
}

fn dpop() -> Dpop {
    Dpop::new(BASE).expect("a URL")
}

/// Requires a valid token before the operation does.
async fn identify(_: AccessToken, request: Request, next: Next) -> Response {
    next.run(request).await
}

async fn wait(request: Request, next: Next) -> Response {
    tokio::time::sleep(Duration::from_millis(5200)).await;
    next.run(request).await
}

async fn rewrite(mut request: Request, next: Next) -> Response {
    *request.method_mut() = Method::POST;
    *request.uri_mut() = "/elsewhere".parse().expect("a URI");
    next.run(request).await
}

#[tokio::test]
async fn a_slow_layer_between_two_checks_does_not_make_a_request_a_replay() {
    let client = Client::new();
    let server = client.server(&dpop());
    let routes = || ScopedRouter::new().route("/items", get(items));
    let before = routes().layer(from_fn(wait)).layer(from_fn_with_state(server.clone(), identify));
    let inside = ScopedRouter::new().route("/items", get(items.layer(from_fn(wait))));
    let apps = [before, inside].map(|routes| Router::from(routes.with_state(server.clone())));
    tokio::join!(client.is_accepted_once(&apps[0]), client.is_accepted_once(&apps[1]));
}

#[tokio::test]
async fn a_layer_may_rewrite_method_and_path_between_two_checks() {
    let client = Client::new();
    let server = client.server(&dpop());
    let before = ScopedRouter::new().route("/items", get(items)).layer(from_fn(rewrite));
    let before = before.layer(from_fn_with_state(server.clone(), identify));
    let inside = ScopedRouter::new().route("/items", get(items.layer(from_fn(rewrite))));
    for routes in [before, inside] {
        client.is_accepted_once(&Router::from(routes.with_state(server.clone()))).await;
    }
}

/// As `NormalizePath` of tower-http does, in the place where it works: between the router of the server and that of the API.
#[tokio::test]
async fn a_slash_that_a_layer_removes_is_part_of_the_url() {
    let client = Client::new();
    let api = Router::from(
        ScopedRouter::new().route("/items", get(items)).with_state::<()>(client.server(&dpop())),
    );
    let trimmed = api.map_request(|mut request: Request| {
        let path = request.uri().path().trim_end_matches('/').parse();
        *request.uri_mut() = path.expect("a path");
        request
    });
    let app = Router::new().fallback_service(trimmed);
    for (sent, signed, expected) in [
        ("/items/", "https://api.test/items/", StatusCode::OK),
        ("/items//", "https://api.test/items//", StatusCode::OK),
        ("/items", "https://api.test/items", StatusCode::OK),
        ("/items/", "https://api.test/items", StatusCode::UNAUTHORIZED),
        ("/items", "https://api.test/items/", StatusCode::UNAUTHORIZED),
    ] {
        let proof = client.key.proof("GET", signed, &client.token).sign();
        assert_eq!(send(&app, client.request(sent, &proof)).await.status, expected, "{sent}, {signed}");
    }
}

#[tokio::test]
async fn servers_with_clones_of_one_configuration_use_up_a_proof_together() {
    let client = Client::new();
    let dpop = dpop();
    let (outer, inner) = (client.server(&dpop), client.server(&dpop.clone().required()));
    let routes = || ScopedRouter::new().route("/items", get(items)).with_state(inner.clone());
    let layer = |server: &ResourceServer| from_fn_with_state(server.clone(), identify);
    client.is_accepted_once(&Router::from(routes()).layer(layer(&outer))).await;
    // The checks of one server after those of another.
    let alternating = Router::from(routes()).layer(layer(&outer)).layer(layer(&inner)).layer(layer(&outer));
    client.is_accepted_once(&alternating).await;
    // A proof that one of them has used up is a replay at the other.
    let proof = client.proof();
    let other = Router::from(ScopedRouter::new().route("/items", get(items)).with_state(outer));
    assert_eq!(send(&Router::from(routes()), client.request("/items", &proof)).await.status, StatusCode::OK);
    assert_eq!(send(&other, client.request("/items", &proof)).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn servers_with_own_configurations_each_verify_the_proof_of_a_request() {
    let client = Client::new();
    let (outer, inner) = (client.server(&dpop()), client.server(&dpop()));
    let layer = |server: &ResourceServer| from_fn_with_state(server.clone(), identify);
    let app = Router::from(ScopedRouter::new().route("/items", get(items)).with_state(inner.clone()));
    let app = app.layer(layer(&outer)).layer(layer(&inner)).layer(layer(&outer));
    client.is_accepted_once(&app).await;
    // The proof is not for the URL of the second server.
    let elsewhere = client.server(&Dpop::new("https://other.test").expect("a URL"));
    let app = Router::from(ScopedRouter::new().route("/items", get(items)).with_state(elsewhere));
    let answer = send(&app.layer(layer(&outer)), client.request("/items", &client.proof())).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_proof_or_token_that_a_layer_replaces_is_verified_again() {
    let client = Client::new();
    let server = client.server(&dpop());
    let other_proof = DpopKey::new().proof("GET", "https://api.test/items", &client.token).sign();
    let other_token = client.issuer.token().subject("bob").scopes(["items"]).bound_to(&client.key).sign();
    for (name, value) in [("dpop", other_proof), ("authorization", format!("DPoP {other_token}"))] {
        let replace = map_request(move |mut request: Request| {
            request.headers_mut().insert(name, value.parse().expect("a header"));
            async { request }
        });
        let routes = ScopedRouter::new().route("/items", get(items)).layer(replace);
        let routes = routes.layer(from_fn_with_state(server.clone(), identify));
        let app = Router::from(routes.with_state(server.clone()));
        let answer = send(&app, client.request("/items", &client.proof())).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}");
    }
}

#[tokio::test]
async fn a_request_with_kept_extensions_is_a_replay() {
    async fn keep(State(kept): State<Arc<Mutex<Extensions>>>, request: Request, next: Next) -> Response {
        *kept.lock().expect("no panic") = request.extensions().clone();
        next.run(request).await
    }
    let client = Client::new();
    let server = client.server(&dpop());
    let kept = Arc::new(Mutex::new(Extensions::new()));
    let keeping = from_fn_with_state(Arc::clone(&kept), keep);
    let routes = ScopedRouter::new().route("/items", get(items.layer(keeping)));
    let keeping = Router::from(routes.with_state(server.clone()));
    let app = Router::from(ScopedRouter::new().route("/items", get(items)).with_state(server.clone()));
    let proof = client.proof();
    assert_eq!(send(&keeping, client.request("/items", &proof)).await.status, StatusCode::OK);
    let kept = kept.lock().expect("no panic").clone();
    let with_kept = |proof: &str| {
        let mut request = client.request("/items", proof);
        *request.extensions_mut() = kept.clone();
        request
    };
    for _ in 0..2 {
        assert_eq!(send(&app, with_kept(&proof)).await.status, StatusCode::UNAUTHORIZED);
        let (mut parts, _) = with_kept(&proof).into_parts();
        assert!(AccessToken::from_request_parts(&mut parts, &server).await.is_err());
    }
    let new = client.proof();
    assert_eq!(send(&app, with_kept(&new)).await.status, StatusCode::OK);
    assert_eq!(send(&app, with_kept(&new)).await.status, StatusCode::UNAUTHORIZED);
}

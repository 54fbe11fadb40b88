//! Operations that require DPoP, of servers that also accept bearer tokens.

use std::panic::{AssertUnwindSafe, catch_unwind};

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, Request};
use axum::handler::Handler as _;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::any;
use scopes_runtime::bound::{ClientCertificate, Dpop, MutualTls};
use scopes_runtime::router::{get, post};
use scopes_runtime::testing::{TestIssuer, access_token};
use scopes_runtime::{
    AccessToken, AuthError, ResourceServer, ScopedRouter, TokenDecoder as _, requires_scopes, scopes,
};
use scopes_tests::{Answer, Scope, send};
use serde_json::{Value, json};

use super::dpop::{ALGS, Client, dpop};
use super::{challenge, request};

const UNBOUND: &str = "This operation needs an access token that is bound to a DPoP key. Obtain one with a DPoP proof, and \
                       send it as `Authorization: DPoP <token>` with a new proof.";

#[requires_scopes("items")]
async fn read(_token: AccessToken) {}

#[requires_scopes("items", dpop)]
async fn pay(token: AccessToken) -> String {
    token.subject().unwrap_or_default().to_owned()
}

#[requires_scopes(dpop)]
async fn any_bound_token() {}

/// Requires a bound token.
struct Payer;

#[requires_scopes("me", dpop)]
impl<S: Send + Sync> FromRequestParts<S> for Payer {
    type Rejection = AuthError;

    async fn from_request_parts(_: &mut Parts, _: &S, _: AccessToken) -> Result<Self, AuthError> {
        Ok(Self)
    }
}

#[requires_scopes("items")]
async fn by_extractor(_: Payer) {}

#[requires_scopes("items", may_require("me", dpop))]
async fn later(token: AccessToken) -> Result<(), AuthError> {
    token.require(scopes!("me", dpop))
}

fn routes() -> ScopedRouter<ResourceServer> {
    let within = ScopedRouter::new().route("/read", get(read)).require(scopes!(dpop));
    ScopedRouter::new()
        .route("/read", get(read))
        .route("/pay", get(pay).post(pay))
        .route("/any", get(any_bound_token))
        .route("/extractor", get(by_extractor))
        .route("/later", get(later))
        .route_service("/service", any(async || ()), scopes!("items", dpop))
        .nest("/within", within)
}

/// The paths that require DPoP, whatever the scopes.
const DPOP_ONLY: [&str; 5] = ["/pay", "/any", "/extractor", "/service", "/within/read"];

fn server(client: &Client, dpop: Dpop) -> ResourceServer {
    let builder = ResourceServer::builder(client.issuer.bound_token_decoder()).dpop(dpop);
    builder.build().expect("the default realm")
}

fn app(client: &Client) -> Router {
    Router::from(routes().with_state(server(client, dpop())))
}

async fn bearer(app: &Router, path: &str, token: &str) -> Answer {
    request(app, "GET", path, &[("authorization", &format!("Bearer {token}"))]).await
}

async fn bound(client: &Client, app: &Router, path: &str) -> Answer {
    client.send(app, "GET", path, &client.proof("GET", &format!("https://api.test{path}"))).await
}

fn only_dpop(parameters: &str) -> String {
    format!(r#"DPoP realm="api", algs="{ALGS}"{parameters}"#)
}

#[tokio::test]
async fn a_bearer_token_is_refused_with_a_challenge_for_dpop_alone() {
    let client = Client::new("items me");
    let app = app(&client);
    for scopes in ["items me", "me", ""] {
        let token = client.issuer.token().scopes([scopes]).sign();
        for path in DPOP_ONLY {
            let answer = bearer(&app, path, &token).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
            assert!(challenge(&answer).starts_with(&only_dpop(r#", error="invalid_token""#)), "{path}");
            assert!(!challenge(&answer).contains("Bearer"), "{path}");
            assert_eq!(
                (&answer.json()["detail"], &answer.json()["error"]),
                (&json!(UNBOUND), &json!("invalid_token"))
            );
        }
    }
    let token = client.issuer.token().scopes(["items"]).sign();
    let refused = bearer(&app, "/pay", &token).await;
    assert_eq!(challenge(&refused), only_dpop(r#", error="invalid_token", scope="items""#));
    assert_eq!(bearer(&app, "/read", &token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn each_other_refusal_has_a_challenge_for_dpop_alone() {
    let client = Client::new("me");
    let app = app(&client);
    let none = request(&app, "GET", "/pay", &[]).await;
    assert_eq!(
        (none.status, challenge(&none)),
        (StatusCode::UNAUTHORIZED, &*only_dpop(r#", scope="items""#))
    );
    assert_eq!(
        none.json()["detail"],
        "This request needs an access token. Send it as `Authorization: DPoP <token>`."
    );
    let garbage = bearer(&app, "/pay", "garbage").await;
    assert_eq!(challenge(&garbage), only_dpop(r#", error="invalid_token", scope="items""#));
    let malformed = bearer(&app, "/pay", "a b").await;
    assert_eq!(
        (malformed.status, challenge(&malformed)),
        (StatusCode::BAD_REQUEST, &*only_dpop(r#", error="invalid_request""#))
    );
    let lacking = bound(&client, &app, "/pay").await;
    assert_eq!(
        (lacking.status, challenge(&lacking)),
        (StatusCode::FORBIDDEN, &*only_dpop(r#", error="insufficient_scope", scope="items""#))
    );
    let wrong = client.send(&app, "GET", "/pay", &client.proof("POST", "https://api.test/pay")).await;
    assert_eq!(challenge(&wrong), only_dpop(r#", error="invalid_dpop_proof", scope="items""#));
}

#[tokio::test]
async fn a_bound_token_with_its_proof_is_accepted() {
    let client = Client::new("items me");
    let app = app(&client);
    for path in DPOP_ONLY.into_iter().chain(["/read", "/later"]) {
        assert_eq!(bound(&client, &app, path).await.status, StatusCode::OK, "{path}");
    }
    // A proof is accepted once.
    let proof = client.proof("GET", "https://api.test/pay");
    assert_eq!(client.send(&app, "GET", "/pay", &proof).await.text, "alice");
    assert_eq!(client.send(&app, "GET", "/pay", &proof).await.json()["error"], "invalid_dpop_proof");
}

#[tokio::test]
async fn a_nonce_is_required_where_the_server_requires_one() {
    let client = Client::new("items");
    let with_nonce = dpop().nonce_secret([7; 32]).expect("32 bytes");
    let app = Router::from(routes().with_state(server(&client, with_nonce)));
    let answer = bound(&client, &app, "/pay").await;
    assert_eq!(challenge(&answer), only_dpop(r#", error="use_dpop_nonce", scope="items""#));
    let nonce = answer.headers["dpop-nonce"].to_str().expect("ASCII").to_owned();
    let proof = client.proof("GET", "https://api.test/pay").claim("nonce", nonce);
    assert_eq!(client.send(&app, "GET", "/pay", &proof).await.status, StatusCode::OK);
    // Before the nonce, the token is the mistake.
    let token = client.issuer.token().scopes(["items"]).sign();
    assert_eq!(bearer(&app, "/pay", &token).await.json()["error"], "invalid_token");
}

#[tokio::test]
async fn a_server_that_requires_dpop_of_all_does_so_here() {
    let client = Client::new("items");
    let app = Router::from(routes().with_state(server(&client, dpop().required())));
    assert_eq!(bound(&client, &app, "/pay").await.status, StatusCode::OK);
    let token = client.issuer.token().scopes(["items"]).sign();
    let answer = bearer(&app, "/pay", &token).await;
    assert_eq!(challenge(&answer), only_dpop(r#", error="invalid_token", scope="items""#));
}

#[tokio::test]
async fn a_handler_can_require_it_later() {
    let client = Client::new("items me");
    let app = app(&client);
    let token = client.issuer.token().scopes(["items me"]).sign();
    let refused = bearer(&app, "/later", &token).await;
    assert_eq!((refused.status, &refused.json()["detail"]), (StatusCode::UNAUTHORIZED, &json!(UNBOUND)));
    assert_eq!(challenge(&refused), only_dpop(r#", error="invalid_token", scope="items me""#));
    let none = request(&app, "GET", "/later", &[]).await;
    assert!(challenge(&none).starts_with("Bearer "), "{}", challenge(&none));
    let lacking =
        Client { token: client.issuer.token().scopes(["items"]).bound_to(&client.key).sign(), ..client };
    let lacking_answer = bound(&lacking, &app, "/later").await;
    assert_eq!(challenge(&lacking_answer), only_dpop(r#", error="insufficient_scope", scope="items me""#));
}

/// Its claims alone do not prove that the sender has the key.
#[tokio::test]
async fn a_token_that_no_server_has_accepted_is_not_bound() {
    let client = Client::new("items");
    let decoded = client.issuer.bound_token_decoder().decode(&client.token).await.expect("a valid token");
    let error = decoded.require(scopes!("items", dpop)).expect_err("a refusal");
    assert_eq!((error.status(), error.code()), (StatusCode::UNAUTHORIZED, Some("invalid_token")));
    assert_eq!(error.to_string(), UNBOUND);
    assert!(decoded.require(scopes!("items")).is_ok());
    assert!(access_token("alice", ["items"]).require(scopes!("items", dpop)).is_err());
}

#[tokio::test]
async fn credentials_of_both_schemes_do_not_add_up() {
    let client = Client::new("items me");
    let app = app(&client);
    let unbound = client.issuer.token().scopes(["items me"]).sign();
    let proof = |token: &str| client.key.proof("GET", "https://api.test/pay", token).sign();
    let cases: [(&str, &[&str], &str, StatusCode); 6] = [
        ("a bound token as `Bearer`", &["Bearer BOUND"], &proof(&client.token), StatusCode::UNAUTHORIZED),
        ("a bearer token with a proof", &["Bearer UNBOUND"], &proof(&unbound), StatusCode::UNAUTHORIZED),
        ("a bearer token as `DPoP`", &["DPoP UNBOUND"], &proof(&unbound), StatusCode::UNAUTHORIZED),
        ("both", &["Bearer UNBOUND", "DPoP BOUND"], &proof(&client.token), StatusCode::BAD_REQUEST),
        (
            "both, the other way",
            &["DPoP BOUND", "Bearer UNBOUND"],
            &proof(&client.token),
            StatusCode::BAD_REQUEST,
        ),
        ("both in one line", &["DPoP BOUND, Bearer UNBOUND"], &proof(&client.token), StatusCode::BAD_REQUEST),
    ];
    for (name, lines, proof, expected) in cases {
        let lines: Vec<_> = lines
            .iter()
            .map(|line| line.replace("UNBOUND", &unbound).replace("BOUND", &client.token))
            .collect();
        let headers: Vec<_> =
            lines.iter().map(|line| ("authorization", &**line)).chain([("dpop", proof)]).collect();
        let answer = request(&app, "GET", "/pay", &headers).await;
        assert_eq!(answer.status, expected, "{name}");
        assert!(challenge(&answer).starts_with("DPoP "), "{name}: {}", challenge(&answer));
        assert!(!challenge(&answer).contains("Bearer"), "{name}");
    }
}

#[tokio::test]
async fn a_token_that_is_bound_to_a_certificate_alone_is_refused() {
    const CERTIFICATE: &[u8] = b"\x30\x82 the certificate of the client";
    let client = Client::new("items");
    let builder = ResourceServer::builder(client.issuer.bound_token_decoder())
        .dpop(dpop())
        .mutual_tls(MutualTls::new());
    let app = Router::from(routes().with_state(builder.build().expect("the default realm")));
    let token = client.issuer.token().scopes(["items"]).bound_to_certificate(CERTIFICATE).sign();
    let get = async |path: &str| {
        let request = Request::get(path).header("authorization", format!("Bearer {token}"));
        let request = request.extension(ClientCertificate::from_der(CERTIFICATE));
        send(&app, request.body(Body::empty()).expect("a request")).await
    };
    assert_eq!(get("/read").await.status, StatusCode::OK);
    let answer = get("/pay").await;
    assert_eq!((answer.status, &answer.json()["detail"]), (StatusCode::UNAUTHORIZED, &json!(UNBOUND)));
}

#[tokio::test]
async fn a_cached_token_and_a_cached_outcome_are_evaluated_for_each_operation() {
    let client = Client::new("items");
    let app = app(&client);
    let token = client.issuer.token().scopes(["items"]).sign();
    for _ in 0..2 {
        assert_eq!(bearer(&app, "/read", &token).await.status, StatusCode::OK);
        assert_eq!(bearer(&app, "/pay", &token).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(bound(&client, &app, "/pay").await.status, StatusCode::OK);
        assert_eq!(bound(&client, &app, "/read").await.status, StatusCode::OK);
    }
    // A layer has accepted the token for another requirement before.
    async fn identify(_: AccessToken, request: Request, next: Next) -> Response {
        next.run(request).await
    }
    let server = server(&client, dpop());
    let layered = routes().layer(from_fn_with_state(server.clone(), identify)).with_state(server);
    let layered = Router::from(layered);
    assert_eq!(bearer(&layered, "/pay", &token).await.json()["detail"], UNBOUND);
    assert_eq!(bound(&client, &layered, "/pay").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_layer_of_the_handler_cannot_replace_the_bound_token_by_another() {
    let client = Client::new("items");
    let unbound = client.issuer.token().scopes(["items"]).sign();
    let replace = from_fn(move |mut request: Request, next: Next| {
        let line = HeaderValue::try_from(format!("Bearer {unbound}")).expect("a header value");
        request.headers_mut().insert("authorization", line);
        next.run(request)
    });
    let routes = ScopedRouter::new().route("/pay", get(pay.layer(replace)));
    let app = Router::from(routes.with_state(server(&client, dpop())));
    assert_eq!(bound(&client, &app, "/pay").await.json()["detail"], UNBOUND);
}

#[tokio::test]
async fn in_the_router_of_axum_the_guard_and_the_extractor_check_it() {
    async fn plain(_: Payer) {}
    let client = Client::new("items me");
    let token = client.issuer.token().scopes(["items me"]).sign();
    let routes =
        Router::new().route("/pay", axum::routing::get(pay)).route("/plain", axum::routing::get(plain));
    let app = routes.clone().with_state(server(&client, dpop()));
    let without_dpop = routes.with_state(ResourceServer::new(client.issuer.bound_token_decoder()));
    for path in ["/pay", "/plain"] {
        assert_eq!(bound(&client, &app, path).await.status, StatusCode::OK);
        assert_eq!(bearer(&app, path, &token).await.json()["detail"], UNBOUND);
        // No request is accepted where the server does not accept DPoP.
        assert_eq!(bearer(&without_dpop, path, &token).await.json()["detail"], UNBOUND);
        let answer = bound(&client, &without_dpop, path).await;
        assert_eq!((answer.status, answer.json().get("error")), (StatusCode::UNAUTHORIZED, None));
        assert_eq!(bearer(&without_dpop, path, &client.token).await.status, StatusCode::UNAUTHORIZED);
    }
}

#[test]
fn a_router_does_not_take_a_server_without_dpop() {
    let message = |make: &dyn Fn()| {
        let panic = catch_unwind(AssertUnwindSafe(make)).expect_err("a panic");
        panic.downcast_ref::<String>().expect("a message").clone()
    };
    let server = || ResourceServer::new(TestIssuer::new().bound_token_decoder());
    let of_server = "requires a token that is bound to a DPoP key, but the `ResourceServer` of the router does not accept \
                     DPoP: call `ResourceServerBuilder::dpop` to accept it, or remove `dpop`";
    let post_pay =
        || ScopedRouter::<ResourceServer>::new().route("/read", get(read)).route("/pay", post(pay));
    let nested = || ScopedRouter::<ResourceServer>::new().nest("/v1", post_pay());
    let service =
        || ScopedRouter::<ResourceServer>::new().route_service("/all", any(async || ()), scopes!(dpop));
    let required = || ScopedRouter::<ResourceServer>::new().route("/read", get(read)).require(scopes!(dpop));
    let cases: [(&str, &dyn Fn()); 6] = [
        ("POST /pay", &|| drop(post_pay().with_state::<()>(server()))),
        ("POST /v1/pay", &|| drop(nested().with_state::<()>(server()))),
        ("* /all", &|| drop(service().with_state::<()>(server()))),
        ("GET /read", &|| drop(required().with_state::<()>(server()))),
        ("GET /extractor", &|| {
            let routes = ScopedRouter::<ResourceServer>::new().route("/extractor", get(by_extractor));
            drop(routes.with_state::<()>(server()));
        }),
        ("GET /read", &|| {
            let routes =
                ScopedRouter::<ResourceServer>::new().route("/read", get(read)).with_state::<()>(server());
            drop(Router::from(routes.require(scopes!(dpop))));
        }),
    ];
    for (route, make) in cases {
        assert_eq!(message(make), format!("`{route}` {of_server}"));
    }
    let for_some =
        || ScopedRouter::<ResourceServer>::new().route("/later", get(later)).with_state::<()>(server());
    assert!(message(&|| drop(for_some())).starts_with("`GET /later` may require a token"));
    // Another router with a state of the same type has its own server.
    let client = Client::new("items");
    let with_dpop = post_pay().with_state::<ResourceServer>(self::server(&client, dpop()));
    let without = ScopedRouter::<ResourceServer>::new().route("/other", get(read));
    drop(Router::from(with_dpop.merge(without).with_state::<()>(server())));
}

#[tokio::test]
async fn own_bodies_have_the_detail() {
    let client = Client::new("items");
    let builder = ResourceServer::builder(client.issuer.bound_token_decoder()).dpop(dpop());
    let builder = builder.refusal_response(|error| format!("{:?} {error}", error.code()));
    let app = Router::from(routes().with_state(builder.build().expect("the default realm")));
    let token = client.issuer.token().scopes(["items"]).sign();
    assert_eq!(bearer(&app, "/pay", &token).await.text, format!("Some(\"invalid_token\") {UNBOUND}"));
    assert!(!bearer(&app, "/pay", "garbage").await.text.contains(UNBOUND));
}

#[test]
fn report_and_document_contain_it() {
    let report = routes().report();
    let requirement = |path: &str| {
        let operation = report.operations().find(|operation| operation.path() == path);
        operation.expect("an operation").requirement()
    };
    assert_eq!(requirement("/pay"), "items, DPoP key");
    assert_eq!(requirement("/any"), "any valid token, DPoP key");
    assert_eq!(requirement("/extractor"), "items me, DPoP key");
    assert_eq!(requirement("/within/read"), "items, DPoP key");
    assert_eq!(requirement("/later"), "items; may require me, DPoP key");
    assert_eq!(requirement("/read"), "items");
    assert!(report.to_markdown().contains("| `items`, DPoP key |"), "{}", report.to_markdown());
    let json = serde_json::to_value(&report).expect("JSON");
    let reported = |path: &str| {
        let operations = json["operations"].as_array().expect("operations");
        operations.iter().find(|operation| operation["path"] == path).expect("an operation").clone()
    };
    assert_eq!(reported("/pay")["dpopRequired"], true);
    assert_eq!(reported("/read").get("dpopRequired"), None);
    assert_eq!(reported("/later")["mayRequire"], json!({ "scopes": ["me"], "dpop": true }));

    let document = serde_json::to_value(routes().split_for_parts().1).expect("JSON");
    let operation = |path: &str| document["paths"][path]["get"].clone();
    assert_eq!(operation("/pay")["x-dpop-required"], true);
    assert_eq!(operation("/within/read")["x-dpop-required"], true);
    assert_eq!(operation("/read").get("x-dpop-required"), None);
    assert_eq!(operation("/later").get("x-dpop-required"), None);
    assert_eq!(operation("/later")["x-may-require"], json!({ "scopes": ["me"], "dpop": true }));
    let description = operation("/pay")["description"].as_str().expect("a description").to_owned();
    assert_eq!(
        description,
        "**Access:** Requires an access token with `items`. `items:write` includes `items`. The token must be bound to a key \
         of the client, and sent with a DPoP proof."
    );
    assert_ne!(operation("/pay")["responses"]["401"], Value::Null);
    let mut other =
        json!({ "openapi": "3.1.0", "info": {}, "paths": { "/pay": { "get": { "responses": {} } } } });
    let only = ScopedRouter::<ResourceServer>::new().route("/pay", get(pay));
    only.fragment().merge_into_json(&mut other).expect("all operations");
    assert_eq!(other["paths"]["/pay"]["get"]["x-dpop-required"], true);
}

//! Mutual TLS: certificates of the connection, and of a proxy's header (RFC 8705, RFC 9440).

use std::collections::BTreeSet;
use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderName, HeaderValue, Request, StatusCode};
use base64ct::{Base64, Encoding as _};
use scopes_runtime::ResourceServer;
use scopes_runtime::bound::{ClientCertificate, Dpop, MutualTls};
use scopes_runtime::testing::{Attack, DpopKey, TestIssuer};
use scopes_tests::{Answer, send};
use serde_json::json;

use super::{BASE, app};

const CERTIFICATE: &[u8] = b"\x30\x82 the certificate of the client";
const OTHER: &[u8] = b"\x30\x82 the certificate of another client";
const PROXY: &str = "10.0.0.1:4000";

fn server(issuer: &TestIssuer, mutual_tls: MutualTls) -> Router {
    let server = ResourceServer::builder(issuer.bound_token_decoder()).mutual_tls(mutual_tls).build();
    app(server.expect("the default realm"))
}

fn behind_proxy() -> MutualTls {
    MutualTls::new().trusted_proxies(["10.0.0.1".parse().expect("an address")])
}

fn with_token(token: &str) -> axum::http::request::Builder {
    Request::get("/items").header("authorization", format!("Bearer {token}"))
}

async fn get(app: &Router, request: axum::http::request::Builder) -> Answer {
    send(app, request.body(Body::empty()).expect("a request")).await
}

fn bound_token(issuer: &TestIssuer) -> String {
    issuer.token().scopes(["items"]).bound_to_certificate(CERTIFICATE).sign()
}

#[tokio::test]
async fn a_bound_token_needs_its_certificate() {
    let issuer = TestIssuer::new();
    let app = server(&issuer, MutualTls::new());
    let token = bound_token(&issuer);
    let accepted = with_token(&token).extension(ClientCertificate::from_der(CERTIFICATE));
    assert_eq!(get(&app, accepted).await.status, StatusCode::OK);
    for refused in [with_token(&token), with_token(&token).extension(ClientCertificate::from_der(OTHER))] {
        let answer = get(&app, refused).await;
        assert_eq!(
            (answer.status, &answer.json()["error"]),
            (StatusCode::UNAUTHORIZED, &json!("invalid_token"))
        );
        assert_eq!(answer.challenge(), Some(r#"Bearer realm="api", error="invalid_token", scope="items""#));
    }
    let unbound = issuer.token().scopes(["items"]).sign();
    assert_eq!(get(&app, with_token(&unbound)).await.status, StatusCode::OK);
    let required = server(&issuer, MutualTls::new().required());
    let certificate = ClientCertificate::from_der(CERTIFICATE);
    assert_eq!(
        get(&required, with_token(&unbound).extension(certificate)).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_trusted_proxy_sends_the_certificate_in_a_header() {
    let issuer = TestIssuer::new();
    let app = server(&issuer, behind_proxy());
    let token = bound_token(&issuer);
    let header = format!(":{}:", Base64::encode_string(CERTIFICATE));
    for peer in [PROXY, "[::ffff:10.0.0.1]:4000"] {
        let peer: SocketAddr = peer.parse().expect("an address");
        let request = with_token(&token).header("client-cert", &header).extension(ConnectInfo(peer));
        assert_eq!(get(&app, request).await.status, StatusCode::OK, "{peer}");
    }
}

#[tokio::test]
async fn attacks_on_the_header_of_the_proxy_are_refused() {
    let issuer = TestIssuer::new();
    let token = bound_token(&issuer);
    let encoded = Base64::encode_string(CERTIFICATE);
    let good = format!(":{encoded}:");
    let unpadded = format!(":{}:", encoded.trim_end_matches('='));
    let cases: [(&str, MutualTls, &str, Vec<String>); 12] = [
        ("no header", behind_proxy(), PROXY, vec![]),
        ("an untrusted peer", behind_proxy(), "10.0.0.2:4000", vec![good.clone()]),
        ("no proxy is trusted", MutualTls::new(), PROXY, vec![good.clone()]),
        ("two lines", behind_proxy(), PROXY, vec![good.clone(), good.clone()]),
        ("two values", behind_proxy(), PROXY, vec![format!("{good}, {good}")]),
        ("another certificate", behind_proxy(), PROXY, vec![format!(":{}:", Base64::encode_string(OTHER))]),
        ("whitespace inside", behind_proxy(), PROXY, vec![format!(": {encoded}:")]),
        ("a parameter", behind_proxy(), PROXY, vec![format!("{good};a=1")]),
        ("no colons", behind_proxy(), PROXY, vec![encoded.clone()]),
        ("no padding", behind_proxy(), PROXY, vec![unpadded]),
        (
            "PEM, percent-encoded",
            behind_proxy(),
            PROXY,
            vec![format!("-----BEGIN%20CERTIFICATE-----%0A{encoded}")],
        ),
        ("an empty sequence", behind_proxy(), PROXY, vec!["::".to_owned()]),
    ];
    assert!(encoded.ends_with('='), "the case without padding needs one");
    for (name, mutual_tls, peer, lines) in cases {
        let app = server(&issuer, mutual_tls);
        let peer: SocketAddr = peer.parse().expect("an address");
        let request =
            lines.iter().fold(with_token(&token), |request, line| request.header("client-cert", line));
        assert_eq!(
            get(&app, request.extension(ConnectInfo(peer))).await.status,
            StatusCode::UNAUTHORIZED,
            "{name}"
        );
    }
    // Without the address of the peer, no header is read.
    let app = server(&issuer, behind_proxy());
    assert_eq!(
        get(&app, with_token(&token).header("client-cert", good)).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn the_attacks_of_the_test_kit_are_refused() {
    let issuer = TestIssuer::new();
    let app = server(&issuer, behind_proxy());
    let send_from = async |peer: &str, headers: &[(HeaderName, HeaderValue)]| {
        let peer: SocketAddr = peer.parse().expect("an address");
        let request = headers
            .iter()
            .fold(Request::get("/items").extension(ConnectInfo(peer)), |request, (name, value)| {
                request.header(name, value)
            });
        get(&app, request).await
    };
    let attacks = issuer.mutual_tls_attacks(CERTIFICATE);
    for attack in &attacks {
        let peer = if attack.is_from_untrusted_peer() { "10.0.0.2:4000" } else { PROXY };
        let answer = send_from(peer, attack.headers()).await;
        assert_eq!(
            (answer.status, answer.json()["error"].as_str()),
            (attack.status(), attack.error()),
            "{attack:?}"
        );
    }
    let names: BTreeSet<_> = attacks.iter().map(Attack::name).collect();
    assert_eq!(names.len(), attacks.len());
    // From the proxy, the token is valid. It lacks the scope.
    let stolen = attacks.iter().find(|attack| attack.is_from_untrusted_peer()).expect("an attack");
    assert_eq!(send_from(PROXY, stolen.headers()).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_certificate_of_a_proxy_is_not_that_of_its_client() {
    let issuer = TestIssuer::new();
    let app = server(&issuer, behind_proxy());
    let peer: SocketAddr = PROXY.parse().expect("an address");
    let request = with_token(&bound_token(&issuer)).extension(ConnectInfo(peer));
    let request = request.extension(ClientCertificate::from_der(CERTIFICATE));
    assert_eq!(get(&app, request).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_that_is_bound_to_a_key_and_a_certificate_needs_both() {
    let (issuer, key) = (TestIssuer::new(), DpopKey::new());
    let builder = ResourceServer::builder(issuer.bound_token_decoder());
    let builder = builder.dpop(Dpop::new(BASE).expect("a URL")).mutual_tls(MutualTls::new());
    let app = app(builder.build().expect("the default realm"));
    let certificate = scopes_runtime::bound::certificate_thumbprint(CERTIFICATE);
    let confirmation = json!({ "jkt": key.thumbprint(), "x5t#S256": certificate });
    let token = issuer.token().scopes(["items"]).claim("cnf", confirmation).sign();
    let dpop = || {
        let proof = key.proof("GET", "https://api.test/items", &token).sign();
        Request::get("/items").header("authorization", format!("DPoP {token}")).header("dpop", proof)
    };
    let certificate = || ClientCertificate::from_der(CERTIFICATE);
    assert_eq!(get(&app, dpop().extension(certificate())).await.status, StatusCode::OK);
    assert_eq!(get(&app, dpop()).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(get(&app, with_token(&token).extension(certificate())).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn confirmations_of_other_kinds_are_refused() {
    let issuer = TestIssuer::new();
    let builder = ResourceServer::builder(issuer.bound_token_decoder());
    let builder = builder.dpop(Dpop::new(BASE).expect("a URL")).mutual_tls(MutualTls::new());
    let app = app(builder.build().expect("the default realm"));
    let thumbprint = scopes_runtime::bound::certificate_thumbprint(CERTIFICATE);
    for confirmation in [
        json!(null),
        json!({}),
        json!([]),
        json!("x5t#S256"),
        json!({ "jwk": {} }),
        json!({ "x5t#S256": 5 }),
        json!({ "x5t#S256": "x" }),
        json!({ "x5t#S256": thumbprint, "kid": "1" }),
        json!({ "x5t#S256": thumbprint, "jkt": null }),
    ] {
        let token = issuer.token().scopes(["items"]).claim("cnf", confirmation.clone()).sign();
        let request = with_token(&token).extension(ClientCertificate::from_der(CERTIFICATE));
        assert_eq!(get(&app, request).await.status, StatusCode::UNAUTHORIZED, "{confirmation}");
    }
}

//! Tokens of oidc-provider that are bound to the certificate of a client (RFC 8705), at an API with TLS.

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::middleware::map_request;
use axum::serve::{IncomingStream, Listener};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use reqwest::{Certificate, Client, Identity};
use scopes_runtime::bound::{ClientCertificate, MutualTls};
use scopes_runtime::router::get;
use scopes_runtime::{AccessToken, Jwks, JwtDecoder, ResourceServer, ScopedRouter, requires_scopes};
use scopes_tests::Scope;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};
use tokio_rustls::server::TlsStream;

use crate::issuer::{Issuer, modules};

const AUDIENCE: &str = "https://api.example";

#[requires_scopes("me")]
async fn me(token: AccessToken) -> String {
    token.client_id().unwrap_or_default().to_owned()
}

/// The authority that issues all certificates of the test.
struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key.
type Issued = (rcgen::Certificate, KeyPair);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(
            CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a certificate"),
        )
    }

    fn issue(&self, name: &str) -> Issued {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new([name.to_owned()]).expect("a name");
        (params.signed_by(&key, &self.0).expect("a certificate"), key)
    }

    fn client(&self, certificate: Option<&Issued>) -> Client {
        let root = Certificate::from_pem(self.0.pem().as_bytes()).expect("a certificate");
        let mut client = Client::builder().tls_certs_only([root]);
        if let Some(issued) = certificate {
            let identity = Identity::from_pem(pem(issued).as_bytes()).expect("a certificate and its key");
            client = client.identity(identity);
        }
        client.build().expect("a client")
    }
}

fn pem((certificate, key): &Issued) -> String {
    format!("{}{}", certificate.pem(), key.serialize_pem())
}

/// Accepts TLS connections of clients with a certificate of the authority, or without one.
struct TlsListener {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl TlsListener {
    async fn bind(authority: &Authority, (certificate, key): Issued) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(authority.0.der().clone()).expect("a certificate");
        let clients = WebPkiClientVerifier::builder(roots.into()).allow_unauthenticated().build();
        let config = ServerConfig::builder()
            .with_client_cert_verifier(clients.expect("a root"))
            .with_single_cert(vec![certificate.der().clone()], key.into());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let acceptor = TlsAcceptor::from(Arc::new(config.expect("a certificate and its key")));
        Self { listener, acceptor }
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        loop {
            let (connection, addr) = self.listener.accept().await.expect("a connection");
            if let Ok(connection) = self.acceptor.accept(connection).await {
                return (connection, addr);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

#[derive(Clone)]
struct Peer(Option<ClientCertificate>);

impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        let certificates = stream.io().get_ref().1.peer_certificates().unwrap_or_default();
        Self(certificates.first().map(|certificate| ClientCertificate::from_der(certificate)))
    }
}

async fn with_certificate(mut request: Request) -> Request {
    if let Some(ConnectInfo(Peer(Some(certificate)))) = request.extensions().get().cloned() {
        request.extensions_mut().insert::<ClientCertificate>(certificate);
    }
    request
}

/// Serves `/me`. Returns its URL.
async fn serve(issuer: &Issuer, authority: &Authority, mutual_tls: MutualTls) -> String {
    let decoder = JwtDecoder::builder().issuer(&*issuer.url).audience(AUDIENCE).jwks(Jwks::discovery());
    let decoder = decoder.allow_bound_tokens().build().expect("a decoder");
    let server = ResourceServer::builder(decoder).mutual_tls(mutual_tls).build().expect("a realm");
    let app = Router::from(ScopedRouter::new().route("/me", get(me)).with_state(server));
    let app = app.layer(map_request(with_certificate));
    let listener = TlsListener::bind(authority, authority.issue("localhost")).await;
    let url = format!("https://localhost:{}/me", listener.local_addr().expect("an address").port());
    tokio::spawn(async { axum::serve(listener, app.into_make_service_with_connect_info::<Peer>()).await });
    url
}

/// The tokens of oidc-provider for the certificate of the shop.
struct Tokens {
    /// A token that is bound to the certificate.
    bound: String,
    /// A token of a client whose tokens are not bound.
    unbound: String,
}

impl Tokens {
    async fn request(endpoint: &str, shop: &Client) -> Self {
        let token = async |client: &str| {
            let response = token_response(shop, endpoint, client).await;
            response["access_token"].as_str().unwrap_or_else(|| panic!("{response}")).to_owned()
        };
        Self { bound: token("shop").await, unbound: token("app").await }
    }
}

/// Returns the token endpoint for clients with a certificate (RFC 8705 section 5).
async fn token_endpoint(http: &Client, issuer: &Issuer) -> String {
    let metadata = http.get(format!("{}/.well-known/openid-configuration", issuer.url)).send().await;
    let metadata = metadata.expect("an answer").text().await.expect("a body");
    let metadata: Value = serde_json::from_str(&metadata).expect("JSON");
    metadata["mtls_endpoint_aliases"]["token_endpoint"].as_str().expect("an alias").to_owned()
}

/// Requests a token as this client. Returns the response of the token endpoint.
async fn token_response(http: &Client, endpoint: &str, client: &str) -> Value {
    let request = http.post(endpoint).basic_auth(client, Some(format!("{client}-secret")));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let form = format!("grant_type=client_credentials&scope=me&resource={AUDIENCE}");
    let text = request.body(form).send().await.expect("an answer").text().await.expect("a body");
    serde_json::from_str(&text).expect("JSON")
}

/// Checks that the API accepts the token, and reads this client in it.
async fn assert_accepted(http: &Client, url: &str, token: &str, client: &str) {
    let answer = http.get(url).bearer_auth(token).send().await.expect("an answer");
    let status = answer.status();
    let body = answer.text().await.expect("a body");
    assert_eq!((status.as_u16(), &*body), (200, client));
}

/// Checks that the API refuses the token as invalid.
async fn assert_refused(http: &Client, url: &str, token: &str) {
    let answer = http.get(url).bearer_auth(token).send().await.expect("an answer");
    assert_eq!(answer.status(), 401);
    let challenge = answer.headers()["www-authenticate"].to_str().expect("ASCII");
    assert!(challenge.contains(r#"error="invalid_token""#), "{challenge}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bound_token_of_oidc_provider_needs_its_certificate() {
    let Some(modules) = modules() else { return };
    let (authority, directory) = (Authority::new(), tempfile::tempdir().expect("a directory"));
    let file = directory.path().join("issuer.pem");
    fs::write(&file, pem(&authority.issue("127.0.0.1"))).expect("a file");
    let issuer = Issuer::start_with_tls(&modules, &file);
    let shop = authority.client(Some(&authority.issue("shop.example")));
    let thief = authority.client(Some(&authority.issue("thief.example")));
    let without_certificate = authority.client(None);

    let endpoint = token_endpoint(&without_certificate, &issuer).await;
    let refused = token_response(&without_certificate, &endpoint, "shop").await;
    assert_eq!(refused["error"], "invalid_grant", "{refused}");
    let Tokens { bound, unbound } = Tokens::request(&endpoint, &shop).await;

    let accepting = serve(&issuer, &authority, MutualTls::new()).await;
    let requiring = serve(&issuer, &authority, MutualTls::new().required()).await;
    for url in [&accepting, &requiring] {
        assert_accepted(&shop, url, &bound, "shop").await;
        assert_refused(&thief, url, &bound).await;
        assert_refused(&without_certificate, url, &bound).await;
    }
    assert_accepted(&shop, &accepting, &unbound, "app").await;
    assert_accepted(&without_certificate, &accepting, &unbound, "app").await;
    assert_refused(&shop, &requiring, &unbound).await;
}

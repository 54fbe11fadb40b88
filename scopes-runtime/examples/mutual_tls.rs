//! Accepts tokens that are bound to the certificate of a TLS client (RFC 8705), on rustls:
//! `cargo run --example mutual_tls --features bound-tokens,testing`.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use reqwest::{Certificate, Client, Identity, StatusCode};
use scopes_runtime::bound::{ClientCertificate, MutualTls, certificate_thumbprint};
use scopes_runtime::router::{ScopedRouter, get};
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{AccessToken, ResourceServer, declare_scopes, requires_scopes};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};
use tower::ServiceExt as _;

const HANDSHAKE: Duration = Duration::from_secs(10);

/// What an access token may be allowed to do.
#[declare_scopes]
enum Scope {
    /// Pay an invoice.
    Pay = "pay",
}

#[requires_scopes("pay")]
async fn pay(token: AccessToken) -> String {
    format!("paid by {}", token.subject().unwrap_or("unknown"))
}

fn app(server: ResourceServer) -> Router {
    Router::from(ScopedRouter::new().route("/pay", get(pay)).with_state(server))
}

/// Serves each connection in a task of its own, so that a slow handshake delays no other client.
async fn serve(listener: TcpListener, tls: TlsAcceptor, app: Router) {
    loop {
        match listener.accept().await {
            Ok((connection, _)) => drop(tokio::spawn(serve_connection(connection, tls.clone(), app.clone()))),
            // For example, the process has too many open files.
            Err(_) => sleep(Duration::from_secs(1)).await,
        }
    }
}

async fn serve_connection(
    connection: TcpStream,
    tls: TlsAcceptor,
    app: Router,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let connection = timeout(HANDSHAKE, tls.accept(connection)).await??;
    // The first certificate is that of the client.
    let certificates = connection.get_ref().1.peer_certificates().unwrap_or_default();
    let certificate = certificates.first().map(|certificate| ClientCertificate::from_der(certificate));
    let service = service_fn(|mut request: Request<Incoming>| {
        if let Some(certificate) = &certificate {
            request.extensions_mut().insert(certificate.clone());
        }
        app.clone().oneshot(request)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).serve_connection(TokioIo::new(connection), service).await?;
    Ok(())
}

/// A certificate authority. In production, that of your clients.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Result<Self, rcgen::Error> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        CertifiedIssuer::self_signed(params, KeyPair::generate()?).map(Self)
    }

    fn issue(&self, name: &str) -> Result<(rcgen::Certificate, KeyPair), rcgen::Error> {
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new([name.to_owned()])?.signed_by(&key, &self.0)?;
        Ok((certificate, key))
    }

    /// Clients may also come without a certificate: the token decides whether they need one.
    fn acceptor(&self) -> Result<TlsAcceptor, Box<dyn Error>> {
        let (certificate, key) = self.issue("localhost")?;
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone())?;
        let clients = WebPkiClientVerifier::builder(roots.into()).allow_unauthenticated().build()?;
        let config = ServerConfig::builder()
            .with_client_cert_verifier(clients)
            .with_single_cert(vec![certificate.der().clone()], key.into())?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    fn client(&self, certificate: Option<&(rcgen::Certificate, KeyPair)>) -> Result<Client, Box<dyn Error>> {
        let root = Certificate::from_pem(self.0.pem().as_bytes())?;
        let mut client = Client::builder().tls_certs_only([root]);
        if let Some((certificate, key)) = certificate {
            let pem = format!("{}{}", certificate.pem(), key.serialize_pem());
            client = client.identity(Identity::from_pem(pem.as_bytes())?);
        }
        Ok(client.build()?)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let (issuer, authority) = (TestIssuer::new(), Authority::new()?);
    let server = ResourceServer::builder(issuer.bound_token_decoder())
        .mutual_tls(MutualTls::new().required())
        .build()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("https://localhost:{}/pay", listener.local_addr()?.port());
    tokio::spawn(serve(listener, authority.acceptor()?, app(server)));

    let (shop, thief) = (authority.issue("shop.example")?, authority.issue("thief.example")?);
    let token = issuer.token().subject("shop").scopes(["pay"]);
    let bound =
        token.clone().claim("cnf", json!({ "x5t#S256": certificate_thumbprint(shop.0.der()) })).sign();
    for (certificate, token, expected) in [
        (Some(&shop), &bound, StatusCode::OK),
        (Some(&thief), &bound, StatusCode::UNAUTHORIZED),
        (None, &bound, StatusCode::UNAUTHORIZED),
        (Some(&shop), &token.sign(), StatusCode::UNAUTHORIZED),
    ] {
        let response = authority.client(certificate)?.get(&url).bearer_auth(token).send().await?;
        assert_eq!(response.status(), expected);
        println!("{expected}: {}", response.text().await?);
    }

    // A certificate of another authority ends the handshake.
    let stranger = Authority::new()?.issue("shop.example")?;
    let refused = authority.client(Some(&stranger))?.get(&url).bearer_auth(&bound).send().await;
    let error = refused.err().ok_or_else(|| io::Error::other("the certificate was accepted"))?;
    println!("no connection: {error}");
    Ok(())
}

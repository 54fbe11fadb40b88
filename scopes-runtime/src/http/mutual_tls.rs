#[cfg(feature = "serve")]
use std::net::{IpAddr, SocketAddr};

#[cfg(feature = "serve")]
use axum::extract::ConnectInfo;
#[cfg(feature = "serve")]
use axum::http::HeaderValue;
use axum::http::request::Parts;
#[cfg(feature = "serve")]
use base64::Engine as _;
#[cfg(feature = "serve")]
use base64::prelude::BASE64_STANDARD;

use crate::token::{DecodeError, certificate_thumbprint};

/// The maximum length of `Client-Cert`, in bytes.
#[cfg(feature = "serve")]
const MAX_HEADER_BYTES: usize = 16 * 1024;

/// The certificate that the client has authenticated the TLS connection with. The code that accepts connections inserts it into
/// the extensions of each request.
///
/// ```
/// use axum::http::Request;
/// use scopes_runtime::bound::ClientCertificate;
///
/// # let der = b"a certificate";
/// // With rustls: `connection.peer_certificates()`, the first one.
/// let certificate = ClientCertificate::from_der(der);
/// let request = Request::get("/items").extension(certificate);
/// ```
#[derive(Clone, Debug)]
pub struct ClientCertificate(Box<str>);

/// The certificate of a request. That of a header is read for tokens that are bound to a certificate only.
#[derive(Clone, PartialEq)]
pub(super) enum PresentedCertificate {
    None,
    /// The thumbprint of the certificate of the TLS connection.
    Connection(Box<str>),
    /// The lines of `Client-Cert`.
    #[cfg(feature = "serve")]
    Header(Vec<HeaderValue>),
}

impl ClientCertificate {
    /// Computes the thumbprint of a certificate in DER that the TLS library has verified, or has accepted as self-signed (RFC
    /// 8705 section 2). In that case too, the handshake proves that the client has the key.
    #[must_use]
    pub fn from_der(der: &[u8]) -> Self {
        Self(certificate_thumbprint(der).into())
    }
}

/// Mutual TLS (RFC 8705): accepts tokens that are bound to a certificate (`cnf.x5t#S256`) from a client with this certificate.
///
/// [`ResourceServerBuilder::mutual_tls`](crate::ResourceServerBuilder::mutual_tls) turns it on. The certificate is the
/// [`ClientCertificate`] in the extensions of the request. A bound token with another certificate or without one gets 401
/// `invalid_token`. The decoder must accept bound tokens:
/// [`JwtDecoderBuilder::allow_bound_tokens`](crate::JwtDecoderBuilder::allow_bound_tokens).
///
/// ```
/// use scopes_runtime::bound::MutualTls;
/// use scopes_runtime::{ResourceServer, TokenDecoder};
///
/// # fn f(decoder: impl TokenDecoder) -> Result<(), scopes_runtime::RealmError> {
/// let server = ResourceServer::builder(decoder).mutual_tls(MutualTls::new().required()).build()?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default)]
pub struct MutualTls {
    is_required: bool,
    #[cfg(feature = "serve")]
    proxies: Vec<IpAddr>,
}

impl MutualTls {
    /// Accepts tokens that are bound to a certificate beside those that are not.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Refuses tokens that are not bound to a certificate. Default: they are accepted.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// Reads the certificate from the header `Client-Cert` (RFC 9440) of requests from these proxies, which terminate TLS.
    /// Default: none; the header of other peers is ignored. Feature `serve`.
    ///
    /// The proxy must remove the header from the requests of clients. The address of the peer is axum's
    /// [`ConnectInfo`], which `into_make_service_with_connect_info` provides; without it no header is read.
    #[cfg(feature = "serve")]
    #[must_use]
    pub fn trusted_proxies(mut self, proxies: impl IntoIterator<Item = IpAddr>) -> Self {
        self.proxies.extend(proxies.into_iter().map(|proxy| proxy.to_canonical()));
        self
    }

    /// Checks the certificate of a request. `bound_to` is the thumbprint that the token is bound to, if any.
    pub(super) fn check(&self, bound_to: Option<&str>, parts: &Parts) -> Result<(), DecodeError> {
        let Some(bound_to) = bound_to else {
            return if self.is_required {
                Err(DecodeError::invalid("the claim `cnf` does not bind the token to a certificate"))
            } else {
                Ok(())
            };
        };
        match self.presented(parts).thumbprint() {
            Some(thumbprint) if *thumbprint == *bound_to => Ok(()),
            Some(_) => {
                Err(DecodeError::invalid("it is bound to another certificate than that of the client"))
            }
            None => Err(DecodeError::invalid("it is bound to a certificate, and the client has none")),
        }
    }

    /// Returns the certificate that the client presents.
    pub(super) fn presented(&self, parts: &Parts) -> PresentedCertificate {
        #[cfg(feature = "serve")]
        if self.is_from_proxy(parts) {
            return PresentedCertificate::Header(
                parts.headers.get_all("client-cert").iter().cloned().collect(),
            );
        }
        match parts.extensions.get() {
            Some(ClientCertificate(thumbprint)) => PresentedCertificate::Connection(thumbprint.clone()),
            None => PresentedCertificate::None,
        }
    }

    #[cfg(feature = "serve")]
    fn is_from_proxy(&self, parts: &Parts) -> bool {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        peer.is_some_and(|ConnectInfo(peer)| self.proxies.contains(&peer.ip().to_canonical()))
    }
}

impl PresentedCertificate {
    fn thumbprint(self) -> Option<Box<str>> {
        match self {
            Self::None => None,
            Self::Connection(thumbprint) => Some(thumbprint),
            #[cfg(feature = "serve")]
            Self::Header(lines) => header_thumbprint(&lines),
        }
    }
}

/// Reads the only line of `Client-Cert`: a byte sequence (RFC 9440 section 2.1, RFC 8941 section 3.3.5), the certificate in
/// DER.
#[cfg(feature = "serve")]
fn header_thumbprint(lines: &[HeaderValue]) -> Option<Box<str>> {
    let [line] = lines else { return None };
    let text = line.to_str().ok().filter(|text| text.len() <= MAX_HEADER_BYTES)?;
    let der = BASE64_STANDARD.decode(text.strip_prefix(':')?.strip_suffix(':')?).ok()?;
    (!der.is_empty()).then(|| certificate_thumbprint(&der).into())
}

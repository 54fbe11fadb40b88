use std::fmt;

use super::keys::TestKeys;
#[cfg(feature = "issuer")]
use super::served::Served;
use super::token::TestToken;
#[cfg(feature = "issuer")]
use crate::Jwks;
use crate::{JwtDecoder, ResourceServer, VerificationKey};

const URL: &str = "https://issuer.test";
const AUDIENCE: &str = "https://api.test";

/// An authorization server for tests, which signs tokens with an ES256 key that is generated in memory.
///
/// Put its [`resource_server`](Self::resource_server), or one with its [`decoder`](Self::decoder), into the state of your
/// application, and its [tokens](Self::token) into requests.
///
/// ```
/// # use scopes_runtime::declare_scopes;
/// use axum::Router;
/// use axum::body::Body;
/// use axum::http::{Request, StatusCode};
/// use scopes_runtime::router::{ScopedRouter, get};
/// use scopes_runtime::testing::TestIssuer;
/// use scopes_runtime::{ResourceServer, requires_scopes};
/// use tower_service::Service as _;
/// # #[declare_scopes]
/// # enum Scope {
/// #     /// Read items.
/// #     Items = "items",
/// # }
///
/// #[requires_scopes("items")]
/// async fn read_items() -> &'static str {
///     "Foo"
/// }
///
/// fn app(server: ResourceServer) -> Router {
///     Router::from(ScopedRouter::new().route("/items", get(read_items)).with_state(server))
/// }
///
/// # fn main() {
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let issuer = TestIssuer::new();
/// let token = issuer.token().subject("alice").scopes(["items"]).sign();
/// let request = Request::get("/items").header("authorization", format!("Bearer {token}"));
/// let answer = app(issuer.resource_server()).call(request.body(Body::empty()).unwrap()).await.unwrap();
/// assert_eq!(answer.status(), StatusCode::OK);
/// # });
/// # }
/// ```
pub struct TestIssuer {
    url: String,
    pub(super) keys: TestKeys,
    #[cfg(feature = "issuer")]
    served: Option<Served>,
}

impl TestIssuer {
    /// Creates the issuer `https://issuer.test` with a new key, for the audience `https://api.test`.
    #[must_use]
    pub fn new() -> Self {
        Self {
            url: URL.to_owned(),
            keys: TestKeys::default(),
            #[cfg(feature = "issuer")]
            served: None,
        }
    }

    /// Serves the issuer's metadata and keys on loopback until it is dropped, for applications that use discovery. The URL of the
    /// issuer becomes that of the server.
    ///
    /// ```
    /// use scopes_runtime::testing::TestIssuer;
    /// use scopes_runtime::{Jwks, JwtDecoder, TokenDecoder as _};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// let issuer = TestIssuer::new().serve();
    /// let decoder = JwtDecoder::builder()
    ///     .issuer(issuer.url())
    ///     .audience(issuer.audience())
    ///     .jwks(Jwks::discovery())
    ///     .build()?;
    /// assert!(decoder.decode(&issuer.token().sign()).await.is_ok());
    /// # Ok::<(), scopes_runtime::JwtDecoderError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if there is no tokio runtime or no free port. The server ends with the runtime that it was started in.
    #[cfg(feature = "issuer")]
    #[must_use]
    pub fn serve(self) -> Self {
        let served = Served::start(self.keys.clone());
        Self { url: served.url.clone(), served: Some(served), ..self }
    }

    /// Returns the claim `iss` of the tokens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the claim `aud` of the tokens.
    #[must_use]
    pub fn audience(&self) -> &str {
        AUDIENCE
    }

    /// Starts a valid token for the subject `alice`, without scopes.
    pub fn token(&self) -> TestToken {
        TestToken::new(self.keys.current(), &self.url, AUDIENCE)
    }

    /// Replaces the signing key, and removes the old one from the published set.
    ///
    /// If the issuer is [served](Self::serve), decoders fetch the keys again, at most once in ten seconds; until then new tokens
    /// get 503. Other decoders reject them.
    pub fn rotate(&self) {
        self.keys.rotate();
    }

    /// Returns the key that verifies the tokens, for a decoder of your own.
    #[must_use]
    pub fn verification_key(&self) -> VerificationKey {
        self.keys.current().verification_key()
    }

    /// Returns a strict decoder of the tokens. If the issuer is served, it finds the key by discovery.
    ///
    /// # Panics
    ///
    /// Panics if the issuer is served and the system has no root certificates.
    #[must_use]
    pub fn decoder(&self) -> JwtDecoder {
        let builder = JwtDecoder::builder().issuer(&*self.url).audience(AUDIENCE);
        #[cfg(feature = "issuer")]
        if self.served.is_some() {
            let decoder = builder.jwks(Jwks::discovery()).build();
            return decoder.expect("a client for HTTP on loopback");
        }
        builder.key(self.verification_key()).build().expect("an issuer, an audience and a key are given")
    }

    /// Returns a server with the [`decoder`](Self::decoder) and the realm `api`.
    ///
    /// # Panics
    ///
    /// Panics as [`decoder`](Self::decoder) does.
    #[must_use]
    pub fn resource_server(&self) -> ResourceServer {
        ResourceServer::new(self.decoder())
    }
}

impl Default for TestIssuer {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for TestIssuer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TestIssuer").field("url", &self.url).finish_non_exhaustive()
    }
}

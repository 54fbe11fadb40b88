use std::fmt;

use super::keys::TestKeys;
#[cfg(feature = "issuer")]
use super::served::Served;
use super::token::TestToken;
#[cfg(feature = "issuer")]
use crate::Jwks;
use crate::{JwtDecoder, JwtDecoderBuilder, ResourceServer, VerificationKey};

const URL: &str = "https://issuer.test";
const AUDIENCE: &str = "https://api.test";

/// An authorization server for tests. It signs any [token](Self::token) with a key (ES256) that is generated in memory.
///
/// Put its [`resource_server`](Self::resource_server), or a server with its [`decoder`](Self::decoder), into the state of your
/// application.
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
/// let response = app(issuer.resource_server()).call(request.body(Body::empty()).unwrap()).await.unwrap();
/// assert_eq!(response.status(), StatusCode::OK);
/// # });
/// # }
/// ```
pub struct TestIssuer {
    url: String,
    audience: String,
    pub(super) keys: TestKeys,
    #[cfg(feature = "issuer")]
    served: Option<Served>,
}

impl TestIssuer {
    /// Creates the issuer `https://issuer.test` with a new key. Its tokens have the audience `https://api.test`.
    #[must_use]
    pub fn new() -> Self {
        Self::with_url(URL)
    }

    /// Creates an issuer with this URL, for applications with several issuers.
    ///
    /// ```
    /// use scopes_runtime::testing::TestIssuer;
    /// use scopes_runtime::{MultiIssuerDecoder, TokenDecoder as _};
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let users = TestIssuer::with_url("https://users.test");
    /// let partners = TestIssuer::with_url("https://partners.test").with_audience("https://partner-api.test");
    /// let decoder = MultiIssuerDecoder::new([users.decoder(), partners.decoder()])?;
    /// assert!(decoder.decode(&users.token().sign()).await.is_ok());
    /// assert!(decoder.decode(&partners.token().sign()).await.is_ok());
    /// # Ok::<(), scopes_runtime::JwtDecoderError>(())
    /// # }).unwrap();
    /// ```
    #[must_use]
    pub fn with_url(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            audience: AUDIENCE.to_owned(),
            keys: TestKeys::default(),
            #[cfg(feature = "issuer")]
            served: None,
        }
    }

    /// Sets the audience (`aud`) of its tokens and decoder. Default: `https://api.test`.
    #[must_use]
    pub fn with_audience(self, audience: impl Into<String>) -> Self {
        Self { audience: audience.into(), ..self }
    }

    /// Serves metadata and keys on loopback until the issuer is dropped, for applications that discover their issuer. The URL
    /// of the issuer becomes that of the server.
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
    /// Panics without a tokio runtime, or without a free port. The server stops when the runtime does.
    #[cfg(feature = "issuer")]
    #[must_use]
    pub fn serve(self) -> Self {
        let served = Served::start(self.keys.clone());
        Self { url: served.url.clone(), served: Some(served), ..self }
    }

    /// Returns the claim `iss` of its tokens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the claim `aud` of its tokens.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// Starts a valid token with the subject `alice` and no scopes.
    pub fn token(&self) -> TestToken {
        TestToken::new(self.keys.current(), &self.url, &self.audience)
    }

    /// Replaces the key, and publishes only the new one.
    ///
    /// Earlier decoders do not have it. If the issuer is [served](Self::serve), they fetch the keys again, at most once in 10
    /// s; until then new tokens get 503.
    pub fn rotate(&self) {
        self.keys.rotate();
    }

    /// Returns the key that verifies its tokens.
    #[must_use]
    pub fn verification_key(&self) -> VerificationKey {
        self.keys.current().verification_key()
    }

    /// Returns a strict decoder of its tokens. If the issuer is [served](Self::serve), the decoder discovers the keys.
    ///
    /// # Panics
    ///
    /// Panics if the issuer is served and the system has no certificates for HTTPS.
    #[must_use]
    pub fn decoder(&self) -> JwtDecoder {
        #[cfg(feature = "issuer")]
        if self.served.is_some() {
            let decoder = self.decoder_builder().jwks(Jwks::discovery()).build();
            return decoder.expect("a client for HTTP on loopback");
        }
        self.decoder_of_current_key(self.decoder_builder())
    }

    fn decoder_builder(&self) -> JwtDecoderBuilder {
        JwtDecoder::builder().issuer(&*self.url).audience(&*self.audience)
    }

    fn decoder_of_current_key(&self, builder: JwtDecoderBuilder) -> JwtDecoder {
        builder.key(self.verification_key()).build().expect("an issuer, an audience and a key are given")
    }

    /// Returns a strict decoder that also accepts tokens that are bound to their sender, for a server that checks the sender.
    #[cfg(feature = "bound-tokens")]
    #[must_use]
    pub fn bound_token_decoder(&self) -> JwtDecoder {
        self.decoder_of_current_key(self.decoder_builder().allow_bound_tokens())
    }

    /// Returns a server with the realm `api` that accepts its tokens.
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

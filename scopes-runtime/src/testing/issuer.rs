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

/// An authorization server for tests: it signs whatever it is told to, with a key (ES256) that is made for it in memory.
///
/// Your application's state gets the [`resource_server`](Self::resource_server), or one of your own that decodes with
/// [`decoder`](Self::decoder); requests get [tokens](Self::token).
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
    /// An issuer of its own, `https://issuer.test`, with a key of its own, for the audience `https://api.test`.
    #[must_use]
    pub fn new() -> Self {
        Self {
            url: URL.to_owned(),
            keys: TestKeys::default(),
            #[cfg(feature = "issuer")]
            served: None,
        }
    }

    /// Publishes its metadata and its keys on loopback, until it is dropped: for applications that find their issuer by
    /// its URL, which from now on is that of the server.
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
    /// There is no tokio runtime, or no free port. Where each test has a runtime of its own, the server ends with that of
    /// the test.
    #[cfg(feature = "issuer")]
    #[must_use]
    pub fn serve(self) -> Self {
        let served = Served::start(self.keys.clone());
        Self { url: served.url.clone(), served: Some(served), ..self }
    }

    /// The claim `iss` of its tokens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The claim `aud` of its tokens.
    #[must_use]
    pub fn audience(&self) -> &str {
        AUDIENCE
    }

    /// Starts a token, right in everything, for `alice` and without a scope.
    pub fn token(&self) -> TestToken {
        TestToken::new(self.keys.current(), &self.url, AUDIENCE)
    }

    /// Signs with a new key from now on, and publishes that one alone.
    ///
    /// A decoder from before does not know it. Where the issuer is [served](Self::serve), it fetches the keys again, at most
    /// once in ten seconds; until then new tokens get 503.
    pub fn rotate(&self) {
        self.keys.rotate();
    }

    /// What verifies its tokens, for a decoder of your own.
    #[must_use]
    pub fn verification_key(&self) -> VerificationKey {
        self.keys.current().verification_key()
    }

    /// The strict decoder of its tokens, which finds the key as an application does: where the issuer is served, by
    /// discovery.
    ///
    /// # Panics
    ///
    /// It is served, and the system has no certificates that HTTPS would need.
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

    /// A server that accepts its tokens, and nothing else, with the realm `api`.
    ///
    /// # Panics
    ///
    /// As [`decoder`](Self::decoder).
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

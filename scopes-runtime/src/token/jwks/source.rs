use jsonwebtoken::Algorithm;

use super::location::Location;
use super::published_keys::PublishedKeys;
use super::refresher::Refresher;
use crate::shown_url::shown_url;
use crate::token::configured_url::ConfiguredUrl;
use crate::token::fetch::{self, UrlPolicy};
use crate::token::issuer_metadata::IssuerMetadata;

/// The source of an issuer's published keys, for [`JwtDecoderBuilder::jwks`](crate::JwtDecoderBuilder::jwks).
///
/// The keys are fetched with the first token, or when the decoder is built if that is inside a tokio runtime. They are fetched
/// again when the cache headers of the issuer require it: after 5 min by default, at least 1 min, at most 1 h. A key that is
/// no longer published no longer verifies tokens.
///
/// If no key verifies a token, its key may be new. Then its other claims are checked first, and the keys are fetched again, at
/// most once in 10 s for all tokens together:
///
/// | last fetch | token | result |
/// | --- | --- | --- |
/// | at least 10 s ago | any | waits for a new fetch, at most 5 s: accepted, or 401 |
/// | is running | any | waits for it: accepted, or 503 until a fetch that begins after the token came |
/// | less than 10 s ago | has an unknown `kid` | 503; `Retry-After` is the time until the next fetch |
/// | began after the token first came | comes again | 401 |
/// | less than 10 s ago | has a `kid` that is withdrawn or of another algorithm, or none although all keys have one | 401 |
/// | failed | any | 503 |
///
/// The fetch that a 503 announces takes place whether or not the client sends the token again. So the next request of the
/// client gets 200 or 401, whatever other clients send. At most 1024 requests wait at a time; further ones get 503.
///
/// While the issuer does not respond, the last keys are used for 1 h after they have expired. After that, and before the first
/// fetch, tokens get 503: an application may start before its issuer.
///
/// A key that cannot be used is skipped, and logged as a warning once for each change of the set. At most 64 keys are used. A
/// key with the member `issuer`, as Microsoft Entra ID publishes it, is used for that issuer only; `{tenantid}` in it matches
/// every tenant.
///
/// Keys are fetched over HTTPS or from loopback; see [`danger_allow_http`](Self::danger_allow_http) for an issuer in a
/// container. A response may have 256 KiB and take 5 s, and redirects to another scheme are not followed.
///
/// ```
/// use scopes_runtime::{Algorithm, Jwks, JwtDecoder, JwtDecoderError};
///
/// fn decoder() -> Result<JwtDecoder, JwtDecoderError> {
///     let jwks = Jwks::uri("https://issuer.example/keys").rsa_algorithm(Algorithm::PS256);
///     JwtDecoder::builder().issuer("https://issuer.example").audience("https://api.example").jwks(jwks).build()
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Jwks {
    url: Option<ConfiguredUrl>,
    rsa_algorithm: Algorithm,
    urls: UrlPolicy,
}

/// Why keys cannot be fetched from a source.
pub(in crate::token) enum ConnectError {
    /// The shown URL, and what to do.
    UnsafeUrl {
        url: String,
        help: String,
    },
    HttpClient(reqwest::Error),
}

impl Jwks {
    /// Selects the keys at `jwks_uri` of the issuer's metadata: OpenID Connect Discovery, or else RFC 8414. The metadata must
    /// have exactly the issuer of the decoder.
    #[must_use]
    pub fn discovery() -> Self {
        Self { url: None, rsa_algorithm: Algorithm::RS256, urls: UrlPolicy::default() }
    }

    /// Selects the JWK set (RFC 7517 section 5) at a URL.
    #[must_use]
    pub fn uri(url: impl Into<String>) -> Self {
        Self { url: Some(ConfiguredUrl(url.into())), ..Self::discovery() }
    }

    /// Sets the algorithm of RSA keys without `alg`. Default: RS256.
    #[must_use]
    pub fn rsa_algorithm(mut self, algorithm: Algorithm) -> Self {
        self.rsa_algorithm = algorithm;
        self
    }

    /// Allows plain HTTP to one host, such as a container in the network of a developer. Default: only to loopback.
    ///
    /// **For development only.** An attacker who can change a response can publish keys and forge tokens. `host` is a `&'static
    /// str`, so that it is fixed at compile time and not read from configuration. Redirects and metadata may not lead to
    /// another host. A `WARN` event (`scopes_runtime::plain_http`) is logged when the decoder is built.
    ///
    /// `host` has neither scheme nor port: `keycloak` for `http://keycloak:8080/realms/shop`. If browsers reach the issuer at
    /// another URL, `iss` is that URL: see [Keycloak](crate::guide::products#keycloak).
    ///
    /// ```
    /// use scopes_runtime::{Jwks, JwtDecoder, JwtDecoderError};
    ///
    /// fn decoder(issuer: &str) -> Result<JwtDecoder, JwtDecoderError> {
    ///     let mut jwks = Jwks::discovery();
    ///     if cfg!(debug_assertions) {
    ///         jwks = jwks.danger_allow_http("keycloak");
    ///     }
    ///     JwtDecoder::builder().issuer(issuer).audience("https://api.example").jwks(jwks).build()
    /// }
    /// ```
    #[must_use]
    pub fn danger_allow_http(mut self, host: &'static str) -> Self {
        self.urls = UrlPolicy { http_host: Some(host) };
        self
    }

    fn location(&self, issuer: &str) -> Result<Location, ConnectError> {
        let location = match &self.url {
            None => IssuerMetadata::of(issuer, self.urls).map(Location::Discovered),
            Some(url) => self.urls.parse(url).map(Location::Configured),
        };
        location.map_err(|problem| ConnectError::UnsafeUrl {
            url: shown_url(self.url.as_deref().unwrap_or(issuer)),
            help: problem.help(Some("Jwks::danger_allow_http")),
        })
    }

    /// Creates the keys of an issuer, and starts the task that fetches them if there is a runtime.
    pub(in crate::token) fn connect(&self, issuer: &str) -> Result<PublishedKeys, ConnectError> {
        let location = self.location(issuer)?;
        let client = fetch::client(location.first_url(), self.urls).map_err(ConnectError::HttpClient)?;
        let (refresher, keys, demand) =
            Refresher::new(client, location, self.rsa_algorithm, issuer.to_owned());
        Ok(PublishedKeys::new(refresher, keys, demand))
    }
}

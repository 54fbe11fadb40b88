use std::fmt;
use std::sync::Arc;

use axum::extract::FromRef;
use axum::response::IntoResponse;

use super::ProtectedResourceMetadata;
use super::auth_error::{AuthError, Renderer};
use super::challenge::ChallengeConfig;
#[cfg(feature = "bound-tokens")]
use super::mutual_tls::MutualTls;
use super::sender::SenderChecks;
use super::server_config::{Server, ServerConfig};
use crate::readable_debug::readable_debug;
#[cfg(feature = "bound-tokens")]
use crate::token::Dpop;
use crate::token::TokenDecoder;

/// Decodes the access tokens of requests, and configures the challenges of refusals.
///
/// The router's state provides it. A handler with `#[requires_scopes]` does not compile in a router whose state lacks one.
/// Cloning is cheap.
///
/// # Telemetry
///
/// Each refusal is a [`tracing`](https://docs.rs/tracing) event with the target `scopes_runtime::refused`: at `DEBUG` if there
/// are no credentials, at `WARN` if tokens cannot be checked, otherwise at `INFO`. A token without the scheme `Bearer`, or with
/// another one such as `Token`, is at `INFO` too, because it is a mistake of the client. `Basic`, `Digest`, `Negotiate` and
/// `NTLM` are at `DEBUG`: browsers send them by themselves with each request to a host. The fields of the event, if known:
///
/// | field | content |
/// | --- | --- |
/// | `reason` | `missing_token`, `unavailable`, or the error code of the response |
/// | `method`, `route` | the method of the request, and the path of its route (axum's `MatchedPath`, such as `/items/{id}`) |
/// | `location` | the line of a handler that refuses with [`require`](crate::AccessToken::require), [`grant`](crate::AccessToken::grant) or [`refuse`](crate::AccessToken::refuse), in place of `method` and `route` |
/// | `required` | the required scopes of the operation, or of the part that refuses, all alternatives |
/// | `missing` | the scopes that the token lacks for the cheapest alternative |
/// | `issuer`, `client_id`, `acr` | claims of the token, cut at 256 bytes |
/// | `jti_hash` | the first 64 bits of the SHA-256 of `jti` (`printf %s "$jti" \| sha256sum \| cut -c 1-16`) |
/// | `cause` | why the header or the token was refused, cut at 256 bytes |
///
/// If a decoder drops scopes ([`may_grant`](crate::JwtDecoderBuilder::may_grant)), it emits an event with the target
/// `scopes_runtime::dropped` at `DEBUG`, once for each decoded token and not for cached ones. Its fields are `issuer` as
/// configured, `count`, and `scopes`: the dropped scopes, cut at 256 bytes.
///
/// With the feature `metrics`, counters go to the recorder of the [`metrics`](https://docs.rs/metrics) facade:
///
/// | counter | label | counts |
/// | --- | --- | --- |
/// | `scopes_refusals_total` | `reason` and, if known, `route`, as above | refusals |
/// | `scopes_admissions_total` | | authorized requests to handlers with `#[requires_scopes]`, services with a requirement, and MCP servers |
/// | `scopes_tokens_total` | `outcome`: `cached`, `valid`, `invalid`, `unavailable` | tokens of requests |
/// | `scopes_dropped_total` | `issuer`, as configured (introspection without one: the endpoint) | dropped scopes of decoded tokens |
///
/// ```
/// use axum::extract::FromRef;
/// use scopes_runtime::ResourceServer;
///
/// #[derive(Clone)]
/// struct AppState {
///     resource_server: ResourceServer,
/// }
///
/// impl FromRef<AppState> for ResourceServer {
///     fn from_ref(state: &AppState) -> Self {
///         state.resource_server.clone()
///     }
/// }
/// ```
#[derive(Clone)]
pub struct ResourceServer(Arc<Server>);

/// Builds a [`ResourceServer`]. [`ResourceServer::builder`] starts one.
///
/// ```
/// use scopes_runtime::{ProtectedResourceMetadata, RealmError, ResourceServer, TokenDecoder};
///
/// fn server(decoder: impl TokenDecoder, metadata: &ProtectedResourceMetadata) -> Result<ResourceServer, RealmError> {
///     ResourceServer::builder(decoder).realm("items API").metadata(metadata).hide_scopes().build()
/// }
/// ```
#[must_use = "a builder does nothing until `build` is called"]
#[derive(Clone)]
pub struct ResourceServerBuilder {
    decoder: Arc<dyn TokenDecoder>,
    realm: String,
    names_scopes: bool,
    metadata: Option<Box<str>>,
    renderer: Option<Renderer>,
    sender: SenderChecks,
}

/// The error of a realm with a character that RFC 6750 section 3 does not allow in a challenge;
/// [`ResourceServer::builder`] has an example.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the realm {0:?} has a character that is not allowed in a challenge: use visible ASCII without `\"` and `\\`"
)]
pub struct RealmError(String);

readable_debug!(RealmError);

impl ResourceServer {
    /// Creates a server with the realm `api`. Its refusals contain the required scopes.
    pub fn new(decoder: impl TokenDecoder) -> Self {
        Self(Arc::new(Server { decoder: Arc::new(decoder), config: Arc::default() }))
    }

    /// Returns a builder, to set the realm, the challenges, the bodies of refusals and the checks of senders.
    ///
    /// ```
    /// # use scopes_runtime::{RealmError, ResourceServer, TokenDecoder};
    /// # fn f(decoder: impl TokenDecoder) -> Result<ResourceServer, RealmError> {
    /// ResourceServer::builder(decoder).realm("items API").build()
    /// # }
    /// ```
    pub fn builder(decoder: impl TokenDecoder) -> ResourceServerBuilder {
        let realm = ChallengeConfig::default().realm().to_owned();
        ResourceServerBuilder {
            decoder: Arc::new(decoder),
            realm,
            names_scopes: true,
            metadata: None,
            renderer: None,
            sender: SenderChecks::default(),
        }
    }

    pub(super) fn server(&self) -> &Server {
        &self.0
    }

    pub(super) fn config(&self) -> &Arc<ServerConfig> {
        &self.0.config
    }

    /// Returns whether requests with the scheme `DPoP` can be authorized.
    pub(crate) fn accepts_dpop(&self) -> bool {
        self.0.config.sender.accepts_dpop()
    }
}

impl ResourceServerBuilder {
    /// Sets the realm of challenges (RFC 9110 section 11.5). Default: `api`.
    pub fn realm(mut self, realm: impl Into<String>) -> Self {
        self.realm = realm.into();
        self
    }

    /// Omits scope names from challenges and problem details. Default: they are named.
    pub fn hide_scopes(mut self) -> Self {
        self.names_scopes = false;
        self
    }

    /// Adds the URL of the metadata to the challenges of 401 and 403 responses (RFC 9728 section 5.1). Default: none.
    pub fn metadata(mut self, metadata: &ProtectedResourceMetadata) -> Self {
        self.metadata = Some(metadata.url().into());
        self
    }

    /// Accepts or requires DPoP (RFC 9449). Default: off, so that tokens that are bound to a key are refused.
    #[cfg(feature = "bound-tokens")]
    pub fn dpop(mut self, dpop: Dpop) -> Self {
        self.sender.set_dpop(dpop);
        self
    }

    /// Accepts or requires tokens that are bound to a certificate of the client (RFC 8705). Default: off, so that they are
    /// refused.
    #[cfg(feature = "bound-tokens")]
    pub fn mutual_tls(mut self, mutual_tls: MutualTls) -> Self {
        self.sender.set_mutual_tls(mutual_tls);
        self
    }

    /// Sets the bodies of refusals: of guards, extractors, [`AccessToken::require`](crate::AccessToken::require) and
    /// [`AccessToken::refuse`](crate::AccessToken::refuse). Default: a problem detail (RFC 9457).
    ///
    /// Status, `WWW-Authenticate`, `DPoP-Nonce` and `Retry-After` are those of the [`AuthError`], whatever the response of
    /// `render` has. Its body and its other headers are kept. `render` gets no request: where the format depends on one, such
    /// as on `Accept`, use a middleware that finds the error in the extensions of the response. `ScopedRouter::refusal_schema`
    /// documents the format.
    ///
    /// ```
    /// use axum::Json;
    /// use scopes_runtime::{RealmError, ResourceServer, TokenDecoder};
    /// use serde_json::json;
    ///
    /// # fn f(decoder: impl TokenDecoder) -> Result<ResourceServer, RealmError> {
    /// ResourceServer::builder(decoder)
    ///     .refusal_response(|error| Json(json!({ "code": error.code(), "message": error.to_string() })))
    ///     .build()
    /// # }
    /// ```
    pub fn refusal_response<R: IntoResponse>(
        mut self,
        render: impl Fn(&AuthError) -> R + Send + Sync + 'static,
    ) -> Self {
        self.renderer = Some(Renderer::new(render));
        self
    }

    /// Builds the server.
    ///
    /// # Errors
    ///
    /// [`RealmError`] if the realm has a character that RFC 6750 section 3 does not allow.
    pub fn build(self) -> Result<ResourceServer, RealmError> {
        let allowed = |byte: u8| matches!(byte, 0x20..=0x7e) && byte != b'"' && byte != b'\\';
        if !self.realm.bytes().all(allowed) {
            return Err(RealmError(self.realm));
        }
        let Self { decoder, realm, names_scopes, metadata, renderer, sender } = self;
        let challenges = ChallengeConfig::new(realm.into(), names_scopes, metadata, sender.schemes());
        let config = Arc::new(ServerConfig { challenges, renderer, sender });
        Ok(ResourceServer(Arc::new(Server { decoder, config })))
    }
}

/// For `Router<Arc<AppState>>`: `impl FromRef<AppState> for ResourceServer` is enough.
impl<S> FromRef<Arc<S>> for ResourceServer
where
    Self: FromRef<S>,
{
    fn from_ref(state: &Arc<S>) -> Self {
        Self::from_ref(&**state)
    }
}

impl fmt::Debug for ResourceServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ResourceServer").field("config", &self.0.config).finish_non_exhaustive()
    }
}

impl fmt::Debug for ResourceServerBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ResourceServerBuilder").field("realm", &self.realm).finish_non_exhaustive()
    }
}

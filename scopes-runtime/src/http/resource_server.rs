use std::fmt;
use std::sync::Arc;

use super::ResourceMetadata;
use super::challenge::ChallengeConfig;
use crate::token::TokenDecoder;

/// The API that access tokens are for: how it decodes them, and how it speaks of itself when it refuses one.
///
/// The router's state provides it, so that no route can be built without one; clones share their content.
///
/// # What operators see
///
/// Each refusal is an event of the target `scopes_runtime::refused` ([`tracing`](https://docs.rs/tracing)), at `DEBUG` where
/// there is no token, at `WARN` where none can be checked, else at `INFO`. Its fields, where they are known:
///
/// | field | what it says |
/// | --- | --- |
/// | `reason` | `missing_token`, `unavailable`, or the error code of the response |
/// | `required` | the scopes, every alternative |
/// | `missing` | what the cheapest alternative has that the token has not |
/// | `issuer`, `client_id`, `acr` | claims of the token, cut at 256 bytes |
/// | `jti_hash` | of the token's `jti`: 64 bits of SHA-256 (`printf %s "$jti" \| sha256sum \| cut -c 1-16`) |
/// | `cause` | why the token was not decoded, cut at 256 bytes |
///
/// Scopes that a decoder drops ([`may_grant`](crate::JwtDecoderBuilder::may_grant)) are an event of the target
/// `scopes_runtime::dropped` at `DEBUG`, once for each token that is decoded and not for cached ones. Its fields are `issuer`
/// as configured, `count`, and `scopes`: the dropped ones, cut to 256 bytes.
///
/// With the feature `metrics`, counters go to the recorder of the [`metrics`](https://docs.rs/metrics) facade:
///
/// | counter | label | what is counted |
/// | --- | --- | --- |
/// | `scopes_refusals_total` | `reason`, as above | refusals |
/// | `scopes_admissions_total` | | requests that went on to a handler with `#[requires_scopes]` |
/// | `scopes_tokens_total` | `outcome`: `remembered`, `valid`, `invalid`, `unavailable` | tokens that came with requests |
/// | `scopes_dropped_total` | `issuer`, as configured (introspection without one: the endpoint) | scopes that were dropped, of each token that is decoded |
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
pub struct ResourceServer {
    decoder: Arc<dyn TokenDecoder>,
    config: Arc<ChallengeConfig>,
}

/// Builds a [`ResourceServer`] that says more of itself than its realm `api`.
#[derive(Clone)]
pub struct ResourceServerBuilder {
    decoder: Arc<dyn TokenDecoder>,
    realm: String,
    names_scopes: bool,
    metadata: Option<Box<str>>,
}

/// A realm with a character that RFC 6750 section 3 does not allow in a challenge.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the realm {0:?} has a character that no challenge can carry; use visible ASCII without `\"` and `\\`"
)]
pub struct InvalidRealm(String);

impl ResourceServer {
    /// A server with the realm `api` that names the required scopes when it refuses.
    pub fn new(decoder: impl TokenDecoder) -> Self {
        Self { decoder: Arc::new(decoder), config: Arc::default() }
    }

    /// A server whose realm or answers differ from [`ResourceServer::new`]'s.
    ///
    /// ```
    /// # use scopes_runtime::{InvalidRealm, ResourceServer, TokenDecoder};
    /// # fn f(decoder: impl TokenDecoder) -> Result<ResourceServer, InvalidRealm> {
    /// ResourceServer::builder(decoder).realm("items API").build()
    /// # }
    /// ```
    pub fn builder(decoder: impl TokenDecoder) -> ResourceServerBuilder {
        let realm = ChallengeConfig::default().realm().to_owned();
        ResourceServerBuilder { decoder: Arc::new(decoder), realm, names_scopes: true, metadata: None }
    }

    pub(super) fn decoder(&self) -> &dyn TokenDecoder {
        &*self.decoder
    }

    pub(super) fn config(&self) -> &Arc<ChallengeConfig> {
        &self.config
    }
}

impl ResourceServerBuilder {
    /// The protection space that challenges name (RFC 9110 section 11.5).
    #[must_use]
    pub fn realm(mut self, realm: impl Into<String>) -> Self {
        self.realm = realm.into();
        self
    }

    /// Keeps scopes out of challenges and problem details, where their names are nobody's business.
    #[must_use]
    pub fn without_scopes_in_answers(mut self) -> Self {
        self.names_scopes = false;
        self
    }

    /// Names the metadata's URL in 401 and 403 answers (RFC 9728 section 5.1).
    #[must_use]
    pub fn metadata(mut self, metadata: &ResourceMetadata) -> Self {
        self.metadata = Some(metadata.url().into());
        self
    }

    /// The server.
    ///
    /// # Errors
    ///
    /// The realm has a character that RFC 6750 section 3 does not allow.
    pub fn build(self) -> Result<ResourceServer, InvalidRealm> {
        let allowed = |byte: u8| matches!(byte, 0x20..=0x7e) && byte != b'"' && byte != b'\\';
        if !self.realm.bytes().all(allowed) {
            return Err(InvalidRealm(self.realm));
        }
        let Self { decoder, realm, names_scopes, metadata } = self;
        let config = ChallengeConfig::new(realm.into(), names_scopes, metadata);
        Ok(ResourceServer { decoder, config: Arc::new(config) })
    }
}

impl fmt::Debug for ResourceServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ResourceServer").field("config", &self.config).finish_non_exhaustive()
    }
}

impl fmt::Debug for ResourceServerBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ResourceServerBuilder").field("realm", &self.realm).finish_non_exhaustive()
    }
}

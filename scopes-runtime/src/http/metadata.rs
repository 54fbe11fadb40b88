use std::sync::Arc;

use axum::Router;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE};
use axum::http::{HeaderName, Uri};
use axum::routing::get;
use serde::Serialize;

use crate::loopback::is_loopback;
use crate::readable_debug::readable_debug;
use crate::scope::Vocabulary;
use crate::shown_url::shown_url;

const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// Protected resource metadata (RFC 9728): where clients that only have the URL of the API obtain tokens.
///
/// Challenges contain its URL ([`ResourceServerBuilder::metadata`](crate::ResourceServerBuilder::metadata)), and
/// [`ProtectedResourceMetadata::router`] serves it:
///
/// ```
/// use axum::Router;
/// use scopes_runtime::{ProtectedResourceMetadata, ResourceServer, TokenDecoder};
/// # #[scopes_runtime::declare_scopes]
/// # enum Scope {
/// #     /// Read items.
/// #     Items = "items",
/// # }
///
/// fn app(decoder: impl TokenDecoder, api: Router<ResourceServer>) -> Result<Router, Box<dyn std::error::Error>> {
///     let metadata = ProtectedResourceMetadata::new("https://api.example")?
///         .authorization_server("https://issuer.example")
///         .scopes::<Scope>();
///     let server = ResourceServer::builder(decoder).metadata(&metadata).build()?;
///     Ok(api.with_state(server).merge(metadata.router()))
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct ProtectedResourceMetadata {
    resource: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authorization_servers: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scopes_supported: Vec<String>,
    bearer_methods_supported: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_name: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dpop_signing_alg_values_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    dpop_bound_access_tokens_required: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    tls_client_certificate_bound_access_tokens: bool,
    #[serde(skip)]
    origin: String,
    #[serde(skip)]
    path: String,
}

/// The error of a resource identifier that [`ProtectedResourceMetadata`] cannot publish: RFC 9728 section 1.2 does not allow it,
/// or it has a character that routes or challenges do not.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{}` is not a usable resource identifier: use the URL of the API, with `https://` (`http://` only for loopback), in ASCII, \
     without a fragment, a query or a user name, without the characters `\"`, `\\`, `{{`, `}}` and `*`, and without `/:` in the \
     path",
    .0.escape_debug()
)]
pub struct ProtectedResourceMetadataError(String);

readable_debug!(ProtectedResourceMetadataError);

impl ProtectedResourceMetadata {
    /// Creates the metadata of the API with this URL. Tokens for it have the same URL in `aud` (RFC 8707 section 2).
    ///
    /// # Errors
    ///
    /// Returns an error unless the URL is `https` (`http` for loopback), is ASCII, and has no fragment, query or user name (RFC
    /// 9728 section 1.2), none of `"`, `\`, `{`, `}`, `*` and `@`, and no `/:` in its path.
    pub fn new(resource: impl Into<String>) -> Result<Self, ProtectedResourceMetadataError> {
        let resource = resource.into();
        let Some((origin, path)) = origin_and_path(&resource) else {
            return Err(ProtectedResourceMetadataError(shown_url(&resource)));
        };
        Ok(Self {
            resource,
            authorization_servers: Vec::new(),
            scopes_supported: Vec::new(),
            bearer_methods_supported: ["header"],
            resource_name: None,
            dpop_signing_alg_values_supported: Vec::new(),
            dpop_bound_access_tokens_required: false,
            tls_client_certificate_bound_access_tokens: false,
            origin,
            path,
        })
    }

    /// Adds an issuer whose tokens the API accepts.
    #[must_use]
    pub fn authorization_server(mut self, issuer: impl Into<String>) -> Self {
        self.authorization_servers.push(issuer.into());
        self
    }

    /// Publishes the scopes of a vocabulary, without those that have parameters. By default no scope is published.
    #[must_use]
    pub fn scopes<V: Vocabulary>(self) -> Self {
        // A client cannot request a scope whose parameters have no value.
        let plain = V::DECLARED.iter().filter(|scope| !scope.has_parameters());
        self.scopes_supported(plain.map(|scope| scope.name()))
    }

    /// Publishes these scopes, for instance those that a client requests first.
    #[must_use]
    pub fn scopes_supported<N: AsRef<str>>(mut self, scopes: impl IntoIterator<Item = N>) -> Self {
        self.scopes_supported.extend(scopes.into_iter().map(|scope| scope.as_ref().to_owned()));
        self
    }

    /// Sets the display name of the API.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.resource_name = Some(name.into());
        self
    }

    /// Publishes that the API accepts DPoP, and whether it requires DPoP (RFC 9728 section 2). Default: neither.
    #[cfg(feature = "bound-tokens")]
    #[must_use]
    pub fn dpop(mut self, dpop: &crate::token::Dpop) -> Self {
        self.dpop_signing_alg_values_supported = crate::token::DPOP_ALGORITHMS.to_vec();
        self.dpop_bound_access_tokens_required = dpop.is_required();
        self
    }

    /// Publishes that the API accepts tokens that are bound to certificates (RFC 8705 section 3.3). Default: it does not.
    #[cfg(feature = "bound-tokens")]
    #[must_use]
    pub fn mutual_tls(mut self) -> Self {
        self.tls_client_certificate_bound_access_tokens = true;
        self
    }

    /// Returns the URL of the metadata: the well-known path between the resource's host and its path (RFC 9728 section 3.1).
    /// It never depends on a request.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}{}", self.origin, self.route())
    }

    /// Returns a router that serves the metadata without a token, for every origin (CORS).
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let json: Arc<str> = serde_json::to_string(self).expect("strings are always JSON").into();
        let headers: [(HeaderName, &str); 2] =
            [(CONTENT_TYPE, "application/json"), (ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
        Router::new().route(&self.route(), get(move || async move { (headers, json.to_string()) }))
    }

    fn route(&self) -> String {
        format!("{WELL_KNOWN}{}", self.path)
    }
}

/// Returns the origin, and the path or an empty text. `None` if the identifier is refused.
fn origin_and_path(resource: &str) -> Option<(String, String)> {
    let uri: Uri = resource.parse().ok()?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
    let is_safe = scheme == "https" || scheme == "http" && is_loopback(authority.host());
    // Characters that start a parameter of a route, or end a parameter of a challenge.
    let is_plain = !resource.contains(['#', '"', '\\', '{', '}', '@', '*']) && resource.is_ascii();
    // Only a slash right after the host is removed (RFC 9728 section 3.1).
    let path = if uri.path() == "/" { "" } else { uri.path() };
    (is_safe && is_plain && !path.contains("/:") && uri.query().is_none())
        .then(|| (format!("{scheme}://{authority}"), path.to_owned()))
}

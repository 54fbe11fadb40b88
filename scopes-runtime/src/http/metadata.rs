use std::sync::Arc;

use axum::Router;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE};
use axum::http::{HeaderName, Uri};
use axum::routing::get;
use serde::Serialize;

use crate::scope::Vocabulary;

const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// What a client that knows nothing but the API's address needs to get a token: protected resource metadata (RFC 9728).
///
/// Challenges name its URL, and [`ResourceMetadata::router`] serves it:
///
/// ```
/// use axum::Router;
/// use scopes_runtime::{InvalidResource, ResourceMetadata, ResourceServer, TokenDecoder};
/// # #[scopes_runtime::declare_scopes]
/// # enum Scope {
/// #     /// Read items.
/// #     Items = "items",
/// # }
///
/// fn app(decoder: impl TokenDecoder, api: Router<ResourceServer>) -> Result<Router, InvalidResource> {
///     let metadata = ResourceMetadata::new("https://api.example")?
///         .authorization_server("https://issuer.example")
///         .scopes::<Scope>();
///     let server = ResourceServer::builder(decoder).metadata(&metadata).build().expect("the default realm");
///     Ok(api.with_state(server).merge(metadata.router()))
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct ResourceMetadata {
    resource: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authorization_servers: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scopes_supported: Vec<String>,
    bearer_methods_supported: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_name: Option<String>,
    #[serde(skip)]
    origin: String,
    #[serde(skip)]
    path: String,
}

/// A resource identifier that RFC 9728 section 1.2 does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{}` cannot be a resource identifier; give the API's own URL, which begins with `https://` (or is `http://` on \
     this machine) and has no `#`, no query and no user name",
    .0.escape_debug()
)]
pub struct InvalidResource(String);

impl ResourceMetadata {
    /// The metadata of the API with this URL. Tokens for it have the same URL as their audience (RFC 8707 section 2).
    ///
    /// # Errors
    ///
    /// It is not an https URL without a fragment (RFC 9728 section 1.2). Plain HTTP will do for a loopback address, a
    /// query will not.
    pub fn new(resource: impl Into<String>) -> Result<Self, InvalidResource> {
        let resource = resource.into();
        let Some((origin, path)) = parts(&resource) else { return Err(InvalidResource(resource)) };
        Ok(Self {
            resource,
            authorization_servers: Vec::new(),
            scopes_supported: Vec::new(),
            bearer_methods_supported: ["header"],
            resource_name: None,
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

    /// Lists the scopes of a vocabulary, for everyone to read. Without this and
    /// [`scopes_supported`](Self::scopes_supported) no scope is listed.
    #[must_use]
    pub fn scopes<V: Vocabulary>(self) -> Self {
        self.scopes_supported(V::DECLARED.iter().map(|scope| scope.name()))
    }

    /// Lists these scopes alone: those that are nobody's secret, or that a client is to begin with.
    #[must_use]
    pub fn scopes_supported<N: AsRef<str>>(mut self, scopes: impl IntoIterator<Item = N>) -> Self {
        self.scopes_supported.extend(scopes.into_iter().map(|scope| scope.as_ref().to_owned()));
        self
    }

    /// What people call the API.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.resource_name = Some(name.into());
        self
    }

    /// Where the metadata is: between the resource's host and its path (RFC 9728 section 3.1). Never made of a request.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}{}", self.origin, self.route())
    }

    /// Serves the metadata, for everyone and for scripts of every origin.
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

/// Scheme and authority, and the path if there is one.
fn parts(resource: &str) -> Option<(String, String)> {
    let uri: Uri = resource.parse().ok()?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
    let is_loopback = ["localhost", "127.0.0.1", "[::1]"].contains(&authority.host());
    let is_safe = scheme == "https" || scheme == "http" && is_loopback;
    // What begins a parameter of a route, or ends one of a challenge.
    let is_plain = !resource.contains(['#', '"', '\\', '{', '}', '@', '*']) && resource.is_ascii();
    // Only a slash right after the host is removed (RFC 9728 section 3.1).
    let path = if uri.path() == "/" { "" } else { uri.path() };
    (is_safe && is_plain && !path.contains("/:") && uri.query().is_none())
        .then(|| (format!("{scheme}://{authority}"), path.to_owned()))
}

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, OAuth2, OpenIdConnect, Scopes, SecurityScheme};

#[cfg(feature = "issuer")]
use super::discovery::{DiscoveryError, discover};
use super::endpoints::Endpoints;
use super::vocabulary::DocumentedVocabulary;
use crate::scope::{DeclaredScope, TOKEN_SCHEME, Vocabulary, is_component_name};

/// The default name of a security scheme among a document's components, whatever its type. [`OAuth2Scheme::name`] sets another
/// one.
pub const SCHEME_NAME: &str = TOKEN_SCHEME;

/// A security scheme of a document: how clients obtain tokens, and the declared scopes.
///
/// The scopes that operations require are added automatically, also those of vocabularies that no scheme has.
///
/// ```
/// use scopes_runtime::openapi::OAuth2Scheme;
/// # #[scopes_runtime::declare_scopes]
/// # enum Scope {
/// #     /// Read items.
/// #     Items = "items",
/// # }
///
/// let scheme = OAuth2Scheme::new::<Scope>()
///     .authorization_code("https://issuer.example/authorize", "https://issuer.example/token");
/// ```
///
/// If the document is not made by a [`ScopedRouter`](crate::ScopedRouter), use the scheme as a modifier of utoipa:
///
/// ```
/// use scopes_runtime::openapi::OAuth2Scheme;
/// use utoipa::openapi::OpenApi as Document;
/// use utoipa::{Modify, OpenApi};
/// # #[scopes_runtime::declare_scopes]
/// # enum Scope {
/// #     /// Read items.
/// #     Items = "items",
/// # }
///
/// struct Scopes;
///
/// impl Modify for Scopes {
///     fn modify(&self, document: &mut Document) {
///         OAuth2Scheme::new::<Scope>().client_credentials("https://issuer.example/token").modify(document);
///     }
/// }
///
/// #[derive(OpenApi)]
/// #[openapi(modifiers(&Scopes))]
/// struct Api;
/// # fn main() { Api::openapi(); }
/// ```
///
/// # `x-scopes`
///
/// The component of every scheme, with flows or not, has the scopes in the extension `x-scopes`, and as text in its
/// description. `security` lists the scopes that operations require; a program that decides by the document also accepts the
/// scopes that imply them:
///
/// ```
/// # use scopes_runtime::openapi::OAuth2Scheme;
/// # use utoipa::Modify as _;
/// # use utoipa::openapi::{Info, OpenApi, Paths};
/// # #[scopes_runtime::declare_scopes]
/// # enum Scope {
/// #     /// Read items.
/// #     Items = "items",
/// #     /// Create, change and delete items.
/// #     #[implies(Items)]
/// #     ItemsWrite = "items:write",
/// # }
/// # let mut document = OpenApi::new(Info::new("API", "1"), Paths::new());
/// # OAuth2Scheme::new::<Scope>().modify(&mut document);
/// # let document = serde_json::to_value(document).unwrap();
/// let scheme = &document["components"]["securitySchemes"]["oauth2"];
/// assert_eq!(
///     scheme["x-scopes"],
///     serde_json::json!({
///         "items": {
///             "description": "Read items.",
///             "implies": [], "impliesDirectly": [], "impliedBy": ["items:write"],
///         },
///         "items:write": {
///             "description": "Create, change and delete items.",
///             "implies": ["items"], "impliesDirectly": ["items"], "impliedBy": [],
///         },
///     })
/// );
/// ```
///
/// A scope of a vocabulary that no scheme has is listed where an operation requires it; the scopes that it names need not be.
/// The JSON Schema of the extension:
///
/// ```json
#[doc = include_str!("x-scopes.schema.json")]
/// ```
#[derive(Clone, Debug, Default)]
pub struct OAuth2Scheme {
    name: Option<String>,
    kind: Kind,
    refresh_url: Option<String>,
    scopes: Vec<&'static DeclaredScope>,
}

/// The scheme of routers without one.
pub(super) static UNSPECIFIED: OAuth2Scheme =
    OAuth2Scheme { name: None, kind: Kind::Bearer, refresh_url: None, scopes: Vec::new() };

#[derive(Clone, Debug, Default)]
enum Kind {
    /// Tokens are bearer tokens. How clients obtain them is not specified.
    #[default]
    Bearer,
    Flows(Vec<Endpoints>),
    OpenIdConnect(String),
}

impl OAuth2Scheme {
    /// Creates a scheme with all scopes of a vocabulary and without flows.
    #[must_use]
    pub fn new<V: Vocabulary>() -> Self {
        Self { scopes: V::DECLARED.iter().collect(), ..Self::default() }
    }

    /// Adds all scopes of another vocabulary.
    #[must_use]
    pub fn with_vocabulary<V: Vocabulary>(mut self) -> Self {
        self.scopes.extend(V::DECLARED);
        self
    }

    /// Sets the name of the scheme among the components of the document. Default: [`SCHEME_NAME`]. Schemes of different
    /// authorization servers need different names.
    ///
    /// Only the document of a [`ScopedRouter`](crate::ScopedRouter) and its fragment use the name. In documents that are made
    /// from the handlers alone, every operation refers to [`SCHEME_NAME`].
    ///
    /// ```
    /// use scopes_runtime::openapi::OAuth2Scheme;
    /// # #[scopes_runtime::declare_scopes]
    /// # enum PartnerScope {
    /// #     /// Read orders.
    /// #     Orders = "orders",
    /// # }
    ///
    /// let scheme = OAuth2Scheme::new::<PartnerScope>()
    ///     .name("partners")
    ///     .client_credentials("https://partners.example/token");
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if the name is empty, or has other characters than ASCII letters, digits, `.`, `-` and `_`.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        assert!(
            is_component_name(name.as_bytes()),
            "`{}` cannot name a security scheme: use ASCII letters, digits, `.`, `-` and `_`",
            name.escape_debug()
        );
        self.name = Some(name);
        self
    }

    /// Adds the authorization code flow (RFC 6749 section 4.1), with PKCE: the flow for users (RFC 9700 section 2.1.1).
    #[must_use]
    pub fn authorization_code(
        self,
        authorization_url: impl Into<String>,
        token_url: impl Into<String>,
    ) -> Self {
        let (authorization, token) = (authorization_url.into(), token_url.into());
        self.flow(Endpoints::AuthorizationCode { authorization, token })
    }

    /// Adds the authorization code flow with the endpoints of the issuer's metadata (OpenID Connect Discovery, RFC 8414). The
    /// metadata is fetched once, from at most two locations with 5 s and 256 KiB each.
    ///
    /// With [`open_id_connect`](Self::open_id_connect), the readers of the document fetch the metadata.
    ///
    /// ```no_run
    /// use scopes_runtime::openapi::{DiscoveryError, OAuth2Scheme};
    /// # #[scopes_runtime::declare_scopes]
    /// # enum Scope {
    /// #     /// Read items.
    /// #     Items = "items",
    /// # }
    ///
    /// # async fn start() -> Result<(), DiscoveryError> {
    /// let scheme = OAuth2Scheme::new::<Scope>().discover_authorization_code("https://issuer.example").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// - [`DiscoveryError::UnsafeUrl`] if the issuer is neither an HTTPS nor a loopback URL.
    /// - [`DiscoveryError::HttpClient`] if the HTTPS client cannot be built.
    /// - [`DiscoveryError::Metadata`] if the metadata cannot be fetched, is that of another issuer, or has no
    ///   `authorization_endpoint` or `token_endpoint` with the scheme of the issuer's URL.
    #[cfg(feature = "issuer")]
    #[cfg_attr(docsrs, doc(cfg(feature = "issuer")))]
    pub async fn discover_authorization_code(self, issuer: &str) -> Result<Self, DiscoveryError> {
        let [authorization, token] = discover(issuer, ["authorization_endpoint", "token_endpoint"]).await?;
        Ok(self.authorization_code(authorization, token))
    }

    /// Adds the client credentials flow (RFC 6749 section 4.4): the flow for services.
    #[must_use]
    pub fn client_credentials(self, token_url: impl Into<String>) -> Self {
        self.flow(Endpoints::ClientCredentials { token: token_url.into() })
    }

    /// Adds the device authorization flow (RFC 8628): the flow for devices without a keyboard. OpenAPI 3.1 does not have it, so
    /// the document gets the version 3.2.
    #[must_use]
    pub fn device_authorization(
        self,
        device_authorization_url: impl Into<String>,
        token_url: impl Into<String>,
    ) -> Self {
        let (device_authorization, token) = (device_authorization_url.into(), token_url.into());
        self.flow(Endpoints::DeviceAuthorization { device_authorization, token })
    }

    /// Adds the implicit flow (RFC 6749 section 4.2). It leaks the access token into the browser's history: RFC 9700
    /// section 2.1.2 recommends the authorization code flow instead.
    #[must_use]
    pub fn implicit(self, authorization_url: impl Into<String>) -> Self {
        self.flow(Endpoints::Implicit { authorization: authorization_url.into() })
    }

    /// Adds the password flow (RFC 6749 section 4.3). The client gets the user's password: RFC 9700 section 2.4 forbids it.
    #[must_use]
    pub fn password(self, token_url: impl Into<String>) -> Self {
        self.flow(Endpoints::Password { token: token_url.into() })
    }

    /// Sets the URL for refreshing tokens, for the flows with refresh tokens: authorization code, device authorization and
    /// password. Default: the token URL.
    #[must_use]
    pub fn refresh_url(mut self, url: impl Into<String>) -> Self {
        self.refresh_url = Some(url.into());
        self
    }

    /// Sets the URL of the issuer's OpenID Connect metadata, which lists its flows. It replaces flows that were added before,
    /// and a flow that is added later replaces it.
    #[must_use]
    pub fn open_id_connect(mut self, url: impl Into<String>) -> Self {
        self.kind = Kind::OpenIdConnect(url.into());
        self
    }

    fn flow(mut self, endpoints: Endpoints) -> Self {
        match &mut self.kind {
            Kind::Flows(flows) => flows.push(endpoints),
            Kind::Bearer | Kind::OpenIdConnect(_) => self.kind = Kind::Flows(vec![endpoints]),
        }
        self
    }

    pub(super) fn component_name(&self) -> &str {
        self.name.as_deref().unwrap_or(SCHEME_NAME)
    }

    /// Returns the scopes of the vocabularies.
    pub(super) fn scopes(&self) -> &[&'static DeclaredScope] {
        &self.scopes
    }

    pub(super) fn declares(&self, scopes: &[&DeclaredScope]) -> bool {
        scopes.iter().all(|scope| self.scopes.iter().any(|own| own.name() == scope.name()))
    }

    pub(super) fn add_scopes(&mut self, scopes: &[&'static DeclaredScope]) {
        self.scopes.extend(scopes);
    }

    /// Adds the vocabularies of a scheme of the same name. A scheme without flows and vocabularies is replaced.
    ///
    /// # Panics
    ///
    /// Panics if the schemes are different.
    pub(super) fn unite(&mut self, other: &Self) {
        if other.is_unspecified() {
            return;
        }
        if self.is_unspecified() {
            *self = other.clone();
            return;
        }
        assert!(
            self.with_scopes(&Scopes::new()) == other.with_scopes(&Scopes::new()),
            "two different security schemes are named `{name}`; call `OAuth2Scheme::name` on one of them",
            name = self.component_name()
        );
        self.add_scopes(&other.scopes);
    }

    fn is_unspecified(&self) -> bool {
        !self.is_given() && self.scopes.is_empty()
    }

    /// Returns whether flows or metadata were set.
    pub(super) fn is_given(&self) -> bool {
        !matches!(self.kind, Kind::Bearer)
    }

    /// Returns the scheme as a bearer scheme, with the same vocabularies.
    #[cfg(feature = "aide")]
    pub(super) fn without_flows(self) -> Self {
        Self { kind: Kind::Bearer, ..self }
    }

    pub(super) fn needs_version_3_2(&self) -> bool {
        let is_device = |endpoints: &Endpoints| matches!(endpoints, Endpoints::DeviceAuthorization { .. });
        matches!(&self.kind, Kind::Flows(flows) if flows.iter().any(is_device))
    }

    /// Returns utoipa's scheme.
    pub(super) fn scheme(&self) -> SecurityScheme {
        let vocabulary = DocumentedVocabulary::new(&self.scopes);
        let descriptions = vocabulary.descriptions();
        let mut scheme =
            self.with_scopes(&descriptions.iter().map(|(name, text)| (*name, text.as_str())).collect());
        vocabulary.add_to(&mut scheme);
        scheme
    }

    fn with_scopes(&self, scopes: &Scopes) -> SecurityScheme {
        let flows = match &self.kind {
            Kind::Bearer => {
                return SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
            }
            Kind::OpenIdConnect(url) => return SecurityScheme::OpenIdConnect(OpenIdConnect::new(url)),
            Kind::Flows(flows) => flows,
        };
        let flow = |endpoints: &Endpoints| endpoints.flow(self.refresh_url.clone(), scopes.clone());
        SecurityScheme::OAuth2(OAuth2::new(flows.iter().map(flow)))
    }
}

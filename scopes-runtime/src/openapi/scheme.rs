use std::collections::BTreeMap;

use utoipa::openapi::security::{
    AuthorizationCode, ClientCredentials, DeviceAuthorization, Flow, HttpAuthScheme, HttpBuilder, Implicit,
    OAuth2, OpenIdConnect, Password, Scopes, SecurityScheme,
};

use crate::scope::{DeclaredScope, Vocabulary};

/// The name of the security scheme among a document's components, whatever its type.
pub const SCHEME_NAME: &str = "oauth2";

/// How a client gets a token, as the document's security scheme: the flows, and every declared scope.
///
/// Scopes that an operation requires are added by themselves, those of other vocabularies too.
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
/// Where no [`ScopedRouter`](crate::ScopedRouter) makes the document, the scheme is one of utoipa's modifiers:
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
#[derive(Clone, Debug, Default)]
pub struct OAuth2Scheme {
    kind: Kind,
    refresh_url: Option<String>,
    scopes: Vec<&'static DeclaredScope>,
}

#[derive(Clone, Debug, Default)]
enum Kind {
    /// No more is known than that tokens are borne.
    #[default]
    Bearer,
    Flows(Vec<Endpoints>),
    OpenIdConnect(String),
}

#[derive(Clone, Debug)]
enum Endpoints {
    AuthorizationCode { authorization: String, token: String },
    ClientCredentials { token: String },
    DeviceAuthorization { device_authorization: String, token: String },
    Implicit { authorization: String },
    Password { token: String },
}

impl OAuth2Scheme {
    /// A scheme with all scopes of a vocabulary.
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

    /// The authorization code flow (RFC 6749 section 4.1), with PKCE: the one for people (RFC 9700 section 2.1.1).
    #[must_use]
    pub fn authorization_code(
        self,
        authorization_url: impl Into<String>,
        token_url: impl Into<String>,
    ) -> Self {
        let (authorization, token) = (authorization_url.into(), token_url.into());
        self.flow(Endpoints::AuthorizationCode { authorization, token })
    }

    /// The client credentials flow (RFC 6749 section 4.4): the one for services.
    #[must_use]
    pub fn client_credentials(self, token_url: impl Into<String>) -> Self {
        self.flow(Endpoints::ClientCredentials { token: token_url.into() })
    }

    /// The device authorization flow (RFC 8628): the one for devices without a keyboard. OpenAPI 3.1 does not know it, so
    /// a document with it says 3.2.
    #[must_use]
    pub fn device_authorization(
        self,
        device_authorization_url: impl Into<String>,
        token_url: impl Into<String>,
    ) -> Self {
        let (device_authorization, token) = (device_authorization_url.into(), token_url.into());
        self.flow(Endpoints::DeviceAuthorization { device_authorization, token })
    }

    /// The implicit flow (RFC 6749 section 4.2), which hands the access token to whoever reads the browser's history: RFC
    /// 9700 section 2.1.2 says to use the authorization code flow instead.
    #[must_use]
    pub fn implicit(self, authorization_url: impl Into<String>) -> Self {
        self.flow(Endpoints::Implicit { authorization: authorization_url.into() })
    }

    /// The password flow (RFC 6749 section 4.3), which hands the user's password to the client: RFC 9700 section 2.4
    /// forbids it for anything but a demonstration.
    #[must_use]
    pub fn password(self, token_url: impl Into<String>) -> Self {
        self.flow(Endpoints::Password { token: token_url.into() })
    }

    /// Where clients refresh their tokens, if not at the token URL. It counts for the flows that have refresh tokens:
    /// authorization code, device authorization and password.
    #[must_use]
    pub fn refresh_url(mut self, url: impl Into<String>) -> Self {
        self.refresh_url = Some(url.into());
        self
    }

    /// Where the issuer's OpenID Connect metadata is: clients read there which flows it has. A scheme either leads there
    /// or lists flows; what is said last counts.
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

    /// The scopes of the vocabularies.
    pub(crate) fn scopes(&self) -> &[&'static DeclaredScope] {
        &self.scopes
    }

    /// Whether anybody said how to get a token.
    pub(crate) fn is_given(&self) -> bool {
        !matches!(self.kind, Kind::Bearer)
    }

    pub(super) fn needs_version_3_2(&self) -> bool {
        let is_device = |endpoints: &Endpoints| matches!(endpoints, Endpoints::DeviceAuthorization { .. });
        matches!(&self.kind, Kind::Flows(flows) if flows.iter().any(is_device))
    }

    /// The scheme, with the scopes that operations require beside its own.
    pub(super) fn scheme(&self, required: impl Iterator<Item = &'static DeclaredScope>) -> SecurityScheme {
        let flows = match &self.kind {
            Kind::Bearer => {
                return SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
            }
            Kind::OpenIdConnect(url) => return SecurityScheme::OpenIdConnect(OpenIdConnect::new(url)),
            Kind::Flows(flows) => flows,
        };
        let scopes = self.scopes.iter().copied().chain(required);
        let descriptions: BTreeMap<_, _> = scopes.map(|scope| (scope.name(), description(scope))).collect();
        let scopes: Scopes = descriptions.iter().map(|(name, text)| (*name, text.as_str())).collect();
        SecurityScheme::OAuth2(OAuth2::new(
            flows.iter().map(|endpoints| self.flow_at(endpoints, scopes.clone())),
        ))
    }

    fn flow_at(&self, endpoints: &Endpoints, scopes: Scopes) -> Flow {
        let refresh_url = self.refresh_url.clone();
        match endpoints {
            Endpoints::AuthorizationCode { authorization, token } => {
                let mut flow = AuthorizationCode::new(authorization, token, scopes);
                flow.refresh_url = refresh_url;
                Flow::AuthorizationCode(flow)
            }
            Endpoints::ClientCredentials { token } => {
                Flow::ClientCredentials(ClientCredentials::new(token, scopes))
            }
            Endpoints::DeviceAuthorization { device_authorization, token } => {
                let mut flow = DeviceAuthorization::new(device_authorization, token, scopes);
                flow.refresh_url = refresh_url;
                Flow::DeviceAuthorization(flow)
            }
            Endpoints::Implicit { authorization } => Flow::Implicit(Implicit::new(authorization, scopes)),
            Endpoints::Password { token } => {
                let mut flow = Password::new(token, scopes);
                flow.refresh_url = refresh_url;
                Flow::Password(flow)
            }
        }
    }
}

/// The scope's description, and what a token with it satisfies as well.
fn description(scope: &DeclaredScope) -> String {
    let implied: Vec<_> = scope.implies().iter().map(|name| format!("`{name}`")).collect();
    if implied.is_empty() {
        return scope.description().to_owned();
    }
    format!("{} Includes {}.", scope.description(), implied.join(", "))
}

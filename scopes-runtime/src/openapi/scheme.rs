use std::collections::BTreeMap;

use utoipa::openapi::security::{
    AuthorizationCode, ClientCredentials, Flow, HttpAuthScheme, HttpBuilder, OAuth2, Password, Scopes,
    SecurityScheme,
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
/// let scheme = OAuth2Scheme::of::<Scope>()
///     .authorization_code("https://issuer.example/authorize", "https://issuer.example/token");
/// ```
#[derive(Clone, Debug, Default)]
pub struct OAuth2Scheme {
    flows: Vec<Endpoints>,
    scopes: Vec<&'static DeclaredScope>,
}

#[derive(Clone, Debug)]
enum Endpoints {
    Password { token: String },
    ClientCredentials { token: String },
    AuthorizationCode { authorization: String, token: String },
}

impl OAuth2Scheme {
    /// A scheme with all scopes of a vocabulary.
    #[must_use]
    pub fn of<V: Vocabulary>() -> Self {
        Self { flows: Vec::new(), scopes: V::DECLARED.iter().collect() }
    }

    /// Adds all scopes of another vocabulary.
    #[must_use]
    pub fn and<V: Vocabulary>(mut self) -> Self {
        self.scopes.extend(V::DECLARED);
        self
    }

    /// The authorization code flow (RFC 6749 section 4.1), with PKCE: the one for people (RFC 9700 section 2.1.1).
    #[must_use]
    pub fn authorization_code(
        mut self,
        authorization_url: impl Into<String>,
        token_url: impl Into<String>,
    ) -> Self {
        let (authorization, token) = (authorization_url.into(), token_url.into());
        self.flows.push(Endpoints::AuthorizationCode { authorization, token });
        self
    }

    /// The client credentials flow (RFC 6749 section 4.4): the one for services.
    #[must_use]
    pub fn client_credentials(mut self, token_url: impl Into<String>) -> Self {
        self.flows.push(Endpoints::ClientCredentials { token: token_url.into() });
        self
    }

    /// The password flow (RFC 6749 section 4.3), which hands the user's password to the client: RFC 9700 section 2.4
    /// forbids it for anything but a demonstration.
    #[must_use]
    pub fn password(mut self, token_url: impl Into<String>) -> Self {
        self.flows.push(Endpoints::Password { token: token_url.into() });
        self
    }

    /// The scopes of the vocabularies.
    pub(crate) fn scopes(&self) -> &[&'static DeclaredScope] {
        &self.scopes
    }

    /// The scheme, with the scopes that operations require beside its own. Without a flow it is any bearer token.
    pub(super) fn scheme(&self, required: impl Iterator<Item = &'static DeclaredScope>) -> SecurityScheme {
        if self.flows.is_empty() {
            return SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        }
        let described: BTreeMap<_, _> = self
            .scopes
            .iter()
            .copied()
            .chain(required)
            .map(|scope| (scope.name(), description(scope)))
            .collect();
        let scopes: Scopes =
            described.iter().map(|(name, description)| (*name, description.as_str())).collect();
        let flows = self.flows.iter().map(|endpoints| flow(endpoints, scopes.clone()));
        SecurityScheme::OAuth2(OAuth2::new(flows))
    }
}

/// The scope's description, and what a token with it satisfies as well.
fn description(scope: &DeclaredScope) -> String {
    let implied: Vec<_> = scope.implies().iter().map(|name| format!("`{name}`")).collect();
    match implied.is_empty() {
        true => scope.description().to_owned(),
        false => format!("{} Includes {}.", scope.description(), implied.join(", ")),
    }
}

fn flow(endpoints: &Endpoints, scopes: Scopes) -> Flow {
    match endpoints {
        Endpoints::Password { token } => Flow::Password(Password::new(token, scopes)),
        Endpoints::ClientCredentials { token } => {
            Flow::ClientCredentials(ClientCredentials::new(token, scopes))
        }
        Endpoints::AuthorizationCode { authorization, token } => {
            Flow::AuthorizationCode(AuthorizationCode::new(authorization, token, scopes))
        }
    }
}

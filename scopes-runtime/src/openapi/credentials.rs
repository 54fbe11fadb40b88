use serde_json::Value;
use utoipa::Modify;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpBuilder, SecurityScheme};

use super::components::add_credentials;
use crate::scope::{CredentialLocation, CredentialScheme};

/// Adds the scheme, for documents that are not made by a [`ScopedRouter`](crate::ScopedRouter), beside the modifier
/// [`OAuth2Scheme`](super::OAuth2Scheme). The document's own scheme of the same name stays.
impl Modify for CredentialScheme {
    fn modify(&self, openapi: &mut OpenApi) {
        add_credentials(openapi, &[self]);
    }
}

/// Converts to the security scheme of utoipa's documents.
impl From<&CredentialScheme> for SecurityScheme {
    fn from(scheme: &CredentialScheme) -> Self {
        let description = scheme.description_text().map(str::to_owned);
        let key = |name: &str| {
            let mut key = ApiKeyValue::new(name);
            key.description.clone_from(&description);
            key
        };
        match scheme.location() {
            CredentialLocation::Header(name) => Self::ApiKey(ApiKey::Header(key(name))),
            CredentialLocation::Query(name) => Self::ApiKey(ApiKey::Query(key(name))),
            CredentialLocation::Cookie(name) => Self::ApiKey(ApiKey::Cookie(key(name))),
            CredentialLocation::Authorization(name) => {
                let name = serde_json::from_value(Value::from(name))
                    .expect("`CredentialScheme::http` checked the name");
                Self::Http(HttpBuilder::new().scheme(name).description(description).build())
            }
            CredentialLocation::ClientCertificate => {
                Self::MutualTls { description, extensions: None, deprecated: None }
            }
        }
    }
}

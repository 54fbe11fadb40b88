//! Which issuer's access tokens the API accepts.

use std::fmt;

use scopes_runtime::openapi::{DiscoveryError, OAuth2Scheme};

use crate::api::scopes::Scope;

/// The issuer of the access tokens that this API accepts.
#[derive(Clone, Debug)]
pub enum TokenIssuer {
    /// This program, which signs with a secret (HS256).
    Secret,
    /// This program, which signs with a private key and serves the public key.
    Key,
    /// Another issuer.
    External(ExternalIssuer),
}

/// Another issuer, and the security scheme of its tokens in the document. Displayed as its URL.
#[derive(Clone, Debug)]
pub struct ExternalIssuer {
    url: String,
    scheme: OAuth2Scheme,
}

impl ExternalIssuer {
    /// Describes the issuer by the URL of its metadata.
    pub fn new(url: String) -> Self {
        let configuration = format!("{}/.well-known/openid-configuration", url.trim_end_matches('/'));
        Self { url, scheme: OAuth2Scheme::new::<Scope>().open_id_connect(configuration) }
    }

    /// Fetches the metadata, so that the documentation page can log in by authorization code.
    ///
    /// # Errors
    ///
    /// [`DiscoveryError`] if the endpoints cannot be read. The documentation page then has a field for an access token.
    pub(crate) async fn discover(&mut self) -> Result<(), DiscoveryError> {
        let bearer = OAuth2Scheme::new::<Scope>();
        // Stays if the discovery fails.
        self.scheme = bearer.clone();
        self.scheme = bearer.discover_authorization_code(&self.url).await?;
        Ok(())
    }

    pub(crate) fn scheme(&self) -> OAuth2Scheme {
        self.scheme.clone()
    }
}

impl fmt::Display for ExternalIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

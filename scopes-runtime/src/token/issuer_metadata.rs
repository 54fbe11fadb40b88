//! The metadata of an issuer, and the endpoint URLs in it.

use reqwest::Client;
use serde_json::{Map, Value};
use url::Url;

use super::fetch::{self, FetchError, UrlPolicy, UrlProblem};
use crate::shown_text::quoted;

/// The well-known locations of an issuer's metadata.
#[derive(Clone, Debug)]
pub(crate) struct IssuerMetadata {
    pub(super) issuer: String,
    documents: [Url; 2],
    urls: UrlPolicy,
}

impl IssuerMetadata {
    /// Builds the locations of an issuer's metadata.
    ///
    /// # Errors
    ///
    /// [`UrlProblem`] if the issuer is not a URL that `urls` allows, or has a query or a fragment.
    pub(crate) fn of(issuer: &str, urls: UrlPolicy) -> Result<Self, UrlProblem> {
        let url = urls.parse(issuer)?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(UrlProblem::QueryOrFragment);
        }
        let path = url.path().trim_end_matches('/');
        // OpenID Connect Discovery section 4, and RFC 8414 section 3.1.
        let documents = [
            format!("{path}/.well-known/openid-configuration"),
            format!("/.well-known/oauth-authorization-server{path}"),
        ];
        let documents = documents.map(|path| {
            let mut url = url.clone();
            url.set_path(&path);
            url
        });
        Ok(Self { issuer: issuer.to_owned(), documents, urls })
    }

    /// Returns the location that is requested first. Every other URL of the issuer has the same scheme.
    pub(crate) fn first_url(&self) -> &Url {
        &self.documents[0]
    }

    /// Returns a URL from the first metadata document that can be read.
    ///
    /// # Errors
    ///
    /// [`FetchError`] if neither document can be read, or the member is missing, or not a URL that
    /// [`UrlPolicy::allows_hop`] allows.
    pub(super) async fn url(&self, client: &Client, member: &str) -> Result<Url, FetchError> {
        self.url_in(&self.fetch(client).await?, member)
    }

    /// Returns a URL of this metadata.
    ///
    /// # Errors
    ///
    /// [`FetchError::InvalidDocument`] if the member is missing, or not a URL that [`UrlPolicy::allows_hop`] allows.
    pub(crate) fn url_in(&self, metadata: &Map<String, Value>, member: &str) -> Result<Url, FetchError> {
        let url = metadata.get(member).and_then(Value::as_str).and_then(|url| Url::parse(url).ok());
        url.filter(|url| self.urls.allows_hop(self.first_url(), url)).ok_or_else(|| {
            FetchError::InvalidDocument(format!(
                "the metadata has no `{member}` with the scheme of the issuer's URL; with `http`, both must be on loopback, or \
                 both on the host that plain HTTP is allowed for"
            ))
        })
    }

    /// Returns the first metadata document that can be read.
    pub(crate) async fn fetch(&self, client: &Client) -> Result<Map<String, Value>, FetchError> {
        let mut last_error = FetchError::InvalidDocument("the issuer has no metadata".to_owned());
        for url in &self.documents {
            let fetched = fetch::get(client, url, fetch::JSON).await;
            // Owned, because the metadata is read after the text is dropped.
            match fetched.and_then(|fetched| fetched.object("the metadata").map(Map::from)) {
                Ok(metadata) => return self.checked(metadata),
                Err(error @ (FetchError::Status { .. } | FetchError::InvalidDocument(_))) => {
                    last_error = error;
                }
                Err(error) => return Err(error),
            }
        }
        Err(last_error)
    }

    /// Checks that the metadata has exactly this issuer (RFC 8414 section 3.3, OpenID Connect Discovery section 4.3).
    fn checked(&self, metadata: Map<String, Value>) -> Result<Map<String, Value>, FetchError> {
        let found = metadata.get("issuer").and_then(Value::as_str);
        if found == Some(&*self.issuer) {
            return Ok(metadata);
        }
        let found = found.map_or_else(|| "not a string".to_owned(), quoted);
        Err(FetchError::InvalidDocument(format!(
            "`issuer` in the metadata is {found}, but the configured issuer is `{}`; they must be equal, also in a \
             slash at the end",
            self.issuer
        )))
    }
}

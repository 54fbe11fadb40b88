//! Discovery: an issuer's metadata, and the URLs in it.

use reqwest::Client;
use serde_json::{Map, Value};
use url::Url;

use super::fetch::{self, FetchError, is_safe};

/// Where the metadata of an issuer is.
#[derive(Clone, Debug)]
pub(super) struct IssuerMetadata {
    pub(super) issuer: String,
    documents: [Url; 2],
}

impl IssuerMetadata {
    /// `None` where the issuer is no URL to ask.
    pub(super) fn of(issuer: &str) -> Option<Self> {
        let url = Url::parse(issuer).ok().filter(is_safe)?;
        if url.query().is_some() || url.fragment().is_some() {
            return None;
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
        Some(Self { issuer: issuer.to_owned(), documents })
    }

    /// Where the issuer is asked first; every other URL of it has the same scheme.
    pub(super) fn first(&self) -> &Url {
        &self.documents[0]
    }

    /// A URL of the first metadata document that there is.
    pub(super) async fn url(&self, client: &Client, member: &str) -> Result<Url, FetchError> {
        let metadata = self.fetch(client).await?;
        let url = metadata.get(member).and_then(Value::as_str).and_then(|url| Url::parse(url).ok());
        // The issuer's scheme, as for redirects: metadata over HTTPS leads to no port of this machine.
        let is_same = |url: &Url| url.scheme() == self.first().scheme();
        url.filter(|url| is_safe(url) && is_same(url)).ok_or_else(|| {
            FetchError::Malformed(format!("the metadata has no `{member}` that is an https URL"))
        })
    }

    async fn fetch(&self, client: &Client) -> Result<Map<String, Value>, FetchError> {
        let mut missing = FetchError::Malformed("there is no metadata document to look for".to_owned());
        for url in &self.documents {
            let fetched = fetch::get(client, url, fetch::JSON).await;
            match fetched.and_then(|fetched| fetched.object("the metadata")) {
                Ok(metadata) => return self.checked(metadata),
                Err(error @ (FetchError::Status { .. } | FetchError::Malformed(_))) => missing = error,
                Err(error) => return Err(error),
            }
        }
        Err(missing)
    }

    /// RFC 8414 section 3.3, OpenID Connect Discovery section 4.3: the issuer is identical, or the metadata must not be
    /// used.
    fn checked(&self, metadata: Map<String, Value>) -> Result<Map<String, Value>, FetchError> {
        match metadata.get("issuer").and_then(Value::as_str) == Some(&*self.issuer) {
            true => Ok(metadata),
            false => Err(FetchError::Malformed("the metadata is that of another issuer".to_owned())),
        }
    }
}

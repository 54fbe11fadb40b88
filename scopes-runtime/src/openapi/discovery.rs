//! The endpoints of an issuer for the OAuth2 scheme, from its metadata.

use url::Url;

use crate::readable_debug::readable_debug;
use crate::shown_url::shown_url;
use crate::token::{FetchError, IssuerMetadata, UrlPolicy, client};

/// The error of [`OAuth2Scheme::discover_authorization_code`](super::OAuth2Scheme::discover_authorization_code).
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum DiscoveryError {
    /// The issuer is not an HTTPS or loopback URL, or contains a user name, a password, a query or a fragment.
    #[error("`{url}` is not the URL of an issuer: {help}")]
    UnsafeUrl {
        /// The URL, without user name, password and query.
        url: String,
        /// What to do.
        help: String,
    },
    /// The HTTPS client cannot be built, for example because the system has no certificates.
    #[error("the HTTPS client for the issuer's metadata cannot be built: {0}")]
    HttpClient(#[source] reqwest::Error),
    /// The metadata cannot be fetched, or does not have the endpoints.
    #[error("the endpoints of `{issuer}` cannot be read: {reason}")]
    Metadata {
        /// The URL of the issuer.
        issuer: String,
        /// The failed request, or what the metadata lacks. Never text of the response.
        reason: String,
    },
}

readable_debug!(DiscoveryError);

/// Returns these URLs from the metadata of an issuer. Takes at most 10 s.
pub(super) async fn discover<const N: usize>(
    issuer: &str,
    members: [&str; N],
) -> Result<[Url; N], DiscoveryError> {
    let metadata = IssuerMetadata::of(issuer, UrlPolicy::default())
        .map_err(|problem| DiscoveryError::UnsafeUrl { url: shown_url(issuer), help: problem.help(None) })?;
    let client = client(metadata.first_url(), UrlPolicy::default()).map_err(DiscoveryError::HttpClient)?;
    let unusable =
        |error: FetchError| DiscoveryError::Metadata { issuer: issuer.to_owned(), reason: error.to_string() };
    let document = metadata.fetch(&client).await.map_err(unusable)?;
    let mut urls = members.map(|_| metadata.first_url().clone());
    for (url, member) in urls.iter_mut().zip(members) {
        *url = metadata.url_in(&document, member).map_err(unusable)?;
    }
    Ok(urls)
}

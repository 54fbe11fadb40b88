use std::fmt;
use std::time::Duration;

use headers::{CacheControl, HeaderMapExt as _};
use jsonwebtoken::Algorithm;
use reqwest::{Client, Response, StatusCode, redirect};
use serde_json::Value;
use url::{Host, Url};

use super::super::json;
use super::super::key::VerificationKey;
use super::key_set;

/// For one document, from the connection to its last byte.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Far more than any issuer's documents have.
const MAX_BYTES: usize = 256 * 1024;
const MAX_REDIRECTS: usize = 3;

/// Why there are no keys. For the operator's log: what an issuer sends is never repeated in it.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("{url} cannot be fetched: {source}")]
    Http { url: Url, source: reqwest::Error },
    #[error("{url} answers {status}")]
    Status { url: Url, status: StatusCode },
    #[error("{0} sends more than {MAX_BYTES} bytes")]
    TooLong(Url),
    #[error("{0}")]
    Malformed(String),
}

impl FetchError {
    pub(super) fn malformed(document: &str, reason: impl std::fmt::Display) -> Self {
        Self::Malformed(format!("{document} {reason}"))
    }
}

/// Where an issuer's keys are.
#[derive(Clone, Debug)]
pub(super) enum Location {
    /// The issuer's metadata says.
    Discovered {
        issuer: String,
        documents: [Url; 2],
    },
    Known(Url),
}

pub(super) struct Fetched {
    pub(super) keys: Vec<VerificationKey>,
    /// For how long the issuer wants them kept.
    pub(super) max_age: Option<Duration>,
}

pub(super) fn client() -> reqwest::Result<Client> {
    let same_scheme = redirect::Policy::custom(|attempt| {
        let is_same = attempt.previous().last().is_some_and(|from| from.scheme() == attempt.url().scheme());
        match attempt.previous().len() <= MAX_REDIRECTS && is_same && is_safe(attempt.url()) {
            true => attempt.follow(),
            false => attempt.error("it redirects to another scheme, or too often"),
        }
    });
    Client::builder().redirect(same_scheme).timeout(TIMEOUT).referer(false).build()
}

/// HTTPS, or this very machine: keys that come over plain HTTP are whoever's who is on the way.
pub(super) fn is_safe(url: &Url) -> bool {
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || url.scheme() == "http" && is_loopback
}

pub(super) async fn keys(
    client: &Client,
    location: &Location,
    rsa: Algorithm,
) -> Result<Fetched, FetchError> {
    let url = match location {
        Location::Known(url) => url.clone(),
        Location::Discovered { issuer, documents } => discover(client, issuer, documents).await?,
    };
    let (text, max_age) = get(client, &url).await?;
    Ok(Fetched { keys: key_set::parse(&text, rsa)?, max_age })
}

/// The `jwks_uri` of the first metadata document that there is.
async fn discover(client: &Client, issuer: &str, documents: &[Url; 2]) -> Result<Url, FetchError> {
    let mut missing = FetchError::Malformed("there is no metadata document to look for".to_owned());
    for url in documents {
        match get(client, url).await {
            Ok((text, _)) => return jwks_uri(&text, issuer),
            Err(error @ FetchError::Status { .. }) => missing = error,
            Err(error) => return Err(error),
        }
    }
    Err(missing)
}

fn jwks_uri(text: &[u8], issuer: &str) -> Result<Url, FetchError> {
    let metadata =
        json::object(text).map_err(|malformed| FetchError::malformed("the metadata", malformed))?;
    // RFC 8414 section 3.3, OpenID Connect Discovery section 4.3: identical, or it must not be used.
    if metadata.get("issuer").and_then(Value::as_str) != Some(issuer) {
        return Err(FetchError::Malformed("the metadata is that of another issuer".to_owned()));
    }
    let url = metadata.get("jwks_uri").and_then(Value::as_str).and_then(|url| Url::parse(url).ok());
    url.filter(is_safe).ok_or_else(|| {
        FetchError::Malformed("the metadata has no `jwks_uri` that is an https URL".to_owned())
    })
}

async fn get(client: &Client, url: &Url) -> Result<(Vec<u8>, Option<Duration>), FetchError> {
    let http = |source: reqwest::Error| FetchError::Http { url: url.clone(), source: source.without_url() };
    let mut response =
        client.get(url.clone()).header("accept", "application/json").send().await.map_err(http)?;
    if response.status() != StatusCode::OK {
        return Err(FetchError::Status { url: url.clone(), status: response.status() });
    }
    let max_age = max_age(&response);
    let mut text = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(http)? {
        if text.len() + chunk.len() > MAX_BYTES {
            return Err(FetchError::TooLong(url.clone()));
        }
        text.extend_from_slice(&chunk);
    }
    Ok((text, max_age))
}

/// RFC 9111 section 4.2.1.
fn max_age(response: &Response) -> Option<Duration> {
    let control = response.headers().typed_get::<CacheControl>()?;
    match control.no_store() || control.no_cache() {
        true => Some(Duration::ZERO),
        false => control.max_age(),
    }
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Discovered { issuer, .. } => formatter.write_str(issuer),
            Self::Known(url) => url.fmt(formatter),
        }
    }
}

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode};
use url::Url;

use crate::token::fetch::{FetchError, without_query};
use crate::token::issuer_metadata::IssuerMetadata;

/// How long a discovered URL is used.
const SUCCESS_TTL: Duration = Duration::from_secs(60 * 60);
/// How long discovery is not repeated after it has failed.
const FAILURE_TTL: Duration = Duration::from_secs(1);

/// The introspection endpoint.
#[derive(Clone)]
pub(super) enum Endpoint {
    /// From the issuer's metadata, requested with the first token.
    Discovered(IssuerMetadata, Arc<Mutex<Option<Discovery>>>),
    Configured(Url),
}

/// The result of discovery.
#[derive(Clone)]
pub(super) struct Discovery {
    /// `None` if it has failed.
    url: Option<Url>,
    expires_at: Instant,
}

impl Endpoint {
    /// Returns the URL that is requested first. Every other URL of the issuer has the same scheme.
    pub(super) fn first_url(&self) -> &Url {
        match self {
            Self::Configured(url) => url,
            Self::Discovered(metadata, _) => metadata.first_url(),
        }
    }

    /// Returns the URL of the endpoint, from the cache or by discovery.
    pub(super) async fn url(&self, http: &Client) -> Result<Url, FetchError> {
        let (metadata, cached) = match self {
            Self::Configured(url) => return Ok(url.clone()),
            Self::Discovered(metadata, cached) => (metadata, cached),
        };
        let last = cached.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match last.filter(|discovery| Instant::now() < discovery.expires_at) {
            Some(Discovery { url: Some(url), .. }) => return Ok(url),
            Some(Discovery { url: None, .. }) => {
                return Err(FetchError::InvalidDocument(
                    "discovery has failed less than a second ago".to_owned(),
                ));
            }
            None => {}
        }
        let result = metadata.url(http, "introspection_endpoint").await;
        let ttl = if result.is_ok() { SUCCESS_TTL } else { FAILURE_TTL };
        let discovery = Discovery { url: result.as_ref().ok().cloned(), expires_at: Instant::now() + ttl };
        *cached.lock().unwrap_or_else(PoisonError::into_inner) = Some(discovery);
        result
    }

    /// Removes the discovered URL if the endpoint responded 404 or 410, so that the next token repeats discovery.
    pub(super) fn invalidate_if_gone(&self, error: &FetchError) {
        let is_gone = matches!(error, FetchError::Status { status, .. }
            if [StatusCode::NOT_FOUND, StatusCode::GONE].contains(status));
        if let (true, Self::Discovered(_, cached)) = (is_gone, self) {
            *cached.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configured(url) => formatter.debug_tuple("Configured").field(&without_query(url)).finish(),
            Self::Discovered(metadata, _) => {
                formatter.debug_tuple("Discovered").field(&metadata.issuer).finish()
            }
        }
    }
}

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode};
use url::Url;

use crate::token::fetch::FetchError;
use crate::token::issuer_metadata::IssuerMetadata;

/// For how long the metadata's word counts.
const FOUND_AGE: Duration = Duration::from_secs(60 * 60);
/// For how long it is not asked for again where it cannot be had.
const MISSING_AGE: Duration = Duration::from_secs(1);

/// Where tokens are introspected.
#[derive(Clone, Debug)]
pub(super) enum Endpoint {
    /// The issuer's metadata says, once it can be had.
    Discovered(IssuerMetadata, Arc<Mutex<Option<Known>>>),
    Known(Url),
}

/// What the metadata said, if it could be had, and until when that counts.
#[derive(Clone, Debug)]
pub(super) struct Known {
    url: Option<Url>,
    until: Instant,
}

impl Endpoint {
    /// Where the issuer is asked first; every other URL of it has the same scheme.
    pub(super) fn first(&self) -> &Url {
        match self {
            Self::Known(url) => url,
            Self::Discovered(metadata, _) => metadata.first(),
        }
    }

    pub(super) async fn url(&self, http: &Client) -> Result<Url, FetchError> {
        let (metadata, known) = match self {
            Self::Known(url) => return Ok(url.clone()),
            Self::Discovered(metadata, known) => (metadata, known),
        };
        let before = known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match before.filter(|known| Instant::now() < known.until) {
            Some(Known { url: Some(url), .. }) => return Ok(url),
            Some(Known { url: None, .. }) => {
                return Err(FetchError::Malformed("the metadata could not be had a moment ago".to_owned()));
            }
            None => {}
        }
        let found = metadata.url(http, "introspection_endpoint").await;
        let age = if found.is_ok() { FOUND_AGE } else { MISSING_AGE };
        let now = Known { url: found.as_ref().ok().cloned(), until: Instant::now() + age };
        *known.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
        found
    }

    /// Has the metadata asked again where there is nothing any more.
    pub(super) fn forget_if_gone(&self, error: &FetchError) {
        let is_gone = matches!(error, FetchError::Status { status, .. }
            if [StatusCode::NOT_FOUND, StatusCode::GONE].contains(status));
        if let (true, Self::Discovered(_, known)) = (is_gone, self) {
            *known.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }
}

use std::fmt;
use std::time::Duration;

use jsonwebtoken::Algorithm;
use reqwest::Client;
use url::Url;

use super::key_set::KeySet;
use crate::token::fetch::{self, FetchError};
use crate::token::issuer_metadata::IssuerMetadata;

/// The location of an issuer's key set.
#[derive(Clone)]
pub(super) enum Location {
    /// `jwks_uri` of the issuer's metadata.
    Discovered(IssuerMetadata),
    Configured(Url),
}

impl Location {
    /// Returns the URL that is requested first. Every other URL of the issuer has the same scheme.
    pub(super) fn first_url(&self) -> &Url {
        match self {
            Self::Configured(url) => url,
            Self::Discovered(metadata) => metadata.first_url(),
        }
    }

    /// Fetches the keys, and returns their freshness lifetime, if any.
    pub(super) async fn fetch_keys(
        &self,
        client: &Client,
        rsa_algorithm: Algorithm,
        issuer: &str,
    ) -> Result<(KeySet, Option<Duration>), FetchError> {
        let url = match self {
            Self::Configured(url) => url.clone(),
            Self::Discovered(metadata) => metadata.url(client, "jwks_uri").await?,
        };
        let fetched = fetch::get(client, &url, fetch::JWK_SET).await?;
        Ok((KeySet::read(&fetched.text, rsa_algorithm, issuer)?, fetched.max_age))
    }
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Discovered(metadata) => formatter.write_str(&metadata.issuer),
            Self::Configured(url) => formatter.write_str(&fetch::without_query(url)),
        }
    }
}

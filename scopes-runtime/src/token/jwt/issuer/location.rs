use std::fmt;
use std::time::Duration;

use jsonwebtoken::Algorithm;
use reqwest::Client;
use url::Url;

use super::key_set::KeySet;
use crate::token::fetch::{self, FetchError};
use crate::token::issuer_metadata::IssuerMetadata;

/// Where an issuer's keys are.
#[derive(Clone, Debug)]
pub(super) enum Location {
    /// The issuer's metadata says.
    Discovered(IssuerMetadata),
    Known(Url),
}

impl Location {
    /// Where the issuer is asked first; every other URL of it has the same scheme.
    pub(super) fn first(&self) -> &Url {
        match self {
            Self::Known(url) => url,
            Self::Discovered(metadata) => metadata.first(),
        }
    }

    /// The keys, and for how long the issuer wants them kept.
    pub(super) async fn keys(
        &self,
        client: &Client,
        rsa: Algorithm,
        issuer: &str,
    ) -> Result<(KeySet, Option<Duration>), FetchError> {
        let url = match self {
            Self::Known(url) => url.clone(),
            Self::Discovered(metadata) => metadata.url(client, "jwks_uri").await?,
        };
        let fetched = fetch::get(client, &url, fetch::JWK_SET).await?;
        Ok((KeySet::read(&fetched.text, rsa, issuer)?, fetched.max_age))
    }
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Discovered(metadata) => formatter.write_str(&metadata.issuer),
            Self::Known(url) => url.fmt(formatter),
        }
    }
}

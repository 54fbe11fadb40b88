use std::fmt;
use std::time::Duration;

use jsonwebtoken::Algorithm;
use reqwest::Client;
use serde_json::{Map, Value};
use url::Url;

use super::key_set;
use crate::token::fetch::{self, FetchError};
use crate::token::issuer_metadata::IssuerMetadata;
use crate::token::jwt::key::VerificationKey;

/// Where an issuer's keys are.
#[derive(Clone, Debug)]
pub(super) enum Location {
    /// The issuer's metadata says.
    Discovered(IssuerMetadata),
    Known(Url),
}

/// Keys, as they were published.
pub(super) struct Published {
    /// The set, as it came.
    pub(super) set: Map<String, Value>,
    pub(super) keys: Vec<VerificationKey>,
    /// For how long the issuer wants them kept.
    pub(super) max_age: Option<Duration>,
}

impl Location {
    /// Where the issuer is asked first; every other URL of it has the same scheme.
    pub(super) fn first(&self) -> &Url {
        match self {
            Self::Known(url) => url,
            Self::Discovered(metadata) => metadata.first(),
        }
    }

    pub(super) async fn keys(&self, client: &Client, rsa: Algorithm) -> Result<Published, FetchError> {
        let url = match self {
            Self::Known(url) => url.clone(),
            Self::Discovered(metadata) => metadata.url(client, "jwks_uri").await?,
        };
        let fetched = fetch::get(client, &url, fetch::JWK_SET).await?;
        let set = fetched.object("the key set")?;
        let keys = key_set::usable(&set, rsa)?;
        Ok(Published { set, keys, max_age: fetched.max_age })
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

//! Requests to issuers: over HTTPS or to this machine, in bounded time, with answers of bounded length.

use std::time::Duration;

use headers::{CacheControl, HeaderMapExt as _};
use reqwest::{Client, RequestBuilder, Response, StatusCode, redirect};
use serde_json::{Map, Value};
use url::{Host, Url};

use super::json;

/// For one answer, from the connection to its last byte.
pub(super) const TIMEOUT: Duration = Duration::from_secs(5);
/// Far more than any issuer's documents have.
const MAX_BYTES: usize = 256 * 1024;
const MAX_REDIRECTS: usize = 3;
/// Some firewalls refuse requests without one.
const USER_AGENT: &str = concat!("scopes-runtime/", env!("CARGO_PKG_VERSION"));

pub(super) const JSON: &str = "application/json";
/// RFC 7517 section 8.5.1, and what most issuers send. Some answer 406 where the one that they send is not accepted.
pub(super) const JWK_SET: &str = "application/jwk-set+json, application/json";

/// Why there is no answer to use. For the operator's log: what an issuer sends is never repeated in it.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("{url} cannot be asked: {source}")]
    Http { url: Url, source: reqwest::Error },
    #[error("{url} answers {status}")]
    Status { url: Url, status: StatusCode },
    #[error("{0} sends more than {MAX_BYTES} bytes")]
    TooLong(Url),
    #[error("{0}")]
    Malformed(String),
}

/// An answer, whole.
pub(super) struct Fetched {
    pub(super) text: Vec<u8>,
    /// For how long it may be kept, where it says so (RFC 9111 section 4.2.1).
    pub(super) max_age: Option<Duration>,
}

impl Fetched {
    /// The JSON object that it is.
    pub(super) fn object(&self, document: &str) -> Result<Map<String, Value>, FetchError> {
        json::object(&self.text).map_err(|malformed| FetchError::Malformed(format!("{document} {malformed}")))
    }
}

/// A client for this URL and others of its scheme that follows redirects within it, a few.
pub(super) fn client(url: &Url) -> reqwest::Result<Client> {
    client_with(
        url,
        redirect::Policy::custom(|attempt| {
            let is_same =
                attempt.previous().last().is_some_and(|from| from.scheme() == attempt.url().scheme());
            match attempt.previous().len() <= MAX_REDIRECTS && is_same && is_safe(attempt.url()) {
                true => attempt.follow(),
                false => attempt.error("it redirects to another scheme, or too often"),
            }
        }),
    )
}

/// A client that follows no redirect, for requests that carry a secret.
pub(super) fn client_without_redirects(url: &Url) -> reqwest::Result<Client> {
    client_with(url, redirect::Policy::none())
}

fn client_with(url: &Url, redirects: redirect::Policy) -> reqwest::Result<Client> {
    let builder =
        Client::builder().user_agent(USER_AGENT).redirect(redirects).timeout(TIMEOUT).referer(false);
    match url.scheme() {
        "https" => builder.build(),
        // What goes to this very machine goes in plain text: a proxy from the environment would see it, and could answer.
        _ => builder.no_proxy().build(),
    }
}

/// HTTPS, or this very machine: what comes over plain HTTP is whoever's who is on the way. No user name and no password,
/// which would stand in logs.
pub(super) fn is_safe(url: &Url) -> bool {
    if !url.username().is_empty() || url.password().is_some() {
        return false;
    }
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || url.scheme() == "http" && is_loopback
}

/// A URL that is not safe, without a user and a password that it may have.
pub(super) fn shown(url: &str) -> String {
    url.rsplit_once('@').map_or_else(|| url.to_owned(), |(_, rest)| format!("…@{rest}"))
}

/// Fetches a document of these media types. Any other status than 200 is an error.
pub(super) async fn get(client: &Client, url: &Url, accept: &'static str) -> Result<Fetched, FetchError> {
    let (_, fetched) = send(client.get(url.clone()), url, accept, &[StatusCode::OK]).await?;
    Ok(fetched)
}

/// Sends a request for JSON, and reads answers of these statuses alone.
pub(super) async fn answer(
    request: RequestBuilder,
    url: &Url,
    statuses: &[StatusCode],
) -> Result<(StatusCode, Fetched), FetchError> {
    send(request, url, JSON, statuses).await
}

async fn send(
    request: RequestBuilder,
    url: &Url,
    accept: &'static str,
    statuses: &[StatusCode],
) -> Result<(StatusCode, Fetched), FetchError> {
    let http = |source: reqwest::Error| FetchError::Http { url: url.clone(), source: source.without_url() };
    let mut response = request.header("accept", accept).send().await.map_err(http)?;
    let status = response.status();
    if !statuses.contains(&status) {
        return Err(FetchError::Status { url: url.clone(), status });
    }
    let max_age = max_age(&response);
    let mut text = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(http)? {
        if text.len() + chunk.len() > MAX_BYTES {
            return Err(FetchError::TooLong(url.clone()));
        }
        text.extend_from_slice(&chunk);
    }
    Ok((status, Fetched { text, max_age }))
}

fn max_age(response: &Response) -> Option<Duration> {
    let control = response.headers().typed_get::<CacheControl>()?;
    if control.no_store() || control.no_cache() {
        return Some(Duration::ZERO);
    }
    // A cache on the way has had it for so long.
    let age = response.headers().get("age").and_then(|age| age.to_str().ok()?.parse().ok());
    Some(control.max_age()?.saturating_sub(Duration::from_secs(age.unwrap_or(0))))
}

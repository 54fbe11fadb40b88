//! Requests to issuers: over HTTPS, to loopback or to a named host, in bounded time, with responses of bounded length.

use std::error::Error;
use std::time::Duration;

use headers::{CacheControl, HeaderMapExt as _};
use reqwest::{Client, RequestBuilder, Response, StatusCode, redirect};
use url::{Position, Url};

use super::json::{self, Object};
use crate::loopback::is_loopback;

/// Longest time of one request, from the connection to the last byte of the response.
pub(super) const TIMEOUT: Duration = Duration::from_secs(5);
/// Longest response body. Metadata and key sets have a few KiB.
const MAX_BODY_BYTES: usize = 256 * 1024;
const MAX_REDIRECTS: usize = 3;
/// Some firewalls refuse requests without a `User-Agent`.
const USER_AGENT: &str = concat!("scopes-runtime/", env!("CARGO_PKG_VERSION"));

pub(super) const JSON: &str = "application/json";
/// The media type of RFC 7517 section 8.5.1, and the one that most issuers send. Some issuers respond 406 if the type that
/// they send is not accepted.
pub(super) const JWK_SET: &str = "application/jwk-set+json, application/json";

/// The error of a request to an issuer. It goes to the log, so text from the response is cut and escaped in it, and URLs are
/// [`without_query`].
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("the request to {url} failed: {}", with_causes(source))]
    Http { url: String, source: reqwest::Error },
    #[error("{url} responded {status}")]
    Status { url: String, status: StatusCode },
    #[error("the response of {0} has more than {MAX_BODY_BYTES} bytes")]
    TooLong(String),
    #[error("{0}")]
    InvalidDocument(String),
}

/// Returns the text of the error and of its causes, such as that of a connection: at most 256 characters, because an issuer's
/// certificate may be named in it.
fn with_causes(error: &reqwest::Error) -> String {
    let causes = std::iter::successors(Some(error as &dyn Error), |&error| error.source());
    let text = causes.map(ToString::to_string).collect::<Vec<_>>().join(": ");
    text.chars().take(256).collect()
}

/// Returns the text of a URL for events and errors. The query may contain a secret, such as the key of an Azure function. A
/// password is not in it: see [`UrlPolicy`].
pub(super) fn without_query(url: &Url) -> String {
    let query = if url.query().is_some() { "?…" } else { "" };
    format!("{}{query}", &url[..Position::AfterPath])
}

/// A response, read to its end.
pub(super) struct Fetched {
    pub(super) text: Vec<u8>,
    /// The freshness lifetime in the `Cache-Control` header, if any (RFC 9111 section 4.2.1).
    pub(super) max_age: Option<Duration>,
}

impl Fetched {
    /// Parses the body as a JSON object. `document` names it in the error.
    pub(super) fn object(&self, document: &str) -> Result<Object<'_>, FetchError> {
        json::object(&self.text).map_err(|error| FetchError::InvalidDocument(format!("{document} {error}")))
    }
}

/// Why a configured URL is refused.
#[derive(Clone, Copy, Debug)]
pub(crate) enum UrlProblem {
    NotAbsolute,
    Credentials,
    PlainHttp,
    QueryOrFragment,
}

impl UrlProblem {
    /// Returns what to do. `opt_in` is the method that allows plain HTTP to a host, if there is one.
    pub(crate) fn help(self, opt_in: Option<&str>) -> String {
        let help = match (self, opt_in) {
            (Self::NotAbsolute, _) => {
                "write an absolute one, such as `https://issuer.example`, with no space around it"
            }
            (Self::Credentials, _) => "remove the user name and the password, which would be logged",
            (Self::QueryOrFragment, _) => "remove the query or the fragment, which no issuer has",
            (Self::PlainHttp, None) => "use `https://`, or a loopback address",
            (Self::PlainHttp, Some(opt_in)) => {
                return format!(
                    "use `https://`, or a loopback address. For development in containers, `{opt_in}` allows one host, named \
                     without scheme and port"
                );
            }
        };
        help.to_owned()
    }
}

/// The URLs that requests may go to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct UrlPolicy {
    /// A host that plain HTTP is allowed for, beside loopback.
    pub(super) http_host: Option<&'static str>,
}

impl UrlPolicy {
    /// Parses a configured URL that requests may go to.
    pub(super) fn parse(self, text: &str) -> Result<Url, UrlProblem> {
        // The parser would add the slashes, and remove the space, of which the claim `iss` has none.
        let is_written_out = text.contains("://") && text.trim() == text;
        let url = Url::parse(text).ok().filter(|_| is_written_out).ok_or(UrlProblem::NotAbsolute)?;
        self.problem(&url).map_or(Ok(url), Err)
    }

    /// Returns whether requests may go to this URL.
    fn allows(self, url: &Url) -> bool {
        self.problem(url).is_none()
    }

    /// Returns why requests may not go to a URL: it must be HTTPS, or plain HTTP to loopback or to the named host. URLs with a
    /// user name or password are refused, because URLs are logged.
    fn problem(self, url: &Url) -> Option<UrlProblem> {
        let is_http_host =
            |host| is_loopback(host) || self.http_host.is_some_and(|named| host.eq_ignore_ascii_case(named));
        if !url.username().is_empty() || url.password().is_some() {
            return Some(UrlProblem::Credentials);
        }
        match url.scheme() {
            "https" => None,
            "http" if url.host_str().is_some_and(is_http_host) => None,
            "http" => Some(UrlProblem::PlainHttp),
            _ => Some(UrlProblem::NotAbsolute),
        }
    }

    /// Returns whether a redirect or a document of one URL may lead to another: HTTPS to HTTPS, loopback to loopback, and the
    /// named host to itself. Otherwise an attacker who changes a response of the named host could make this program request
    /// local ports.
    pub(super) fn allows_hop(self, from: &Url, to: &Url) -> bool {
        self.allows(to)
            && from.scheme() == to.scheme()
            && (to.scheme() == "https" || is_on_loopback(from) == is_on_loopback(to))
    }
}

fn is_on_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(is_loopback)
}

/// Creates a client that follows up to three redirects.
pub(crate) fn client(url: &Url, urls: UrlPolicy) -> reqwest::Result<Client> {
    client_with(
        url,
        redirect::Policy::custom(move |attempt| {
            let from = attempt.previous().last();
            let is_allowed = from.is_some_and(|from| urls.allows_hop(from, attempt.url()));
            if attempt.previous().len() <= MAX_REDIRECTS && is_allowed {
                attempt.follow()
            } else {
                attempt.error("it redirects to another scheme, to an unsafe host, or too often")
            }
        }),
    )
}

/// Creates a client that follows no redirects, for requests with a secret.
pub(super) fn client_without_redirects(url: &Url) -> reqwest::Result<Client> {
    client_with(url, redirect::Policy::none())
}

fn client_with(url: &Url, redirects: redirect::Policy) -> reqwest::Result<Client> {
    let builder =
        Client::builder().user_agent(USER_AGENT).redirect(redirects).timeout(TIMEOUT).referer(false);
    if url.scheme() == "https" {
        builder.build()
    } else {
        warn_if_not_loopback(url);
        // The requests are in plain text. A proxy from the environment could read them and respond itself.
        builder.no_proxy().build()
    }
}

fn warn_if_not_loopback(url: &Url) {
    if !is_on_loopback(url) {
        tracing::warn!(
            target: "scopes_runtime::plain_http",
            host = url.host_str(),
            "requests to an issuer are not encrypted: an attacker who changes a response can forge tokens"
        );
    }
}

/// Fetches a document of these media types. Every status but 200 is an error.
pub(super) async fn get(client: &Client, url: &Url, accept: &'static str) -> Result<Fetched, FetchError> {
    let (_, fetched) = send(client.get(url.clone()), url, accept, &[StatusCode::OK]).await?;
    Ok(fetched)
}

/// Sends a request for JSON. Every other status than these is an error.
pub(super) async fn send_json(
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
    let http =
        |source: reqwest::Error| FetchError::Http { url: without_query(url), source: source.without_url() };
    let mut response = request.header("accept", accept).send().await.map_err(http)?;
    let status = response.status();
    if !statuses.contains(&status) {
        return Err(FetchError::Status { url: without_query(url), status });
    }
    let max_age = max_age(&response);
    let mut text = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(http)? {
        if text.len() + chunk.len() > MAX_BODY_BYTES {
            return Err(FetchError::TooLong(without_query(url)));
        }
        text.extend_from_slice(&chunk);
    }
    Ok((status, Fetched { text, max_age }))
}

/// Returns the freshness lifetime of a response: zero if it must not be stored or reused, `None` if it has none.
fn max_age(response: &Response) -> Option<Duration> {
    let control = response.headers().typed_get::<CacheControl>()?;
    if control.no_store() || control.no_cache() {
        return Some(Duration::ZERO);
    }
    // How long a cache on the way has stored the response (RFC 9111 section 5.1).
    let age = response.headers().get("age").and_then(|age| age.to_str().ok()?.parse().ok());
    Some(control.max_age()?.saturating_sub(Duration::from_secs(age.unwrap_or(0))))
}

//! Valid credentials other than access tokens.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::Request;

use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::{HeaderName, HeaderValue};

use crate::scope::{CredentialLocation, CredentialScheme};

/// Adds valid credentials to a request.
pub(super) type AddCredentials = Arc<dyn Fn(&mut Request<Bytes>) + Send + Sync>;

/// Valid credentials by the names of their schemes.
#[derive(Clone, Default)]
pub(super) struct ValidCredentials(BTreeMap<String, AddCredentials>);

impl ValidCredentials {
    pub(super) fn set(&mut self, scheme: &str, add: AddCredentials) {
        self.0.insert(scheme.to_owned(), add);
    }

    /// Returns the names of the schemes.
    pub(super) fn schemes(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub(super) fn has(&self, scheme: &CredentialScheme) -> bool {
        self.0.contains_key(scheme.name())
    }

    /// Returns those of the schemes.
    pub(super) fn of<'a>(
        &self,
        schemes: impl IntoIterator<Item = &'a &'static CredentialScheme>,
    ) -> Vec<AddCredentials> {
        schemes.into_iter().filter_map(|scheme| self.0.get(scheme.name()).cloned()).collect()
    }

    /// Returns each scheme with the credentials of all others.
    pub(super) fn without_each<'a>(
        &self,
        schemes: &'a [&'static CredentialScheme],
    ) -> impl Iterator<Item = (&'static CredentialScheme, Vec<AddCredentials>)> + use<'a, '_> {
        schemes
            .iter()
            .map(|&scheme| (scheme, self.of(schemes.iter().filter(|other| other.name() != scheme.name()))))
    }
}

/// Returns a function that replaces credentials of a request by garbage. `None` if a request does not contain them.
pub(super) fn garbage(scheme: &CredentialScheme) -> Option<AddCredentials> {
    let (name, value) = match scheme.location() {
        CredentialLocation::Header(name) => (HeaderName::try_from(name).ok()?, "garbage".to_owned()),
        CredentialLocation::Authorization(scheme) => (AUTHORIZATION, format!("{scheme} garbage")),
        CredentialLocation::Cookie(name) => {
            return Some(Arc::new(move |request| {
                let headers = request.headers_mut();
                let cookies = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
                let cookies = with_garbage(cookies.flat_map(|line| line.split(';')), name, "; ");
                headers.insert(COOKIE, HeaderValue::try_from(cookies).expect("a name that clients can send"));
            }));
        }
        CredentialLocation::Query(name) => {
            let name = encoded(name);
            return Some(Arc::new(move |request| {
                let pairs = request.uri().query().unwrap_or_default().split('&');
                let uri = format!("{}?{}", request.uri().path(), with_garbage(pairs, &name, "&"));
                *request.uri_mut() = uri.parse().expect("an encoded name");
            }));
        }
        CredentialLocation::ClientCertificate => return None,
    };
    let value = HeaderValue::try_from(value).ok()?;
    Some(Arc::new(move |request| drop(request.headers_mut().insert(name.clone(), value.clone()))))
}

/// Returns the pairs with garbage as the value of this name.
fn with_garbage<'a>(pairs: impl Iterator<Item = &'a str>, name: &str, separator: &str) -> String {
    let is_other = |pair: &&str| !pair.is_empty() && pair.split('=').next() != Some(name);
    let others = pairs.map(str::trim).filter(is_other).map(str::to_owned);
    others.chain([format!("{name}=garbage")]).collect::<Vec<_>>().join(separator)
}

/// Returns the name percent-encoded, except letters, digits and `-._~` (RFC 3986 section 2.3).
fn encoded(name: &str) -> String {
    let bytes = name.bytes().map(|byte| match byte {
        b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    });
    bytes.collect()
}

impl fmt::Debug for ValidCredentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

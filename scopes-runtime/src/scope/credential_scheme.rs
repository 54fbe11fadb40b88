use super::const_str::{ConstText, is_one_of, str_eq};

/// A kind of credentials other than access tokens, such as API keys or signatures of webhooks: a security scheme of OpenAPI.
///
/// A [`CredentialExtractor`](crate::CredentialExtractor) checks them.
///
/// ```
/// use scopes_runtime::CredentialScheme;
///
/// const PARTNER_KEY: CredentialScheme =
///     CredentialScheme::api_key_in_header("partner_key", "X-Api-Key").description("The key from the partner portal.");
/// const SESSION: CredentialScheme = CredentialScheme::api_key_in_cookie("session", "session");
/// assert_eq!((PARTNER_KEY.name(), SESSION.name()), ("partner_key", "session"));
/// ```
///
/// A [`ScopedRouter`](crate::ScopedRouter) adds the schemes of its handlers to the document. For other documents, a scheme is a
/// modifier of utoipa's, and converts into a security scheme of aide's.
///
/// The name of a scheme appears in the access report, the lock file and the OpenAPI document. It has the characters of the
/// names of components: letters, digits, `.`, `-` and `_`. In a constant, another name is a compile error:
///
/// ```compile_fail
/// use scopes_runtime::CredentialScheme;
///
/// const PARTNER_KEY: CredentialScheme = CredentialScheme::api_key_in_header("partner key", "X-Api-Key");
/// # fn main() { PARTNER_KEY.name(); }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CredentialScheme {
    name: &'static str,
    location: CredentialLocation,
    description: Option<&'static str>,
}

/// Where a request has the credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CredentialLocation {
    Header(&'static str),
    Query(&'static str),
    Cookie(&'static str),
    /// The header `Authorization`, with this authentication scheme.
    Authorization(&'static str),
    ClientCertificate,
}

/// The name of the security scheme of access tokens, unless `OAuth2Scheme` sets another one.
pub(crate) const TOKEN_SCHEME: &str = "oauth2";

/// The registered authentication schemes that OpenAPI documents can have here, in lower case.
const HTTP_SCHEMES: [&str; 10] = [
    "basic",
    "bearer",
    "digest",
    "hoba",
    "mutual",
    "negotiate",
    "oauth",
    "scram-sha-1",
    "scram-sha-256",
    "vapid",
];

impl CredentialScheme {
    /// Returns the scheme of a key or a signature in a header.
    ///
    /// # Panics
    ///
    /// Panics if the name is not that of a component, or is `oauth2`, the name of the access token's scheme.
    #[must_use]
    #[track_caller]
    pub const fn api_key_in_header(name: &'static str, header: &'static str) -> Self {
        Self::new(name, CredentialLocation::Header(header))
    }

    /// Returns the scheme of a key in a parameter of the query.
    ///
    /// # Panics
    ///
    /// Panics as [`api_key_in_header`](Self::api_key_in_header) does.
    #[must_use]
    #[track_caller]
    pub const fn api_key_in_query(name: &'static str, parameter: &'static str) -> Self {
        Self::new(name, CredentialLocation::Query(parameter))
    }

    /// Returns the scheme of a key in a cookie.
    ///
    /// # Panics
    ///
    /// Panics as [`api_key_in_header`](Self::api_key_in_header) does.
    #[must_use]
    #[track_caller]
    pub const fn api_key_in_cookie(name: &'static str, cookie: &'static str) -> Self {
        Self::new(name, CredentialLocation::Cookie(cookie))
    }

    /// Returns the scheme of credentials in the header `Authorization`, with a registered authentication scheme, such as
    /// `basic`. It cannot be combined with scopes, because a request has one `Authorization` header.
    ///
    /// # Panics
    ///
    /// Panics as [`api_key_in_header`](Self::api_key_in_header) does, and if the authentication scheme is not one of `basic`,
    /// `bearer`, `digest`, `hoba`, `mutual`, `negotiate`, `oauth`, `scram-sha-1`, `scram-sha-256` and `vapid`.
    #[must_use]
    #[track_caller]
    pub const fn http(name: &'static str, scheme: &'static str) -> Self {
        if !is_one_of(scheme, &HTTP_SCHEMES) {
            let message = ConstText::of(&[
                "`",
                scheme,
                "` is not a registered HTTP authentication scheme in lower case; use `api_key_in_header` with the header's name",
            ]);
            panic!("{}", message.as_str());
        }
        Self::new(name, CredentialLocation::Authorization(scheme))
    }

    /// Returns the scheme of client certificates (mutual TLS).
    ///
    /// # Panics
    ///
    /// Panics as [`api_key_in_header`](Self::api_key_in_header) does.
    #[must_use]
    #[track_caller]
    pub const fn mutual_tls(name: &'static str) -> Self {
        Self::new(name, CredentialLocation::ClientCertificate)
    }

    /// Sets the description in OpenAPI documents.
    #[must_use]
    pub const fn description(self, description: &'static str) -> Self {
        Self { description: Some(description), ..self }
    }

    /// Returns the name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    #[track_caller]
    const fn new(name: &'static str, location: CredentialLocation) -> Self {
        if !is_component_name(name.as_bytes()) {
            let message = ConstText::of(&[
                "`",
                name,
                "` is not a name of an OpenAPI component; use ASCII letters, digits, `.`, `-` and `_`",
            ]);
            panic!("{}", message.as_str());
        }
        assert!(!str_eq(name, TOKEN_SCHEME), "`oauth2` is the scheme of access tokens; use another name");
        Self { name, location, description: None }
    }

    /// Returns whether both have one name and one location.
    pub(crate) const fn is_same(&self, other: &Self) -> bool {
        use CredentialLocation::{Authorization, ClientCertificate, Cookie, Header, Query};
        let is_same_location = match (self.location, other.location) {
            (Header(own), Header(other))
            | (Query(own), Query(other))
            | (Cookie(own), Cookie(other))
            | (Authorization(own), Authorization(other)) => str_eq(own, other),
            (ClientCertificate, ClientCertificate) => true,
            _ => false,
        };
        str_eq(self.name, other.name) && is_same_location
    }

    /// Returns whether the credentials are in the header of access tokens.
    pub(super) const fn is_in_authorization(&self) -> bool {
        match self.location {
            CredentialLocation::Header(name) => is_same_ignoring_case(name, "authorization"),
            CredentialLocation::Authorization(_) => true,
            _ => false,
        }
    }

    #[cfg(any(feature = "openapi", all(feature = "_jwt", feature = "testing")))]
    pub(crate) fn location(&self) -> CredentialLocation {
        self.location
    }

    #[cfg(feature = "openapi")]
    pub(crate) fn description_text(&self) -> Option<&'static str> {
        self.description
    }
}

/// Returns whether an OpenAPI document can have a component of this name.
pub(crate) const fn is_component_name(name: &[u8]) -> bool {
    let mut at = 0;
    while at < name.len() {
        if !(name[at].is_ascii_alphanumeric() || matches!(name[at], b'.' | b'-' | b'_')) {
            return false;
        }
        at += 1;
    }
    !name.is_empty()
}

/// As `str::eq_ignore_ascii_case`, which is not a constant function before Rust 1.89.
const fn is_same_ignoring_case(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut at = 0;
    while at < left.len() && at < right.len() && left[at].eq_ignore_ascii_case(&right[at]) {
        at += 1;
    }
    at == left.len() && at == right.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_of_access_tokens_is_found_in_any_case() {
        for (header, expected) in [
            ("Authorization", true),
            ("authorization", true),
            ("AUTHORIZATION", true),
            ("Authorizatio", false),
            ("Authorizations", false),
            ("X-Api-Key", false),
        ] {
            let scheme = CredentialScheme::api_key_in_header("key", header);
            assert_eq!(scheme.is_in_authorization(), expected, "{header}");
        }
    }
}

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderName, HeaderValue, StatusCode};

use crate::testing::token::TestToken;

/// A request that every resource server has to refuse: its headers, the rule that it breaks, and the status of the refusal.
/// [`TestIssuer::attacks`](crate::testing::TestIssuer::attacks) returns all of them.
#[derive(Clone, Debug)]
pub struct Attack {
    name: String,
    rule: &'static str,
    headers: Vec<(HeaderName, HeaderValue)>,
    refusal: Refusal,
    #[cfg(feature = "bound-tokens")]
    is_from_untrusted_peer: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Refusal {
    /// 401 without an error code: there are no credentials.
    Absent,
    /// 400 `invalid_request`.
    Malformed,
    /// 401 `invalid_token`.
    Invalid,
    /// 401 `invalid_dpop_proof`.
    #[cfg(feature = "bound-tokens")]
    InvalidProof,
    /// 401 `invalid_token`, or 503 while the server may have to fetch the keys of an unknown `kid`.
    UnknownKey,
}

impl Attack {
    /// Returns a unique name: the flaw, in a few words.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the rule that the request breaks, such as `RFC 8725 section 3.2`.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// Returns the headers to send: `Authorization`, and others for some attacks.
    #[must_use]
    pub fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.headers
    }

    /// Returns the status of the refusal: 400 for a malformed header, otherwise 401. A server that fetches the issuer's keys
    /// may respond with 503 to an unknown `kid`; see [`has_unknown_key`](Self::has_unknown_key).
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self.refusal {
            Refusal::Malformed => StatusCode::BAD_REQUEST,
            Refusal::Absent | Refusal::Invalid | Refusal::UnknownKey => StatusCode::UNAUTHORIZED,
            #[cfg(feature = "bound-tokens")]
            Refusal::InvalidProof => StatusCode::UNAUTHORIZED,
        }
    }

    /// Returns the error code of the challenge (RFC 6750 section 3.1, RFC 9449 section 7.1). `None` for a request without
    /// credentials.
    #[must_use]
    pub fn error(&self) -> Option<&'static str> {
        match self.refusal {
            Refusal::Absent => None,
            Refusal::Malformed => Some("invalid_request"),
            Refusal::Invalid | Refusal::UnknownKey => Some("invalid_token"),
            #[cfg(feature = "bound-tokens")]
            Refusal::InvalidProof => Some("invalid_dpop_proof"),
        }
    }

    /// Returns whether the token has the `kid` of a key that the issuer has not published. A server that fetches the keys
    /// responds with 503 until it has fetched them again.
    #[must_use]
    pub fn has_unknown_key(&self) -> bool {
        matches!(self.refusal, Refusal::UnknownKey)
    }

    /// Returns whether the request must be sent from an address that is not that of a trusted proxy. Send all other attacks of
    /// [`TestIssuer::mutual_tls_attacks`](crate::testing::TestIssuer::mutual_tls_attacks) from the address of a trusted proxy.
    #[cfg(feature = "bound-tokens")]
    #[must_use]
    pub fn is_from_untrusted_peer(&self) -> bool {
        self.is_from_untrusted_peer
    }

    /// Returns whether the scheme is `DPoP`, which a server that does not accept DPoP ignores.
    pub(crate) fn has_dpop_scheme(&self) -> bool {
        self.headers
            .iter()
            .any(|(name, value)| name == AUTHORIZATION && value.as_bytes().starts_with(b"DPoP "))
    }
}

/// Builds the list of attacks.
pub(super) struct AttackList {
    /// A token that is accepted. Each attack differs from it in one flaw.
    pub(super) good: TestToken,
    list: Vec<Attack>,
}

impl AttackList {
    pub(super) fn new(good: TestToken) -> Self {
        Self { good, list: Vec::new() }
    }

    pub(super) fn into_attacks(self) -> Vec<Attack> {
        self.list
    }

    /// Adds a request with these headers.
    pub(super) fn push(
        &mut self,
        rule: &'static str,
        name: impl Into<String>,
        headers: Vec<(HeaderName, HeaderValue)>,
        refusal: Refusal,
    ) {
        self.list.push(Attack {
            name: name.into(),
            rule,
            headers,
            refusal,
            #[cfg(feature = "bound-tokens")]
            is_from_untrusted_peer: false,
        });
    }

    /// Marks the last attack as one that must be sent from an untrusted address.
    #[cfg(feature = "bound-tokens")]
    pub(super) fn mark_last_from_untrusted_peer(&mut self) {
        if let Some(attack) = self.list.last_mut() {
            attack.is_from_untrusted_peer = true;
        }
    }

    /// Adds a token that fails a check.
    pub(super) fn invalid(&mut self, rule: &'static str, name: impl Into<String>, token: impl AsRef<str>) {
        let line = format!("Bearer {}", token.as_ref());
        self.lines(rule, name, [line], Refusal::Invalid);
    }

    /// Adds a token with the `kid` of a key that the issuer has not published.
    pub(super) fn unknown_key(
        &mut self,
        rule: &'static str,
        name: impl Into<String>,
        token: impl AsRef<str>,
    ) {
        let line = format!("Bearer {}", token.as_ref());
        self.lines(rule, name, [line], Refusal::UnknownKey);
    }

    /// Adds a request with these `Authorization` lines.
    pub(super) fn lines<L: AsRef<[u8]>>(
        &mut self,
        rule: &'static str,
        name: impl Into<String>,
        lines: impl IntoIterator<Item = L>,
        refusal: Refusal,
    ) {
        let line = |line: L| (AUTHORIZATION, HeaderValue::from_bytes(line.as_ref()).expect("a header value"));
        let headers = lines.into_iter().map(line).collect();
        self.push(rule, name, headers, refusal);
    }
}

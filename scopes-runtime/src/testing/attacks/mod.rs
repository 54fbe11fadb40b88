//! Ways to attack a resource server, each by one request.

mod algorithm;
mod claims;
mod credentials;
mod header;
mod payload;
mod signature;
mod size;
mod time;

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderName, HeaderValue, StatusCode};

use super::{TestIssuer, TestToken};

/// A request that every resource server must refuse: its headers, the rule that it breaks, and the status of the refusal.
/// [`TestIssuer::attacks`] returns all.
#[derive(Clone, Debug)]
pub struct Attack {
    name: String,
    rule: &'static str,
    headers: Vec<(HeaderName, HeaderValue)>,
    refusal: Refusal,
}

#[derive(Clone, Copy, Debug)]
enum Refusal {
    /// There are no credentials.
    Absent,
    Malformed,
    Invalid,
    /// By a `kid` that the server may have to fetch the keys for.
    UnknownKey,
}

impl TestIssuer {
    /// Returns the attacks. Each has its own name, and differs in one flaw from a token that is accepted.
    ///
    /// [`ScopeMatrix::check_attacks`](super::ScopeMatrix::check_attacks) sends them to every operation of a
    /// `ScopedRouter`. For any other application send the [headers](Attack::headers), and compare the
    /// [status](Attack::status).
    ///
    /// ```
    /// use scopes_runtime::testing::TestIssuer;
    ///
    /// let attacks = TestIssuer::new().attacks();
    /// let none = attacks.iter().find(|attack| attack.name() == "alg `none`, no signature").unwrap();
    /// assert_eq!(none.rule(), "RFC 8725 section 3.2");
    /// assert_eq!(none.status(), 401);
    /// ```
    #[must_use]
    pub fn attacks(&self) -> Vec<Attack> {
        attacks_on(self.token())
    }
}

impl Attack {
    /// Returns a short description of the flaw.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the section of the standard that requires the refusal, such as `RFC 8725 section 3.2`.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// Returns the headers to send: `Authorization`, and others that the attack needs.
    #[must_use]
    pub fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.headers
    }

    /// Returns the status of the refusal: 400 if the header is malformed, otherwise 401. A server that fetches the issuer's keys
    /// may send 503 for an unknown `kid`, see [`has_unknown_key`](Self::has_unknown_key).
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self.refusal {
            Refusal::Malformed => StatusCode::BAD_REQUEST,
            Refusal::Absent | Refusal::Invalid | Refusal::UnknownKey => StatusCode::UNAUTHORIZED,
        }
    }

    /// Returns the error code of the challenge (RFC 6750 section 3.1). `None` for a request without credentials.
    #[must_use]
    pub fn error(&self) -> Option<&'static str> {
        match self.refusal {
            Refusal::Absent => None,
            Refusal::Malformed => Some("invalid_request"),
            Refusal::Invalid | Refusal::UnknownKey => Some("invalid_token"),
        }
    }

    /// Returns whether the token names a key that the issuer has not published. A server that fetches the keys sends 503 while the
    /// issuer may have published the key since the last fetch.
    #[must_use]
    pub fn has_unknown_key(&self) -> bool {
        matches!(self.refusal, Refusal::UnknownKey)
    }
}

/// Returns the attacks on a server that accepts this token.
pub(super) fn attacks_on(good: TestToken) -> Vec<Attack> {
    let mut attacks = Attacks { good: good.scopes(["scope"]), list: Vec::new() };
    for add in [
        credentials::add,
        algorithm::add,
        signature::add,
        header::add,
        payload::add,
        claims::add,
        time::add,
        size::add,
    ] {
        add(&mut attacks);
    }
    attacks.list
}

/// The list of attacks under construction.
struct Attacks {
    /// A token that is accepted; each attack is one flaw away from it.
    good: TestToken,
    list: Vec<Attack>,
}

impl Attacks {
    /// A token that fails a check.
    fn invalid(&mut self, rule: &'static str, name: impl Into<String>, token: impl AsRef<str>) {
        let line = format!("Bearer {}", token.as_ref());
        self.lines(rule, name, [line], Refusal::Invalid);
    }

    /// A token that names a key which the issuer has not published.
    fn unknown_key(&mut self, rule: &'static str, name: impl Into<String>, token: impl AsRef<str>) {
        let line = format!("Bearer {}", token.as_ref());
        self.lines(rule, name, [line], Refusal::UnknownKey);
    }

    /// Lines of `Authorization`.
    fn lines<L: AsRef<[u8]>>(
        &mut self,
        rule: &'static str,
        name: impl Into<String>,
        lines: impl IntoIterator<Item = L>,
        refusal: Refusal,
    ) {
        let line = |line: L| (AUTHORIZATION, HeaderValue::from_bytes(line.as_ref()).expect("a header value"));
        let headers = lines.into_iter().map(line).collect();
        self.list.push(Attack { name: name.into(), rule, headers, refusal });
    }
}

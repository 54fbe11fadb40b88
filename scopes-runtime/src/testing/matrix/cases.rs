use std::collections::BTreeSet;

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderName, HeaderValue, StatusCode};

use super::answer::{Challenge, Expected};
use crate::report::{Callers, Operation};
use crate::scope::{Authentication, DeclaredScope, GrantedScopes, cheapest, list};
use crate::testing::claims::now;
use crate::testing::{Attack, TestToken};

/// One request, and what is to become of it.
pub(super) struct Case {
    pub(super) sent: String,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) expected: Expected,
}

type Alternatives = [Vec<&'static DeclaredScope>];

pub(super) fn of(operation: &Operation, token: &TestToken, names_scopes: bool) -> Vec<Case> {
    match &operation.callers {
        Callers::Scoped { alternatives, user_authentication } => {
            let token = logged_in(token, user_authentication);
            Scoped { alternatives, user_authentication, token, names_scopes }.cases()
        }
        Callers::Public { .. } => vec![Case::new("no token", None, Expected::Open)],
        Callers::Foreign { .. } => Vec::new(),
    }
}

struct Scoped<'a> {
    alternatives: &'a Alternatives,
    user_authentication: &'a Authentication,
    /// With the login that is required, without scopes.
    token: TestToken,
    names_scopes: bool,
}

impl Scoped<'_> {
    fn cases(&self) -> Vec<Case> {
        let mut cases = vec![
            Case::new("no token", None, self.refused(StatusCode::UNAUTHORIZED, None, "")),
            Case::new(
                "garbage",
                Some("garbage"),
                self.refused(StatusCode::UNAUTHORIZED, Some("invalid_token"), ""),
            ),
        ];
        cases.extend(self.alternatives.iter().map(|alternative| self.sufficient(alternative)));
        cases.extend(self.insufficient());
        if !self.user_authentication.is_nothing()
            && let Some(alternative) = self.alternatives.first()
        {
            let granted = list(alternative);
            let token = self.token.clone().without_claim("acr").without_claim("auth_time");
            let token = token.scopes([&granted]).sign();
            let sent = format!("{}, without a login", described(&granted));
            cases.push(Case::new(sent, Some(&token), self.sent_back(&granted)));
        }
        cases
    }

    /// A token with all scopes of an alternative, and no other.
    fn sufficient(&self, alternative: &[&'static DeclaredScope]) -> Case {
        let granted = list(alternative);
        let expected = match &self.user_authentication.acr_values {
            // No login is each of two that exclude each other.
            Some(values) if values.is_empty() => self.sent_back(&granted),
            _ => Expected::Through,
        };
        Case::new(described(&granted), Some(&self.token.clone().scopes([&granted]).sign()), expected)
    }

    /// Tokens that lack one scope of an alternative.
    fn insufficient(&self) -> impl Iterator<Item = Case> {
        let less = self.alternatives.iter().flat_map(|alternative| {
            (0..alternative.len()).map(|missing| {
                let granted = [&alternative[..missing], &alternative[missing + 1..]].concat();
                (list(&granted), alternative[missing].name())
            })
        });
        let mut seen = BTreeSet::new();
        less.filter(move |(granted, _)| seen.insert(granted.clone())).map(|(granted, missing)| {
            let sent = match &*granted {
                "" => format!("a token without `{missing}`"),
                granted => format!("a token of `{granted}`, without `{missing}`"),
            };
            let expected = self.refused(StatusCode::FORBIDDEN, Some("insufficient_scope"), &granted);
            Case::new(sent, Some(&self.token.clone().scopes([&granted]).sign()), expected)
        })
    }

    fn sent_back(&self, granted: &str) -> Expected {
        self.refused(StatusCode::UNAUTHORIZED, Some("insufficient_user_authentication"), granted)
    }

    fn refused(&self, status: StatusCode, error: Option<&str>, granted: &str) -> Expected {
        let scope = named(self.alternatives, granted, self.names_scopes);
        Expected::Refused(status, Challenge { error: error.map(str::to_owned), scope })
    }
}

impl Case {
    fn new(sent: impl Into<String>, token: Option<&str>, expected: Expected) -> Self {
        let line = |token: &str| HeaderValue::try_from(format!("Bearer {token}")).expect("a token is ASCII");
        let headers = token.map(|token| (AUTHORIZATION, line(token)));
        Self { sent: sent.into(), headers: headers.into_iter().collect(), expected }
    }

    /// `scope` is what the operation names where nothing is granted.
    pub(super) fn of_attack(attack: &Attack, scope: &Option<String>) -> Self {
        // A malformed request is not told how to do better.
        let scope = scope.clone().filter(|_| attack.status() != StatusCode::BAD_REQUEST);
        let challenge = Challenge { error: attack.error().map(str::to_owned), scope };
        Self {
            sent: format!("{} ({})", attack.name(), attack.rule()),
            headers: attack.headers().to_vec(),
            expected: if attack.has_unknown_key() {
                Expected::UnknownKey(challenge)
            } else {
                Expected::Refused(attack.status(), challenge)
            },
        }
    }
}

/// What a challenge names for a token with these scopes.
pub(super) fn named(alternatives: &Alternatives, granted: &str, names_scopes: bool) -> Option<String> {
    let cheapest = cheapest(alternatives, &GrantedScopes::from_list(granted));
    let scopes = &alternatives[cheapest.filter(|_| names_scopes)?];
    (!scopes.is_empty()).then(|| list(scopes))
}

/// The token with a login that will do.
fn logged_in(token: &TestToken, authentication: &Authentication) -> TestToken {
    let mut token = token.clone();
    if let Some(acr) = authentication.acr_values.as_ref().and_then(|values| values.first()) {
        token = token.claim("acr", *acr);
    }
    if authentication.max_age.is_some() {
        token = token.claim("auth_time", now());
    }
    token
}

fn described(granted: &str) -> String {
    match granted {
        "" => "a token without a scope".to_owned(),
        granted => format!("a token of `{granted}`"),
    }
}

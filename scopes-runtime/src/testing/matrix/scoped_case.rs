//! The parts of a case for one scoped operation: tokens, requests, and the refusals that are expected.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{Request, StatusCode};

use super::credentials::AddCredentials;
use super::exchange::TestRequest;
use super::insufficient::Alternatives;
use super::response::{ChallengedSchemes, Expected, TokenChallenge};
use super::run::Case;
use super::scoped::Scoped;
use super::target::filled;
use crate::scope::{Authentication, FlatRequirement, GrantedScopes, cheapest, list};
use crate::testing::TestToken;
use crate::testing::claims::now;

impl Scoped<'_> {
    pub(super) fn requires_dpop(&self) -> bool {
        self.schemes_of_challenge == ChallengedSchemes::Dpop
    }

    /// Returns a request with the token, which is bound to a key if the operation requires it.
    pub(super) fn authorized(&self, token: &TestToken) -> TestRequest {
        if self.requires_dpop() { self.with_proof(token) } else { self.request().bearer(&token.sign()) }
    }

    /// Returns a request with the token bound to a key, and a proof.
    pub(super) fn with_proof(&self, token: &TestToken) -> TestRequest {
        let bound = self.dpop.bind(token).expect("the matrix has checked that there are settings");
        self.request().proven_token(bound.add)
    }

    /// Returns the scopes with the value of their parameters.
    pub(super) fn filled(&self, scopes: &str) -> String {
        filled(scopes, self.value)
    }

    pub(super) fn insufficient(&self, sent: String, granted: &str) -> Case {
        let token = self.with_login().scopes([self.filled(granted)]);
        let expected = self.refused(StatusCode::FORBIDDEN, Some("insufficient_scope"), granted);
        self.case(&sent, self.authorized(&token), expected)
    }

    pub(super) fn case(&self, sent: &str, request: TestRequest, expected: Expected) -> Case {
        Case { operation: self.target.operation.clone(), sent: sent.to_owned(), request, expected }
    }

    pub(super) fn request(&self) -> TestRequest {
        self.target.request().credentials(&self.with_scope_values(self.valid.of(self.schemes)))
    }

    /// Returns the credentials, after the values of parameters that are not in the path.
    pub(super) fn with_scope_values(&self, credentials: Vec<AddCredentials>) -> Vec<AddCredentials> {
        let scope_values = self.scope_values.iter().map(|set| {
            let (set, value) = (Arc::clone(set), self.value.to_owned());
            Arc::new(move |request: &mut Request<Bytes>| set(request, &value)) as AddCredentials
        });
        scope_values.chain(credentials).collect()
    }

    pub(super) fn without_token(&self) -> Expected {
        self.refused_unverified(None)
    }

    pub(super) fn refused_unverified(&self, error: Option<&str>) -> Expected {
        let scope = named(self.unverified, "", self.names_scopes, self.value);
        Expected::Refused(
            StatusCode::UNAUTHORIZED,
            TokenChallenge { schemes: self.unverified_schemes, error: error.map(str::to_owned), scope },
        )
    }

    pub(super) fn authentication_refused(&self, granted: &str) -> Expected {
        self.refused(StatusCode::UNAUTHORIZED, Some("insufficient_user_authentication"), granted)
    }

    pub(super) fn refused(&self, status: StatusCode, error: Option<&str>, granted: &str) -> Expected {
        let scope = named(self.alternatives, granted, self.names_scopes, self.value);
        let challenge =
            TokenChallenge { schemes: self.schemes_of_challenge, error: error.map(str::to_owned), scope };
        Expected::Refused(status, challenge)
    }

    /// Returns the token with a login that is sufficient for the operation, and for what the handler may require later, unless
    /// both require `acr`: the token has the context of the operation.
    pub(super) fn with_login(&self) -> TestToken {
        self.with_login_for(self.may_require)
    }

    /// Returns the token with a login that is sufficient for the operation.
    pub(super) fn with_own_login(&self) -> TestToken {
        self.with_login_for(&FlatRequirement::default())
    }

    fn with_login_for(&self, later: &FlatRequirement) -> TestToken {
        let Authentication { acr_values, max_age } = self.user_authentication;
        let mut token = self.token.clone();
        let acr = acr_values.as_ref().and_then(|values| values.first());
        if let Some(acr) = acr.or(later.acr_values.first()) {
            token = token.claim("acr", *acr);
        }
        if max_age.is_some() || !later.max_age.is_empty() {
            token = token.claim("auth_time", now());
        }
        token
    }
}

/// Returns the scopes that the challenge names for a token with the granted scopes, where parameters have this value.
pub(super) fn named(
    alternatives: &Alternatives,
    granted: &str,
    names_scopes: bool,
    value: &str,
) -> Option<String> {
    let granted = GrantedScopes::from_list(granted);
    let cheapest = cheapest(alternatives, |scope| scope.is_granted_for_some_values(&granted));
    let scopes = &alternatives[cheapest.filter(|_| names_scopes)?];
    (!scopes.is_empty()).then(|| filled(&list(scopes), value))
}

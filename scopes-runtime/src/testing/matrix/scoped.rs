//! The requests to one scoped operation.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};

use super::credentials::{AddCredentials, ValidCredentials, garbage};
use super::dpop_tokens::DpopTokens;
use super::insufficient::{Alternatives, InsufficientSet, insufficient_sets};
use super::response::{ChallengedSchemes, Expected};
use super::run::{Case, Run};
use super::scope_values::SetScopeValue;
use super::target::{Target, filled};
use crate::scope::{
    Authentication, CredentialScheme, DPOP, DeclaredScope, FlatRequirement, is_or_implies, list,
};
use crate::testing::TestToken;

#[derive(Clone, Copy)]
pub(super) struct Scoped<'a> {
    pub(super) target: &'a Target,
    /// The value of the path's parameters, and so of the scopes' parameters.
    pub(super) value: &'a str,
    pub(super) alternatives: &'a Alternatives,
    pub(super) schemes_of_challenge: ChallengedSchemes,
    /// The alternatives that refusals name before the token is verified.
    pub(super) unverified: &'a Alternatives,
    pub(super) unverified_schemes: ChallengedSchemes,
    pub(super) user_authentication: &'a Authentication,
    pub(super) may_require: &'a FlatRequirement,
    /// The claims of all tokens, without the required login.
    pub(super) token: &'a TestToken,
    pub(super) dpop: &'a DpopTokens,
    pub(super) names_scopes: bool,
    pub(super) known_scopes: &'a BTreeSet<&'static str>,
    /// The schemes of the credentials beside the token.
    pub(super) schemes: &'a [&'static CredentialScheme],
    pub(super) valid: &'a ValidCredentials,
    /// Those of parameters that are not in the path.
    pub(super) scope_values: &'a [SetScopeValue],
    /// Whether `HEAD` has no operation of its own.
    pub(super) serves_head: bool,
}

impl Scoped<'_> {
    pub(super) async fn check(&self, run: &mut Run<'_>) {
        let refuses_missing_token =
            run.check(&self.case("no token", self.request(), self.without_token())).await;
        let invalid = self.refused_unverified(Some("invalid_token"));
        let mut refuses = run.check(&self.case("garbage", self.request().bearer("garbage"), invalid)).await;
        for case in self.unbound().into_iter().chain(self.bound_bearer()) {
            refuses &= run.check(&case).await;
        }
        // Before the handler gets a sufficient token, with which it may delete what it decides by.
        if run.runs_handlers() {
            for (item, cases) in self.without_later() {
                run.check_later(&item, &cases).await;
            }
        }
        let mut authorizes = true;
        for alternative in self.alternatives {
            authorizes &= run.check_sufficient(&self.sufficient(alternative)).await;
        }
        if run.runs_handlers() {
            self.check_credentials(run).await;
        }
        for case in self.less_one_scope() {
            refuses &= run.check(&case).await;
        }
        if let Some(case) = self.without_login() {
            run.check(&case).await;
        }
        // If a request above failed, those below would only repeat the failure.
        if refuses_missing_token {
            for case in self.token_elsewhere() {
                run.check(&case).await;
            }
        }
        if self.target.method == Method::GET && self.serves_head {
            let head = |case: Case| case.with_method(&Method::HEAD, self.target);
            if refuses_missing_token {
                run.check(&head(self.case("no token", self.request(), self.without_token()))).await;
            }
            if let Some(alternative) = self.alternatives.first().filter(|_| authorizes) {
                run.check(&head(self.sufficient(alternative))).await;
            }
        }
        if refuses_missing_token && refuses {
            let is_right = self.check_sets(&self.target.path, run).await;
            if let Some(path) = self.target.second_path.as_ref().filter(|_| is_right) {
                let second = Self { value: &self.target.second_value, ..*self };
                let case = second.case("no token", second.request(), second.without_token());
                if run.check(&case.at(path)).await {
                    second.check_sets(path, run).await;
                }
            }
            for case in self.other_values() {
                run.check(&case).await;
            }
        }
    }

    /// Sends requests with another method of an operation of any method: without a token, and with insufficient ones.
    pub(super) async fn check_other_method(&self, method: &Method, run: &mut Run<'_>) {
        let of_method = |case: Case| case.with_method(method, self.target);
        if !run.check(&of_method(self.case("no token", self.request(), self.without_token()))).await {
            return;
        }
        for InsufficientSet { scopes, description } in insufficient_sets(self.alternatives, self.known_scopes)
        {
            run.check(&of_method(self.insufficient(description, &scopes.join(" ")))).await;
        }
    }

    /// Returns requests with the scopes for another value of their parameters, at this path and at the same path
    /// percent-encoded; and with the right ones, at the encoded path.
    fn other_values(&self) -> Vec<Case> {
        let other = &self.target.second_value;
        let has_parameters = |scope: &&DeclaredScope| scope.has_parameters();
        let with_parameters = self.alternatives.iter().filter(|scopes| scopes.iter().any(has_parameters));
        let cases = with_parameters.flat_map(|alternative| {
            let (with, without): (Vec<_>, Vec<_>) = alternative.iter().copied().partition(has_parameters);
            let (with, without) = (filled(&list(&with), other), list(&without));
            let token = self.with_login().scopes([&with, &without]);
            let refused = || {
                let expected = self.refused(StatusCode::FORBIDDEN, Some("insufficient_scope"), &without);
                self.case(&format!("a token of `{with}`"), self.authorized(&token), expected)
            };
            let encoded = self.target.encoded_path();
            [refused(), refused().at(&encoded), self.sufficient(alternative).at(&encoded)]
        });
        cases.collect()
    }

    /// Sends tokens with as many scopes as do not suffice. If one is accepted, sends each of its scopes alone, so that the
    /// table names the scopes that open the operation. Returns whether all responses were right.
    async fn check_sets(&self, path: &str, run: &mut Run<'_>) -> bool {
        let mut is_right = true;
        for InsufficientSet { scopes, description } in insufficient_sets(self.alternatives, self.known_scopes)
        {
            let insufficient = |description: String, granted: &str| {
                let case = self.insufficient(description, granted);
                if path == self.target.path { case } else { case.at(path) }
            };
            let together = insufficient(description, &scopes.join(" "));
            let actual = run.send(&together.request).await;
            if together.expected.matches(&actual) {
                continue;
            }
            is_right = false;
            let mut is_explained = false;
            if Expected::Authorized.matches(&actual) {
                for scope in scopes {
                    is_explained |= !run.check(&insufficient(token_of(scope), scope)).await;
                }
            }
            if !is_explained {
                run.fail(&together, &actual);
            }
        }
        is_right
    }

    /// Returns the request with a token without `acr` and `auth_time`, if the operation requires them.
    fn without_login(&self) -> Option<Case> {
        let granted = list(self.alternatives.first().filter(|_| !self.user_authentication.is_nothing())?);
        let token = self.token.clone().without_claim("acr").without_claim("auth_time");
        let request = self.authorized(&token.scopes([self.filled(&granted)]));
        let sent = format!("{}, without a login", token_of(&granted));
        Some(self.case(&sent, request, self.authentication_refused(&granted)))
    }

    /// Returns requests with a sufficient token outside of the `Authorization` header.
    fn token_elsewhere(&self) -> Vec<Case> {
        let Some(alternative) = self.alternatives.first() else { return Vec::new() };
        let granted = list(alternative);
        let token = self.with_login().scopes([self.filled(&granted)]).sign();
        let case = |place: &str, request| {
            self.case(&format!("{} in {place}", token_of(&granted)), request, self.without_token())
        };
        let mut cases = vec![case("the query", self.request().query(&token))];
        if self.request().has_body() {
            cases.push(case("a form", self.request().form(&token)));
        }
        cases
    }

    /// Returns the request with a sufficient bearer token, if the operation requires another one.
    fn unbound(&self) -> Option<Case> {
        let alternative = self.alternatives.first().filter(|_| self.requires_dpop())?;
        let granted = list(alternative);
        let token = self.with_login().scopes([self.filled(&granted)]).sign();
        // A server that requires DPoP refuses the token before it reads its scopes.
        let expected = if self.dpop.is_required() {
            self.refused_unverified(Some("invalid_token"))
        } else {
            self.refused(StatusCode::UNAUTHORIZED, Some("invalid_token"), &granted)
        };
        Some(self.case(
            &format!("{} as `Bearer`", token_of(&granted)),
            self.request().bearer(&token),
            expected,
        ))
    }

    /// Returns the request with a sufficient token that is bound to a key, as a bearer token (RFC 9449 section 7.2).
    fn bound_bearer(&self) -> Option<Case> {
        let granted = list(self.alternatives.first()?);
        let token = self.dpop.bind(&self.with_login().scopes([self.filled(&granted)]))?.text;
        Some(self.case(
            &format!("a bound token of `{granted}` as `Bearer`"),
            self.request().bearer(&token),
            self.refused_unverified(Some("invalid_token")),
        ))
    }

    /// Returns the request with the scopes of an alternative, and those that the handler may require later.
    fn sufficient(&self, alternative: &[&'static DeclaredScope]) -> Case {
        let granted = list(alternative);
        let expected = match &self.user_authentication.acr_values {
            // The requirements exclude each other, so no login satisfies all.
            Some(values) if values.is_empty() => self.authentication_refused(&granted),
            _ => Expected::Authorized,
        };
        let later = self.may_require.scopes.iter().map(|scope| scope.name());
        let scopes: Vec<_> = alternative.iter().map(|scope| scope.name()).chain(later).collect();
        let token = self.with_login().scopes([self.filled(&scopes.join(" "))]);
        let request = if self.may_require.dpop { self.with_proof(&token) } else { self.authorized(&token) };
        self.case(&token_of(&scopes.join(" ")), request, expected)
    }

    /// Returns each item that the handler may require later, with requests whose tokens have everything but that.
    fn without_later(&self) -> Vec<(String, Vec<Case>)> {
        let FlatRequirement { scopes: later, acr_values, max_age, dpop } = self.may_require;
        let mut all: Vec<(String, Vec<Case>)> = Vec::new();
        for missing in later {
            let is_missing = |scope: &&&'static DeclaredScope| is_or_implies(scope.name(), missing);
            let alternatives =
                self.alternatives.iter().filter(|scopes| !scopes.iter().any(|own| is_missing(&own)));
            let cases = alternatives.map(|scopes| {
                let others = later.iter().filter(|other| !is_missing(other));
                let scopes: Vec<_> = scopes.iter().chain(others).copied().collect();
                self.without_item(&scopes, self.with_login(), missing.name(), *dpop)
            });
            all.push((missing.name().to_owned(), cases.collect()));
        }
        let mut add = |item: String, login: TestToken, with_proof: bool| {
            let cases = self.alternatives.iter().map(|scopes| {
                let scopes: Vec<_> = scopes.iter().chain(later).copied().collect();
                self.without_item(&scopes, login.clone(), &item, with_proof)
            });
            all.push((item.clone(), cases.collect()));
        };
        if !acr_values.is_empty() || !max_age.is_empty() {
            let login = FlatRequirement { scopes: Vec::new(), dpop: false, ..self.may_require.clone() };
            add(login.list().collect::<Vec<_>>().join(" "), self.with_own_login(), *dpop);
        }
        if *dpop {
            add(DPOP.to_owned(), self.with_login(), false);
        }
        all
    }

    fn without_item(
        &self,
        scopes: &[&'static DeclaredScope],
        token: TestToken,
        item: &str,
        with_proof: bool,
    ) -> Case {
        let granted = list(scopes);
        let token = token.scopes([self.filled(&granted)]);
        let request = if with_proof { self.with_proof(&token) } else { self.authorized(&token) };
        let sent = format!("{}, without `{item}`", token_of(&granted));
        self.case(&sent, request, Expected::AuthorizedOrMore)
    }

    /// Sends a sufficient token with all credentials but one, and with garbage in its place.
    async fn check_credentials(&self, run: &mut Run<'_>) {
        let Some(alternative) = self.alternatives.first().filter(|_| !self.schemes.is_empty()) else {
            return;
        };
        let Case { sent, request, .. } = self.sufficient(alternative);
        let accepted = run.send(&request).await.status();
        let refused = |sent: &str, credentials: &[AddCredentials]| {
            let request = request.clone().credentials(credentials);
            self.case(sent, request, Expected::CredentialsRefused { accepted })
        };
        for (scheme, others) in self.valid.without_each(self.schemes) {
            let (name, others) = (scheme.name(), self.with_scope_values(others));
            if run.check(&refused(&format!("{sent}, without `{name}`"), &others)).await
                && let Some(garbage) = garbage(scheme)
            {
                let all = [self.valid.of(self.schemes), vec![garbage]].concat();
                let all = self.with_scope_values(all);
                run.check(&refused(&format!("{sent}, garbage as `{name}`"), &all)).await;
            }
        }
    }

    /// Returns requests with tokens that lack one scope of an alternative.
    fn less_one_scope(&self) -> impl Iterator<Item = Case> {
        // Alternatives may be the same less one scope each, such as those of `any("items", "admin")`.
        let mut less: Vec<(String, Vec<&str>)> = Vec::new();
        for alternative in self.alternatives {
            for (at, missing) in alternative.iter().enumerate() {
                let granted = list(&[&alternative[..at], &alternative[at + 1..]].concat());
                match less.iter_mut().find(|(other, _)| *other == granted) {
                    Some((_, all)) => all.push(missing.name()),
                    None => less.push((granted, vec![missing.name()])),
                }
            }
        }
        less.into_iter().map(|(granted, missing)| {
            let missing = missing.join("`, `");
            let sent = match &*granted {
                "" => format!("a token without `{missing}`"),
                granted => format!("a token of `{granted}`, without `{missing}`"),
            };
            self.insufficient(sent, &granted)
        })
    }
}

fn token_of(granted: &str) -> String {
    match granted {
        "" => "a token without a scope".to_owned(),
        granted => format!("a token of `{granted}`"),
    }
}

use std::panic::Location;
use std::{fmt, iter};

use axum::Router;
use axum::http::{Method, StatusCode};

use super::exchange::TestRequest;
use super::outcome::MatrixOutcome;
use super::response::{Actual, Expected};
use super::target::Target;
use crate::operation::Access;
use crate::report::write_aligned;
use crate::router::DryRun;
use crate::testing::TestToken;

/// A request and its expected response.
pub(super) struct Case {
    /// Method and path, for the table.
    pub(super) operation: String,
    /// The credentials of the request, for the table.
    pub(super) sent: String,
    pub(super) request: TestRequest,
    pub(super) expected: Expected,
}

impl Case {
    /// Changes the path of the request.
    pub(super) fn at(mut self, path: &str) -> Self {
        self.sent = format!("{}, at `{path}`", self.sent);
        path.clone_into(&mut self.request.uri);
        self
    }

    /// Changes the method of the request.
    pub(super) fn with_method(mut self, method: &Method, target: &Target) -> Self {
        self.operation = format!("{method} {}", target.pattern);
        self.request.method = method.clone();
        self
    }
}

/// The requests to an application so far, and the wrong responses.
pub(super) struct Run<'a> {
    app: &'a Router,
    is_dry: bool,
    requests: usize,
    /// How many of the responses are 404.
    not_found: usize,
    failures: Vec<Failure>,
    valid_tokens: ValidTokens,
    outcome: MatrixOutcome,
}

struct Failure {
    row: [String; 4],
    is_invalid_token: bool,
}

/// The responses to requests with a valid token.
#[derive(Default)]
struct ValidTokens {
    refused_as_invalid: usize,
    others: usize,
}

impl ValidTokens {
    /// Counts a response.
    fn add(&mut self, is_invalid_token: bool) {
        let count = if is_invalid_token { &mut self.refused_as_invalid } else { &mut self.others };
        *count += 1;
    }
}

impl<'a> Run<'a> {
    /// In a dry run, requests end before handlers and services.
    pub(super) fn new(app: &'a Router, is_dry: bool) -> Self {
        Self {
            app,
            is_dry,
            requests: 0,
            not_found: 0,
            failures: Vec::new(),
            valid_tokens: ValidTokens::default(),
            outcome: MatrixOutcome::new(is_dry),
        }
    }

    /// Returns whether a request without a token reaches the check with its extensions. Without them, a dry run would run the
    /// handler. `None` if this is no dry run.
    pub(super) async fn keeps_extensions(&mut self, target: &Target) -> Option<bool> {
        if !self.is_dry {
            return None;
        }
        self.requests += 1;
        let dry_run = DryRun::default();
        TestRequest::new(&target.method, &target.path).send(self.app, Some(dry_run.clone())).await;
        Some(dry_run.is_checked())
    }

    /// Returns whether requests with neither a token nor other credentials are refused. In a dry run no credentials are
    /// checked.
    pub(super) fn refuses(&self, access: &Access) -> bool {
        match access {
            Access::Scoped(_) => true,
            Access::Authenticated { .. } => self.runs_handlers(),
            Access::Public { .. } | Access::Unchecked { .. } => false,
        }
    }

    /// Returns whether handlers and the extractors of credentials run.
    pub(super) fn runs_handlers(&self) -> bool {
        !self.is_dry
    }

    pub(super) async fn send(&mut self, request: &TestRequest) -> Actual {
        self.send_to_check(request).await.0
    }

    /// Sends the request. Returns the response, and whether the request reached the check, as far as a dry run finds out.
    async fn send_to_check(&mut self, request: &TestRequest) -> (Actual, bool) {
        self.requests += 1;
        let dry_run = self.is_dry.then(DryRun::default);
        let actual = request.send(self.app, dry_run.clone()).await;
        self.not_found += usize::from(actual.status() == Some(StatusCode::NOT_FOUND));
        (actual, dry_run.is_none_or(|dry_run| dry_run.is_checked()))
    }

    /// Sends the request. Returns whether the response is the expected one, and records a failure if not.
    pub(super) async fn check(&mut self, case: &Case) -> bool {
        self.response_to(case).await.is_some()
    }

    /// Like [`check`](Self::check), for a request with a sufficient token. Records the status of the handler's response.
    pub(super) async fn check_sufficient(&mut self, case: &Case) -> bool {
        let failures = self.failures.len();
        let actual = self.response_to(case).await;
        let is_invalid_token = self.failures.get(failures).is_some_and(|failure| failure.is_invalid_token);
        self.valid_tokens.add(is_invalid_token);
        let is_authorized = matches!(case.expected, Expected::Authorized);
        if let Some(status) = actual.as_ref().filter(|_| is_authorized).and_then(Actual::status) {
            self.add_authorized(&case.operation, status);
        }
        actual.is_some()
    }

    /// Sends requests with tokens that lack an item that the handler may require later, and records the item if none of them is
    /// refused.
    pub(super) async fn check_later(&mut self, item: &str, cases: &[Case]) {
        let mut is_refused = false;
        for case in cases {
            // A wrong response is recorded as a failure, so it does not count as an accepted token.
            let actual = self.response_to(case).await;
            is_refused |= actual.is_none_or(|actual| actual.refuses_valid_token());
        }
        if let Some(case) = cases.first().filter(|_| !is_refused) {
            self.outcome.add_unused(&case.operation, item);
        }
    }

    /// Records the status of a handler's response to an authorized request.
    pub(super) fn add_authorized(&mut self, operation: &str, status: StatusCode) {
        self.outcome.add(operation, status);
    }

    /// Records that an operation gets no valid credentials.
    pub(super) fn add_without_credentials(&mut self, operation: &str) {
        self.outcome.add_without_credentials(operation);
    }

    /// Sends a request with a valid token without scopes, and records whether it is refused as invalid. Attacks on an
    /// application that accepts no token of the issuer would prove nothing.
    pub(super) async fn send_valid_token(&mut self, request: &TestRequest) {
        let is_invalid_token = self.send(request).await.is_invalid_token();
        self.valid_tokens.add(is_invalid_token);
    }

    /// Returns the response if it is the expected one, and records a failure if not.
    async fn response_to(&mut self, case: &Case) -> Option<Actual> {
        let (actual, is_checked) = self.send_to_check(&case.request).await;
        let is_right = case.expected.matches(&actual);
        if !is_right {
            self.fail(case, &actual);
        } else if !is_checked {
            self.fail_unchecked(case, &actual);
        }
        (is_right && is_checked).then_some(actual)
    }

    /// Records a request of a dry run that did not reach the check, so that a handler may have run.
    fn fail_unchecked(&mut self, case: &Case, actual: &Actual) {
        let actual = format!("{actual}, not from the check: a layer drops the extensions of this request");
        let Case { operation, sent, expected, .. } = case;
        let row = [operation.clone(), sent.clone(), expected.to_string(), actual];
        self.failures.push(Failure { row, is_invalid_token: false });
    }

    pub(super) fn fail(&mut self, case: &Case, actual: &Actual) {
        let Case { operation, sent, request, expected } = case;
        let more = match expected {
            Expected::Authorized if actual.requires_dpop() && !request.has_proof() => {
                ", from a server that requires DPoP: set its `Dpop` with `ScopeMatrix::dpop`"
            }
            Expected::Authorized if actual.is_step_up() => ", more than the report requires",
            Expected::Authorized if actual.is_refused_by_application() => {
                ", from the application: set what it accepts with `ScopeMatrix::token` and `ScopeMatrix::credentials`"
            }
            Expected::Authorized if actual.is_invalid_proof() => {
                ", compare the base URLs of `ScopeMatrix::dpop` and `Dpop`"
            }
            Expected::CredentialsRefused { accepted }
                if actual.status().is_some_and(|actual| actual.is_client_error()) =>
            {
                if accepted.is_some() {
                    ", as with valid credentials: send a request that the handler accepts"
                } else {
                    ", which valid credentials may get too: set them with `ScopeMatrix::credentials`"
                }
            }
            _ => "",
        };
        let row = [operation.clone(), sent.clone(), expected.to_string(), format!("{actual}{more}")];
        self.failures.push(Failure { row, is_invalid_token: more.is_empty() && actual.is_invalid_token() });
    }

    /// # Panics
    ///
    /// Panics if there was a failure or no request.
    pub(super) fn finish(self, suite: &str, token: &TestToken, caller: &Location<'_>) -> MatrixOutcome {
        let Self { requests, not_found, failures, valid_tokens, outcome, .. } = self;
        assert!(requests > 0, "this router has no operation for {suite} ({caller})");
        assert!(
            failures.is_empty() || not_found < requests,
            "all {requests} requests of {suite} got 404: the application serves no path of the report ({caller}). Is the router \
             nested? Then make the matrix of a router with the same prefix, such as `ScopedRouter::new().nest(\"/api\", routes())`"
        );
        if let ValidTokens { refused_as_invalid: refused @ 1.., others: 0 } = valid_tokens {
            let others: Vec<_> = failures.iter().filter(|failure| !failure.is_invalid_token).collect();
            let others = match &*others {
                [] => String::new(),
                _ => format!("\n\nOther wrong responses:\n\n{}", Table(others)),
            };
            panic!(
                "the application refuses the tokens of the test issuer: all {refused} requests of {suite} with a valid token \
                 got 401 `invalid_token` ({caller}). Their `iss` is {}, their `aud` {}. Give the application the \
                 `resource_server` or the `decoder` of the same `TestIssuer` (for bound tokens, the `bound_token_decoder`), \
                 because each one has keys of its own. Set claims that the application requires with `ScopeMatrix::token`. The \
                 event `scopes_runtime::refused` has the reason in `cause`.{others}",
                token.shown_claim("iss"),
                token.shown_claim("aud"),
            );
        }
        let failures = Table(failures.iter().collect());
        assert!(
            failures.0.is_empty(),
            "{} of {requests} requests of {suite} have a wrong response ({caller}):\n\n{failures}",
            failures.0.len(),
        );
        outcome
    }
}

struct Table<'a>(Vec<&'a Failure>);

impl fmt::Display for Table<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headings = ["OPERATION", "SENT", "EXPECTED", "GOT"].map(str::to_owned);
        let rows = self.0.iter().map(|failure| failure.row.clone());
        write_aligned(formatter, "", &iter::once(headings).chain(rows).collect::<Vec<_>>())
    }
}

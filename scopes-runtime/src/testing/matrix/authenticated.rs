//! The requests to one operation that requires credentials other than an access token.

use axum::http::{Method, StatusCode};

use super::credentials::{ValidCredentials, garbage};
use super::exchange::TestRequest;
use super::response::Expected;
use super::run::{Case, Run};
use super::target::Target;
use crate::scope::CredentialScheme;

/// An operation that requires no token.
pub(super) struct Authenticated<'a> {
    pub(super) target: &'a Target,
    pub(super) schemes: &'a [&'static CredentialScheme],
    pub(super) valid: &'a ValidCredentials,
    /// Tokens that have all known scopes together.
    pub(super) tokens: &'a [String],
    /// Whether `HEAD` has no operation of its own.
    pub(super) serves_head: bool,
}

impl Authenticated<'_> {
    pub(super) async fn check(&self, run: &mut Run<'_>) {
        let request = TestRequest::new(&self.target.method, &self.target.path);
        let accepted = self.accepted(&request, run).await;
        // If a request without credentials was accepted, those below would only repeat the failure.
        if !run.check(&self.refused("no credentials", request.clone(), accepted)).await {
            return;
        }
        for token in self.tokens {
            let request = request.clone().bearer(token);
            run.check(&self.refused("a token of known scopes", request, accepted)).await;
        }
        for (scheme, credentials) in self.valid.without_each(self.schemes) {
            let name = scheme.name();
            // Without its one scheme, the request is the first one above.
            if let [_, _, ..] = self.schemes {
                let request = request.clone().credentials(&credentials);
                let sent = format!("all credentials but `{name}`");
                if !run.check(&self.refused(&sent, request, accepted)).await {
                    continue;
                }
            }
            if let Some(garbage) = garbage(scheme) {
                let credentials = [self.valid.of(self.schemes), vec![garbage]].concat();
                let request = request.clone().credentials(&credentials);
                // The extractor may refuse garbage with another status than 401.
                let accepted = accepted.or(Some(StatusCode::OK));
                run.check(&self.refused(&format!("garbage as `{name}`"), request, accepted)).await;
            }
        }
        if let Some(path) = &self.target.second_path {
            // The handler may refuse the word with any status: a parameter may be a number.
            let any = Some(StatusCode::OK);
            run.check(&self.refused("no credentials", request.clone(), any).at(path)).await;
        }
        if self.target.method == Method::GET && self.serves_head {
            let case = self.refused("no credentials", request, accepted);
            run.check(&case.with_method(&Method::HEAD, self.target)).await;
        }
    }

    /// Sends valid credentials, if they are set for all schemes. Returns the status of the response.
    async fn accepted(&self, request: &TestRequest, run: &mut Run<'_>) -> Option<StatusCode> {
        if !self.schemes.iter().all(|scheme| self.valid.has(scheme)) {
            run.add_without_credentials(&self.target.operation);
            return None;
        }
        let request = request.clone().credentials(&self.valid.of(self.schemes));
        let case = self.case("valid credentials", request, Expected::Authorized);
        let actual = run.send(&case.request).await;
        let status = actual.status();
        if !case.expected.matches(&actual) {
            run.fail(&case, &actual);
        } else if let Some(status) = status {
            run.add_authorized(&case.operation, status);
        }
        status
    }

    fn refused(&self, sent: &str, request: TestRequest, accepted: Option<StatusCode>) -> Case {
        self.case(sent, request, Expected::CredentialsRefused { accepted })
    }

    fn case(&self, sent: &str, request: TestRequest, expected: Expected) -> Case {
        Case { operation: self.target.operation.clone(), sent: sent.to_owned(), request, expected }
    }
}

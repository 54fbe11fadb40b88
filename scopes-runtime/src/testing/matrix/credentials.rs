//! Credentials other than access tokens: valid ones for the requests, and the requests to operations that require them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{Method, Request, StatusCode};

use super::answer::Expected;
use super::exchange::TestRequest;
use super::run::{Case, Run};
use super::target::Target;
use crate::scope::CredentialScheme;

/// Adds valid credentials to a request.
pub(super) type AddCredentials = Arc<dyn Fn(&mut Request<Bytes>) + Send + Sync>;

/// Valid credentials by the names of their schemes.
#[derive(Clone, Default)]
pub(super) struct ValidCredentials(BTreeMap<String, AddCredentials>);

impl ValidCredentials {
    pub(super) fn set(&mut self, scheme: &str, add: AddCredentials) {
        self.0.insert(scheme.to_owned(), add);
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
    pub(super) fn without_each(
        &self,
        schemes: &[&'static CredentialScheme],
    ) -> Vec<(&'static str, Vec<AddCredentials>)> {
        let others = |without: &str| self.of(schemes.iter().filter(|scheme| scheme.name() != without));
        schemes.iter().map(|scheme| (scheme.name(), others(scheme.name()))).collect()
    }
}

impl fmt::Debug for ValidCredentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

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
        if let [_, _, ..] = self.schemes {
            for (without, others) in self.valid.without_each(self.schemes) {
                let sent = format!("all credentials but `{without}`");
                run.check(&self.refused(&sent, request.clone().credentials(&others), accepted)).await;
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
            return None;
        }
        let request = request.clone().credentials(&self.valid.of(self.schemes));
        let case = self.case("valid credentials", request, Expected::Through);
        let got = run.send(&case.request).await;
        if !case.expected.accepts(&got) {
            run.fail(&case, &got);
        }
        got.status()
    }

    fn refused(&self, sent: &str, request: TestRequest, accepted: Option<StatusCode>) -> Case {
        self.case(sent, request, Expected::CredentialsRefused { accepted })
    }

    fn case(&self, sent: &str, request: TestRequest, expected: Expected) -> Case {
        Case { operation: self.target.operation.clone(), sent: sent.to_owned(), request, expected }
    }
}

//! The requests to one operation that requires credentials other than an access token.

use axum::http::Method;

use super::answer::Expected;
use super::credentials::ValidCredentials;
use super::exchange::TestRequest;
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
        let nothing = || self.refused("no credentials", self.request());
        let refuses_none = run.check(&nothing()).await;
        // If a request without credentials was accepted, those below would only repeat the failure.
        if !refuses_none {
            return;
        }
        for token in self.tokens {
            run.check(&self.refused("a token of known scopes", self.request().bearer(token))).await;
        }
        if let [_, _, ..] = self.schemes {
            for (without, others) in self.valid.without_each(self.schemes) {
                let sent = format!("all credentials but `{without}`");
                run.check(&self.refused(&sent, self.request().credentials(&others))).await;
            }
        }
        if let Some(path) = &self.target.second_path {
            run.check(&nothing().at(path)).await;
        }
        if self.target.method == Method::GET && self.serves_head {
            run.check(&nothing().with_method(&Method::HEAD, self.target)).await;
        }
        if self.schemes.iter().all(|scheme| self.valid.has(scheme)) {
            let request = self.request().credentials(&self.valid.of(self.schemes));
            run.check(&self.case("valid credentials", request, Expected::Through)).await;
        }
    }

    fn refused(&self, sent: &str, request: TestRequest) -> Case {
        self.case(sent, request, Expected::ClientError)
    }

    fn case(&self, sent: &str, request: TestRequest, expected: Expected) -> Case {
        Case { operation: self.target.operation.clone(), sent: sent.to_owned(), request, expected }
    }

    fn request(&self) -> TestRequest {
        TestRequest::new(&self.target.method, &self.target.path)
    }
}

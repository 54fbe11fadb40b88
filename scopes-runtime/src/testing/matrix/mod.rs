//! [`ScopeMatrix`]: requests to every operation of a router.

mod attacks;
mod authenticated;
mod credentials;
mod dpop_tokens;
mod dry_run;
mod exchange;
mod insufficient;
mod outcome;
mod response;
mod run;
mod scope_values;
mod scoped;
mod scoped_case;
mod target;
mod unlisted;
mod with_bodies;
mod with_credentials;
mod with_dpop;
mod with_scope_values;

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::panic::Location;

use axum::Router;
use axum::http::Method;

use self::authenticated::Authenticated;
use self::credentials::ValidCredentials;
use self::dpop_tokens::DpopTokens;
use self::exchange::TestRequest;
pub use self::outcome::MatrixOutcome;
use self::response::{ChallengedSchemes, Expected};
use self::run::{Case, Run};
use self::scope_values::ScopeValues;
use self::scoped::Scoped;
use self::target::{Target, free_methods, has, is_no_route, may_be_unlisted};
use self::unlisted::{Routes, check_methods, check_spellings};
use super::{TestIssuer, TestToken};
use crate::ScopedRouter;
use crate::operation::{Access, Methods, Operation};
use crate::report::Report;

/// Sends requests to the finished application for every operation of a [`ScopedRouter`], and compares the responses with the
/// router's report. **The handlers run**: a handler of `DELETE` deletes. Give it an application with a store of its own, or
/// use [`dry_run`](Self::dry_run).
///
/// The matrix reads the report and the responses only. It does not find:
///
/// - routes outside of the report under paths of their own: a plain axum router that is merged later, other hosts and ports;
/// - layers that decide by other headers;
/// - behavior that depends on the body, on stored data or on other values of path parameters;
/// - what a handler sends to a client that is authorized, and how long the response takes.
///
/// [`TestIssuer::matrix`] makes it.
#[derive(Debug)]
#[must_use = "a matrix sends no requests until `check` or `check_attacks` is called"]
pub struct ScopeMatrix {
    report: Report,
    token: TestToken,
    names_scopes: bool,
    credentials: ValidCredentials,
    scope_values: ScopeValues,
    dpop: DpopTokens,
    bodies: Vec<(String, String)>,
    is_dry: bool,
}

impl TestIssuer {
    /// Returns the matrix of a router's operations.
    ///
    /// ```
    /// # use scopes_runtime::declare_scopes;
    /// use axum::Router;
    /// use scopes_runtime::router::{ScopedRouter, get};
    /// use scopes_runtime::testing::TestIssuer;
    /// use scopes_runtime::{ResourceServer, public, requires_scopes};
    /// # #[declare_scopes]
    /// # enum Scope {
    /// #     /// Read items.
    /// #     Items = "items",
    /// #     /// Everything.
    /// #     Admin = "admin",
    /// # }
    ///
    /// #[requires_scopes(any("items", "admin"))]
    /// async fn read_item() {}
    ///
    /// #[public]
    /// async fn health() {}
    ///
    /// fn routes() -> ScopedRouter<ResourceServer> {
    ///     ScopedRouter::new().route("/items/{id}", get(read_item)).route("/health", get(health))
    /// }
    ///
    /// fn app(server: ResourceServer) -> Router {
    ///     Router::from(routes().with_state(server))
    /// }
    ///
    /// # fn main() {
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// let issuer = TestIssuer::new();
    /// issuer.matrix(&routes()).check(app(issuer.resource_server())).await;
    /// # });
    /// # }
    /// ```
    pub fn matrix<S>(&self, routes: &ScopedRouter<S>) -> ScopeMatrix {
        ScopeMatrix {
            report: routes.report(),
            token: self.token(),
            names_scopes: true,
            credentials: ValidCredentials::default(),
            scope_values: ScopeValues::default(),
            dpop: DpopTokens::default(),
            bodies: Vec::new(),
            is_dry: false,
        }
    }
}

impl ScopeMatrix {
    /// Sets the claims of all tokens, for instance the subject of a user in the application's store. The matrix sets their
    /// scopes.
    ///
    /// ```
    /// # use scopes_runtime::testing::{ScopeMatrix, TestIssuer};
    /// # fn f(routes: scopes_runtime::ScopedRouter) -> ScopeMatrix {
    /// let issuer = TestIssuer::new();
    /// issuer.matrix(&routes).token(issuer.token().subject("johndoe").claim("tenant", 7))
    /// # }
    /// ```
    pub fn token(self, token: TestToken) -> Self {
        Self { token, ..self }
    }

    /// Expects refusals without scope names, as of a server that was built with
    /// [`hide_scopes`](crate::ResourceServerBuilder::hide_scopes).
    pub fn hide_scopes(self) -> Self {
        Self { names_scopes: false, ..self }
    }

    /// Sends requests to each scoped operation, and expects:
    ///
    /// - without a token, and with garbage: 401, with the challenge of the operation;
    /// - with a token for each minimal alternative of the requirement, and what the handler `may_require` later: an accepted
    ///   request. If it is refused, the operation requires more than the report lists, in an extractor, a layer or the handler;
    /// - with each alternative less one scope: 403, with the challenge;
    /// - with as many known scopes as do not satisfy the requirement together: 403, with the challenge. If such a token is
    ///   accepted, each scope is sent alone, to find those that open the operation. Known scopes are those of the router's
    ///   vocabularies and those that operations require;
    /// - with a sufficient token that is not bound to a key, if the requirement has `dpop` or the server requires DPoP: 401
    ///   `invalid_token`, with a challenge for `DPoP` alone;
    /// - with a sufficient token that is bound to a key, with the scheme `Bearer`, if `ScopeMatrix::dpop` was called: 401
    ///   `invalid_token`;
    /// - without `acr` and `auth_time`, if the requirement has `acr` or `max_age`: 401, with the challenge;
    /// - with a sufficient token in `?access_token=…`, or in a form if the method has a body: 401, as without a token;
    /// - `HEAD` without and with a sufficient token, if the method is `GET`: the same as `GET`;
    /// - a word in place of a number in each path parameter, without a token and with the insufficient tokens: the same
    ///   refusals;
    /// - with the scopes for another value of their parameters: 403;
    /// - with the right scopes, at the path with percent-encoded parameters: an accepted request;
    /// - other spellings of the path, without a token, unless the report has such a route: 404, a redirect, 400, 401, 403,
    ///   405, or the response of paths without a route. These are the path with or without a slash at the end, with two
    ///   slashes at the start, and with a percent-encoded letter. The check does not find a hidden route that has one of these
    ///   responses to placeholders.
    ///
    /// For each item of `may_require(…)`, the handler also gets sufficient tokens without this item. It may accept them,
    /// because its check can depend on data. [`MatrixOutcome::operations_with_unused_may_require`] lists the operations that
    /// accept all tokens without an item.
    ///
    /// Requests to an operation that also requires other credentials have [valid ones](Self::credentials). A sufficient token
    /// without one of the credentials, or with garbage in its place, must be refused. An operation that requires credentials
    /// instead of a token must accept valid ones, if they are set for all of its schemes. It must refuse requests without any,
    /// with garbage, with a token of all known scopes, and without one of several credentials. A refusal is 401, or another 4xx
    /// than that of the response to valid credentials. If these are not set, only 401 is a refusal, and for garbage any 4xx. A
    /// handler that refuses the placeholders with one status does not show that it checks credentials; let
    /// [`credentials`](Self::credentials) also set a body that it accepts.
    ///
    /// A public operation must respond without a token. A method that the report does not have for a path must respond,
    /// without a token, with 401, 403, 405 or 501, or as an unknown method does if that is no success. `OPTIONS` may also give
    /// an empty 200 or 204 with `Allow` or CORS headers. Services and routers that are unchecked get no requests of their own;
    /// under the prefix of an unchecked router, methods and spellings without a route are not sent either.
    ///
    /// Path parameters and bodies are placeholders, so the handler may respond with any status. The returned [`MatrixOutcome`]
    /// lists what was not tested for this reason, also the operations that responded with 5xx; [`body`](Self::body) sets what
    /// handlers accept. Operations with `DELETE` come last, longer paths first, so that others find the items of the
    /// application. A request is accepted unless the response is 401, 503, or 400 or 403 with a challenge for `Bearer` or
    /// `DPoP`. A 403 without a challenge is a rule of the application; set tokens that satisfy it with [`token`](Self::token).
    ///
    /// The number of requests is limited. A scoped operation gets at most thirteen, one for each alternative, one for each
    /// alternative and item of `may_require(…)`, one for each scope of each alternative, and two for each scope that it
    /// requires or that implies a required one. The last number doubles for each 64 known scopes, because no token has more. An
    /// operation of any method gets up to seven times the requests without a token and with insufficient ones. A path gets at
    /// most nine, and up to nine more if methods without a handler have another response than those above. A wrong response
    /// costs one more request for each known scope. Other credentials cost at most four requests, two for each scheme, and one
    /// for each 64 known scopes.
    ///
    /// # Panics
    ///
    /// Panics
    ///
    /// - if the application refuses all tokens as invalid, as one that was built with another issuer does;
    /// - if a response is not the expected one, with a table of all such responses;
    /// - if an operation requires credentials beside a token that were not set with [`credentials`](Self::credentials);
    /// - if a scope has a parameter of a `ScopeValue` that was not set with [`scope_value`](Self::scope_value);
    /// - if an operation requires `dpop`, and `ScopeMatrix::dpop` was not called;
    /// - if a handler panics or takes longer than 10 s;
    /// - if [`body`](Self::body) was called for an operation that does not exist, or is not scoped, or
    ///   [`credentials`](Self::credentials) for a scheme that no operation has;
    /// - if all responses are 404, as of a router that is nested under a prefix that the matrix does not have;
    /// - if there is no operation to send requests to.
    #[track_caller]
    pub fn check(&self, app: impl Into<Router>) -> impl Future<Output = MatrixOutcome> {
        let (app, caller) = (app.into(), Location::caller());
        async move {
            let mut run = Run::new(&app, self.is_dry);
            if run.runs_handlers() {
                self.require_credentials(caller);
            }
            self.require_scope_values(caller);
            self.require_dpop(caller);
            self.require_operations_of_bodies(caller);
            self.require_schemes_of_credentials(caller);
            let all = self.report.model();
            self.check_dry_run(&mut run, caller).await;
            let routes = Routes::of(all);
            let mut paths = BTreeSet::new();
            for operation in in_order(all) {
                let target = self.target(operation);
                self.check_operation(operation, &target, &mut run).await;
                // An unlisted route may serve what no listed one does.
                let is_no_route = is_no_route(operation)
                    || operation.methods.are_of_item()
                    || may_be_unlisted(all, &operation.path);
                if !is_no_route && run.refuses(&operation.access) {
                    check_spellings(&target, all, &routes, &mut run).await;
                }
                if !is_no_route && paths.insert(&operation.path) {
                    check_methods(&target, all, &mut run).await;
                }
            }
            run.finish("the scope matrix", &self.token, caller)
        }
    }

    /// Returns the access that refusals name before the token is verified: for a message to an MCP endpoint, that of the
    /// endpoint.
    fn unverified<'a>(&'a self, operation: &'a Operation) -> &'a Access {
        let endpoint = operation.endpoint().and_then(|path| {
            let is_endpoint = |other: &&Operation| other.path == path && other.methods == Methods::Any;
            self.report.model().iter().find(is_endpoint)
        });
        &endpoint.unwrap_or(operation).access
    }

    async fn check_operation(&self, operation: &Operation, target: &Target, run: &mut Run<'_>) {
        let serves_head = !has(self.report.model(), &operation.path, &Methods::One(Method::HEAD));
        match &operation.access {
            Access::Scoped(requirements) => {
                let scoped = Scoped {
                    target,
                    value: &target.value,
                    alternatives: &requirements.alternatives(),
                    schemes_of_challenge: self.schemes_of(&operation.access),
                    unverified: &self.unverified(operation).alternatives(),
                    unverified_schemes: self.schemes_of(self.unverified(operation)),
                    user_authentication: &requirements.authentication(),
                    may_require: &requirements.may_require(),
                    token: &self.token,
                    dpop: &self.dpop,
                    names_scopes: self.names_scopes,
                    known_scopes: self.report.known_scopes(),
                    schemes: &requirements.credentials(),
                    valid: &self.credentials,
                    scope_values: &self.scope_values.of(requirements),
                    serves_head,
                };
                scoped.check(run).await;
                if operation.methods == Methods::Any {
                    // A CORS layer may respond to `OPTIONS`.
                    let is_other =
                        |method: &&Method| **method != target.method && **method != Method::OPTIONS;
                    for method in free_methods(self.report.model(), &operation.path).filter(is_other) {
                        scoped.check_other_method(method, run).await;
                    }
                }
            }
            Access::Public { .. } => {
                let case = || Case {
                    operation: target.operation.clone(),
                    sent: "no token".to_owned(),
                    request: TestRequest::new(&target.method, &target.path),
                    expected: Expected::Unchallenged,
                };
                let is_open = run.check(&case()).await;
                if let Some(path) = target.second_path.as_ref().filter(|_| is_open) {
                    run.check(&case().at(path)).await;
                }
                if is_open && target.method == Method::GET && serves_head {
                    run.check(&case().with_method(&Method::HEAD, target)).await;
                }
            }
            Access::Authenticated { credentials } if run.runs_handlers() => {
                let authenticated = Authenticated {
                    target,
                    schemes: credentials,
                    valid: &self.credentials,
                    tokens: &self.tokens_of_all_scopes(),
                    serves_head,
                };
                authenticated.check(run).await;
            }
            Access::Authenticated { .. } | Access::Unchecked { .. } => {}
        }
    }

    /// Returns the schemes that the challenges of an operation offer. A server that accepts both offers `Bearer` first.
    fn schemes_of(&self, access: &Access) -> ChallengedSchemes {
        let of_operation = matches!(access, Access::Scoped(requirements) if requirements.requires_dpop());
        if of_operation || self.dpop.is_required() {
            ChallengedSchemes::Dpop
        } else {
            ChallengedSchemes::Bearer
        }
    }
}

/// Returns the operations with those that delete items last, the items inside of others first.
fn in_order(all: &[Operation]) -> Vec<&Operation> {
    let depth = |operation: &Operation| operation.path.split('/').count();
    let deletes = |operation: &Operation| operation.methods == Methods::One(Method::DELETE);
    let mut ordered: Vec<_> = all.iter().collect();
    ordered.sort_by_key(|operation| deletes(operation).then(|| Reverse(depth(operation))));
    ordered
}

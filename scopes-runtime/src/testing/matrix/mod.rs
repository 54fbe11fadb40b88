//! [`ScopeMatrix`]: every operation of a router, asked as clients would.

mod answer;
mod cases;
mod exchange;
mod target;

use std::fmt;
use std::panic::Location;

use axum::Router;

use self::cases::Case;
use self::exchange::send;
use self::target::Target;
use super::attacks::attacks_on;
use super::{TestIssuer, TestToken};
use crate::ScopedRouter;
use crate::report::{Callers, Operation, Report, write_aligned};

/// Every operation of a [`ScopedRouter`], asked as clients would, with real requests to the finished application.
/// [`TestIssuer::matrix`] makes it.
#[derive(Debug)]
#[must_use = "a matrix asks nothing until `check` or `check_attacks` is called"]
pub struct ScopeMatrix {
    report: Report,
    token: TestToken,
    names_scopes: bool,
}

impl TestIssuer {
    /// The matrix of a router's operations: who gets in, and how everybody else is refused.
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
        ScopeMatrix { report: routes.report(), token: self.token(), names_scopes: true }
    }
}

impl ScopeMatrix {
    /// What all tokens have in common: a user that the application knows, for instance. Their scopes are those of the
    /// matrix.
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

    /// The server does not name scopes when it refuses: it was built with
    /// [`without_scopes_in_answers`](crate::ResourceServerBuilder::without_scopes_in_answers).
    pub fn without_scopes_in_answers(self) -> Self {
        Self { names_scopes: false, ..self }
    }

    /// Asks every operation:
    ///
    /// - without a token and with garbage for one: 401, with the right challenge;
    /// - with each minimal alternative of what it requires: it is let through;
    /// - with each alternative less one scope: 403, with the right challenge;
    /// - where the user has to have logged in in some way, with a token that does not say how: 401, with the right
    ///   challenge;
    /// - a public one without a token: it is open.
    ///
    /// Parameters of paths and bodies get placeholders, `1` and `{}`, so the answer of an application may be any: let
    /// through are all answers but a 401, a 503 (no token can be checked) and, with a challenge for `Bearer`, a 400 or a
    /// 403. A 403 without one is a rule of the application's own, and one for the tokens of [`token`](Self::token) to
    /// meet. Open are all answers without a challenge for `Bearer`. Foreign services are not asked.
    ///
    /// # Panics
    ///
    /// Something is not as it should be; the message is a table of everything that is not. Nor does a panic of a handler
    /// pass, or no answer within ten seconds. Or there is no operation to ask.
    #[track_caller]
    pub fn check(&self, app: impl Into<Router>) -> impl Future<Output = ()> {
        let caller = Location::caller();
        let cases = |operation: &Operation| cases::of(operation, &self.token, self.names_scopes);
        self.ask(app.into(), cases, "the scope matrix", caller)
    }

    /// Attacks every operation that is not public, with every one of [`TestIssuer::attacks`]: each is refused as its
    /// standard asks, and none with a 500.
    ///
    /// It is for servers that are strict, as [`TestIssuer::resource_server`] is. A leniency lets attacks through.
    ///
    /// ```
    /// # use scopes_runtime::declare_scopes;
    /// # use scopes_runtime::requires_scopes;
    /// use scopes_runtime::router::{ScopedRouter, get};
    /// use scopes_runtime::testing::TestIssuer;
    /// # #[declare_scopes]
    /// # enum Scope {
    /// #     /// Read items.
    /// #     Items = "items",
    /// # }
    ///
    /// #[requires_scopes("items")]
    /// async fn read_items() {}
    ///
    /// # fn main() {
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// let issuer = TestIssuer::new();
    /// let app = ScopedRouter::new().route("/items", get(read_items)).with_state(issuer.resource_server());
    /// issuer.matrix(&app).check_attacks(app).await;
    /// # });
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// As [`check`](Self::check).
    #[track_caller]
    pub fn check_attacks(&self, app: impl Into<Router>) -> impl Future<Output = ()> {
        let caller = Location::caller();
        let attacks = attacks_on(self.token.clone());
        let cases = move |operation: &Operation| match &operation.callers {
            Callers::Scoped { alternatives, .. } => {
                let scope = cases::named(alternatives, "", self.names_scopes);
                attacks.iter().map(|attack| Case::of_attack(attack, &scope)).collect()
            }
            Callers::Public { .. } | Callers::Foreign { .. } => Vec::new(),
        };
        self.ask(app.into(), cases, "the attacks", caller)
    }

    async fn ask(
        &self,
        app: Router,
        cases: impl Fn(&Operation) -> Vec<Case>,
        asked: &str,
        caller: &Location<'_>,
    ) {
        let mut failures = vec![["OPERATION", "SENT", "EXPECTED", "GOT"].map(str::to_owned)];
        let mut requests = 0;
        for operation in self.report.operations() {
            let target = Target::of(operation, self.report.operations());
            for Case { sent, headers, expected } in cases(operation) {
                requests += 1;
                let got = send(&app, &target, &headers).await;
                if !expected.accepts(&got) {
                    let name = format!("{} {}", operation.method, operation.path);
                    failures.push([name, sent, expected.to_string(), got.to_string()]);
                }
            }
        }
        assert!(requests > 0, "this router has no operation for {asked} to ask ({caller})");
        assert!(
            failures.len() == 1,
            "{} of {requests} requests of {asked} are not answered as they should be ({caller}):\n\n{}",
            failures.len() - 1,
            Table(&failures),
        );
    }
}

struct Table<'a>(&'a [[String; 4]]);

impl fmt::Display for Table<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_aligned(formatter, "", self.0)
    }
}

use std::panic::Location;

use axum::Router;
use axum::http::StatusCode;

use super::ScopeMatrix;
use super::exchange::TestRequest;
use super::response::{ChallengedSchemes, Expected, TokenChallenge};
use super::run::{Case, Run};
use super::scoped_case::named;
use super::target::Target;
use crate::operation::Access;
use crate::testing::attacks::{Attack, attacks_on};

impl ScopeMatrix {
    /// Sends all attacks of [`TestIssuer::attacks`](crate::testing::TestIssuer::attacks) to every scoped operation. Each must
    /// get the refusal that its standard requires.
    ///
    /// The server must be strict, like
    /// [`TestIssuer::resource_server`](crate::testing::TestIssuer::resource_server): each leniency lets attacks through. For a
    /// server that accepts DPoP, call `ScopeMatrix::dpop`, and also send the attacks of `TestIssuer::dpop_attacks`.
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
    /// Panics as [`check`](Self::check) does, also if the application refuses all tokens of the test issuer.
    #[track_caller]
    pub fn check_attacks(&self, app: impl Into<Router>) -> impl Future<Output = ()> {
        let (app, caller) = (app.into(), Location::caller());
        async move {
            let mut run = Run::new(&app, self.is_dry);
            self.require_dpop(caller);
            self.check_dry_run(&mut run, caller).await;
            let attacks = attacks_on(self.token.clone());
            let without_scopes = self.token.clone().scopes::<&str>([]).sign();
            for operation in self.report.model() {
                let Access::Scoped(requirements) = &operation.access else { continue };
                // The attacks on its endpoint are those on an item.
                if operation.methods.are_of_item() {
                    continue;
                }
                let target = Target::of(operation, self.report.model());
                let scope = named(&requirements.alternatives(), "", self.names_scopes, &target.value);
                let schemes = self.schemes_of(&operation.access);
                // Without scopes, so that no handler runs. Where any token suffices, one would.
                let is_refused = !requirements.alternatives().iter().any(Vec::is_empty);
                if is_refused && schemes != ChallengedSchemes::Dpop {
                    let request = TestRequest::new(&target.method, &target.path).bearer(&without_scopes);
                    run.send_valid_token(&request).await;
                }
                for attack in attacks.iter().filter(|attack| !self.dpop.is_set() || !attack.has_dpop_scheme())
                {
                    let challenge = TokenChallenge { schemes, error: None, scope: scope.clone() };
                    run.check(&attack_case(attack, &target, challenge)).await;
                }
            }
            run.finish("the attacks", &self.token, caller);
        }
    }
}

/// `challenge` is the one for a token without scopes.
fn attack_case(attack: &Attack, target: &Target, challenge: TokenChallenge) -> Case {
    // The challenge for a malformed request names no scopes.
    let scope = challenge.scope.filter(|_| attack.status() != StatusCode::BAD_REQUEST);
    let challenge = TokenChallenge { error: attack.error().map(str::to_owned), scope, ..challenge };
    Case {
        operation: target.operation.clone(),
        sent: format!("{} ({})", attack.name(), attack.rule()),
        request: TestRequest::new(&target.method, &target.path).headers(attack.headers()),
        expected: if attack.has_unknown_key() {
            Expected::UnknownKey(challenge)
        } else {
            Expected::Refused(attack.status(), challenge)
        },
    }
}

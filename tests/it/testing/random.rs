//! The matrix passes correct routers with random requirements.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use scopes_runtime::router::get;
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{Requirement, ScopedRouter, Vocabulary as _, requires_scopes};
use scopes_tests::Scope;
use scopes_tests::billing::BillingScope;

#[requires_scopes]
async fn handler() {}

/// Builds a requirement of these alternatives. It is static, so its memory is leaked.
fn requirement(alternatives: &[Vec<usize>]) -> Requirement {
    let declared: Vec<_> = Scope::DECLARED.iter().chain(BillingScope::DECLARED).collect();
    let alternatives = alternatives.iter().map(|scopes| {
        let scopes = scopes.iter().map(|at| Requirement::scope(declared[*at])).collect::<Vec<_>>();
        Requirement::all(scopes.leak())
    });
    Requirement::any(alternatives.collect::<Vec<_>>().leak())
}

/// The operation has 9 alternatives, and would have more than 64 if its requirement counted twice.
#[tokio::test]
async fn a_challenge_has_the_scopes_of_the_handler_and_its_routers() {
    let issuer = TestIssuer::new();
    let router = ScopedRouter::new()
        .route("/", get(handler))
        .require(requirement(&[vec![0], vec![1], vec![2]]))
        .require(requirement(&[vec![3], vec![4], vec![5]]))
        .with_state(issuer.resource_server());
    let answer = scopes_tests::get(&router.into(), "/", &[]).await;
    assert_eq!(answer.challenge(), Some(r#"Bearer realm="api", scope="me invoices:read""#));
}

fn alternatives() -> impl Strategy<Value = Vec<Vec<usize>>> {
    prop::collection::vec(prop::collection::vec(0..6_usize, 0..4), 1..5)
}

#[test]
fn correct_routers_with_random_requirements_pass() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let issuer = TestIssuer::new();
    let config = Config { cases: 300, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&(alternatives(), alternatives()), |(inner, outer)| {
        let router = ScopedRouter::new()
            .route("/", get(handler))
            .require(requirement(&inner))
            .require(requirement(&outer))
            .with_state(issuer.resource_server());
        runtime.block_on(issuer.matrix(&router).check(router));
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

//! Every operation with all, some and none of the scopes, and with malicious tokens.

use axum::Router;
use demo_app::{AppState, Database, DpopMode, ExternalIssuer, TokenIssuer, Tokens, app, routes};
use scopes_runtime::testing::{ScopeMatrix, TestIssuer};

/// Returns the application with the tokens of an issuer on loopback, and its matrix for johndoe.
async fn demo(issuer: &TestIssuer) -> (ScopeMatrix, Router) {
    let (url, audience) = (issuer.url().to_owned(), issuer.audience().to_owned());
    let matrix = issuer.matrix(&routes(&TokenIssuer::External(ExternalIssuer::new(url.clone()))));
    let database = Database::open(":memory:").await.unwrap();
    let app = app(AppState::new(database, Tokens::from_issuer(url, audience, DpopMode::Off, None).unwrap()));
    (matrix.token(issuer.token().subject("johndoe")), app)
}

#[tokio::test]
async fn every_operation_requires_exactly_its_scopes() {
    let issuer = TestIssuer::new().serve();
    let (matrix, app) = demo(&issuer).await;
    matrix.check(app).await;
}

#[tokio::test]
async fn every_attack_is_refused() {
    let issuer = TestIssuer::new().serve();
    let (matrix, app) = demo(&issuer).await;
    matrix.check_attacks(app).await;
}

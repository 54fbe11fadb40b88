//! Attacks: each is refused for the reason in its name, for every source of keys.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use axum::Router;
use axum::http::{StatusCode, header};
use scopes_runtime::router::get;
use scopes_runtime::testing::{Attack, TestIssuer};
use scopes_runtime::{
    AccessToken, DecodeFuture, GrantedScopes, MultiIssuerDecoder, ResourceServer, ScopedRouter, TokenDecoder,
    requires_scopes,
};
use scopes_tests::{Scope, without_seconds};

use super::matrix::{table, torture};

#[requires_scopes("items")]
async fn items() {}

fn router(server: ResourceServer) -> ScopedRouter {
    ScopedRouter::new().route("/items", get(items)).with_state(server)
}

/// Returns the token of an attack with one `Authorization` header.
fn token(attack: &Attack) -> Option<&str> {
    match attack.headers() {
        [(header::AUTHORIZATION, line)] if attack.error() == Some("invalid_token") => {
            line.to_str().ok()?.strip_prefix("Bearer ")
        }
        _ => None,
    }
}

#[test]
fn attacks_have_distinct_names_and_rules() {
    let attacks = TestIssuer::new().attacks();
    let names: BTreeSet<_> = attacks.iter().map(Attack::name).collect();
    assert_eq!(names.len(), attacks.len(), "duplicate names");
    assert!(attacks.len() >= 300, "{}", attacks.len());
    for attack in &attacks {
        assert!(attack.rule().starts_with("RFC ") && attack.rule().contains(" section "), "{attack:?}");
        assert!([StatusCode::BAD_REQUEST, StatusCode::UNAUTHORIZED].contains(&attack.status()));
    }
}

/// An attack that is refused for another reason proves nothing, so the reasons are in a reviewed file.
/// `UPDATE_REASONS=1` updates it.
#[tokio::test]
async fn each_attack_is_refused_for_its_own_reason() {
    let issuer = TestIssuer::new();
    let decoder = issuer.decoder();
    decoder.decode(&issuer.token().scopes(["scope"]).sign()).await.expect("the unchanged token is accepted");
    let mut reasons = String::new();
    for attack in issuer.attacks() {
        let refused = match token(&attack) {
            Some(token) => {
                without_seconds(&decoder.decode(token).await.expect_err(attack.name()).to_string())
            }
            None => {
                format!("{} {}", attack.status().as_u16(), attack.error().unwrap_or("without credentials"))
            }
        };
        let refused = refused.trim_start_matches("the access token is not valid: ");
        writeln!(reasons, "{} ({}): {refused}", attack.name(), attack.rule()).expect("a string");
    }
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/it/testing/reasons.txt");
    if std::env::var_os("UPDATE_REASONS").is_some() {
        std::fs::write(file, &reasons).expect("a file to write");
    }
    let expected = std::fs::read_to_string(file).expect("a file to read");
    for (reason, expected) in reasons.lines().zip(expected.lines()) {
        assert_eq!(reason, expected);
    }
    assert_eq!(reasons.lines().count(), expected.lines().count());
}

#[tokio::test]
async fn a_correct_router_refuses_all_attacks() {
    let issuer = TestIssuer::new();
    issuer.matrix(&torture()).check_attacks(torture().with_state(issuer.resource_server())).await;
}

#[tokio::test]
async fn a_router_that_fetches_the_keys_refuses_all_attacks() {
    let issuer = TestIssuer::new().serve();
    let app = router(issuer.resource_server());
    issuer.matrix(&app).check_attacks(app).await;
}

#[tokio::test]
async fn a_router_with_several_issuers_refuses_all_attacks() {
    let (issuer, other) = (TestIssuer::new(), TestIssuer::new().serve());
    let issuers = MultiIssuerDecoder::new([other.decoder(), issuer.decoder()]).expect("two issuers");
    let app = router(ResourceServer::new(issuers));
    issuer.matrix(&app).check_attacks(app).await;
}

/// A cached token does not help an attack.
#[tokio::test]
async fn a_router_with_a_cached_valid_token_refuses_all_attacks() {
    let issuer = TestIssuer::new();
    let app = router(issuer.resource_server());
    let matrix = issuer.matrix(&app);
    let app = Router::from(app);
    matrix.check(app.clone()).await;
    matrix.check_attacks(app).await;
}

/// Accepts every token without verification.
struct Gullible;

impl TokenDecoder for Gullible {
    fn decode<'a>(&'a self, _: &'a str) -> DecodeFuture<'a> {
        Box::pin(async { AccessToken::new(serde_json::Map::new(), GrantedScopes::from_list("items")) })
    }
}

#[test]
fn a_server_that_verifies_nothing_fails_for_every_invalid_token() {
    let issuer = TestIssuer::new();
    let app = router(ResourceServer::new(Gullible));
    let message = table(issuer.matrix(&app).check_attacks(app));
    let bad = issuer.attacks().iter().filter(|attack| attack.error() == Some("invalid_token")).count();
    // One request more has a valid token.
    let requests = issuer.attacks().len() + 1;
    assert!(message.starts_with(&format!("{bad} of {requests} requests of the attacks")), "{message}");
    let mut lines = message.lines().skip(2).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    assert_eq!(lines.next().as_deref(), Some("OPERATION SENT EXPECTED GOT"));
    let row = r#"GET /items alg `none`, no signature (RFC 8725 section 3.2) 401 Bearer invalid_token scope="items" 200"#;
    assert_eq!(lines.next().as_deref(), Some(row));
}

#[test]
fn attacks_on_an_application_of_another_issuer_are_a_failure() {
    let app = router(TestIssuer::new().resource_server());
    let message = table(TestIssuer::new().matrix(&app).check_attacks(app));
    assert!(message.starts_with("the application refuses the tokens of the test issuer"), "{message}");
}

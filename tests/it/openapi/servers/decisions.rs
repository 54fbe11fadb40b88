//! The servers decide as the document describes: two nested routers, each with a resource server of its own.

use axum::Router;
use axum::http::StatusCode;
use scopes_runtime::{
    DecodeError, DecodeFuture, ResourceServer, ScopedRouter, TokenDecoder, Vocabulary as _,
};
use scopes_tests::billing::BillingScope;
use scopes_tests::{Readable, Scope, call, token};
use serde_json::Value;

use super::{document, partners, routes, users};

/// Decodes the tokens of one authorization server, which begin with its name.
struct Issuer(&'static str, Readable);

impl TokenDecoder for Issuer {
    fn decode<'a>(&'a self, token: &'a str) -> DecodeFuture<'a> {
        match token.strip_prefix(self.0).and_then(|rest| rest.strip_prefix('.')) {
            Some(token) => self.1.decode(token),
            None => Box::pin(async { Err(DecodeError::invalid("another issuer")) }),
        }
    }
}

fn server(name: &'static str) -> ResourceServer {
    ResourceServer::new(Issuer(name, Readable::default()))
}

/// Builds the routes with a server and a scheme each. The router around has no state.
fn router() -> ScopedRouter {
    let users = routes().security_scheme(users()).with_state(server("oauth2"));
    let partners = ScopedRouter::new().merge(routes().security_scheme(partners()));
    ScopedRouter::new().nest("/users", users).nest("/partners", partners.with_state(server("partners")))
}

/// Returns whether `security` accepts a request: with a token of this scheme with these scopes, or without a token.
fn allows(security: &Value, token: Option<(&str, &[&str])>) -> bool {
    let includes = |granted: &str, scope: &str| {
        let declared = Scope::DECLARED.iter().chain(BillingScope::DECLARED);
        let mut declared = declared.filter(|declared| declared.name() == granted);
        granted == scope || declared.any(|declared| declared.implies().contains(&scope))
    };
    let alternatives = security.as_array().expect("a list");
    alternatives.is_empty()
        || alternatives.iter().any(|schemes| {
            schemes.as_object().expect("schemes").iter().all(|(name, scopes)| {
                token.is_some_and(|(scheme, granted)| {
                    let has = |scope: &Value| {
                        let scope = scope.as_str().expect("a scope");
                        granted.iter().any(|granted| includes(granted, scope))
                    };
                    scheme == name && scopes.as_array().expect("scopes").iter().all(has)
                })
            })
        })
}

#[tokio::test]
async fn two_servers_decide_as_the_document_describes() {
    let document = document(router());
    let app = Router::from(router());
    let sets: [&[&str]; 8] = [
        &[],
        &["items"],
        &["items:write"],
        &["me"],
        &["me", "items"],
        &["me", "invoices"],
        &["billing"],
        &["me", "items:write", "billing"],
    ];
    let mut counted = [0, 0];
    for (path, item) in document["paths"].as_object().expect("paths") {
        let security = &item["get"]["security"];
        let without_token = call(&app, "GET", path, None).await.status;
        assert_eq!(without_token == StatusCode::OK, allows(security, None), "{path} without a token");
        for (scheme, set) in ["oauth2", "partners"].into_iter().flat_map(|name| sets.map(|set| (name, set))) {
            let token = format!("{scheme}.{}", token(&format!("other {}", set.join(" "))));
            let answer = call(&app, "GET", path, Some(&token)).await;
            // The token is optional, but a server refuses a token of the other one.
            let is_optional =
                security.as_array().is_some_and(|list| list.first() == Some(&serde_json::json!({})));
            let expected = if is_optional {
                security[1].get(scheme).is_some()
            } else {
                allows(security, Some((scheme, set)))
            };
            assert_eq!(answer.status == StatusCode::OK, expected, "{path} with {scheme} {set:?}: {security}");
            counted[usize::from(expected)] += 1;
            if !expected {
                let is_own = security.as_array().expect("a list").iter().any(|one| one.get(scheme).is_some());
                let refusal = if is_own { StatusCode::FORBIDDEN } else { StatusCode::UNAUTHORIZED };
                assert_eq!(answer.status, refusal, "{path} with {scheme} {set:?}");
            }
        }
    }
    assert!(counted.into_iter().all(|count| count > 50), "{counted:?}");
}

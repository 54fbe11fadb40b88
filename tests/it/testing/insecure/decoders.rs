//! Decoders that grant other scopes than the token.

use axum::Router;
use scopes_runtime::openapi::OAuth2Scheme;
use scopes_runtime::router::get;
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{
    AccessToken, DeclaredScope, DecodeFuture, GrantedScopes, JwtDecoder, Requirement, ResourceServer,
    ScopedRouter, TokenDecoder, requires_scopes,
};
use scopes_tests::Scope;
use scopes_tests::billing::BillingScope;
use serde_json::{Map, Value};

use super::{found, found_of, has, read_me, routes};

#[requires_scopes]
async fn any_token() {}

/// Changes the scopes of valid tokens.
struct Lenient {
    inner: JwtDecoder,
    granted: fn(&str) -> String,
}

impl TokenDecoder for Lenient {
    fn decode<'a>(&'a self, token: &'a str) -> DecodeFuture<'a> {
        Box::pin(async move {
            let token = self.inner.decode(token).await?;
            let claims: Map<String, Value> = token.claims().expect("JSON");
            AccessToken::new(claims, GrantedScopes::from_list(&(self.granted)(&token.scopes().to_string())))
        })
    }
}

fn lenient(issuer: &TestIssuer, granted: fn(&str) -> String) -> Router {
    routes().with_state(ResourceServer::new(Lenient { inner: issuer.decoder(), granted })).into()
}

#[test]
fn a_decoder_that_grants_an_undeclared_implication_is_found() {
    let granted =
        |granted: &str| if has(granted, "me") { format!("{granted} billing") } else { granted.into() };
    let found = found(|issuer| lenient(issuer, granted));
    assert_eq!(
        found,
        [
            r#"GET /admin a token of `me` 403 Bearer insufficient_scope scope="billing" 200"#,
            r#"POST /invoices a token of all scopes but `billing` `invoices` 403 Bearer insufficient_scope scope="items invoices" 200"#,
        ]
    );
}

#[test]
fn an_unrequired_scope_that_opens_an_operation_is_found() {
    let routes = || {
        let scheme = OAuth2Scheme::new::<Scope>().with_vocabulary::<BillingScope>();
        ScopedRouter::new().security_scheme(scheme).route("/me", get(read_me))
    };
    let granted = |granted: &str| if has(granted, "invoices:read") { "me".into() } else { granted.into() };
    let found = found_of(routes(), |issuer| {
        routes().with_state(ResourceServer::new(Lenient { inner: issuer.decoder(), granted })).into()
    });
    let row = r#"GET /me a token of `invoices:read` 403 Bearer insufficient_scope scope="me" 200"#;
    assert_eq!(found, [row]);
}

/// The matrix distributes this many scopes over several tokens.
#[test]
fn one_wrong_scope_of_a_hundred_is_found() {
    let scope = |number: usize| {
        let name = String::leak(format!("scope:{number}"));
        &*Box::leak(Box::new(DeclaredScope::new(name, 0, "One of many.", &[], &[])))
    };
    let scopes: Vec<_> = (0..100).map(scope).collect();
    let routes = || {
        scopes.iter().enumerate().fold(ScopedRouter::new(), |routes, (number, scope)| {
            let path = format!("/operations/{number}/{{id}}");
            let route = ScopedRouter::new().route(&path, get(any_token));
            routes.merge(route.require(Requirement::scope(scope)))
        })
    };
    let granted = |granted: &str| if has(granted, "scope:99") { "scope:7".into() } else { granted.into() };
    let found = found_of(routes(), |issuer| {
        routes().with_state(ResourceServer::new(Lenient { inner: issuer.decoder(), granted })).into()
    });
    let refused = r#"403 Bearer insufficient_scope scope="scope:7" 200"#;
    assert!(
        found.contains(&format!("GET /operations/7/{{id}} a token of `scope:99` {refused}")),
        "{found:#?}"
    );
}

#[test]
fn a_decoder_with_reversed_implications_is_found() {
    let granted =
        |granted: &str| if has(granted, "items") { format!("{granted} items:write") } else { granted.into() };
    let found = found(|issuer| lenient(issuer, granted));
    let row = r#"POST /items a token of `items` 403 Bearer insufficient_scope scope="items:write" 200"#;
    assert_eq!(found, [row]);
}

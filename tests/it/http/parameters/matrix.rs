//! The scope matrix, with other values of parameters.

use scopes_runtime::router::{ScopedRouter, get};
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{DecodeFuture, GrantedScopes, JwtDecoder, ResourceServer, TokenDecoder};

use super::{Scope, file, items, push, read, write_or_read_all};

#[tokio::test]
async fn the_matrix_sends_other_values() {
    let issuer = TestIssuer::new();
    let router = ScopedRouter::new()
        .vocabulary::<Scope>()
        .route("/orgs/{org}", get(read))
        .route("/orgs/{org}/any", get(write_or_read_all))
        .route("/repos/{owner}/{name}", get(push))
        .route("/files/{*path}", get(file))
        .route("/items", get(items))
        .with_state(issuer.resource_server());
    let matrix = issuer.matrix(&router).scope_value("tenant", |request, tenant| {
        request.headers_mut().insert("host", format!("{tenant}.example.com").parse().expect("a host"));
    });
    matrix.check(router).await;
}

#[tokio::test]
#[should_panic(expected = "call `ScopeMatrix::scope_value(\"tenant\", …)`, which gives it a value")]
async fn the_matrix_needs_the_values_of_other_sources() {
    let issuer = TestIssuer::new();
    let router = ScopedRouter::new().route("/items", get(items)).with_state(issuer.resource_server());
    issuer.matrix(&router).check(router).await;
}

/// Compares only whether the organization's read scope is there, whatever its value.
#[tokio::test]
#[should_panic(expected = "a token of `org:word:read`")]
async fn the_matrix_finds_a_check_of_any_value() {
    struct AnyValue(JwtDecoder);

    impl TokenDecoder for AnyValue {
        fn decode<'a>(&'a self, token: &'a str) -> DecodeFuture<'a> {
            Box::pin(async move {
                let token = self.0.decode(token).await?;
                let has_any = token.scopes().iter().any(|scope| scope.ends_with(":read"));
                let all = ["org:1:read", "org:word:read", "org:words:read"];
                if has_any { token.with_scopes(GrantedScopes::from_iter(all)) } else { Ok(token) }
            })
        }
    }

    let issuer = TestIssuer::new();
    let server = ResourceServer::new(AnyValue(issuer.decoder()));
    let router = ScopedRouter::new().route("/orgs/{org}", get(read)).with_state(server);
    issuer.matrix(&router).check(router).await;
}

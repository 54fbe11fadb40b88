use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

#[requires_scopes("me")]
#[utoipa::path(get, path = "/items", security(("oauth2" = ["items"])), responses((status = 200, description = "It.")))]
async fn items() {}

fn main() {}

//! Serves an application with 60 operations and more, for `.ci/evaluate`, which decides its requests from the document alone.
//! The first line of the output is JSON: the URL, a token for each set of scopes of each issuer, and an API key.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::{Json, Router};
use scopes_runtime::openapi::OAuth2Scheme;
use scopes_runtime::router::{get, post};
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{
    AccessToken, CredentialExtractor, CredentialScheme, ResourceServer, ScopedRouter, Vocabulary,
    authenticated_by, declare_scopes, public, requires_scopes, scopes,
};
use scopes_tests::billing::BillingScope;
use scopes_tests::listen;
use serde_json::{Value, json};

const KEY: &str = "key-of-a-partner";

/// Eight scopes, of which some imply others through others.
#[declare_scopes]
enum Scope {
    /// Read information about the current user.
    Me = "me",
    /// Read items.
    Items = "items",
    /// Create, change and delete items.
    #[implies(Items)]
    ItemsWrite = "items:write",
    /// Read orders.
    Orders = "orders",
    /// Create, change and cancel orders.
    #[implies(Orders)]
    OrdersWrite = "orders:write",
    /// Read the audit log.
    Audit = "audit",
    /// Read everything.
    #[implies(Items, Orders, Audit)]
    Staff = "staff",
    /// Everything.
    #[implies(Staff, ItemsWrite, OrdersWrite)]
    Admin = "admin",
}

/// Scopes of one organization, and of all.
#[declare_scopes]
enum OrgScope {
    /// Read the projects of an organization.
    OrgRead = "org:{org}:read",
    /// Change the projects of an organization.
    #[implies(OrgRead)]
    OrgWrite = "org:{org}:write",
    /// Read the projects of all organizations.
    #[implies(OrgRead)]
    AllRead = "org:read",
}

#[requires_scopes(OrgScope::OrgRead)]
async fn read_projects() {}

#[requires_scopes(any(OrgScope::OrgWrite, OrgScope::AllRead))]
async fn write_projects() {}

struct PartnerKey;

impl CredentialExtractor for PartnerKey {
    const SCHEME: CredentialScheme = CredentialScheme::api_key_in_header("partner_key", "X-Api-Key");
}

impl<S: Sync> FromRequestParts<S> for PartnerKey {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let is_key = parts.headers.get("X-Api-Key").is_some_and(|key| key == KEY);
        if is_key { Ok(Self) } else { Err(StatusCode::UNAUTHORIZED) }
    }
}

macro_rules! operations {
    ($($name:ident $requirement:tt,)*) => {
        $(
            #[requires_scopes $requirement]
            async fn $name() {}
        )*

        fn operations() -> ScopedRouter<ResourceServer> {
            ScopedRouter::new()$(.route(concat!("/", stringify!($name)), get($name)))*
        }
    };
}

operations! {
    any_token(),
    me("me"),
    items("items"),
    items_write("items:write"),
    orders("orders"),
    orders_write("orders:write"),
    audit("audit"),
    staff("staff"),
    me_items("me", "items"),
    items_orders("items", "orders"),
    implied_and_broader("items", "items:write"),
    broader_or_implied(any("items:write", "items")),
    implied_or_broader(any("orders", "admin", "orders:write")),
    me_or_items(any("me", "items:write")),
    both_any(any("me", "audit"), any("items", "orders")),
    nested(any("admin", all("me", any("items", "orders:write")))),
    me_items_or_orders(any(all("me", "items"), all("me", "orders"))),
    three("me", "items:write", "orders:write"),
    later("items", may_require("admin")),
    deep(any(all("me", "audit"), all("items:write", any("orders", "staff")), "admin")),
}

#[requires_scopes("items")]
async fn read_with_key(_: PartnerKey) {}

#[authenticated_by(PartnerKey)]
async fn read_prices(_: PartnerKey) {}

#[requires_scopes("me", acr = "urn:example:mfa")]
async fn pay() {}

#[public]
async fn health() {}

#[public(reason = "a greeting")]
async fn greet(_: Option<AccessToken>) {}

#[requires_scopes(any(BillingScope::Invoices, BillingScope::InvoicesRead))]
async fn read_invoices() {}

#[requires_scopes(BillingScope::Billing)]
async fn write_invoices() {}

fn router(users: &TestIssuer, partners: &TestIssuer, orgs: &TestIssuer) -> ScopedRouter {
    let orders = operations().require(scopes!(any("orders:write", "me")));
    let audited = operations().require(scopes!("audit")).require(scopes!(any("items", "admin")));
    let users = ScopedRouter::new()
        .security_scheme(OAuth2Scheme::new::<Scope>().name("users").client_credentials("/token"))
        .nest("/plain", operations())
        .nest("/orders", orders)
        .nest("/audited", audited)
        .route("/with-key", get(read_with_key))
        .route("/prices", get(read_prices))
        .route("/payments", post(pay))
        .route("/health", get(health))
        .route("/greeting", get(greet))
        .with_state(users.resource_server());
    let partners = ScopedRouter::new()
        .security_scheme(OAuth2Scheme::new::<BillingScope>().name("partners"))
        .route("/invoices", get(read_invoices).put(write_invoices))
        .with_state(partners.resource_server());
    let orgs = ScopedRouter::new()
        .security_scheme(OAuth2Scheme::new::<OrgScope>().name("orgs"))
        .route("/projects", get(read_projects).put(write_projects))
        .with_state(orgs.resource_server());
    ScopedRouter::new().merge(users).nest("/partners", partners).nest("/orgs/{org}", orgs)
}

fn names<V: Vocabulary>() -> Vec<&'static str> {
    V::DECLARED.iter().map(|scope| scope.name()).collect()
}

/// Returns a token for each set of the scopes.
fn tokens(issuer: &TestIssuer, scheme: &str, names: &[&str]) -> Vec<Value> {
    let sets = 0..1_usize << names.len();
    let set = |bits: usize| {
        let scopes: Vec<_> = (0..names.len()).filter(|at| bits & 1 << at != 0).map(|at| names[at]).collect();
        let token = issuer.token().scopes(scopes.iter().copied()).sign();
        json!({ "scheme": scheme, "scopes": scopes, "token": token })
    };
    sets.map(set).collect()
}

#[tokio::main]
async fn main() {
    let (users, partners, orgs) = (TestIssuer::new(), TestIssuer::new(), TestIssuer::new());
    let (router, document) = router(&users, &partners, &orgs).split_for_parts();
    let app: Router = router.route("/openapi.json", axum::routing::get(async || Json(document)));
    let (listener, url) = listen().await;
    let tokens = [
        tokens(&users, "users", &names::<Scope>()),
        tokens(&partners, "partners", &names::<BillingScope>()),
        tokens(
            &orgs,
            "orgs",
            &["org:acme:read", "org:acme:write", "org:other:write", "org:read", "org:{org}:read"],
        ),
    ];
    println!("{}", json!({ "url": url, "tokens": tokens.concat(), "keys": { "partner_key": KEY } }));
    axum::serve(listener, app).await.expect("a listener");
}

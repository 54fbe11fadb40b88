//! `may_grant`: the scopes that an issuer may grant.

use axum::Router;
use axum::routing::get as on_get;
use jsonwebtoken::EncodingKey;
use scopes_runtime::{
    AccessToken, Algorithm, JwtDecoder, JwtDecoderBuilder, MultiIssuerDecoder, ResourceServer, ScopeClaim,
    TokenDecoder as _, VerificationKey, declare_scopes, requires_scopes,
};
use serde_json::json;

use super::issuer::{HEADER, accept, builder, claims, claims_with, refuse, secret_key, sign, sign_with};

const PARTNER: &str = "https://partner.example";
const PARTNER_SECRET: [u8; 32] = [9; 32];

/// What a token may do.
#[declare_scopes]
enum Scope {
    /// Read items.
    Items = "items",
    /// Create, change and delete items.
    #[implies(Items)]
    ItemsWrite = "items:write",
    /// Administer the shop.
    Admin = "admin",
}

#[requires_scopes("items")]
async fn items(token: AccessToken) -> String {
    token.scopes().to_string()
}

#[requires_scopes("items:write")]
async fn write() {}

#[requires_scopes("admin")]
async fn admin() {}

#[requires_scopes]
async fn scopes(token: AccessToken) -> String {
    token.scopes().to_string()
}

fn partner() -> JwtDecoderBuilder {
    let key = VerificationKey::from_secret(Algorithm::HS256, PARTNER_SECRET).expect("a key");
    JwtDecoder::builder().issuer(PARTNER).audience(super::issuer::AUDIENCE).key(key)
}

fn app(partner: JwtDecoderBuilder) -> Router {
    let own = builder().key(secret_key(Algorithm::HS256)).build().expect("a decoder");
    let issuers = MultiIssuerDecoder::new([own, partner.build().expect("a decoder")]).expect("two issuers");
    Router::new()
        .route("/items", on_get(items))
        .route("/write", on_get(write))
        .route("/admin", on_get(admin))
        .route("/scopes", on_get(scopes))
        .with_state(ResourceServer::new(issuers))
}

fn partners(scope: &str) -> String {
    let mut claims = claims();
    claims["iss"] = PARTNER.into();
    claims["scope"] = scope.into();
    sign_with(Algorithm::HS256, &EncodingKey::from_secret(&PARTNER_SECRET), HEADER, claims.to_string())
}

/// Returns the statuses of the four routes, which are the same for a cached token.
async fn statuses(app: &Router, token: &str) -> [u16; 4] {
    let authorization = format!("Bearer {token}");
    let mut statuses = [0; 4];
    for (status, path) in statuses.iter_mut().zip(["/items", "/write", "/admin", "/scopes"]) {
        let first = scopes_tests::get(app, path, &[&authorization]).await.status;
        let second = scopes_tests::get(app, path, &[&authorization]).await.status;
        assert_eq!(first, second, "{path}");
        *status = first.as_u16();
    }
    statuses
}

#[tokio::test]
async fn may_grant_drops_other_scopes_of_that_issuer_only() {
    let everything = "admin items items:write";
    let unlimited = app(partner());
    assert_eq!(statuses(&unlimited, &partners(everything)).await, [200, 200, 200, 200]);
    let limited = app(partner().may_grant([Scope::Items]));
    assert_eq!(statuses(&limited, &partners(everything)).await, [200, 403, 403, 200]);
    assert_eq!(statuses(&limited, &partners("admin")).await, [403, 403, 403, 200]);
    let authorization = format!("Bearer {}", partners(everything));
    assert_eq!(scopes_tests::get(&limited, "/scopes", &[&authorization]).await.text, "items");
    // The limit applies only to the partner.
    assert_eq!(
        statuses(&limited, &sign(HEADER, claims_with("scope", everything))).await,
        [200, 200, 200, 200]
    );
}

/// Dropped scopes imply nothing, and the implications of kept scopes stay.
#[tokio::test]
async fn scopes_are_dropped_before_they_imply_others() {
    let narrow = app(partner().may_grant([Scope::Items]));
    assert_eq!(statuses(&narrow, &partners("items:write")).await, [403, 403, 403, 200]);
    let broad = app(partner().may_grant([Scope::ItemsWrite]));
    assert_eq!(statuses(&broad, &partners("items:write")).await, [200, 200, 403, 200]);
    assert_eq!(statuses(&broad, &partners("items")).await, [403, 403, 403, 200]);
}

#[tokio::test]
async fn calls_of_may_grant_add_up() {
    let of = |scopes: &[&str]| partner().may_grant(scopes);
    for (builder, left) in [
        (of(&[]), ""),
        (of(&["items"]), "items"),
        (of(&["items"]).may_grant([String::from("admin")]), "admin items"),
        (of(&["admin"]).may_grant(None::<Scope>), "admin"),
        (of(&["ADMIN", "item", "items:", "admin items", ""]), ""),
    ] {
        let decoder = builder.build().expect("a decoder");
        let token = accept(&decoder, &partners("admin items items:write")).await;
        assert_eq!(token.scopes().to_string(), left);
        assert_eq!(
            decoder.cached(&partners("admin items items:write")).expect("cached").scopes().to_string(),
            left
        );
        let claims: serde_json::Value = token.claims().expect("an object");
        assert_eq!(claims["scope"], json!("admin items items:write"));
    }
}

/// The result does not depend on the order of the scopes, nor on `may_grant`.
#[tokio::test]
async fn a_token_with_more_than_1024_scopes_is_refused_before_scopes_are_dropped() {
    let with = |scopes: &[String], in_array: bool| {
        let mut claims = claims();
        claims["iss"] = PARTNER.into();
        claims["scope"] = if in_array { scopes.into() } else { scopes.join(" ").into() };
        sign_with(Algorithm::HS256, &EncodingKey::from_secret(&PARTNER_SECRET), HEADER, claims.to_string())
    };
    for (at, in_array, limited) in [0, 500, 1024]
        .into_iter()
        .flat_map(|at| [(false, false), (false, true), (true, false), (true, true)].map(|(a, b)| (at, a, b)))
    {
        let builder = if in_array { partner().scope_claim(ScopeClaim::array("scope")) } else { partner() };
        let builder = if limited { builder.may_grant([Scope::Items]) } else { builder };
        let decoder = builder.build().expect("a decoder");
        let mut scopes: Vec<_> = (0..1024).map(|number| number.to_string()).collect();
        scopes.insert(at, "items".to_owned());
        let reason = refuse(&decoder, &with(&scopes, in_array)).await;
        assert_eq!(reason, "the token has more than 1024 scopes", "{at} {in_array} {limited}");
        scopes.retain(|scope| scope != "7");
        assert!(accept(&decoder, &with(&scopes, in_array)).await.scopes().contains("items"));
    }
}

//! Accepts the tokens of two issuers, of which one may grant a single scope:
//! `cargo run --example several_issuers --features testing`.

mod client;

use axum::Router;
use axum::http::{Request, StatusCode};
use scopes_runtime::router::{ScopedRouter, get};
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{
    JwtDecoder, JwtDecoderError, MultiIssuerDecoder, ResourceServer, declare_scopes, requires_scopes,
};

use crate::client::send;

#[declare_scopes]
enum Scope {
    /// Read orders.
    Orders = "orders",
    /// Read prices.
    Prices = "prices",
}

#[requires_scopes("orders")]
async fn read_orders() {}

#[requires_scopes("prices")]
async fn read_prices() {}

fn app(staff: JwtDecoder, partner: JwtDecoder) -> Result<Router, JwtDecoderError> {
    let decoder = MultiIssuerDecoder::new([staff, partner])?;
    let router = ScopedRouter::new()
        .route("/orders", get(read_orders))
        .route("/prices", get(read_prices))
        .with_state(ResourceServer::new(decoder));
    Ok(Router::from(router))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), JwtDecoderError> {
    let staff = TestIssuer::with_url("https://staff.example");
    let partner = TestIssuer::with_url("https://partner.example");
    let partner_decoder = JwtDecoder::builder()
        .issuer(partner.url())
        .audience(partner.audience())
        .key(partner.verification_key())
        .may_grant([Scope::Orders])
        .build()?;
    let app = app(staff.decoder(), partner_decoder)?;
    let call = async |path: &str, token: String| {
        send(&app, Request::get(path).header("authorization", format!("Bearer {token}"))).await.status()
    };

    let both = ["orders", "prices"];
    assert_eq!(call("/orders", staff.token().scopes(both).sign()).await, StatusCode::OK);
    assert_eq!(call("/prices", staff.token().scopes(both).sign()).await, StatusCode::OK);
    assert_eq!(call("/orders", partner.token().scopes(both).sign()).await, StatusCode::OK);
    // The partner may not grant `prices`, whatever its token contains.
    assert_eq!(call("/prices", partner.token().scopes(both).sign()).await, StatusCode::FORBIDDEN);
    // Nor can it sign tokens of the other issuer.
    let claimed = partner.token().claim("iss", staff.url()).scopes(both);
    assert_eq!(call("/prices", claimed.sign()).await, StatusCode::UNAUTHORIZED);
    println!("the partner's tokens grant `orders` only");
    Ok(())
}

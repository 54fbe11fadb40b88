//! Microsoft Entra ID publishes the keys of all tenants in one set. The keys have no `alg`, and a member `issuer`.

use scopes_runtime::{Algorithm, Jwks, JwtDecoder};
use serde_json::{Value, json};

use super::super::super::loopback::Issuer;
use super::super::issuer::AUDIENCE;
use super::{named, outcome};

const TENANT: &str = "8f1c2b9e-52a4-4a7b-9a0e-0d3a4b5c6d7e";
const TEMPLATE: &str = "https://login.microsoftonline.com/{tenantid}/v2.0";
/// The tenant of personal accounts.
const CONSUMERS: &str = "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0";

fn key(kid: &str, issuer: Value) -> Value {
    let jwk = named(Algorithm::RS256, kid);
    json!({
        "kty": "RSA",
        "use": "sig",
        "kid": kid,
        "x5t": kid,
        "n": jwk["n"],
        "e": jwk["e"],
        "x5c": ["MIIC/jCCAeagAwIBAgIJAO"],
        "cloud_instance_name": "microsoftonline.com",
        "issuer": issuer,
    })
}

#[tokio::test]
async fn only_keys_for_the_tenant_are_used() {
    let server = Issuer::start().await;
    let own = TEMPLATE.replace("{tenantid}", TENANT);
    let mut without_issuer = key("none", Value::Null);
    without_issuer.as_object_mut().expect("an object").remove("issuer");
    server.publishes(json!([
        key("any", TEMPLATE.into()),
        key("own", own.clone().into()),
        key("consumers", CONSUMERS.into()),
        key("elsewhere", "https://login.microsoftonline.us/{tenantid}/v2.0".into()),
        key("prefix", format!("{own}/more").into()),
        key("twice", "https://login.microsoftonline.com/{tenantid}/{tenantid}".into()),
        key("null", Value::Null),
        without_issuer,
    ]));
    let other_tenant = TEMPLATE.replace("{tenantid}", "00000000-0000-0000-0000-000000000001");
    let version_1 = format!("https://sts.windows.net/{TENANT}/");
    let long = format!("{own}0");
    let long_tenant = TEMPLATE.replace("{tenantid}", &format!("{TENANT}0"));
    let no_guid = TEMPLATE.replace("{tenantid}", &TENANT.replace('a', "."));
    let other_hyphens = TEMPLATE.replace("{tenantid}", "8f1c2b9e52a4-4a7b-9a0e-0d3a-4b5c6d7e");
    let no_hyphens = TEMPLATE.replace("{tenantid}", &TENANT.replace('-', "0"));
    let cases: [(&str, &[&str]); 11] = [
        (&own, &["any", "own", "none"]),
        (&other_tenant, &["any", "none"]),
        (CONSUMERS, &["any", "consumers", "none"]),
        // Tokens of version 1.0 of the tenant. Microsoft's libraries accept them with these keys.
        (&version_1, &["any", "own", "none"]),
        ("https://login.microsoftonline.com/common/v2.0", &["none"]),
        (&long, &["none"]),
        (&long_tenant, &["none"]),
        (&no_guid, &["none"]),
        (&other_hyphens, &["none"]),
        (&no_hyphens, &["none"]),
        ("https://issuer.example", &["none"]),
    ];
    for (issuer, accepted) in cases {
        let keys = Jwks::uri(format!("{}/jwks", server.url));
        let decoder = JwtDecoder::builder().issuer(issuer).audience(AUDIENCE).jwks(keys);
        let decoder = decoder.build().expect("a decoder");
        for kid in ["any", "own", "consumers", "elsewhere", "prefix", "twice", "null", "none"] {
            let token =
                server.token_with(Algorithm::RS256, Some(kid), |_, claims| claims["iss"] = issuer.into());
            let is_accepted = outcome(&decoder, &token).await == "ok";
            assert_eq!(is_accepted, accepted.contains(&kid), "{issuer} {kid}");
        }
    }
}

//! DPoP proofs: a request is accepted if and only if its proof has the header and the claims of RFC 9449 section 4.2, once.

use std::sync::LazyLock;
use std::time::SystemTime;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request};
use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use futures_util::FutureExt as _;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use scopes_runtime::bound::Dpop;
use scopes_runtime::router::get;
use scopes_runtime::{
    AccessToken, DecodeFuture, GrantedScopes, ResourceServer, ScopedRouter, TokenDecoder, requires_scopes,
};
use scopes_tests::{Scope, send};
use serde_json::{Map, Value, json};

use super::json;

const URL: &str = "https://api.example/items";
const TOKEN: &str = "token";
/// The SHA-256 of the token.
const HASH: &str = "PEaenWxYddN6Q_NT1PiOYfz4EsZu7jRXRlpAsNpBU-A";
/// Times that differ less from a limit are not compared: the result depends on when the check runs.
const CLOSE: f64 = 9.0;

#[requires_scopes("items")]
async fn items() {}

/// Returns a token that is bound to the key of this file.
struct Bound;

impl TokenDecoder for Bound {
    fn decode<'a>(&'a self, _: &'a str) -> DecodeFuture<'a> {
        let claims = Map::from_iter([("cnf".to_owned(), json!({ "jkt": KEY.thumbprint }))]);
        Box::pin(async { AccessToken::new(claims, GrantedScopes::from_list("items")) })
    }
}

struct Key {
    key: EncodingKey,
    jwk: Map<String, Value>,
    thumbprint: String,
}

static KEY: LazyLock<Key> = LazyLock::new(|| {
    // Installs the crypto backend of jsonwebtoken.
    drop(Dpop::new(URL));
    let pem = include_str!("../../keys/p256.pem");
    let der: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let key = EncodingKey::from_ec_der(&Base64::decode_vec(&der).expect("base64"));
    let jwk = Jwk::from_encoding_key(&key, Algorithm::ES256).expect("a key on P-256");
    let thumbprint = jwk.thumbprint(jsonwebtoken::jwk::ThumbprintHash::SHA256).expect("an EC key");
    let Ok(Value::Object(all)) = serde_json::to_value(jwk) else { panic!("a JWK is an object") };
    let is_public = |name: &&String| ["kty", "crv", "x", "y"].contains(&name.as_str());
    let jwk = all.iter().filter(|(name, _)| is_public(name));
    Key { key, jwk: jwk.map(|(name, value)| (name.clone(), value.clone())).collect(), thumbprint }
});

/// Sends a request with a proof twice. The input is a header, a line break and the claims, which are signed; or else the whole
/// proof. In the former, `"JWK"`, `"NOW"` and `"HASH"` are replaced. Returns whether the proof was accepted.
///
/// # Panics
///
/// Panics if the slow parser of this file has another result, or a proof is accepted twice.
pub fn holds(input: &[u8]) -> bool {
    let Ok(input) = std::str::from_utf8(input) else { return false };
    let (proof, is_acceptable) = match input.split_once('\n') {
        Some((header, claims)) => {
            let (header, claims) = (filled(header), filled(claims));
            (signed(&header, &claims), is_acceptable(header.as_bytes(), claims.as_bytes()))
        }
        None => (input.to_owned(), Some(false)),
    };
    let (Ok(proof), Some(is_acceptable)) = (HeaderValue::from_str(&proof), is_acceptable) else {
        return false;
    };
    let dpop = Dpop::new("https://api.example").expect("a URL");
    let server = ResourceServer::builder(Bound).dpop(dpop).build().expect("the default realm");
    let app = Router::from(ScopedRouter::new().route("/items", get(items)).with_state(server));
    let status = || {
        let request = Request::get("/items").header("authorization", format!("DPoP {TOKEN}"));
        let request = request.header("dpop", &proof).body(Body::empty()).expect("a request");
        send(&app, request).now_or_never().expect("an immediate result").status.as_u16()
    };
    assert_eq!(status(), if is_acceptable { 200 } else { 401 }, "{input}");
    assert_eq!(status(), 401, "{input}");
    is_acceptable
}

fn now() -> f64 {
    SystemTime::UNIX_EPOCH.elapsed().expect("a clock after 1970").as_secs_f64()
}

fn filled(text: &str) -> String {
    let jwk = Value::Object(KEY.jwk.clone()).to_string();
    let hash = format!("\"{HASH}\"");
    text.replace("\"JWK\"", &jwk).replace("\"NOW\"", &format!("{:.0}", now())).replace("\"HASH\"", &hash)
}

fn signed(header: &str, claims: &str) -> String {
    let encode = |text: &str| Base64UrlUnpadded::encode_string(text.as_bytes());
    let message = format!("{}.{}", encode(header), encode(claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &KEY.key, Algorithm::ES256);
    format!("{message}.{}", signature.expect("a key for ES256"))
}

/// Returns whether RFC 9449 accepts the proof. `None` if the result depends on the current time, or on another spelling of the
/// URL.
fn is_acceptable(header: &[u8], payload: &[u8]) -> Option<bool> {
    let is_short = header.len() <= 2 * 1024 && header.len() + payload.len() < 5 * 1024;
    let (Some(header), Some(claims)) = (json::object(header), json::object(payload)) else {
        return Some(false);
    };
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    let typ = header.get("typ").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    let target = text("htu");
    if target != URL && target.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("https")) {
        return None;
    }
    let seconds = |name: &str| claims.get(name).map(Value::as_f64);
    let limits = [("iat", -60.0), ("iat", 10.0), ("exp", 0.0), ("nbf", 0.0)];
    for (name, limit) in limits {
        if seconds(name).flatten().is_some_and(|time| (time - now() - limit).abs() < CLOSE) {
            return None;
        }
    }
    let is_moment = |time: f64| (-0.0..i64::MAX as f64).contains(&time);
    let is_in = |name: &str, is_good: &dyn Fn(f64) -> bool| match seconds(name) {
        None => name != "iat",
        Some(time) => time.is_some_and(|time| is_moment(time) && is_good(time - now())),
    };
    Some(
        is_short
            && ["dpop+jwt", "application/dpop+jwt"].contains(&&*typ)
            && header.get("alg").is_some_and(|alg| alg == "ES256")
            && header.get("jwk").and_then(Value::as_object).is_some_and(is_good_key)
            && !header.contains_key("crit")
            && !header.contains_key("b64")
            && (1..=256).contains(&text("jti").len())
            && text("htm") == "GET"
            && target == URL
            && text("ath") == HASH
            && claims.get("nonce").is_none_or(Value::is_string)
            && is_in("iat", &|late| (-60.0..=10.0).contains(&late))
            && is_in("exp", &|late| late > 0.0)
            && is_in("nbf", &|late| late < 0.0),
    )
}

/// Returns whether the key is that of this file, without members of private keys, and for signatures.
fn is_good_key(jwk: &Map<String, Value>) -> bool {
    let private = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "keys"];
    KEY.jwk.iter().all(|(name, value)| jwk.get(name) == Some(value))
        && private.iter().all(|name| !jwk.contains_key(*name))
        && jwk.get("use").is_none_or(|usage| usage == "sig")
        && jwk.get("alg").is_none_or(|alg| alg == "ES256")
        && jwk.get("kid").is_none_or(Value::is_string)
        && jwk.get("key_ops").is_none_or(|operations| {
            operations.as_array().is_some_and(|all| all.iter().any(|operation| operation == "verify"))
        })
}

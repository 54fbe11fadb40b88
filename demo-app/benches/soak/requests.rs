//! The kinds of requests and their expected statuses.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp};
use rand::{Rng, RngExt};
use serde_json::json;

pub(crate) const SECRET: &str = "a secret for the benchmark, long enough for HS256";
pub(crate) const ISSUER: &str = "http://demo.test";

/// A kind of request.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// How many of 1000 requests are of this kind.
    pub(crate) weight: u32,
    pub(crate) expected: &'static [u16],
}

const fn kind(name: &'static str, weight: u32, expected: &'static [u16]) -> Kind {
    Kind { name, weight, expected }
}

pub(crate) const KINDS: [Kind; 15] = [
    kind("own user", 250, &[200]),
    kind("own items", 120, &[200]),
    kind("status", 80, &[200]),
    kind("existing item", 40, &[409]),
    kind("malformed item", 40, &[422]),
    kind("scope missing", 100, &[403]),
    kind("expired token", 80, &[401]),
    kind("forged token", 80, &[401]),
    kind("garbage token", 60, &[401]),
    kind("malformed header", 40, &[400]),
    kind("no token", 58, &[401]),
    kind("random path", 30, &[404]),
    kind("random method", 20, &[405]),
    kind("log-in", 1, &[200]),
    kind("wrong password", 1, &[400, 429]),
];

/// The tokens of the requests. There are many, so that not all of them are in the server's cache after 1 s.
pub(crate) struct Tokens {
    good: Vec<String>,
    scope_missing: Vec<String>,
    expired: Vec<String>,
    forged: Vec<String>,
}

impl Tokens {
    pub(crate) fn new() -> Self {
        // An error means that a provider is already installed.
        let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
        let now = get_current_timestamp();
        let tokens = |secret: &str, scope: &str, expires: u64| {
            let key = EncodingKey::from_secret(secret.as_bytes());
            let header = Header { typ: Some("at+jwt".to_owned()), ..Header::new(Algorithm::HS256) };
            let token = |number: u32| {
                let claims = json!({
                    "iss": ISSUER, "aud": "demo-app", "sub": "johndoe", "client_id": "demo-client",
                    "iat": now - 7200, "exp": expires, "jti": number.to_string(), "scope": scope,
                });
                encode(&header, &claims, &key).expect("a token")
            };
            (0..5000).map(token).collect()
        };
        let all = "me items items:write";
        Self {
            good: tokens(SECRET, all, now + 7200),
            scope_missing: tokens(SECRET, "me", now + 7200),
            expired: tokens(SECRET, all, now - 3600),
            forged: tokens("another secret, long enough for HS256 too", all, now + 7200),
        }
    }
}

/// Returns the number of a random kind of request.
pub(crate) fn choose(weights: impl Iterator<Item = u32> + Clone, rng: &mut impl Rng) -> usize {
    let mut chosen = rng.random_range(0..weights.clone().sum());
    let index = weights.enumerate().find_map(|(index, weight)| {
        let is_chosen = chosen < weight;
        chosen = chosen.saturating_sub(weight);
        is_chosen.then_some(index)
    });
    index.expect("the weights add up")
}

fn any<'a>(tokens: &'a [String], rng: &mut impl Rng) -> &'a str {
    &tokens[rng.random_range(0..tokens.len())]
}

fn word(rng: &mut impl Rng, alphabet: &[u8], length: usize) -> String {
    (0..length).map(|_| char::from(alphabet[rng.random_range(0..alphabet.len())])).collect()
}

/// Returns a random request of a kind.
pub(crate) fn request(kind: &Kind, tokens: &Tokens, rng: &mut impl Rng) -> String {
    let get = |path: &str, header: &str| format!("GET {path} HTTP/1.1\r\nhost: demo\r\n{header}\r\n");
    let bearer = |token: &str| format!("authorization: Bearer {token}\r\n");
    let post = |path: &str, header: &str, content_type: &str, body: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nhost: demo\r\n{header}content-type: {content_type}\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let good = bearer(any(&tokens.good, rng));
    match kind.name {
        "own user" => get("/users/me", &good),
        "own items" => get("/users/me/items/", &good),
        "status" => get("/status", &good),
        "existing item" => post("/users/me/items", &good, "application/json", r#"{"item_id": "Foo"}"#),
        "malformed item" => post("/users/me/items", &good, "application/json", r#"{"item_id": 1}"#),
        "scope missing" => get("/users/me/items", &bearer(any(&tokens.scope_missing, rng))),
        "expired token" => get("/users/me", &bearer(any(&tokens.expired, rng))),
        "forged token" => get("/users/me", &bearer(any(&tokens.forged, rng))),
        "garbage token" => {
            let length = rng.random_range(1..2000);
            get("/users/me", &bearer(&word(rng, b"abcXYZ019-._~+/", length)))
        }
        "malformed header" => get("/users/me", &bearer(&word(rng, b"!,;{}\"", 20))),
        "no token" => get("/users/me/items", ""),
        "random path" => {
            let length = rng.random_range(1..5000);
            get(&format!("/x{}", word(rng, b"abcxyz019/.-~%?", length)), &good)
        }
        "random method" => get("/users/me", &good).replacen("GET", &word(rng, b"ABCXYZ-", 8), 1),
        "log-in" => post("/token", "", FORM, "grant_type=password&username=johndoe&password=secret&scope=me"),
        "wrong password" => post("/token", "", FORM, "grant_type=password&username=alice&password=wrong"),
        other => unreachable!("{other}"),
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

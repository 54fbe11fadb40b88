//! Keys that an issuer publishes: how they are found, how they change, and what an issuer can do wrong.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use scopes_runtime::{Algorithm, DecodeError, IssuerKeys, JwtDecoder, JwtDecoderError, TokenDecoder as _};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::issuer::{AUDIENCE, claims, sign_with};
use crate::keys::{jwk, pem, signing};

const OPENID: &str = "/.well-known/openid-configuration";
const OAUTH: &str = "/.well-known/oauth-authorization-server";

type Lie = Box<dyn Fn() -> Response + Send + Sync>;
type Answer = Arc<dyn Fn(&str) -> Option<Response> + Send + Sync>;

/// An issuer on loopback that answers whatever it is told to.
#[derive(Clone)]
struct Issuer {
    url: String,
    answer: Arc<Mutex<Answer>>,
    fetches: Arc<AtomicUsize>,
}

impl Issuer {
    /// One that answers nothing yet.
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let nothing: Answer = Arc::new(|_| None);
        let issuer = Self { url, answer: Arc::new(Mutex::new(nothing)), fetches: Arc::default() };
        let app = Router::new().fallback(Self::respond).with_state(issuer.clone());
        tokio::spawn(async { axum::serve(listener, app).await });
        issuer
    }

    async fn respond(State(issuer): State<Self>, uri: Uri) -> Response {
        if uri.path() == "/jwks" {
            issuer.fetches.fetch_add(1, Ordering::Relaxed);
        }
        let answer = Arc::clone(&issuer.answer.lock().expect("not poisoned"));
        answer(uri.path()).unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
    }

    fn answers(&self, answer: impl Fn(&str) -> Option<Response> + Send + Sync + 'static) {
        *self.answer.lock().expect("not poisoned") = Arc::new(answer);
    }

    /// Publishes these keys, and metadata that leads to them.
    fn publishes(&self, keys: impl Into<Value>) {
        let set = json!({ "keys": keys.into() });
        let metadata = self.metadata();
        self.answers(move |path| match path {
            OPENID => Some(axum::Json(metadata.clone()).into_response()),
            "/jwks" => Some(axum::Json(set.clone()).into_response()),
            _ => None,
        });
    }

    fn metadata(&self) -> Value {
        json!({ "issuer": self.url, "jwks_uri": format!("{}/jwks", self.url) })
    }

    fn decoder(&self, keys: IssuerKeys) -> JwtDecoder {
        let builder = JwtDecoder::builder().issuer(&*self.url).audience(AUDIENCE);
        builder.keys_from(keys).build().expect("a decoder")
    }

    fn discovered(&self) -> JwtDecoder {
        self.decoder(IssuerKeys::discovered())
    }

    fn known(&self) -> JwtDecoder {
        self.decoder(IssuerKeys::at(format!("{}/jwks", self.url)))
    }

    /// A token of this issuer.
    fn token(&self, algorithm: Algorithm, kid: Option<&str>) -> String {
        let mut header = json!({ "alg": algorithm, "typ": "at+jwt" });
        if let Some(kid) = kid {
            header["kid"] = kid.into();
        }
        let mut claims = claims();
        claims["iss"] = self.url.clone().into();
        sign_with(algorithm, &signing(algorithm), header.to_string(), claims.to_string())
    }

    fn fetches(&self) -> usize {
        self.fetches.load(Ordering::Relaxed)
    }
}

fn named(algorithm: Algorithm, kid: &str) -> Value {
    let mut jwk = jwk(algorithm);
    jwk["kid"] = kid.into();
    jwk
}

/// `ok`, `invalid` or `unavailable`.
async fn outcome(decoder: &JwtDecoder, token: &str) -> &'static str {
    match decoder.decode(token).await {
        Ok(_) => "ok",
        Err(DecodeError::Invalid(_)) => "invalid",
        Err(DecodeError::Unavailable { .. }) => "unavailable",
        Err(_) => "something else",
    }
}

/// Lets this time pass for the decoder. The clock stands still for no longer than that: requests need a real one.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

#[tokio::test]
async fn keys_are_found_by_discovery_or_at_a_url() {
    let issuer = Issuer::start().await;
    issuer.publishes([named(Algorithm::ES256, "1"), named(Algorithm::RS256, "2")]);
    for decoder in [issuer.discovered(), issuer.known()] {
        assert_eq!(outcome(&decoder, &issuer.token(Algorithm::ES256, Some("1"))).await, "ok");
        assert_eq!(outcome(&decoder, &issuer.token(Algorithm::RS256, Some("2"))).await, "ok");
        assert_eq!(outcome(&decoder, &issuer.token(Algorithm::RS256, None)).await, "ok");
        assert_eq!(outcome(&decoder, &issuer.token(Algorithm::ES256, Some("2"))).await, "invalid");
    }
}

#[tokio::test]
async fn metadata_of_rfc_8414_will_do() {
    let issuer = Issuer::start().await;
    let (metadata, set) = (issuer.metadata(), json!({ "keys": [jwk(Algorithm::EdDSA)] }));
    issuer.answers(move |path| match path {
        OAUTH => Some(axum::Json(metadata.clone()).into_response()),
        "/jwks" => Some(axum::Json(set.clone()).into_response()),
        _ => None,
    });
    assert_eq!(outcome(&issuer.discovered(), &issuer.token(Algorithm::EdDSA, None)).await, "ok");
}

#[tokio::test]
async fn an_issuer_with_a_path_has_its_metadata_where_the_standards_say() {
    let issuer = Issuer::start().await;
    let asked = Arc::new(Mutex::new(Vec::new()));
    let paths = Arc::clone(&asked);
    issuer.answers(move |path| {
        paths.lock().expect("not poisoned").push(path.to_owned());
        None
    });
    let builder = JwtDecoder::builder().issuer(format!("{}/realms/demo/", issuer.url)).audience(AUDIENCE);
    let decoder = builder.keys_from(IssuerKeys::discovered()).build().expect("a decoder");
    assert_eq!(outcome(&decoder, &issuer.token(Algorithm::ES256, None)).await, "unavailable");
    assert_eq!(
        *asked.lock().expect("not poisoned"),
        [
            "/realms/demo/.well-known/openid-configuration",
            "/.well-known/oauth-authorization-server/realms/demo"
        ]
    );
}

#[tokio::test]
async fn a_program_may_start_before_its_issuer_does() {
    let issuer = Issuer::start().await;
    let decoder = issuer.discovered();
    let token = issuer.token(Algorithm::ES256, None);
    assert_eq!(outcome(&decoder, &token).await, "unavailable");
    issuer.publishes([jwk(Algorithm::ES256)]);
    let start = Instant::now();
    while outcome(&decoder, &token).await != "ok" {
        assert!(start.elapsed() < Duration::from_secs(10), "it does not recover");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_decoder_built_outside_a_runtime_starts_with_its_first_token() {
    let issuer = Issuer::start().await;
    issuer.publishes([jwk(Algorithm::ES256)]);
    let elsewhere = issuer.clone();
    let decoder = std::thread::spawn(move || elsewhere.discovered()).join().expect("a decoder");
    assert_eq!(issuer.fetches(), 0);
    assert_eq!(outcome(&decoder, &issuer.token(Algorithm::ES256, None)).await, "ok");
}

/// As in a program's tests, each of which has a runtime of its own.
#[test]
fn a_decoder_goes_on_in_another_runtime() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let servers = runtime();
    let issuer = servers.block_on(Issuer::start());
    issuer.publishes([named(Algorithm::ES256, "old")]);
    let first = runtime();
    let decoder = first.block_on(async { issuer.discovered() });
    let (old, new) =
        (issuer.token(Algorithm::ES256, Some("old")), issuer.token(Algorithm::EdDSA, Some("new")));
    assert_eq!(first.block_on(outcome(&decoder, &old)), "ok");
    drop(first);
    issuer.publishes([named(Algorithm::EdDSA, "new")]);
    let second = runtime();
    assert!(decoder.recall(&old).is_none());
    assert_eq!(second.block_on(outcome(&decoder, &old)), "invalid");
    assert_eq!(second.block_on(outcome(&decoder, &new)), "ok");
    assert_eq!(issuer.fetches(), 2);
}

#[tokio::test]
async fn a_new_key_is_found_and_an_old_one_stops_working() {
    let issuer = Issuer::start().await;
    issuer.publishes([named(Algorithm::ES256, "old")]);
    let decoder = issuer.discovered();
    let (old, new) =
        (issuer.token(Algorithm::ES256, Some("old")), issuer.token(Algorithm::EdDSA, Some("new")));
    assert_eq!(outcome(&decoder, &old).await, "ok");
    issuer.publishes([named(Algorithm::EdDSA, "new")]);
    // The keys have just come: nobody is asked again so soon.
    assert_eq!((outcome(&decoder, &new).await, outcome(&decoder, &old).await), ("invalid", "ok"));
    assert_eq!(issuer.fetches(), 1);
    pass(Duration::from_secs(11)).await;
    assert_eq!((outcome(&decoder, &new).await, outcome(&decoder, &old).await), ("ok", "invalid"));
    assert_eq!(issuer.fetches(), 2);
}

#[tokio::test]
async fn what_a_key_has_verified_is_forgotten_with_it() {
    let issuer = Issuer::start().await;
    issuer.publishes([named(Algorithm::ES256, "1")]);
    let decoder = issuer.discovered();
    let token = issuer.token(Algorithm::ES256, Some("1"));
    assert_eq!(outcome(&decoder, &token).await, "ok");
    let refresh = async |fetches| {
        pass(Duration::from_secs(301)).await;
        while issuer.fetches() < fetches {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    refresh(2).await;
    assert!(decoder.recall(&token).is_some(), "the keys are the same");
    issuer.publishes([named(Algorithm::EdDSA, "2")]);
    refresh(3).await;
    assert!(decoder.recall(&token).is_none());
    assert_eq!(outcome(&decoder, &token).await, "invalid");
}

#[tokio::test]
async fn nothing_is_recalled_by_keys_that_are_too_old() {
    let issuer = Issuer::start().await;
    issuer.publishes([named(Algorithm::ES256, "1")]);
    let decoder = issuer.discovered();
    let token = issuer.token(Algorithm::ES256, Some("1"));
    assert_eq!(outcome(&decoder, &token).await, "ok");
    issuer.answers(|_| Some(StatusCode::BAD_GATEWAY.into_response()));
    pass(Duration::from_secs(64 * 60)).await;
    assert!(decoder.recall(&token).is_some());
    pass(Duration::from_secs(2 * 60)).await;
    assert!(decoder.recall(&token).is_none());
    assert_eq!(outcome(&decoder, &token).await, "unavailable");
}

#[tokio::test]
async fn a_new_key_is_found_for_tokens_that_name_none() {
    let other = include_str!("../keys/p256-other.pem");
    let other = jsonwebtoken::EncodingKey::from_ec_der(&crate::keys::der(other));
    let issuer = Issuer::start().await;
    let other_jwk = jsonwebtoken::jwk::Jwk::from_encoding_key(&other, Algorithm::ES256).expect("a key");
    issuer.publishes([serde_json::to_value(other_jwk).expect("JSON")]);
    let decoder = issuer.discovered();
    let token = issuer.token(Algorithm::ES256, None);
    assert_eq!(outcome(&decoder, &token).await, "invalid");
    issuer.publishes([jwk(Algorithm::ES256)]);
    pass(Duration::from_secs(11)).await;
    assert_eq!(outcome(&decoder, &token).await, "ok");
}

#[tokio::test]
async fn a_thousand_unknown_kids_cause_one_fetch() {
    let issuer = Issuer::start().await;
    issuer.publishes([named(Algorithm::ES256, "1")]);
    let decoder = issuer.discovered();
    assert_eq!(outcome(&decoder, &issuer.token(Algorithm::ES256, Some("1"))).await, "ok");
    pass(Duration::from_secs(11)).await;
    let requests: Vec<_> = (0..1000)
        .map(|number| {
            let token = issuer.token(Algorithm::ES256, Some(&format!("unknown {number}")));
            let decoder = decoder.clone();
            tokio::spawn(async move { outcome(&decoder, &token).await })
        })
        .collect();
    for request in requests {
        assert_eq!(request.await.expect("no panic"), "invalid");
    }
    assert_eq!(issuer.fetches(), 2);
}

#[tokio::test]
async fn keys_are_fetched_again_when_the_issuer_says_so_within_bounds() {
    for (said, early, late) in [
        ("max-age=120", 110, 130),
        ("public, max-age=0", 50, 70),
        ("no-store", 50, 70),
        ("max-age=999999999", 3500, 3700),
        ("max-age=3600; age", 50, 70),
        ("nonsense", 290, 310),
    ] {
        let issuer = Issuer::start().await;
        let set = json!({ "keys": [named(Algorithm::ES256, "1")] });
        issuer.answers(move |_| {
            // A cache on the way has had it for almost as long.
            let age = if said.ends_with("age") { "3599" } else { "0" };
            let said = said.trim_end_matches("; age");
            Some(
                ([(header::CACHE_CONTROL, said), (header::AGE, age)], axum::Json(set.clone()))
                    .into_response(),
            )
        });
        let decoder = issuer.known();
        let token = issuer.token(Algorithm::ES256, Some("1"));
        assert_eq!(outcome(&decoder, &token).await, "ok");
        for (time, fetches) in [(early, 1), (late - early, 2)] {
            pass(Duration::from_secs(time)).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
            assert_eq!(issuer.fetches(), fetches, "{said}");
        }
    }
}

#[tokio::test]
async fn an_outage_keeps_the_last_good_keys_for_a_bounded_time() {
    let issuer = Issuer::start().await;
    issuer.publishes([named(Algorithm::ES256, "1")]);
    let decoder = issuer.discovered();
    let (known, unknown) =
        (issuer.token(Algorithm::ES256, Some("1")), issuer.token(Algorithm::ES256, Some("2")));
    assert_eq!(outcome(&decoder, &known).await, "ok");
    issuer.answers(|_| Some(StatusCode::BAD_GATEWAY.into_response()));
    pass(Duration::from_secs(6 * 60)).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    // Whether the issuer has a new key cannot be known: that is no reason to call the token invalid.
    assert_eq!((outcome(&decoder, &known).await, outcome(&decoder, &unknown).await), ("ok", "unavailable"));
    pass(Duration::from_secs(58 * 60)).await;
    assert_eq!(outcome(&decoder, &known).await, "ok");
    pass(Duration::from_secs(2 * 60)).await;
    assert_eq!(outcome(&decoder, &known).await, "unavailable");
}

#[tokio::test]
async fn one_odd_key_does_not_spoil_the_others() {
    let issuer = Issuer::start().await;
    let mut without_alg = named(Algorithm::RS256, "rsa");
    without_alg.as_object_mut().expect("an object").remove("alg");
    let private = json!({ "kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA", "kid": "private" });
    let mut encryption = named(Algorithm::ES384, "encryption");
    encryption["use"] = "enc".into();
    issuer.publishes(json!([
        { "kty": "AKP", "alg": "ML-DSA-44", "kid": "post-quantum" },
        "not a key",
        {},
        private,
        encryption,
        { "kty": "oct", "alg": "HS256", "k": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc", "kid": "secret" },
        named(Algorithm::EdDSA, "twice"),
        otherwise(named(Algorithm::EdDSA, "twice")),
        without_alg,
        named(Algorithm::ES256, "good"),
        named(Algorithm::ES256, "good"),
    ]));
    let decoder = issuer.discovered();
    for (algorithm, kid, expected) in [
        (Algorithm::ES256, "good", "ok"),
        (Algorithm::RS256, "rsa", "ok"),
        (Algorithm::PS256, "rsa", "invalid"),
        (Algorithm::EdDSA, "twice", "invalid"),
        (Algorithm::ES384, "encryption", "invalid"),
        (Algorithm::HS256, "secret", "invalid"),
    ] {
        assert_eq!(
            outcome(&decoder, &issuer.token(algorithm, Some(kid))).await,
            expected,
            "{algorithm:?} {kid}"
        );
    }
    let decoder = issuer.decoder(IssuerKeys::discovered().rsa_algorithm(Algorithm::PS256));
    assert_eq!(outcome(&decoder, &issuer.token(Algorithm::PS256, Some("rsa"))).await, "ok");
    assert_eq!(outcome(&decoder, &issuer.token(Algorithm::RS256, Some("rsa"))).await, "invalid");
}

/// The same key in another spelling, which a token cannot tell from it.
fn otherwise(mut jwk: Value) -> Value {
    jwk["use"] = "sig".into();
    jwk["x-note"] = "another".into();
    jwk
}

/// RFC 7517 section 4.5: `kid` is optional, also while keys rotate.
#[tokio::test]
async fn keys_without_a_kid_are_all_tried() {
    let other = include_str!("../keys/p256-other.pem");
    let other = jsonwebtoken::EncodingKey::from_ec_der(&crate::keys::der(other));
    let other = jsonwebtoken::jwk::Jwk::from_encoding_key(&other, Algorithm::ES256).expect("a key");
    let issuer = Issuer::start().await;
    issuer.publishes([serde_json::to_value(other).expect("JSON"), jwk(Algorithm::ES256)]);
    assert_eq!(outcome(&issuer.discovered(), &issuer.token(Algorithm::ES256, None)).await, "ok");
}

/// Whatever an issuer does wrong, there are no keys, and the answer says that this is not the token's fault.
#[tokio::test]
async fn a_lying_issuer_gives_no_keys() {
    let issuer = Issuer::start().await;
    let set = json!({ "keys": [jwk(Algorithm::ES256)] }).to_string();
    let json = |text: &str| {
        let text = text.to_owned();
        move || ([(header::CONTENT_TYPE, "application/json")], text.clone()).into_response()
    };
    let repeated = set.replacen("{\"keys\"", "{\"keys\":[],\"keys\"", 1);
    let many = json!({ "keys": vec![jwk(Algorithm::ES256); 65] }).to_string();
    let long = format!("{}{}", set, " ".repeat(300 * 1024));
    let other_scheme = |location: &'static str| move || redirect(location);
    let endless = || {
        let chunks = std::iter::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[b' '; 8192])));
        Body::from_stream(futures_util::stream::iter(chunks)).into_response()
    };
    let cases: Vec<(&str, Lie)> = vec![
        ("no JSON", Box::new(json("{"))),
        ("HTML", Box::new(json("<html><body>log in</body></html>"))),
        ("an array", Box::new(json("[]"))),
        ("no keys", Box::new(json("{}"))),
        ("keys of a wrong type", Box::new(json(r#"{"keys":{}}"#))),
        ("an empty set", Box::new(json(r#"{"keys":[]}"#))),
        ("a repeated member", Box::new(json(&repeated))),
        ("too many keys", Box::new(json(&many))),
        ("a huge body", Box::new(json(&long))),
        ("an endless body", Box::new(endless)),
        ("an error", Box::new(|| StatusCode::INTERNAL_SERVER_ERROR.into_response())),
        ("a loop", Box::new(other_scheme("/jwks"))),
        ("another scheme", Box::new(other_scheme("file:///etc/passwd"))),
        ("plain HTTP elsewhere", Box::new(other_scheme("http://issuer.example/jwks"))),
        ("no content", Box::new(|| StatusCode::NO_CONTENT.into_response())),
    ];
    for (name, answer) in cases {
        issuer.answers(move |_| Some(answer()));
        let start = Instant::now();
        assert_eq!(
            outcome(&issuer.known(), &issuer.token(Algorithm::ES256, None)).await,
            "unavailable",
            "{name}"
        );
        assert!(start.elapsed() < Duration::from_secs(4), "{name} took {:?}", start.elapsed());
    }
}

fn redirect(location: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, location.to_owned())]).into_response()
}

#[tokio::test]
async fn metadata_of_another_issuer_is_not_used() {
    let issuer = Issuer::start().await;
    let set = json!({ "keys": [jwk(Algorithm::ES256)] });
    for metadata in [
        json!({ "issuer": "https://issuer.example", "jwks_uri": format!("{}/jwks", issuer.url) }),
        json!({ "issuer": format!("{}/", issuer.url), "jwks_uri": format!("{}/jwks", issuer.url) }),
        json!({ "issuer": issuer.url }),
        json!({ "issuer": issuer.url, "jwks_uri": "http://issuer.example/jwks" }),
        json!({ "issuer": issuer.url, "jwks_uri": "/jwks" }),
    ] {
        let (text, set) = (metadata.to_string(), set.clone());
        issuer.answers(move |path| match path {
            "/jwks" => Some(axum::Json(set.clone()).into_response()),
            _ => Some(text.clone().into_response()),
        });
        let token = issuer.token(Algorithm::ES256, None);
        assert_eq!(outcome(&issuer.discovered(), &token).await, "unavailable", "{metadata}");
    }
    assert_eq!(issuer.fetches(), 0);
}

#[tokio::test]
async fn a_redirect_within_the_scheme_is_followed() {
    let issuer = Issuer::start().await;
    let set = json!({ "keys": [jwk(Algorithm::ES256)] });
    issuer.answers(move |path| match path {
        "/jwks" => Some(redirect("/moved")),
        _ => Some(axum::Json(set.clone()).into_response()),
    });
    assert_eq!(outcome(&issuer.known(), &issuer.token(Algorithm::ES256, None)).await, "ok");
}

#[tokio::test]
async fn a_slow_issuer_holds_no_request_longer_than_five_seconds() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/jwks", listener.local_addr().expect("an address"));
    let issuer = Issuer::start().await;
    let decoder = issuer.decoder(IssuerKeys::at(url));
    let start = Instant::now();
    assert_eq!(outcome(&decoder, &issuer.token(Algorithm::ES256, None)).await, "unavailable");
    assert!((4..7).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
    // The next one knows already.
    let start = Instant::now();
    assert_eq!(outcome(&decoder, &issuer.token(Algorithm::ES256, None)).await, "unavailable");
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}

#[test]
fn keys_come_from_no_place_where_anybody_could_have_put_them() {
    let refusal = |issuer: &str, keys| {
        let builder = JwtDecoder::builder().issuer(issuer).audience(AUDIENCE).keys_from(keys);
        builder.build().expect_err("an error").to_string()
    };
    let message = |url: &str| {
        format!(
            "`{url}` is not a URL to fetch keys from: give one that begins with `https://`, or of this machine, \
             with no user in it"
        )
    };
    for url in [
        "http://issuer.example",
        "issuer.example",
        "file:///etc/passwd",
        "http://127.0.0.1.example",
        "http://0.0.0.0",
    ] {
        assert_eq!(refusal(url, IssuerKeys::discovered()), message(url));
        assert_eq!(refusal("https://issuer.example", IssuerKeys::at(url)), message(url));
    }
    let refused = refusal("https://user:password@issuer.example", IssuerKeys::discovered());
    assert_eq!(refused, message("…@issuer.example"));
    for url in ["https://issuer.example/?a=b", "https://issuer.example/#a"] {
        assert_eq!(refusal(url, IssuerKeys::discovered()), message(url));
    }
    let both = JwtDecoder::builder()
        .issuer("https://issuer.example")
        .audience(AUDIENCE)
        .key(scopes_runtime::VerificationKey::from_pem(Algorithm::ES256, pem!("p256-public")).expect("a key"))
        .keys_from(IssuerKeys::discovered());
    assert!(matches!(both.build(), Err(JwtDecoderError::TwoKindsOfKeys)));
}

//! DPoP: requests with proofs (RFC 9449).

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use scopes_runtime::bound::{Dpop, DpopError};
use scopes_runtime::testing::{DpopKey, TestIssuer, TestToken};
use scopes_runtime::{ProtectedResourceMetadata, ResourceServer, ScopedRouter, TokenDecoder as _};
use scopes_tests::{Answer, now, send};
use serde_json::json;

use super::{BASE, app, challenge, items, request};

pub(super) const ALGS: &str = "ES256 ES384 EdDSA PS256 PS384 PS512 RS256 RS384 RS512";

pub(super) struct Client {
    pub(super) issuer: TestIssuer,
    pub(super) key: DpopKey,
    pub(super) token: String,
}

impl Client {
    pub(super) fn new(scopes: &str) -> Self {
        let (issuer, key) = (TestIssuer::new(), DpopKey::new());
        let token = issuer.token().scopes([scopes]).bound_to(&key).sign();
        Self { issuer, key, token }
    }

    fn app(&self, dpop: Dpop) -> Router {
        let server = ResourceServer::builder(self.issuer.bound_token_decoder()).dpop(dpop).build();
        app(server.expect("the default realm"))
    }

    pub(super) fn proof(&self, method: &str, url: &str) -> TestToken {
        self.key.proof(method, url, &self.token)
    }

    pub(super) async fn send(&self, app: &Router, method: &str, path: &str, proof: &TestToken) -> Answer {
        let authorization = format!("DPoP {}", self.token);
        request(app, method, path, &[("authorization", &authorization), ("dpop", &proof.sign())]).await
    }
}

pub(super) fn dpop() -> Dpop {
    Dpop::new(BASE).expect("a URL")
}

#[tokio::test]
async fn a_token_with_its_proof_is_accepted_each_time_with_a_new_one() {
    let client = Client::new("items");
    let app = client.app(dpop());
    for _ in 0..3 {
        let answer = client.send(&app, "GET", "/items", &client.proof("GET", "https://api.test/items")).await;
        assert_eq!((answer.status, &*answer.text), (StatusCode::OK, "alice"));
    }
}

#[tokio::test]
async fn the_url_of_a_proof_is_that_before_nesting_without_query_in_any_spelling() {
    let client = Client::new("items");
    let app = client.app(dpop());
    for url in [
        "https://api.test/v1/items",
        "https://api.test/v1/items?page=2#top",
        "HTTPS://API.TEST:443/v1/items",
        "https://api.test/v1/%69tems",
    ] {
        let answer = client.send(&app, "GET", "/v1/items?page=1", &client.proof("GET", url)).await;
        assert_eq!(answer.status, StatusCode::OK, "{url}");
    }
    let inner = client.proof("GET", "https://api.test/items");
    let answer = client.send(&app, "GET", "/v1/items", &inner).await;
    assert_eq!(answer.json()["error"], "invalid_dpop_proof");
}

#[tokio::test]
async fn the_host_header_does_not_change_the_expected_url() {
    let client = Client::new("items");
    let app = client.app(dpop());
    let (authorization, proof) =
        (format!("DPoP {}", client.token), client.proof("GET", "https://evil.test/items").sign());
    let headers = [("authorization", &*authorization), ("dpop", &*proof), ("host", "evil.test")];
    let answer = request(&app, "GET", "/items", &headers).await;
    assert_eq!(answer.json()["error"], "invalid_dpop_proof");
    let behind_proxy = client.app(Dpop::new("https://api.test/public/").expect("a URL"));
    let proof = client.proof("GET", "https://api.test/public/items");
    assert_eq!(client.send(&behind_proxy, "GET", "/items", &proof).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_path_without_a_slash_does_not_extend_the_host() {
    let client = Client::new("items");
    let server = ResourceServer::builder(client.issuer.bound_token_decoder()).dpop(dpop()).build();
    let routes = ScopedRouter::new().fallback(items).with_state(server.expect("the default realm"));
    let app = Router::from(routes);
    let any = client.send(&app, "OPTIONS", "*", &client.proof("OPTIONS", "https://api.test*")).await;
    assert_eq!((any.status, &any.json()["error"]), (StatusCode::UNAUTHORIZED, &json!("invalid_dpop_proof")));
    let absolute = client.proof("OPTIONS", "https://api.test/items");
    let answer = client.send(&app, "OPTIONS", "https://evil.test/items", &absolute).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_proof_is_accepted_once() {
    let client = Client::new("items");
    let app = client.app(dpop());
    let proof = client.proof("GET", "https://api.test/items");
    assert_eq!(client.send(&app, "GET", "/items", &proof).await.status, StatusCode::OK);
    let again = client.send(&app, "GET", "/items", &proof).await;
    assert_eq!(
        (again.status, &again.json()["error"]),
        (StatusCode::UNAUTHORIZED, &json!("invalid_dpop_proof"))
    );
    // The id alone counts, not the text of the proof.
    let same_id = proof.clone().claim("extra", 1);
    assert_eq!(client.send(&app, "GET", "/items", &same_id).await.status, StatusCode::UNAUTHORIZED);
    // Another client may use the same id.
    let other = DpopKey::new();
    let token = client.issuer.token().scopes(["items"]).bound_to(&other).sign();
    let proofs = [
        other.proof("GET", "https://api.test/items", &token).claim("jti", "1"),
        client.proof("GET", "https://api.test/items").claim("jti", "1"),
    ];
    for (token, proof) in [&token, &client.token].into_iter().zip(proofs) {
        let authorization = format!("DPoP {token}");
        let answer =
            request(&app, "GET", "/items", &[("authorization", &authorization), ("dpop", &proof.sign())])
                .await;
        assert_eq!(answer.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_proof_of_a_clock_that_is_5_seconds_ahead_is_accepted() {
    let client = Client::new("items");
    let proof = client.proof("GET", "https://api.test/items").claim("iat", now() + 5);
    assert_eq!(client.send(&client.app(dpop()), "GET", "/items", &proof).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_id_of_a_proof_has_at_most_256_bytes() {
    let client = Client::new("items");
    for (bytes, status) in [(256, StatusCode::OK), (257, StatusCode::UNAUTHORIZED)] {
        let proof = client.proof("GET", "https://api.test/items").claim("jti", "i".repeat(bytes));
        assert_eq!(client.send(&client.app(dpop()), "GET", "/items", &proof).await.status, status, "{bytes}");
    }
}

#[tokio::test]
async fn attacks_on_dpop_are_refused() {
    let client = Client::new("items");
    for dpop in [dpop(), dpop().required()] {
        let app = client.app(dpop);
        let attacks = client.issuer.dpop_attacks("GET", "https://api.test/items");
        assert!(attacks.len() > 60, "{}", attacks.len());
        for attack in attacks {
            let mut request = Request::get("/items").body(Body::empty()).expect("a request");
            for (name, value) in attack.headers() {
                request.headers_mut().append(name, value.clone());
            }
            let answer = send(&app, request).await;
            let error = answer.json()["error"].as_str().map(str::to_owned);
            assert_eq!(
                (answer.status, error.as_deref()),
                (attack.status(), attack.error()),
                "{}",
                attack.name()
            );
        }
    }
}

#[tokio::test]
async fn without_dpop_bound_tokens_are_refused_as_before() {
    let client = Client::new("items");
    let app = app(ResourceServer::new(client.issuer.bound_token_decoder()));
    let proof = client.proof("GET", "https://api.test/items");
    let answer = client.send(&app, "GET", "/items", &proof).await;
    assert_eq!(challenge(&answer), r#"Bearer realm="api", scope="items""#);
    let bearer = format!("Bearer {}", client.token);
    let answer = request(&app, "GET", "/items", &[("authorization", &bearer)]).await;
    assert_eq!(challenge(&answer), r#"Bearer realm="api", error="invalid_token", scope="items""#);
    assert!(client.issuer.decoder().decode(&client.token).await.is_err());
}

#[tokio::test]
async fn both_schemes_are_challenged_and_the_error_is_in_the_attempted_one() {
    let client = Client::new("items");
    let app = client.app(dpop());
    let none = request(&app, "GET", "/items", &[]).await;
    assert_eq!(
        challenge(&none),
        format!(r#"Bearer realm="api", scope="items", DPoP realm="api", algs="{ALGS}""#)
    );
    let bearer = request(&app, "GET", "/items", &[("authorization", "Bearer x")]).await;
    let expected = format!(
        r#"Bearer realm="api", error="invalid_token", scope="items", DPoP realm="api", algs="{ALGS}""#
    );
    assert_eq!(challenge(&bearer), expected);
    let authorization = format!("DPoP {}", client.token);
    let dpop = request(&app, "GET", "/items", &[("authorization", &authorization)]).await;
    let expected = format!(
        r#"DPoP realm="api", algs="{ALGS}", error="invalid_dpop_proof", scope="items", Bearer realm="api""#
    );
    assert_eq!(challenge(&dpop), expected);
}

#[tokio::test]
async fn the_error_of_malformed_headers_is_in_the_attempted_scheme() {
    let client = Client::new("items");
    let app = client.app(dpop());
    let proof = || client.proof("GET", "https://api.test/items").sign().into_bytes();
    let with = |authorizations: &[&str], proofs: &[Vec<u8>]| {
        let request = authorizations.iter().fold(Request::get("/items"), |request, authorization| {
            request.header("authorization", *authorization)
        });
        let request = proofs.iter().fold(request, |request, proof| request.header("dpop", &**proof));
        request.body(Body::empty()).expect("a request")
    };
    let authorization = format!("DPoP {}", client.token);
    let proofs: [&[Vec<u8>]; 5] =
        [&[], &[proof(), proof()], &[Vec::new()], &[b"\xff".to_vec()], &["é".as_bytes().to_vec()]];
    for proofs in proofs {
        let answer = send(&app, with(&[&authorization], proofs)).await;
        let expected = format!(
            r#"DPoP realm="api", algs="{ALGS}", error="invalid_dpop_proof", scope="items", Bearer realm="api""#
        );
        assert_eq!((answer.status, challenge(&answer)), (StatusCode::UNAUTHORIZED, &*expected));
    }
    let expected = format!(r#"DPoP realm="api", algs="{ALGS}", error="invalid_request", Bearer realm="api""#);
    let malformed: [&[&str]; 5] = [
        &["DPoP"],
        &["DPoP a b"],
        &["dpop ?"],
        &[&authorization, &authorization],
        &[&authorization, "Bearer x"],
    ];
    for authorizations in malformed {
        let answer = send(&app, with(authorizations, &[proof()])).await;
        assert_eq!((answer.status, challenge(&answer)), (StatusCode::BAD_REQUEST, &*expected));
        let detail = "The Authorization header is malformed. Send one header `Authorization: DPoP <token>`.";
        assert_eq!(answer.json()["detail"], detail);
    }
    let expected = format!(r#"Bearer realm="api", error="invalid_request", DPoP realm="api", algs="{ALGS}""#);
    let malformed: [&[&str]; 3] = [&["Bearer"], &["Bearer x", "Bearer x"], &["Bearer x", &authorization]];
    for authorizations in malformed {
        let answer = send(&app, with(authorizations, &[])).await;
        assert_eq!((answer.status, challenge(&answer)), (StatusCode::BAD_REQUEST, &*expected));
    }
}

#[tokio::test]
async fn required_dpop_refuses_bearer_tokens() {
    let client = Client::new("items");
    let app = client.app(dpop().required());
    let none = request(&app, "GET", "/items", &[]).await;
    assert_eq!(challenge(&none), format!(r#"DPoP realm="api", algs="{ALGS}", scope="items""#));
    assert_eq!(
        none.json()["detail"],
        "This request needs an access token. Send it as `Authorization: DPoP <token>`."
    );
    let bearer = format!("Bearer {}", client.issuer.token().scopes(["items"]).sign());
    let answer = request(&app, "GET", "/items", &[("authorization", &bearer)]).await;
    let expected = format!(r#"DPoP realm="api", algs="{ALGS}", error="invalid_token", scope="items""#);
    assert_eq!(challenge(&answer), expected);
    let proof = client.proof("GET", "https://api.test/items");
    assert_eq!(client.send(&app, "GET", "/items", &proof).await.status, StatusCode::OK);
    let accepted = client.app(dpop());
    assert_eq!(
        request(&accepted, "GET", "/items", &[("authorization", &bearer)]).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn missing_scopes_are_in_a_dpop_challenge() {
    let client = Client::new("items");
    let app = client.app(dpop());
    let answer = client.send(&app, "POST", "/other", &client.proof("POST", "https://api.test/other")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(challenge(&answer).starts_with("DPoP "), "{}", challenge(&answer));
    let writer = Client::new("items:write");
    let app = writer.app(dpop());
    let answer = writer.send(&app, "POST", "/other", &writer.proof("POST", "https://api.test/other")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(challenge(&answer).starts_with("DPoP "), "{}", challenge(&answer));
}

#[tokio::test]
async fn a_nonce_of_the_server_is_required_and_any_copy_accepts_it() {
    let client = Client::new("items");
    let secret = [7; 32];
    let with_nonce = |secret: [u8; 32]| client.app(dpop().nonce_secret(secret).expect("32 bytes"));
    let (app, copy, other) = (with_nonce(secret), with_nonce(secret), with_nonce([8; 32]));
    let proof = || client.proof("GET", "https://api.test/items");
    let answer = client.send(&app, "GET", "/items", &proof()).await;
    assert_eq!(
        (answer.status, &answer.json()["error"]),
        (StatusCode::UNAUTHORIZED, &json!("use_dpop_nonce"))
    );
    assert!(challenge(&answer).contains(r#"error="use_dpop_nonce""#));
    let nonce = answer.headers["dpop-nonce"].to_str().expect("ASCII").to_owned();
    for app in [&app, &copy] {
        assert_eq!(
            client.send(app, "GET", "/items", &proof().claim("nonce", &*nonce)).await.status,
            StatusCode::OK
        );
    }
    for (app, nonce) in [(&other, &*nonce), (&app, ""), (&app, "AAAA"), (&app, &nonce[1..])] {
        let answer = client.send(app, "GET", "/items", &proof().claim("nonce", nonce)).await;
        assert_eq!(answer.json()["error"], "use_dpop_nonce");
        assert!(answer.headers.contains_key("dpop-nonce"));
    }
}

#[test]
fn unsafe_settings_are_errors() {
    for url in ["", "api.test", "https://", "https://api.test#a", "ftp://api.test"] {
        assert_eq!(Dpop::new(url).expect_err(url), DpopError::BaseUrl(url.to_owned()));
    }
    for (url, shown) in
        [("https://user:password@api.test", "…@api.test"), ("https://api.test?a", "https://api.test?…")]
    {
        assert_eq!(Dpop::new(url).expect_err(url), DpopError::BaseUrl(shown.to_owned()));
    }
    assert_eq!(dpop().nonce_secret([7; 31]).expect_err("short"), DpopError::ShortSecret(31));
    let shown = format!("{:?}", dpop().nonce_secret([7; 32]).expect("32 bytes"));
    assert_eq!(shown, r#"Dpop { base: "https://api.test", is_required: false, requires_nonce: true, .. }"#);
}

#[tokio::test]
async fn the_metadata_has_the_members_of_rfc_9728() {
    let metadata = ProtectedResourceMetadata::new(BASE).expect("a URL");
    let served = |metadata: ProtectedResourceMetadata| async move {
        let app: Router = metadata.router();
        request(&app, "GET", "/.well-known/oauth-protected-resource", &[]).await.json()
    };
    let plain = served(metadata.clone()).await;
    assert_eq!(plain, json!({ "resource": BASE, "bearer_methods_supported": ["header"] }));
    let accepted = served(metadata.clone().dpop(&dpop()).mutual_tls()).await;
    assert_eq!(accepted["dpop_signing_alg_values_supported"], json!(ALGS.split(' ').collect::<Vec<_>>()));
    assert_eq!(accepted.get("dpop_bound_access_tokens_required"), None);
    assert_eq!(accepted["tls_client_certificate_bound_access_tokens"], true);
    assert_eq!(served(metadata.dpop(&dpop().required())).await["dpop_bound_access_tokens_required"], true);
}

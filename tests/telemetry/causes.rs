//! The causes in the events of refusals.

use std::time::Duration;

use axum::Router;
use axum::routing::get as on_get;
use scopes_runtime::bound::Dpop;
use scopes_runtime::testing::{DpopKey, TestIssuer};
use scopes_runtime::{JwtDecoder, ResourceServer, requires_scopes};
use scopes_tests::{Scope, get, now, without_seconds};

use super::{LOG, events, events_of, items, logged, me, subscribe};

/// What the token names is in the event, escaped and cut, and not in the response.
#[tokio::test]
async fn another_issuer_or_audience_is_in_the_event_only() {
    subscribe();
    let issuer = TestIssuer::new();
    let app = Router::new().route("/me", on_get(me)).with_state(issuer.resource_server());
    let long = "x".repeat(6000);
    for (name, value, shown) in [
        ("iss", "https://other.test", "configured, but `https://other.test`\""),
        ("aud", "https://other.test", "it names `https://other.test`\""),
        ("iss", "a` b", r"configured, but `a\\` b`"),
        ("iss", "\u{1b}[2J\nINFO", r"configured, but `\\u{1b}[2J\\nINFO`"),
        ("iss", &long, "xxx…\""),
        ("aud", &long, "xxx…\""),
    ] {
        LOG.take();
        let token = issuer.token().claim(name, value).sign();
        let response = get(&app, "/me", &[&format!("Bearer {token}")]).await;
        let response = format!("{:?}{}", response.headers, response.text);
        assert!(!response.contains("other.test") && !response.contains("xxx"), "{response}");
        let [event] = &*logged() else { panic!("one event") };
        assert!(event.contains(shown) && event.len() < 500, "{event}");
    }
}

#[tokio::test]
async fn a_malformed_header_is_an_event_with_its_cause() {
    for (lines, cause) in [
        (&["Bearer a", "Bearer b"] as &[_], "the request has more than one `Authorization` header"),
        (&[" , "], "the `Authorization` header does not begin with a scheme"),
        (&["Bearer  "], "the `Authorization` header has no token after the scheme"),
        (
            &["Bearer a b"],
            "what follows the scheme in the `Authorization` header is no token68 (RFC 9110 section 11.2)",
        ),
    ] {
        let expected = format!("route=\"/items\" required=\"me items\" cause=\"{cause}\"");
        let [event] = &*events("/items", lines).await else { panic!("one event") };
        assert!(event.ends_with(&expected), "{event}");
    }
}

/// The most frequent mistake of clients is seen at the usual level. What browsers send by themselves does not fill the log.
#[tokio::test]
async fn credentials_without_a_scheme_of_the_server_are_an_event_with_their_cause() {
    let no_scheme = "a token without the scheme `Bearer`";
    let other_scheme = "another scheme than `Bearer`";
    for (line, level, content) in [
        ("eyJhbGciOiJFUzI1NiJ9.e30.c2ln", "INFO", no_scheme),
        ("BearereyJhbGciOiJFUzI1NiJ9.e30.c2ln", "INFO", no_scheme),
        ("c2VjcmV0/dG9r+ZW4=", "INFO", no_scheme),
        ("Token eyJhbGciOiJFUzI1NiJ9.e30.c2ln", "INFO", other_scheme),
        ("jwt\teyJhbGciOiJFUzI1NiJ9.e30.c2ln", "INFO", other_scheme),
        ("DPoP eyJhbGciOiJFUzI1NiJ9.e30.c2ln", "INFO", other_scheme),
        ("Basic YWxpY2U6c2VjcmV0", "DEBUG", other_scheme),
        ("negotiate YIIJvwYGKwYBBQUCoIIJszCCCa", "DEBUG", other_scheme),
        ("NTLM", "DEBUG", other_scheme),
    ] {
        let expected = format!(
            "{level} scopes_runtime::refused: a request was refused reason=\"missing_token\" method=\"GET\" \
             route=\"/items\" required=\"me items\" cause=\"the `Authorization` header has {content}\""
        );
        assert_eq!(events("/items", &[line]).await, [expected]);
        assert!(events("/open", &[line]).await.is_empty(), "nothing is refused");
    }
}

#[tokio::test]
async fn the_cause_of_another_scheme_names_all_of_the_server() {
    let dpop = Dpop::new("https://api.test").expect("a URL");
    let server = ResourceServer::builder(TestIssuer::new().decoder()).dpop(dpop).build();
    let app = Router::new().route("/me", on_get(me)).with_state(server.expect("the default realm"));
    let [event] = &*events_of(&app, "/me", &["Token eyJhbGciOiJFUzI1NiJ9.e30.c2ln"]).await else {
        panic!("one event")
    };
    let cause = "the `Authorization` header has another scheme than `Bearer` or `DPoP`";
    assert!(event.ends_with(&format!(" cause=\"{cause}\"")), "{event}");
}

/// Each of the three has another fix: an option of the decoder, one of the server, or the client.
#[tokio::test]
async fn the_cause_of_a_bound_token_without_a_proof_contains_what_to_change() {
    let issuer = TestIssuer::new();
    let dpop = Dpop::new("https://api.test").expect("a URL");
    let with_dpop = ResourceServer::builder(issuer.bound_token_decoder()).dpop(dpop).build();
    let token = issuer.token().claim("cnf", serde_json::json!({ "jkt": DpopKey::new().thumbprint() })).sign();
    for (server, cause) in [
        (issuer.resource_server(), "`allow_bound_tokens` of its builder accepts them"),
        (
            ResourceServer::new(issuer.bound_token_decoder()),
            "`dpop` and `mutual_tls` of `ResourceServerBuilder` check it",
        ),
        (with_dpop.expect("the default realm"), "the client must send it with the scheme `DPoP` and a proof"),
    ] {
        let app = Router::new().route("/me", on_get(me)).with_state(server);
        let [event] = &*events_of(&app, "/me", &[&format!("Bearer {token}")]).await else {
            panic!("one event")
        };
        assert!(event.contains(cause), "{event}");
    }
}

#[tokio::test]
async fn a_token_without_scopes_is_an_event_with_a_cause() {
    let [event] = &*events("/items", &["Bearer +"]).await else { panic!("one event") };
    assert!(event.contains("reason=\"insufficient_scope\""), "{event}");
    let cause = "it grants no scopes: the client requested none, the decoder reads another claim (`TokenProfile`, `scope_claim`), or";
    assert!(event.contains(cause), "{event}");
}

#[tokio::test]
async fn a_scope_that_is_almost_the_required_one_is_in_the_cause() {
    let long = "x".repeat(1000);
    for (scopes, cause) in [
        ("ME items", "it lacks the scope `me`, and has it in another case: `ME`"),
        (
            "me,items",
            "it lacks the scope `me`, and has it with a comma, but spaces separate scopes (RFC 6749 section 3.3): `me,items`",
        ),
        (
            "me, items",
            "it lacks the scope `me`, and has it with a comma, but spaces separate scopes (RFC 6749 section 3.3): `me,`",
        ),
        (
            &format!("me,{long}"),
            "it lacks the scope `me`, and has it with a comma, but spaces separate scopes (RFC 6749 section 3.3): `me,xxx",
        ),
        ("me Items", "it lacks the scope `items`, and has it in another case: `Items`"),
        ("men item", ""),
    ] {
        let issuer = TestIssuer::new();
        let app = Router::new().route("/items", on_get(items)).with_state(issuer.resource_server());
        let token = issuer.token().claim("scope", scopes).sign();
        let [event] = &*events_of(&app, "/items", &[&format!("Bearer {token}")]).await else {
            panic!("one event")
        };
        assert!(event.contains("reason=\"insufficient_scope\"") && event.len() < 800, "{event}");
        match cause {
            "" => assert!(!event.contains("cause="), "{event}"),
            cause => assert!(event.contains(&format!(" cause=\"{cause}")), "{event}"),
        }
    }
}

#[requires_scopes("me", acr = "mfa", max_age = 300)]
async fn step_up() {}

#[tokio::test]
async fn the_authentication_that_a_token_lacks_is_in_the_cause() {
    let issuer = TestIssuer::new();
    let app = Router::new().route("/", on_get(step_up)).with_state(issuer.resource_server());
    let token = issuer.token().scopes(["me"]).claim("acr", "mfa").claim("auth_time", now());
    let long = format!("`{}", "x".repeat(1000));
    let ok = events_of(&app, "/", &[&format!("Bearer {}", token.sign())]).await;
    assert!(ok.is_empty(), "{ok:?}");
    for (token, cause) in [
        (
            token.clone().claim("auth_time", now() - 86_400),
            "`max_age` is 300 s, but the user authenticated N s ago (`auth_time`)\"",
        ),
        (
            token.clone().claim("auth_time", now() + 7200),
            "`max_age` is 300 s, but the claim `auth_time` is N s in the future\"",
        ),
        (
            token.clone().without_claim("auth_time"),
            "`max_age` is 300 s, but the token has no claim `auth_time`\"",
        ),
        (token.clone().claim("acr", "pwd"), "the claim `acr` must be `mfa`, but is `pwd`\""),
        (token.clone().claim("acr", &*long), r"the claim `acr` must be `mfa`, but is `\\`xxx"),
        (
            token.clone().without_claim("acr").without_claim("auth_time"),
            "`max_age` is 300 s, but the token has no claim `auth_time`; the claim `acr` must be `mfa`, but is missing\"",
        ),
    ] {
        let [event] = &*events_of(&app, "/", &[&format!("Bearer {}", token.sign())]).await else {
            panic!("one event")
        };
        let event = without_seconds(event);
        assert!(event.contains("reason=\"insufficient_user_authentication\""), "{event}");
        assert!(event.contains(&format!(" cause=\"{cause}")) && event.len() < 1000, "{event}");
    }
}

/// A second is a difference of clocks, a day is a mistake of the client.
#[tokio::test]
async fn the_cause_of_an_expired_or_early_token_has_the_seconds() {
    let issuer = TestIssuer::new();
    let decoder = JwtDecoder::builder().issuer(issuer.url()).audience(issuer.audience());
    let decoder = decoder.key(issuer.verification_key()).leeway(Duration::from_millis(2500)).build();
    let server = ResourceServer::new(decoder.expect("a decoder"));
    let app = Router::new().route("/me", on_get(me)).with_state(server);
    for (name, at, cause, seconds) in [
        ("exp", now() - 86_400, "it has expired: the claim `exp` was N s ago", 86_400),
        ("nbf", now() + 3600, "it is not valid yet: the claim `nbf` is N s in the future", 3600),
    ] {
        let token = issuer.token().claim(name, at).sign();
        let [event] = &*events_of(&app, "/me", &[&format!("Bearer {token}")]).await else {
            panic!("one event")
        };
        let expected = format!("{cause}, and the leeway is 2.5 s\"");
        assert!(without_seconds(event).ends_with(&expected), "{event}");
        // The test may run for some seconds.
        let is_near = |found: u64| found.abs_diff(seconds) < 60;
        assert!(event.split(' ').filter_map(|word| word.parse().ok()).any(is_near), "{event}");
    }
}

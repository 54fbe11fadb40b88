//! Tokens that are bound to a DPoP key, with proofs that are wrong (RFC 9449).

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::attack::{Attack, AttackList, Refusal};
use crate::testing::claims::now;
use crate::testing::token::base64url;
use crate::testing::{DpopKey, TestIssuer, TestToken};

const CHECKS: &str = "RFC 9449 section 4.3";

impl TestIssuer {
    /// Returns attacks on DPoP for this method and URL, which is the one below the base of the server's
    /// [`Dpop`](crate::bound::Dpop). Each differs in one flaw from a request that is accepted, except for repeated use and
    /// nonces, which need two requests.
    ///
    /// Send the [headers](Attack::headers), and compare the [status](Attack::status) and the [error](Attack::error).
    ///
    /// ```
    /// use scopes_runtime::testing::TestIssuer;
    ///
    /// let attacks = TestIssuer::new().dpop_attacks("GET", "https://api.test/items");
    /// let other = attacks.iter().find(|attack| attack.name() == "htm: another method").unwrap();
    /// assert_eq!(other.error(), Some("invalid_dpop_proof"));
    /// ```
    #[must_use]
    pub fn dpop_attacks(&self, method: &str, url: &str) -> Vec<Attack> {
        let key = DpopKey::new();
        let good = self.token().scopes(["scope"]);
        let token = good.clone().bound_to(&key).sign();
        let mut attacks = DpopAttacks { list: AttackList::new(good), key, token, method, url };
        attacks.headers();
        attacks.schemes();
        attacks.header_members();
        attacks.keys();
        attacks.claims();
        attacks.targets();
        attacks.list.into_attacks()
    }
}

struct DpopAttacks<'a> {
    list: AttackList,
    key: DpopKey,
    /// A token that is bound to the key.
    token: String,
    method: &'a str,
    url: &'a str,
}

impl DpopAttacks<'_> {
    fn proof(&self) -> TestToken {
        self.key.proof(self.method, self.url, &self.token)
    }

    fn push(
        &mut self,
        rule: &'static str,
        name: &str,
        scheme: &str,
        token: &str,
        proofs: &[String],
        refusal: Refusal,
    ) {
        let value = |text: String| HeaderValue::try_from(text).expect("a header value");
        let authorization = (AUTHORIZATION, value(format!("{scheme} {token}")));
        let proofs = proofs.iter().map(|proof| (HeaderName::from_static("dpop"), value(proof.clone())));
        self.list.push(rule, name, [authorization].into_iter().chain(proofs).collect(), refusal);
    }

    /// Adds a request with the good token and these proofs.
    fn proofs(&mut self, name: &str, proofs: &[String]) {
        let token = self.token.clone();
        self.push(CHECKS, name, "DPoP", &token, proofs, Refusal::InvalidProof);
    }

    fn headers(&mut self) {
        let (proof, other) = (self.proof().sign(), self.proof().sign());
        self.proofs("no header `DPoP`", &[]);
        self.proofs("an empty header `DPoP`", &[String::new()]);
        self.proofs("two headers `DPoP`", &[proof.clone(), other.clone()]);
        self.proofs("the same header `DPoP` twice", &[proof.clone(), proof.clone()]);
        self.proofs("two proofs and a comma", &[format!("{proof}, {other}")]);
        self.proofs("a comma after the proof", &[format!("{proof},")]);
        self.proofs("the proof with a scheme", &[format!("DPoP {proof}")]);
        self.proofs(
            "the proof without signature",
            &[proof[..=proof.rfind('.').expect("three parts")].to_owned()],
        );
        self.proofs("the access token as proof", &[self.list.good.clone().bound_to(&self.key).sign()]);
        self.proofs("a JWS in JSON", &[r#"{"payload":"e30","signatures":[{"signature":"AA"}]}"#.to_owned()]);
        self.proofs("a proof of 9 KiB", &[self.proof().claim("padding", "x".repeat(9 * 1024)).sign()]);
    }

    fn schemes(&mut self) {
        let binding = "RFC 9449 section 7.2";
        let (token, proof) = (self.token.clone(), self.proof().sign());
        self.push(binding, "a bound token as `Bearer`", "Bearer", &token, &[], Refusal::Invalid);
        self.push(
            binding,
            "a bound token as `Bearer`, with a proof",
            "Bearer",
            &token,
            &[proof],
            Refusal::Invalid,
        );
        let unbound = self.list.good.sign();
        let proof = self.key.proof(self.method, self.url, &unbound).sign();
        let rule = "RFC 9449 section 7.1";
        self.push(rule, "a token without `cnf` as `DPoP`", "DPoP", &unbound, &[proof], Refusal::Invalid);
        let other = self.list.good.clone().bound_to(&DpopKey::new()).sign();
        let proof = self.key.proof(self.method, self.url, &other).sign();
        self.push(rule, "cnf.jkt: another key", "DPoP", &other, &[proof], Refusal::Invalid);
        let stolen = self.proof().sign();
        let second = self.list.good.clone().bound_to(&self.key).claim("jti", "2").sign();
        self.push(
            CHECKS,
            "ath: a proof for another token",
            "DPoP",
            &second,
            &[stolen],
            Refusal::InvalidProof,
        );
    }

    fn header_members(&mut self) {
        let members = [
            ("typ: missing", self.proof().without_header("typ")),
            ("typ: another kind of JWT", self.proof().header("typ", "JWT")),
            ("typ: that of access tokens", self.proof().header("typ", "at+jwt")),
            ("alg: missing", self.proof().without_header("alg")),
            ("alg: `none`", self.proof().header("alg", "none")),
            ("alg: that of another type of key", self.proof().header("alg", "RS256")),
            ("alg: that of another curve", self.proof().header("alg", "ES384")),
            ("crit: an unknown extension", self.proof().header("crit", json!(["exp"]))),
            ("b64", self.proof().header("b64", false)),
        ];
        for (name, proof) in members {
            self.proofs(name, &[proof.sign()]);
        }
        let secret = self.proof().header_text();
        self.proofs(
            "alg: HS256 with the header as secret",
            &[self.proof().signed_with_secret(secret).sign()],
        );
    }

    fn keys(&mut self) {
        let good: Value = serde_json::from_str(&self.proof().header_text()).expect("JSON");
        let with = |name: &str, member: Value| {
            let mut jwk = good["jwk"].clone();
            jwk[name] = member;
            jwk
        };
        let secret = vec![7; 32];
        let symmetric = json!({ "kty": "oct", "k": base64url(&secret), "alg": "HS256" });
        let short_rsa = json!({ "kty": "RSA", "n": base64url([0xff; 128]), "e": "AQAB" });
        let cases = [
            ("jwk: missing", self.proof().without_header("jwk")),
            ("jwk: a string", self.proof().header("jwk", "key")),
            ("jwk: a private key", self.proof().header("jwk", with("d", json!(base64url([1; 32]))))),
            ("jwk: symmetric", self.proof().header("jwk", symmetric).signed_with_secret(secret)),
            ("jwk: for encryption", self.proof().header("jwk", with("use", json!("enc")))),
            ("jwk: another `alg`", self.proof().header("jwk", with("alg", json!("ES384")))),
            ("jwk: off its curve", self.proof().header("jwk", with("y", good["jwk"]["x"].clone()))),
            ("jwk: RSA of 1024 bits", self.proof().header("jwk", short_rsa).header("alg", "RS256")),
            ("jwk: a signature by another key", self.proof().forged()),
        ];
        for (name, proof) in cases {
            self.proofs(name, &[proof.sign()]);
        }
    }

    fn claims(&mut self) {
        for claim in ["jti", "htm", "htu", "iat", "ath"] {
            self.proofs(&format!("{claim}: missing"), &[self.proof().without_claim(claim).sign()]);
            self.proofs(&format!("{claim}: null"), &[self.proof().claim(claim, Value::Null).sign()]);
        }
        let cases = [
            ("jti: empty", "jti", json!("")),
            ("jti: 300 bytes", "jti", json!("x".repeat(300))),
            ("htm: another method", "htm", json!("PATCH")),
            ("htm: in lower case", "htm", json!(self.method.to_lowercase())),
            ("iat: two minutes ago", "iat", json!(now() - 120)),
            ("iat: in two minutes", "iat", json!(now() + 120)),
            ("iat: a string", "iat", json!(now().to_string())),
            ("iat: beyond every date", "iat", json!(1e300)),
            ("exp: in the past", "exp", json!(now() - 120)),
            ("nbf: in the future", "nbf", json!(now() + 120)),
            ("ath: empty", "ath", json!("")),
            ("ath: the token itself", "ath", json!(self.token)),
            ("nonce: a number", "nonce", json!(5)),
        ];
        for (name, claim, value) in cases {
            self.proofs(name, &[self.proof().claim(claim, value).sign()]);
        }
    }

    fn targets(&mut self) {
        let url = self.url.to_owned();
        let (scheme, rest) = url.split_once("://").expect("a URL");
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let other_scheme = if scheme == "https" { "http" } else { "https" };
        let cases = [
            ("htu: another scheme", format!("{other_scheme}://{rest}")),
            ("htu: another host", format!("{scheme}://evil.test{path}")),
            ("htu: another host that begins like it", format!("{scheme}://{host}.evil.test{path}")),
            ("htu: another port", format!("{scheme}://{host}:4443{path}")),
            ("htu: behind a user name", format!("{scheme}://user@{rest}")),
            ("htu: another path", format!("{scheme}://{host}/other")),
            ("htu: a slash after it", format!("{url}/")),
            ("htu: a second slash", format!("{scheme}://{host}/{path}")),
            ("htu: the path in capitals", format!("{scheme}://{host}{}", path.to_uppercase())),
            ("htu: dots in the path", format!("{scheme}://{host}/x/..{path}")),
            ("htu: backslashes", url.replace('/', "\\")),
            ("htu: a space before it", format!(" {url}")),
            ("htu: the path alone", path.to_owned()),
            ("htu: empty", String::new()),
        ];
        for (name, target) in cases {
            self.proofs(name, &[self.proof().claim("htu", target).sign()]);
        }
    }
}

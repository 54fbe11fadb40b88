//! Tokens that are bound to a certificate, with certificates of a proxy that are wrong (RFC 8705, RFC 9440).

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderName, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::{Value, json};

use super::attack::{Attack, AttackList, Refusal};
use crate::bound::certificate_thumbprint;
use crate::testing::TestIssuer;

const CLIENT_CERT: HeaderName = HeaderName::from_static("client-cert");

const OTHER_CERTIFICATE: &[u8] = b"the certificate of another client";

impl TestIssuer {
    /// Returns attacks on tokens that are bound to a client certificate, for a server that reads it from the header
    /// `Client-Cert` of a [trusted proxy](crate::bound::MutualTls::trusted_proxies). `der` is the certificate of an accepted
    /// request, in DER.
    ///
    /// Each attack differs in one flaw from a request that is accepted. Send the [headers](Attack::headers) from the address
    /// of the proxy, but those of an attack [from another peer](Attack::is_from_untrusted_peer) from another address. Compare
    /// the [status](Attack::status) and the [error](Attack::error).
    ///
    /// ```
    /// use scopes_runtime::testing::TestIssuer;
    ///
    /// let attacks = TestIssuer::new().mutual_tls_attacks(b"a certificate in DER");
    /// let other = attacks.iter().find(|attack| attack.is_from_untrusted_peer()).unwrap();
    /// assert_eq!(other.rule(), "RFC 9440 section 4");
    /// assert_eq!(other.error(), Some("invalid_token"));
    /// ```
    #[must_use]
    pub fn mutual_tls_attacks(&self, der: &[u8]) -> Vec<Attack> {
        let good = self.token().scopes(["scope"]).bound_to_certificate(der);
        let mut attacks =
            MutualTlsAttacks { list: AttackList::new(good), header: format!(":{}:", STANDARD.encode(der)) };
        attacks.certificates(der);
        attacks.values(der);
        attacks.confirmations(der);
        attacks.list.into_attacks()
    }
}

struct MutualTlsAttacks {
    list: AttackList,
    /// The accepted value of the header.
    header: String,
}

impl MutualTlsAttacks {
    /// Adds a request with the good token and these headers.
    fn push(&mut self, rule: &'static str, name: &str, headers: &[(HeaderName, String)]) {
        let token = self.list.good.sign();
        self.push_with(&token, rule, name, headers);
    }

    fn push_with(&mut self, token: &str, rule: &'static str, name: &str, headers: &[(HeaderName, String)]) {
        let value = |text: &str| HeaderValue::try_from(text).expect("a header value");
        let authorization = (AUTHORIZATION, value(&format!("Bearer {token}")));
        let headers = headers.iter().map(|(name, text)| (name.clone(), value(text)));
        self.list.push(rule, name, [authorization].into_iter().chain(headers).collect(), Refusal::Invalid);
    }

    fn certificates(&mut self, der: &[u8]) {
        let rule = "RFC 8705 section 3";
        self.push(rule, "no certificate", &[]);
        let other = format!(":{}:", STANDARD.encode(OTHER_CERTIFICATE));
        self.push(rule, "another certificate", &[(CLIENT_CERT, other)]);
        let longer = format!(":{}:", STANDARD.encode([der, b"\0"].concat()));
        self.push(rule, "the certificate with a byte more", &[(CLIENT_CERT, longer)]);
        let header = self.header.clone();
        self.push("RFC 9440 section 4", "the header from a client", &[(CLIENT_CERT, header)]);
        self.list.mark_last_from_untrusted_peer();
    }

    fn values(&mut self, der: &[u8]) {
        let rule = "RFC 9440 section 2.1";
        let header = self.header.clone();
        let encoded = header.trim_matches(':').to_owned();
        self.push(rule, "two headers", &[(CLIENT_CERT, header.clone()), (CLIENT_CERT, header.clone())]);
        for (name, value) in [
            ("two values", format!("{header}, {header}")),
            ("a space before the certificate", format!(": {encoded}:")),
            ("a space after the certificate", format!(":{encoded} :")),
            ("no colons", encoded.clone()),
            ("no last colon", format!(":{encoded}")),
            ("a string", format!("\"{encoded}\"")),
            ("an empty value", String::new()),
            ("an empty byte sequence", "::".to_owned()),
            ("PEM, percent-encoded", format!("-----BEGIN%20CERTIFICATE-----%0A{encoded}%0A")),
            ("hexadecimal", der.iter().map(|byte| format!("{byte:02x}")).collect()),
        ] {
            self.push(rule, name, &[(CLIENT_CERT, value)]);
        }
        let url_safe = URL_SAFE.encode(der);
        if url_safe != encoded {
            self.push(rule, "base64url", &[(CLIENT_CERT, format!(":{url_safe}:"))]);
        }
        for name in ["client-cert-chain", "ssl-client-cert", "x-client-cert", "x-forwarded-client-cert"] {
            let other = HeaderName::from_static(name);
            self.push(rule, &format!("in the header `{name}`"), &[(other, header.clone())]);
        }
    }

    fn confirmations(&mut self, der: &[u8]) {
        let thumbprint = certificate_thumbprint(der);
        let cases = [
            ("cnf: another thumbprint", json!({ "x5t#S256": certificate_thumbprint(OTHER_CERTIFICATE) })),
            ("cnf: a padded thumbprint", json!({ "x5t#S256": format!("{thumbprint}=") })),
            ("cnf: a list of thumbprints", json!({ "x5t#S256": [thumbprint] })),
            ("cnf: a number", json!({ "x5t#S256": 5 })),
            ("cnf: an empty thumbprint", json!({ "x5t#S256": "" })),
            ("cnf: another algorithm", json!({ "x5t": thumbprint })),
            ("cnf: another key as well", json!({ "x5t#S256": thumbprint, "kid": "1" })),
            ("cnf: the thumbprint alone", json!(thumbprint)),
            ("cnf: empty", json!({})),
            ("cnf: null", Value::Null),
        ];
        for (name, confirmation) in cases {
            let token = self.list.good.clone().claim("cnf", confirmation).sign();
            let header = self.header.clone();
            self.push_with(&token, "RFC 8705 section 3.1", name, &[(CLIENT_CERT, header)]);
        }
    }
}

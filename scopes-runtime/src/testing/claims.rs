use std::time::SystemTime;

use serde_json::{Map, Value, json};

use crate::{AccessToken, GrantedScopes};

/// How long a token is valid.
const LIFETIME: u64 = 5 * 60;

/// Returns an access token with the claims of RFC 9068 for this subject and these scopes, to call a handler directly.
///
/// [`AccessToken::new`] makes one from other claims.
///
/// ```
/// use scopes_runtime::testing::access_token;
///
/// let token = access_token("alice", ["items", "me"]);
/// assert_eq!(token.subject(), Some("alice"));
/// assert!(token.scopes().contains("items"));
/// ```
#[must_use]
pub fn access_token<N: AsRef<str>>(subject: &str, scopes: impl IntoIterator<Item = N>) -> AccessToken {
    let scope = list(scopes);
    let mut claims = usual("https://issuer.test", "https://api.test");
    claims.insert("sub".to_owned(), subject.into());
    claims.insert("scope".to_owned(), scope.clone().into());
    AccessToken::new(claims, GrantedScopes::from_list(&scope)).expect("these claims have their types")
}

/// Returns the claims of every token (RFC 9068 section 2.2) except `scope`.
pub(super) fn usual(issuer: &str, audience: &str) -> Map<String, Value> {
    let now = now();
    let claims = [
        ("iss", json!(issuer)),
        ("aud", json!(audience)),
        ("sub", json!("alice")),
        ("client_id", json!("client")),
        ("iat", json!(now)),
        ("exp", json!(now + LIFETIME)),
        ("jti", json!("1")),
    ];
    claims.into_iter().map(|(name, claim)| (name.to_owned(), claim)).collect()
}

/// Returns the scopes as the value of the claim `scope`.
pub(super) fn list<N: AsRef<str>>(scopes: impl IntoIterator<Item = N>) -> String {
    let scopes: Vec<_> = scopes.into_iter().map(|scope| scope.as_ref().to_owned()).collect();
    scopes.join(" ")
}

/// Returns the current time in seconds.
pub(super) fn now() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().expect("a clock after 1970").as_secs()
}

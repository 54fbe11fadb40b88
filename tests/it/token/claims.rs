//! The claims of tokens from an application's decoder.

use scopes_runtime::{AccessToken, GrantedScopes};
use serde_json::{Value, json};

#[test]
fn claims_of_an_own_decoder_are_returned_as_they_were_given() {
    let nested = (0..200).fold(json!(1), |inner, _| json!([inner]));
    // serde_json does not read its own text of this number exactly.
    let claims = json!({ "sub": "alice", "ratio": 1.183_012_701_892_219_3e-200, "nested": nested });
    let token = AccessToken::new(claims.as_object().expect("an object").clone(), GrantedScopes::default());
    assert_eq!(token.expect("valid claims").claims::<Value>().expect("a value"), claims);
}

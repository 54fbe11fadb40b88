use serde_json::json;

use crate::issuer::{
    DECODER, HEADER, accept, base64url, builder, claims, claims_with, refuse, refuse_all, secret_key, sign,
};
use scopes_runtime::Algorithm;

const NOT_BASE64URL: [&str; 3] = [
    "the header is not base64url without padding",
    "the payload is not base64url without padding",
    "the signature is not base64url without padding",
];
const NO_SIGNATURE: &str = "the signature is not from a key that is configured";

#[tokio::test]
async fn the_parts_of_a_token() {
    let token = sign(HEADER, claims().to_string());
    accept(&DECODER, &token).await;
    let (message, signature) = token.rsplit_once('.').expect("a dot");
    let (header, payload) = message.split_once('.').expect("a dot");
    let three_parts = "it is not a signed JWT, which has three parts between dots";
    let empty = "one of its three parts is empty";
    refuse_all(
        &DECODER,
        [
            (String::new(), three_parts),
            (header.to_owned(), three_parts),
            (message.to_owned(), three_parts),
            (format!("{token}."), three_parts),
            (format!(".{token}"), three_parts),
            (format!("{token}.AA"), three_parts),
            (format!("{header}.AA.AA.{payload}.{signature}"), three_parts),
            (r#"{"payload":"e30","signatures":[]}"#.to_owned(), three_parts),
            ("..".to_owned(), empty),
            (format!("{message}."), empty),
            (format!(".{payload}.{signature}"), empty),
            (format!("{header}..{signature}"), empty),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_spelling_of_the_parts() {
    let token = sign(HEADER, claims().to_string());
    accept(&DECODER, &token).await;
    let (message, signature) = token.rsplit_once('.').expect("a dot");
    let (header, payload) = message.split_once('.').expect("a dot");
    let [of_header, _, of_signature] = NOT_BASE64URL;
    refuse_all(
        &DECODER,
        [
            (format!(" {token}"), of_header),
            (format!("{token}\n"), of_signature),
            (format!("{token} "), of_signature),
            (format!("{token}="), of_signature),
            (format!("{token}é"), of_signature),
            (format!("{header}=.{payload}.{signature}"), of_header),
            (format!("+/{header}.{payload}.{signature}"), of_header),
            (format!("{header}.{payload}=.{signature}"), NO_SIGNATURE),
            (format!("{header}.{payload}\n.{signature}"), NO_SIGNATURE),
            (format!("{message}.{}", &signature[1..]), of_signature_or(&signature[1..])),
            (format!("{message}.{}", &signature[3..]), NO_SIGNATURE),
            (format!("{message}.AAAA{signature}"), NO_SIGNATURE),
            (format!("{message}.{}", other_spelling(signature)), of_signature),
            (format!("{message}.{}", "A".repeat(43)), NO_SIGNATURE),
        ],
    )
    .await;
}

//! Key sets with malformed keys, each of which is skipped, and sets that are malformed themselves.

use scopes_runtime::Algorithm;

use super::super::super::loopback::Issuer;
use super::{named, outcome};

fn good() -> String {
    named(Algorithm::ES256, "good").to_string()
}

async fn outcome_with(set: impl Into<Vec<u8>>) -> &'static str {
    let issuer = Issuer::start().await;
    issuer.publishes_text(set);
    outcome(&issuer.discovered(), &issuer.token(Algorithm::ES256, Some("good"))).await
}

#[tokio::test]
async fn a_malformed_key_is_skipped() {
    let deep = format!(r#"{{"x5c":{}{}}}"#, "[".repeat(20_000), "]".repeat(20_000));
    let keys: [&[u8]; 13] = [
        br#"{"kty":"EC","kid":"a","kid":"b"}"#,
        br#"{"kty":"EC","other":{"a":1,"a":2}}"#,
        br#"{"kty":"EC","kid":"\ud800"}"#,
        br#"{"kty":"EC","\udfff":1}"#,
        br#"{"kty":"EC","exp":1e400}"#,
        b"{\"kty\":\"EC\",\"kid\":\"\xff\"}",
        br#"{"kty":"EC","kid":"]}\"],\\"}"#,
        br#"{"kty":"EC","keys":[{}]}"#,
        br#"{"$serde_json::private::RawValue":"{}"}"#,
        deep.as_bytes(),
        b"-0.5e-7",
        br#""\\\"""#,
        b"null",
    ];
    for key in keys {
        let good = good();
        let set = [b"{ \"keys\" : [ ", key, b" ,\n", good.as_bytes(), b", ", key, b" ] }"].concat();
        assert_eq!(outcome_with(set).await, "ok", "{}", String::from_utf8_lossy(&key[..key.len().min(80)]));
    }
}

#[tokio::test]
async fn other_members_of_a_key_set_are_ignored() {
    let good = good();
    for set in [
        format!("\u{feff}{{\"keys\":[{good}]}}"),
        format!(r#"{{"a":1e400,"k\u0065ys":[{good}],"b":{{"keys":[],"keys":"\ud800"}}}}"#),
        format!(" \r\n\t{{\"keys\":[{good}],\"keys \":[]}} \n"),
    ] {
        assert_eq!(outcome_with(&*set).await, "ok", "{set}");
    }
}

#[tokio::test]
async fn a_malformed_key_set_is_unavailable() {
    let good = good();
    for set in [
        String::new(),
        "\u{feff}".to_owned(),
        format!("\u{feff}\u{feff}{{\"keys\":[{good}]}}"),
        format!(r#"{{"keys":[{good}],"keys":[{good}]}}"#),
        format!(r#"{{"keys":[{good}],"k\u0065ys":[]}}"#),
        format!(r#"{{"a":1,"keys":[{good}],"a":1}}"#),
        format!(r#"{{"keys":[{good}],"\ud800":1}}"#),
        format!(r#"{{"keys":[{good},]}}"#),
        format!(r#"{{"keys":[,{good}]}}"#),
        format!(r#"{{"keys":[{good} {good}]}}"#),
        format!(r#"{{"keys":[{good}],}}"#),
        format!(r#"{{"keys":[{good}]"#),
        format!(r#"{{"keys":[{good}}}]"#),
        format!(r#"{{"keys":[{good}]}}}}"#),
        format!(r#"{{"keys":[{good}]}} {{}}"#),
        format!(r#"{{"keys":[{good}],"a"}}"#),
        format!(r#"{{"keys":[{good}],"a":}}"#),
        format!(r#"{{"keys":[{good}],a:1}}"#),
        format!(r#"{{"keys":[{good}],1:1}}"#),
        format!(r#"{{"keys":[{good},01]}}"#),
        format!(r#"{{"keys":[{good},nul]}}"#),
        format!(r#"{{"keys":[{good},"\x"]}}"#),
        format!(r#"{{"keys":[{good},"a]}}"#),
        format!(r#"{{"keys":[{good},{}"#, "[".repeat(100_000)),
        format!(r#"{{"keys":{{"a":{good}}}}}"#),
        format!(r#"{{"keys":"[{}]"}}"#, good.replace('"', "\\\"")),
        format!("[{good}]"),
        good.clone(),
    ] {
        assert_eq!(outcome_with(&*set).await, "unavailable", "{}", &set[..set.len().min(400)]);
    }
}

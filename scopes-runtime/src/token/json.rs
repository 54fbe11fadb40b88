use serde_json::{Map, Value};

/// What is wrong with a text, to follow its name. Never the text itself, which serde_json's messages quote.
#[derive(Debug, thiserror::Error)]
pub(super) enum Malformed {
    #[error("is not a JSON object")]
    NotAnObject,
    #[error("repeats a member name")]
    RepeatedName,
}

/// A JSON object in which no object repeats a member name: RFC 7515 section 4 and RFC 7519 section 4 allow to
/// refuse it, and readers that disagree on which one counts are a way in.
pub(super) fn object(text: &[u8]) -> Result<Map<String, Value>, Malformed> {
    let object: Map<String, Value> = serde_json::from_slice(text).map_err(|_| Malformed::NotAnObject)?;
    // Of members with one name the last one is left.
    match members_written(text) == members(&object) {
        true => Ok(object),
        false => Err(Malformed::RepeatedName),
    }
}

/// How many members the objects in a JSON text have: each has one colon, and there are no others outside of strings.
fn members_written(text: &[u8]) -> usize {
    let (mut count, mut in_string, mut bytes) = (0, false, text.iter());
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => in_string = !in_string,
            b'\\' => drop(bytes.next()),
            b':' if !in_string => count += 1,
            _ => {}
        }
    }
    count
}

fn members(object: &Map<String, Value>) -> usize {
    object.len() + object.values().map(members_within).sum::<usize>()
}

fn members_within(value: &Value) -> usize {
    match value {
        Value::Object(object) => members(object),
        Value::Array(values) => values.iter().map(members_within).sum(),
        _ => 0,
    }
}

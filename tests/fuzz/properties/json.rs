//! A slow reader of JSON that knows which member names an object repeats.

use serde_json::{Map, Value};

/// The object that a text is, where no object in it repeats a name or has one that serde_json uses itself.
pub(super) fn object(text: &[u8]) -> Option<Map<String, Value>> {
    let Ok(Value::Object(object)) = serde_json::from_slice(text) else { return None };
    let text = std::str::from_utf8(text).expect("JSON is UTF-8");
    (!has_a_bad_name(text)).then_some(object)
}

/// Of a text that is JSON. A string before a colon is a name in the object that was opened last.
fn has_a_bad_name(text: &str) -> bool {
    let mut open: Vec<Vec<String>> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if first == '"' { string_length(rest) } else { first.len_utf8() };
        let (token, after) = rest.split_at(length);
        match first {
            '{' => open.push(Vec::new()),
            '}' => drop(open.pop()),
            '"' if after.trim_start().starts_with(':') => {
                let name: String = serde_json::from_str(token).expect("a string of a JSON text");
                let names = open.last_mut().expect("a name stands in an object");
                if names.contains(&name) || name.starts_with("$serde_json::private::") {
                    return true;
                }
                names.push(name);
            }
            _ => {}
        }
        rest = after;
    }
    false
}

fn string_length(text: &str) -> usize {
    let mut is_escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    });
    end.expect("a string of a JSON text ends") + 2
}

//! A slow JSON parser that finds repeated member names.

use serde_json::{Map, Value};

/// Parses an object. Returns `None` if an object in it repeats a name, or has a name that serde_json reserves.
pub(super) fn object(text: &[u8]) -> Option<Map<String, Value>> {
    let Ok(Value::Object(object)) = serde_json::from_slice(text) else { return None };
    let text = std::str::from_utf8(text).expect("JSON is UTF-8");
    (!has_a_bad_name(text)).then_some(object)
}

/// Returns the texts of the members of an object, or of the elements of an array.
pub(super) fn items(text: &[u8]) -> Vec<&[u8]> {
    let text = text.trim_ascii();
    let Some((inside, _)) = text.get(1..).and_then(|text| text.split_last_chunk::<1>()) else {
        return Vec::new();
    };
    let (mut items, mut depth, mut start, mut at) = (Vec::new(), 0_usize, 0, 0);
    while let Some(byte) = inside.get(at) {
        match byte {
            b'"' => at += string_length(&inside[at..]) - 1,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 => {
                items.push(inside[start..at].trim_ascii());
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    items.extend(Some(inside[start..].trim_ascii()).filter(|last| !last.is_empty()));
    items
}

/// Returns the name and the value of a member.
pub(super) fn member(text: &[u8]) -> (String, &[u8]) {
    let (name, rest) = text.split_at(string_length(text));
    let value = rest.trim_ascii_start().strip_prefix(b":").expect("a colon after a name");
    (serde_json::from_slice(name).expect("a name is a string"), value.trim_ascii())
}

/// Returns whether an object in the JSON text repeats a name or has a reserved one. A string before a colon is a name in the
/// innermost open object.
fn has_a_bad_name(text: &str) -> bool {
    let mut open: Vec<Vec<String>> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if first == '"' { string_length(rest.as_bytes()) } else { first.len_utf8() };
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

fn string_length(text: &[u8]) -> usize {
    let mut is_escaped = false;
    let end = text.iter().skip(1).position(|byte| {
        let is_end = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        is_end
    });
    end.expect("a string of a JSON text ends") + 2
}

//! Splits a JSON text into the texts of its values, so that one malformed value does not invalidate the others.

use serde::de::IgnoredAny;

/// Returns the members of an object, each a name and the text of its value. Returns `None` if the text is not an object.
pub(super) fn members(text: &[u8]) -> Option<Vec<(String, &[u8])>> {
    sequence(text, *b"{}", |text| {
        let (name, rest) = value(text)?;
        let (value, rest) = value(after(rest, b':')?)?;
        Some(((serde_json::from_slice(name).ok()?, value), rest))
    })
}

/// Returns the texts of the elements of an array. Returns `None` if the text is not an array.
pub(super) fn elements(text: &[u8]) -> Option<Vec<&[u8]>> {
    sequence(text, *b"[]", value)
}

fn sequence<'a, T>(
    text: &'a [u8],
    [open, close]: [u8; 2],
    item: impl Fn(&'a [u8]) -> Option<(T, &'a [u8])>,
) -> Option<Vec<T>> {
    let mut rest = after(text, open)?;
    let mut items = Vec::new();
    loop {
        if let Some(end) = after(rest, close) {
            return without_whitespace(end).is_empty().then_some(items);
        }
        if !items.is_empty() {
            rest = after(rest, b',')?;
        }
        let (next, end) = item(rest)?;
        items.push(next);
        rest = end;
    }
}

/// Splits after the first value. Its syntax is checked (RFC 8259), but not the content of strings, the size of numbers or the
/// depth of arrays.
fn value(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    Some(text.split_at(values.byte_offset()))
}

fn after(text: &[u8], token: u8) -> Option<&[u8]> {
    without_whitespace(text).strip_prefix(&[token])
}

fn without_whitespace(text: &[u8]) -> &[u8] {
    let is_whitespace = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    &text[text.iter().take_while(is_whitespace).count()..]
}

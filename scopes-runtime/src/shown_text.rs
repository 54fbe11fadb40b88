use std::borrow::Cow;

/// The longest text from a token in an event or a reason, in bytes.
const MAX_BYTES: usize = 256;

/// Quotes text from a token or from an issuer's response. It is not trusted, so it is cut and escaped.
pub(crate) fn quoted(text: &str) -> String {
    format!("`{}`", escaped(&cut(text)))
}

/// Escapes control characters and back quotes, for text between back quotes.
pub(crate) fn escaped(text: &str) -> String {
    text.escape_debug().to_string().replace('`', "\\`")
}

/// Cuts text for an event or a reason: a claim may be as long as a token.
pub(crate) fn cut(text: &str) -> Cow<'_, str> {
    if text.len() <= MAX_BYTES {
        return text.into();
    }
    // `str::floor_char_boundary` needs Rust 1.91.
    let end = (0..=MAX_BYTES).rev().find(|&at| text.is_char_boundary(at)).unwrap_or_default();
    format!("{}…", &text[..end]).into()
}

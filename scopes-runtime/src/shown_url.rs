/// Removes the user name, the password and the query from a configured URL. Every error that contains such a URL uses this,
/// because a program may log the error. The URL may be malformed, so nothing before the last `@` and nothing after the first
/// `?` is kept.
pub(crate) fn shown_url(url: &str) -> String {
    let (start, credentials) = url.rfind('@').map_or((0, ""), |at| (at + 1, "…@"));
    let (end, query) = url.find('?').map_or((url.len(), ""), |at| (at, "?…"));
    format!("{credentials}{}{query}", url.get(start..end).unwrap_or_default())
}

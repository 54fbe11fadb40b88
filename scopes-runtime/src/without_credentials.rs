/// Removes the user name and the password from a configured URL. Every error that contains such a URL uses this, because a
/// program may log the error. The URL may be malformed, so nothing before the last `@` is kept.
pub(crate) fn without_credentials(url: &str) -> String {
    url.rsplit_once('@').map_or_else(|| url.to_owned(), |(_, rest)| format!("…@{rest}"))
}

/// Returns a normalized URL without query and fragment: two spellings of one URL become the same text (RFC 9449 section 4.3,
/// RFC 3986 sections 6.2.2 and 6.2.3). Scheme and host are in lower case. There is a path, and no default port.
/// Percent-encoding is in upper case, and only where it is needed. Segments with dots are left as they are, because routers do
/// so too.
///
/// `None` unless the text is an `http` or `https` URL in visible ASCII with a host and without a user name.
pub(super) fn normalized(url: &str) -> Option<String> {
    let url = without_query(url)?;
    let (scheme, rest) = url.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let default_port = match &*scheme {
        "https" => ":443",
        "http" => ":80",
        _ => return None,
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let authority = authority.to_ascii_lowercase();
    let authority =
        authority.strip_suffix(default_port).or_else(|| authority.strip_suffix(':')).unwrap_or(&authority);
    if authority.is_empty() || authority.starts_with(':') || authority.contains('@') {
        return None;
    }
    let mut normalized = format!("{scheme}://{authority}");
    push_path(if path.is_empty() { "/" } else { path }, &mut normalized)?;
    Some(normalized)
}

/// Returns the normalized URL of a request for this path below a normalized base without a slash at its end. `None` for a path
/// without a slash at its start, such as `*` (RFC 9110 section 7.1), which would extend the host.
pub(super) fn below(base: &str, path: &str) -> Option<String> {
    let path = without_query(path).filter(|path| path.starts_with('/'))?;
    let mut normalized = String::with_capacity(base.len() + path.len());
    normalized.push_str(base);
    push_path(path, &mut normalized)?;
    Some(normalized)
}

/// Removes query and fragment of a URL or a path. `None` unless it is visible ASCII without `\` and `"`.
fn without_query(target: &str) -> Option<&str> {
    let is_visible = target.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'"'));
    target.split(['?', '#']).next().filter(|_| is_visible)
}

/// Appends a path with each percent-encoded octet in its normal form. `None` for a `%` without two digits.
fn push_path(path: &str, normalized: &mut String) -> Option<()> {
    let mut parts = path.split('%');
    normalized.push_str(parts.next()?);
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        let octet = u8::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))?;
        if octet.is_ascii_alphanumeric() || b"-._~".contains(&octet) {
            normalized.push(char::from(octet));
        } else {
            normalized.push('%');
            normalized.push_str(&digits.to_ascii_uppercase());
        }
        normalized.push_str(rest);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::{below, normalized};

    #[test]
    fn spellings_of_one_url_are_the_same() {
        for spelling in [
            "https://api.example/a%7Eb/%C3%A9",
            "HTTPS://API.example:443/a~b/%c3%a9",
            "https://api.example/a~b/%C3%a9?query=1#fragment",
        ] {
            assert_eq!(normalized(spelling).as_deref(), Some("https://api.example/a~b/%C3%A9"), "{spelling}");
        }
        assert_eq!(normalized("http://api.example:80"), normalized("http://api.example/"));
    }

    #[test]
    fn other_urls_are_different() {
        let url = normalized("https://api.example/items");
        for other in [
            "http://api.example/items",
            "https://api.example:8443/items",
            "https://api.example/items/",
            "https://api.example/Items",
            "https://api.example//items",
            "https://api.example/x/../items",
            "https://api.example/%2Fitems",
            "https://api.example.evil.test/items",
        ] {
            assert!(normalized(other).is_some() && normalized(other) != url, "{other}");
        }
    }

    #[test]
    fn a_path_never_extends_the_host() {
        let base = "https://api.example";
        assert_eq!(below(base, "/items").as_deref(), Some("https://api.example/items"));
        assert_eq!(below(base, "//evil.test/items").as_deref(), Some("https://api.example//evil.test/items"));
        // Releases of the crate `http` before 1.5 accept such paths.
        for path in ["", "*", "items", ".evil.test/items", ":4443/items", "@evil.test/items", "?query"] {
            assert_eq!(below(base, path), None, "{path}");
        }
    }

    #[test]
    fn text_that_is_no_safe_url_is_refused() {
        for text in [
            "",
            "/items",
            "https://",
            "https:///items",
            "https://:443/",
            "ftp://api.example/",
            "https://user@api.example/items",
            "https:\\\\api.example/items",
            "https://api.example/ items",
            "https://api.example/%2",
            "https://api.example/%+1",
            "https://api.example/é",
        ] {
            assert_eq!(normalized(text), None, "{text}");
        }
    }
}

/// Returns a path under a prefix, as `Router::nest` does it.
pub(crate) fn nested(prefix: &str, path: &str) -> String {
    match (prefix.ends_with('/'), path) {
        (true, _) => format!("{prefix}{}", path.trim_start_matches('/')),
        (false, "/") => prefix.to_owned(),
        (false, _) => format!("{prefix}{path}"),
    }
}

/// Returns the path without the names of its parameters: `{}` for `{id}`, `{*}` for `{*rest}`. Escaped braces stay. Two paths
/// of one shape match the same requests.
pub(crate) fn shape(path: &str) -> String {
    let (mut shape, mut rest) = (String::new(), path);
    while let Some((before, after)) = rest.split_once('{') {
        shape.push_str(before);
        let (parameter, after) = match (after.strip_prefix('{'), after.split_once('}')) {
            (Some(after), _) => ("{{", after),
            (None, Some((name, after))) => (if name.starts_with('*') { "{*}" } else { "{}" }, after),
            (None, None) => ("{", after),
        };
        shape.push_str(parameter);
        rest = after;
    }
    shape + rest
}

/// Iterates over the names of the path's parameters: `org` of `/orgs/{org}`, `rest` of `/files/{*rest}`.
pub(crate) fn parameters(path: &str) -> impl Iterator<Item = &str> {
    let mut rest = path;
    std::iter::from_fn(move || {
        loop {
            let (_, after) = rest.split_once('{')?;
            // A second brace escapes the first one.
            if let Some(after) = after.strip_prefix('{') {
                rest = after;
                continue;
            }
            let (name, after) = after.split_once('}')?;
            rest = after;
            return Some(name.trim_start_matches('*'));
        }
    })
}

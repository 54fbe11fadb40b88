/// Returns a path under a prefix, as `Router::nest` does it.
pub(crate) fn nested(prefix: &str, path: &str) -> String {
    match (prefix.ends_with('/'), path) {
        (true, _) => format!("{prefix}{}", path.trim_start_matches('/')),
        (false, "/") => prefix.to_owned(),
        (false, _) => format!("{prefix}{path}"),
    }
}

/// Returns the path without the names of its parameters. Two paths of one shape match the same requests.
pub(crate) fn shape(path: &str) -> String {
    let parts = path.split('{').enumerate();
    let part = |(at, part): (usize, &str)| match (at, part.split_once('}')) {
        (1.., Some((_, rest))) => format!("{{}}{rest}"),
        _ => part.to_owned(),
    };
    parts.map(part).collect()
}

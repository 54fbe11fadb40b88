//! Finds the name that a misspelt one most likely stands for.

/// Returns the known name that is nearest by spelling, or else the one with the same parts in another order (`read:items` for
/// `items:read`), or else the only one with the same last part (`write` for `items:write`).
pub(crate) fn most_similar<'a>(name: &str, known: &'a [String]) -> Option<&'a str> {
    let allowed = (name.chars().count() / 3).max(1);
    let by_spelling = known
        .iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|&(distance, _)| distance <= allowed)
        .min_by_key(|&(distance, _)| distance);
    let by_last_part = || {
        let mut same = known.iter().filter(|candidate| last_part(candidate) == last_part(name));
        same.next().filter(|_| same.next().is_none())
    };
    let by_parts = || known.iter().find(|candidate| parts(candidate) == parts(name));
    by_spelling.map(|(_, candidate)| candidate).or_else(by_parts).or_else(by_last_part).map(String::as_str)
}

/// Returns the edit distance, ignoring case.
pub(crate) fn distance(left: &str, right: &str) -> usize {
    strsim::damerau_levenshtein(&left.to_lowercase(), &right.to_lowercase())
}

fn parts(scope: &str) -> Vec<&str> {
    let mut parts: Vec<_> = scope.split([':', '.', '/']).collect();
    parts.sort_unstable();
    parts
}

fn last_part(scope: &str) -> &str {
    scope.rsplit(':').next().unwrap_or(scope)
}

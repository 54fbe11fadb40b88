/// A URI template (RFC 6570) with `{name}`, which stands for characters but `/`, `?` and `#`, and `{+name}`, which stands for
/// any characters. Each stands for at least one.
#[derive(Debug)]
pub(crate) struct UriTemplate {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Literal(String),
    Segment,
    Anything,
}

impl UriTemplate {
    /// # Panics
    ///
    /// Panics if an expression is not of these two kinds.
    pub(super) fn new(text: String) -> Self {
        let mut parts = Vec::new();
        let mut rest = &*text;
        while let Some((literal, after)) = rest.split_once('{') {
            let unsupported =
                || panic!("`{text}`: only `{{name}}` and `{{+name}}` are supported in a template");
            let (name, after) = after.split_once('}').unwrap_or_else(unsupported);
            let (part, name) = match name.strip_prefix('+') {
                Some(name) => (Part::Anything, name),
                None => (Part::Segment, name),
            };
            let is_name = |name: &str| {
                !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            };
            if !is_name(name) || literal.contains('}') {
                unsupported();
            }
            parts.extend([Part::Literal(literal.to_owned()), part]);
            rest = after;
        }
        parts.push(Part::Literal(rest.to_owned()));
        Self { parts, text }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns whether the URI is the template itself, as clients write it in completions, or one of its URIs. Compares bytes:
    /// another spelling of a URI does not match.
    pub(super) fn matches(&self, uri: &str) -> bool {
        uri == self.text || matches(&self.parts, uri)
    }
}

fn matches(parts: &[Part], uri: &str) -> bool {
    // The positions in the URI where the parts so far may end, in ascending order.
    let mut ends = vec![0];
    for part in parts {
        ends = match part {
            Part::Literal(literal) => ends
                .into_iter()
                .filter(|&at| uri[at..].starts_with(literal))
                .map(|at| at + literal.len())
                .collect(),
            Part::Segment => after(ends, uri, |byte| !b"/?#".contains(&byte)),
            Part::Anything => after(ends, uri, |_| true),
        };
    }
    ends.contains(&uri.len())
}

/// Returns the positions after at least one byte that may be skipped, each once and in ascending order, as `starts` are. Takes
/// linear time: clients choose the URI.
fn after(starts: Vec<usize>, uri: &str, may_skip: impl Fn(u8) -> bool) -> Vec<usize> {
    let mut starts = starts.into_iter().peekable();
    let mut is_open = false;
    let mut ends = Vec::new();
    for (at, byte) in uri.bytes().enumerate() {
        is_open = (starts.next_if_eq(&at).is_some() || is_open) && may_skip(byte);
        if is_open && uri.is_char_boundary(at + 1) {
            ends.push(at + 1);
        }
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::UriTemplate;

    #[test]
    fn a_template_matches_its_uris_alone() {
        let template = UriTemplate::new("notes://{user}/{id}".to_owned());
        for uri in ["notes://{user}/{id}", "notes://alice/1", "notes://ä/ö"] {
            assert!(template.matches(uri), "{uri}");
        }
        for uri in ["", "notes://", "notes:///1", "notes://alice/", "notes://alice/1/2", "Notes://alice/1"] {
            assert!(!template.matches(uri), "{uri}");
        }
        let all = UriTemplate::new("file:///{+path}.md".to_owned());
        assert!(all.matches("file:///a/b.md.md") && !all.matches("file:///.md") && !all.matches("file:///a"));
    }
}

use std::fmt;
use std::sync::Arc;

/// The scopes of an access token.
///
/// A list is read as RFC 6749 section 3.3 writes it: scope-tokens between spaces, compared byte by byte. What is not
/// a scope-token is left out, so it can satisfy nothing.
///
/// ```
/// use scopes_runtime::GrantedScopes;
///
/// let granted = GrantedScopes::from_list("me  items:write");
/// assert!(granted.contains("me"));
/// assert!(!granted.contains("ME"));
/// assert_eq!(granted.to_string(), "me items:write");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GrantedScopes {
    /// Scope-tokens, each followed by the next after one space.
    list: Arc<str>,
}

impl GrantedScopes {
    /// Scopes from one string, space by space: the `scope` claim of RFC 9068.
    #[must_use]
    pub fn from_list(list: &str) -> Self {
        match list.split(' ').all(is_scope_token) {
            true => Self { list: list.into() },
            false => list.split(' ').collect(),
        }
    }

    /// Whether the token has exactly this scope. A broader scope that implies it does not count here;
    /// [`Requirement::is_met_by`](crate::Requirement::is_met_by) minds implications.
    #[must_use]
    pub fn contains(&self, scope: impl AsRef<str>) -> bool {
        self.iter().any(|granted| granted == scope.as_ref())
    }

    /// The scopes in the order of the token.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.list.split(' ').filter(|scope| !scope.is_empty())
    }

    /// Whether the token has no scope.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// Each element is one scope; one with a space in it is no scope-token, never two.
impl<'a> FromIterator<&'a str> for GrantedScopes {
    fn from_iter<I: IntoIterator<Item = &'a str>>(scopes: I) -> Self {
        let mut list = String::new();
        for scope in scopes.into_iter().filter(|scope| is_scope_token(scope)) {
            if !list.is_empty() {
                list.push(' ');
            }
            list.push_str(scope);
        }
        Self { list: list.into() }
    }
}

impl fmt::Display for GrantedScopes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.list)
    }
}

/// `1*( %x21 / %x23-5B / %x5D-7E )`, RFC 6749 section 3.3.
fn is_scope_token(scope: &str) -> bool {
    !scope.is_empty() && scope.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
}

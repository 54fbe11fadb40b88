use std::fmt;
use std::sync::Arc;

use foldhash::fast::RandomState;
use indexmap::IndexSet;

/// The most scopes that a token may have.
pub(crate) const MAX_SCOPES: usize = 1024;

/// The scopes of an access token.
///
/// A list is read as RFC 6749 section 3.3 defines it: scope-tokens separated by spaces, compared byte by byte. Whatever is
/// not a scope-token is left out, so it can satisfy nothing. A repeated scope counts once.
///
/// A lookup takes constant time, so a request is checked in time proportional to its requirement, however many scopes its
/// token has. At most 1025 different scopes are kept: [`AccessToken::new`](crate::AccessToken::new) refuses a token with
/// more than 1024.
///
/// ```
/// use scopes_runtime::GrantedScopes;
///
/// let granted = GrantedScopes::from_list("me  items:write me");
/// assert!(granted.contains("me"));
/// assert!(!granted.contains("ME"));
/// assert_eq!(granted.to_string(), "me items:write");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GrantedScopes(Arc<IndexSet<Box<str>, RandomState>>);

impl GrantedScopes {
    /// Reads scopes from one string, separated by spaces: the `scope` claim of RFC 9068.
    #[must_use]
    pub fn from_list(list: &str) -> Self {
        list.split(' ').collect()
    }

    /// Returns whether the token has exactly this scope. A broader scope that implies it does not count here;
    /// [`Requirement::is_met_by`](crate::Requirement::is_met_by) respects implications.
    #[must_use]
    pub fn contains(&self, scope: impl AsRef<str>) -> bool {
        self.0.contains(scope.as_ref())
    }

    /// Iterates over the scopes in the order of the token.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|scope| &**scope)
    }

    /// Returns whether the token has no scope.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn are_too_many(&self) -> bool {
        self.0.len() > MAX_SCOPES
    }
}

/// Each element is one scope. An element with a space in it is not a scope-token, so it is left out.
impl<'a> FromIterator<&'a str> for GrantedScopes {
    fn from_iter<I: IntoIterator<Item = &'a str>>(scopes: I) -> Self {
        let mut distinct = IndexSet::default();
        for scope in scopes.into_iter().filter(|scope| is_scope_token(scope)) {
            if !distinct.contains(scope) {
                distinct.insert(scope.into());
            }
            if distinct.len() > MAX_SCOPES {
                break;
            }
        }
        Self(Arc::new(distinct))
    }
}

impl fmt::Display for GrantedScopes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, scope) in self.iter().enumerate() {
            if at > 0 {
                formatter.write_str(" ")?;
            }
            formatter.write_str(scope)?;
        }
        Ok(())
    }
}

/// `1*( %x21 / %x23-5B / %x5D-7E )`, RFC 6749 section 3.3.
fn is_scope_token(scope: &str) -> bool {
    !scope.is_empty() && scope.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
}

use std::fmt;
use std::hash::BuildHasher as _;
use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

/// Most scopes of a token.
pub(crate) const MAX_SCOPES: usize = 1024;

/// The scopes of an access token.
///
/// A list has the syntax of RFC 6749 section 3.3: scope-tokens separated by spaces, compared byte by byte. Other text is
/// ignored. A repeated scope counts once. Two values are equal if they contain the same scopes, in any order.
///
/// A lookup takes constant time, so the time of a request's check does not depend on the number of scopes of its token. At most
/// 1025 different scopes are kept: [`AccessToken::new`](crate::AccessToken::new) refuses a token with more than 1024.
///
/// ```
/// use scopes_runtime::GrantedScopes;
///
/// let granted = GrantedScopes::from_list("me  items:write me");
/// assert!(granted.contains("me"));
/// assert!(!granted.contains("ME"));
/// assert_eq!(granted.to_string(), "me items:write");
/// ```
#[derive(Clone, Default)]
pub struct GrantedScopes(Arc<Scopes>);

/// The scopes in one string, with an index. One string for each scope would take four times the memory, and caches contain many
/// tokens.
#[derive(Default)]
struct Scopes {
    /// In the order of the token, with a space between two.
    list: String,
    /// The offset of each scope in `list`, by its hash.
    starts: HashTable<u32>,
    hasher: RandomState,
}

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
        self.contains_bytes(scope.as_ref().as_bytes())
    }

    /// Returns whether the token has exactly this scope, which need not be UTF-8.
    pub(crate) fn contains_bytes(&self, scope: &[u8]) -> bool {
        self.0.contains(scope)
    }

    /// Iterates over the scopes in the order of the token.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        // `split` makes one empty scope of an empty list.
        self.0.list.split_terminator(' ')
    }

    /// Returns whether the token has no scope.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.list.is_empty()
    }

    /// Returns whether there are more than [`MAX_SCOPES`].
    pub(crate) fn are_too_many(&self) -> bool {
        self.0.starts.len() > MAX_SCOPES
    }

    /// Returns how many bytes the scopes take in memory.
    #[cfg(feature = "_jwt")]
    pub(crate) fn size(&self) -> usize {
        size_of::<Scopes>() + self.0.list.capacity() + self.0.starts.allocation_size()
    }
}

impl Scopes {
    fn contains(&self, scope: &[u8]) -> bool {
        let is_same = |start: &u32| is_scope_at(&self.list, *start, scope);
        // `list` contains two adjacent scopes with the space between them, and their hash may be that of one scope.
        !scope.contains(&b' ') && self.starts.find(self.hasher.hash_one(scope), is_same).is_some()
    }

    fn insert(&mut self, scope: &str) {
        let Self { list, starts, hasher } = self;
        let separator = if list.is_empty() { "" } else { " " };
        // A scope beyond 4 GiB is ignored.
        let Ok(start) = u32::try_from(list.len() + separator.len()) else { return };
        let is_same = |start: &u32| is_scope_at(list, *start, scope.as_bytes());
        let hash = |start: &u32| hasher.hash_one(scope_at(list, *start).as_bytes());
        if let Entry::Vacant(entry) = starts.entry(hasher.hash_one(scope.as_bytes()), is_same, hash) {
            entry.insert(start);
            list.push_str(separator);
            list.push_str(scope);
        }
    }
}

/// Returns whether this scope is at the offset.
fn is_scope_at(list: &str, start: u32, scope: &[u8]) -> bool {
    let rest = list.as_bytes()[start as usize..].strip_prefix(scope);
    rest.is_some_and(|rest| matches!(rest.first(), None | Some(b' ')))
}

/// Returns the scope at the offset.
fn scope_at(list: &str, start: u32) -> &str {
    let rest = &list[start as usize..];
    rest.split_once(' ').map_or(rest, |(scope, _)| scope)
}

/// Each element is one scope. An element that is not a scope-token, such as one with a space, is ignored.
impl<'a> FromIterator<&'a str> for GrantedScopes {
    fn from_iter<I: IntoIterator<Item = &'a str>>(scopes: I) -> Self {
        let mut distinct = Scopes::default();
        for scope in scopes.into_iter().filter(|scope| is_scope_token(scope)) {
            distinct.insert(scope);
            if distinct.starts.len() > MAX_SCOPES {
                break;
            }
        }
        distinct.list.shrink_to_fit();
        Self(Arc::new(distinct))
    }
}

impl PartialEq for GrantedScopes {
    fn eq(&self, other: &Self) -> bool {
        self.0.starts.len() == other.0.starts.len() && self.iter().all(|scope| other.contains(scope))
    }
}

impl Eq for GrantedScopes {}

impl fmt::Debug for GrantedScopes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.iter()).finish()
    }
}

impl fmt::Display for GrantedScopes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.list)
    }
}

/// Returns whether the text is `1*( %x21 / %x23-5B / %x5D-7E )` (RFC 6749 section 3.3).
pub(super) fn is_scope_token(scope: &str) -> bool {
    !scope.is_empty() && scope.bytes().all(is_scope_byte)
}

/// Returns whether a scope-token can contain the byte.
pub(super) fn is_scope_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && byte != b'"' && byte != b'\\'
}

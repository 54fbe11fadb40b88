use std::fmt;
use std::hash::BuildHasher as _;
use std::iter;
use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

/// The maximum number of scopes of a token.
pub(crate) const MAX_SCOPES: usize = 1024;

/// The scopes of an access token.
///
/// A list has the syntax of RFC 6749 section 3.3: scope-tokens separated by spaces, compared byte by byte. Other text is
/// ignored. A repeated scope counts once. Two values are equal if they contain the same scopes, in any order.
///
/// A lookup takes constant time: a list of up to 128 bytes is scanned, a longer one has a hash index. So the time of a
/// request's check does not depend on the number of scopes of its token. At most 1025 different scopes are kept:
/// [`AccessToken::new`](crate::AccessToken::new) refuses a token with more than 1024.
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
pub struct GrantedScopes {
    /// In the order of the token, with a space between two. One string for each scope would take four times the memory, and
    /// caches contain many tokens.
    list: Arc<str>,
    /// Exists if the list has more bytes than [`MAX_COMPARED`].
    index: Option<Arc<Index>>,
}

/// The maximum length of a list without an index, in bytes.
const MAX_COMPARED: usize = 128;

/// The offset of each scope in a list, by its hash.
#[derive(Default)]
struct Index {
    starts: HashTable<u32>,
    hasher: RandomState,
}

impl GrantedScopes {
    /// Reads scopes from one string, separated by spaces: the `scope` claim of RFC 9068.
    #[must_use]
    pub fn from_list(list: &str) -> Self {
        list.split(' ').collect()
    }

    /// Returns whether the token has exactly this scope. The compiler does not check the name, and a broader scope that implies
    /// it does not count here. To decide about access, use [`AccessToken::require`](crate::AccessToken::require), or
    /// [`Requirement::is_met_by`](crate::Requirement::is_met_by) of [`scopes!`](crate::scopes).
    #[must_use]
    pub fn contains(&self, scope: impl AsRef<str>) -> bool {
        self.contains_bytes(scope.as_ref().as_bytes())
    }

    /// Returns whether the token has exactly this scope, which need not be UTF-8.
    pub(crate) fn contains_bytes(&self, scope: &[u8]) -> bool {
        contains(&self.list, self.index.as_deref(), scope)
    }

    /// Iterates over the scopes in the order of the token.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        // `split` makes one empty scope of an empty list.
        self.list.split_terminator(' ')
    }

    /// Returns whether the token has no scope.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Returns whether there are more than [`MAX_SCOPES`].
    pub(crate) fn are_too_many(&self) -> bool {
        exceeds_limit(self.index.as_deref())
    }

    /// Returns how many bytes the scopes take in memory.
    #[cfg(feature = "_jwt")]
    pub(crate) fn size(&self) -> usize {
        let index = self.index.as_ref();
        self.list.len() + index.map_or(0, |index| size_of::<Index>() + index.starts.allocation_size())
    }
}

/// Returns whether the list contains the scope.
fn contains(list: &str, index: Option<&Index>, scope: &[u8]) -> bool {
    // A list contains two adjacent scopes with the space between them, and an empty one has an empty part.
    if scope.is_empty() || scope.contains(&b' ') {
        return false;
    }
    match index {
        None => list.as_bytes().split(|byte| *byte == b' ').any(|granted| granted == scope),
        Some(index) => index.contains(list, scope),
    }
}

/// Returns whether there are more than [`MAX_SCOPES`]. Without an index, there are fewer.
fn exceeds_limit(index: Option<&Index>) -> bool {
    index.is_some_and(|index| index.starts.len() > MAX_SCOPES)
}

impl Index {
    fn of(list: &str) -> Self {
        let mut index = Self::default();
        let starts = iter::once(0).chain(list.match_indices(' ').map(|(space, _)| space + 1));
        for start in starts {
            let start = u32::try_from(start).expect("all scopes but the last one are in 128 bytes");
            index.insert(list, start);
        }
        index
    }

    fn contains(&self, list: &str, scope: &[u8]) -> bool {
        let is_same = |start: &u32| is_scope_at(list, *start, scope);
        self.starts.find(self.hasher.hash_one(scope), is_same).is_some()
    }

    /// Inserts the scope at this offset, which the index does not contain.
    fn insert(&mut self, list: &str, start: u32) {
        let hash = |start: &u32| self.hasher.hash_one(scope_at(list, *start).as_bytes());
        self.starts.insert_unique(hash(&start), start, hash);
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
        let (mut list, mut index) = (String::new(), None);
        for scope in scopes.into_iter().filter(|scope| is_scope_token(scope)) {
            if contains(&list, index.as_ref(), scope.as_bytes()) {
                continue;
            }
            let separator = if list.is_empty() { "" } else { " " };
            // A scope beyond 4 GiB is ignored.
            let Ok(start) = u32::try_from(list.len() + separator.len()) else { break };
            list.push_str(separator);
            list.push_str(scope);
            match &mut index {
                Some(index) => index.insert(&list, start),
                None if list.len() > MAX_COMPARED => index = Some(Index::of(&list)),
                None => {}
            }
            if exceeds_limit(index.as_ref()) {
                break;
            }
        }
        Self { list: list.into(), index: index.map(Arc::new) }
    }
}

impl PartialEq for GrantedScopes {
    fn eq(&self, other: &Self) -> bool {
        self.iter().count() == other.iter().count() && self.iter().all(|scope| other.contains(scope))
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
        formatter.write_str(&self.list)
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

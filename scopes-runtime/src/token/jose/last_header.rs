use std::sync::{Arc, PoisonError, RwLock};

use super::jws::{Header, Jws};

/// The header of the last verified token. An issuer sends the same header with its tokens until it rotates its keys, and what
/// reading it returns depends on its text only.
#[derive(Debug, Default)]
pub(in crate::token) struct LastHeader(RwLock<Option<(Box<str>, Arc<Header>)>>);

impl LastHeader {
    /// Returns the header, if that of the token has the same text.
    pub(in crate::token) fn find(&self, jws: &Jws<'_>) -> Option<Arc<Header>> {
        let last = self.0.read().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|(text, _)| **text == *jws.header).map(|(_, header)| Arc::clone(header))
    }

    /// Sets the header of a verified token. That of another token must not replace it, because any client can send one.
    pub(in crate::token) fn set(&self, jws: &Jws<'_>, header: Arc<Header>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some((jws.header.into(), header));
    }
}

use std::sync::{Arc, PoisonError, RwLock};

use super::jws::{Header, Jws};

/// The header of the last verified token of a decoder. Most issuers send the same header with all tokens until they change
/// keys.
///
/// The checks of a header depend on its text and on the decoder's profile, which does not change. So each decoder has its own:
/// a shared one would skip the check of `typ` for a stricter profile.
#[derive(Debug, Default)]
pub(in crate::token) struct LastHeader(RwLock<Option<(Box<str>, Arc<Header>)>>);

impl LastHeader {
    /// Returns the header, if that of the token has the same text.
    pub(in crate::token) fn find(&self, jws: &Jws<'_>) -> Option<Arc<Header>> {
        let last = self.0.read().unwrap_or_else(PoisonError::into_inner);
        last.as_ref()
            .filter(|(text, _)| **text == *jws.encoded_header())
            .map(|(_, header)| Arc::clone(header))
    }

    /// Sets the header of a verified token. That of another token must not replace it, because any client can send one.
    pub(in crate::token) fn set(&self, jws: &Jws<'_>, header: Arc<Header>) {
        let last = Some((jws.encoded_header().into(), header));
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = last;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_of_the_last_verified_token_is_found_by_its_text() {
        // {"alg":"HS256","typ":"at+jwt"}, with the members in both orders.
        let token = "eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2lnbmF0dXJl";
        let other = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl";
        let [token, other] = [token, other].map(|token| Jws::split(token).expect("three parts"));
        let last = LastHeader::default();
        assert!(last.find(&token).is_none());
        last.set(&token, Arc::new(Header::read(&token, false).expect("a valid header")));
        assert!(last.find(&token).is_some());
        assert!(last.find(&other).is_none());
    }
}

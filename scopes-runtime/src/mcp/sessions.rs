//! Session ids that only the client that opened the session can use, with the same parameters of the path.

use axum::extract::RawPathParams;
use hmac_sha256::HMAC;

use crate::token::AccessToken;

/// The length of an HMAC with SHA-256.
const TAG_BYTES: usize = 32;

/// Appends a tag to the session ids of the service: an HMAC of the id and the owner. Nothing is stored, so that clients cannot
/// exhaust memory, and each copy of the server with the key accepts the ids of the others.
pub(crate) struct Sessions(HMAC);

impl Sessions {
    /// Uses a random key.
    ///
    /// # Panics
    ///
    /// Panics if the operating system provides no random bytes.
    pub(super) fn new() -> Self {
        let mut key = [0; 32];
        getrandom::fill(&mut key).expect("random bytes of the operating system");
        Self::with_key(key)
    }

    pub(super) fn with_key(key: [u8; 32]) -> Self {
        Self(HMAC::new(key))
    }

    /// Returns the id that the client gets.
    pub(crate) fn bind(&self, id: &str, owner: &SessionOwner<'_>) -> String {
        let tag = self.mac(id, owner).finalize();
        let tag: String = tag.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{id}.{tag}")
    }

    /// Returns the id of the service, if this one belongs to the owner.
    pub(crate) fn unbind<'a>(&self, bound: &'a str, owner: &SessionOwner<'_>) -> Option<&'a str> {
        let (id, tag) = bound.rsplit_once('.')?;
        let tag = from_hexadecimal(tag)?;
        self.mac(id, owner).finalize_verify(&tag).then_some(id)
    }

    fn mac(&self, id: &str, owner: &SessionOwner<'_>) -> HMAC {
        let mut mac = self.0.clone();
        // With their lengths, so that no two owners have the same input.
        let of_token = [Some(id), owner.issuer, owner.subject, owner.client, owner.token];
        let of_path = owner.path.into_iter().flatten().flat_map(|(name, value)| [Some(name), Some(value)]);
        for field in of_token.into_iter().chain(of_path) {
            mac.update(field.map_or(u64::MAX, |field| field.len() as u64).to_be_bytes());
            mac.update(field.unwrap_or_default().as_bytes());
        }
        mac
    }
}

/// Who may use a session, and where: the subject and the client of the token that opened it, and the parameters of the path.
pub(crate) struct SessionOwner<'a> {
    issuer: Option<&'a str>,
    subject: Option<&'a str>,
    client: Option<&'a str>,
    /// The whole token, if it names neither a subject nor a client.
    token: Option<&'a str>,
    /// `None` if no axum router has routed the request.
    path: Option<&'a RawPathParams>,
}

impl<'a> SessionOwner<'a> {
    /// `header` is the value of `Authorization`.
    pub(crate) fn new(
        token: &'a AccessToken,
        header: Option<&'a str>,
        path: Option<&'a RawPathParams>,
    ) -> Self {
        let (subject, client) = (token.subject(), token.client_id());
        let token_alone = header.filter(|_| subject.is_none() && client.is_none());
        Self { issuer: token.issuer(), subject, client, token: token_alone, path }
    }
}

/// Reads lower-case digits: each tag has one spelling.
fn from_hexadecimal(text: &str) -> Option<[u8; TAG_BYTES]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut tag = [0; TAG_BYTES];
    if text.len() != 2 * TAG_BYTES {
        return None;
    }
    for (byte, pair) in tag.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(tag)
}

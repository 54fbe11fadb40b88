use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac_sha256::HMAC;

/// How long a nonce is accepted.
const LIFETIME: Duration = Duration::from_secs(5 * 60);
/// Tolerated difference between the clocks of servers that share a secret.
const LEEWAY: Duration = Duration::from_secs(10);
/// The length of an HMAC with SHA-256.
const TAG_BYTES: usize = 32;
const TIME_BYTES: usize = 8;

/// Issues and accepts nonces (RFC 9449 section 9): a time and its HMAC. Nothing is stored, so that servers share only the
/// secret.
#[derive(Clone)]
pub(super) struct NonceKey(HMAC);

impl NonceKey {
    pub(super) fn new(secret: &[u8]) -> Self {
        Self(HMAC::new(secret))
    }

    pub(super) fn issue(&self, now: SystemTime) -> String {
        let time = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs().to_be_bytes();
        let nonce: Vec<u8> = time.into_iter().chain(self.mac(time).finalize()).collect();
        BASE64_URL_SAFE_NO_PAD.encode(nonce)
    }

    /// Returns whether the nonce was issued with this secret, less than 5 min ago.
    pub(super) fn accepts(&self, nonce: &str, now: SystemTime) -> bool {
        let mut bytes = [0; TIME_BYTES + TAG_BYTES];
        if BASE64_URL_SAFE_NO_PAD.decode_slice(nonce, &mut bytes).ok() != Some(bytes.len()) {
            return false;
        }
        let Some((time, tag)) = bytes.split_first_chunk() else { return false };
        if !tag.first_chunk().is_some_and(|tag| self.mac(*time).finalize_verify(tag)) {
            return false;
        }
        let issued_at = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(u64::from_be_bytes(*time)));
        issued_at.is_some_and(|issued_at| match now.duration_since(issued_at) {
            Ok(age) => age < LIFETIME,
            Err(early) => early.duration() <= LEEWAY,
        })
    }

    fn mac(&self, time: [u8; TIME_BYTES]) -> HMAC {
        let mut mac = self.0.clone();
        mac.update(b"DPoP-Nonce");
        mac.update(time);
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_accepted_for_five_minutes_by_servers_with_the_secret() {
        let (server, copy, other) =
            (NonceKey::new(&[1; 32]), NonceKey::new(&[1; 32]), NonceKey::new(&[2; 32]));
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let nonce = server.issue(now);
        for (seconds, is_accepted) in [(0, true), (299, true), (300, false)] {
            assert_eq!(copy.accepts(&nonce, now + Duration::from_secs(seconds)), is_accepted, "{seconds} s");
        }
        assert!(copy.accepts(&nonce, now - LEEWAY));
        assert!(!copy.accepts(&nonce, now - LEEWAY - Duration::from_secs(1)));
        assert!(!other.accepts(&nonce, now));
    }

    #[test]
    fn a_changed_nonce_is_refused() {
        let key = NonceKey::new(&[1; 32]);
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let nonce = key.issue(now);
        let changed = (0..nonce.len()).map(|at| {
            let replacement = if nonce.as_bytes()[at] == b'A' { "B" } else { "A" };
            format!("{}{replacement}{}", &nonce[..at], &nonce[at + 1..])
        });
        for text in changed.chain([String::new(), format!("{nonce}A"), nonce[1..].to_owned(), "é".repeat(16)])
        {
            assert!(!key.accepts(&text, now), "{text}");
        }
    }
}

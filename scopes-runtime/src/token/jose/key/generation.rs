/// The number of a source's set of keys. Configured keys have 0. Fetched sets begin at 1, and each changed set has the next
/// one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::token) struct KeyGeneration(u64);

#[cfg(feature = "issuer")]
impl KeyGeneration {
    pub(in crate::token) fn next(self) -> Self {
        Self(self.0 + 1)
    }

    pub(in crate::token) fn number(self) -> u64 {
        self.0
    }
}

/// The keys of a key source at one time. Keys that replace others have a new generation. Configured keys have the first one.
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

/// Bytes that are appended to, in one piece: on the stack up to `N` of them. Unlike those of a `SmallVec`, appending and
/// moving a few bytes is inlined.
#[derive(Clone)]
pub(crate) struct ShortBytes<const N: usize> {
    short: [u8; N],
    len: usize,
    /// All bytes, once there are more than `N`.
    long: Vec<u8>,
}

impl<const N: usize> ShortBytes<N> {
    pub(crate) const fn new() -> Self {
        Self { short: [0; N], len: 0, long: Vec::new() }
    }

    #[inline]
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if self.long.is_empty() {
            if let Some(free) = self.short.get_mut(self.len..self.len + bytes.len()) {
                free.copy_from_slice(bytes);
                self.len += bytes.len();
                return;
            }
            self.long.extend_from_slice(&self.short[..self.len]);
        }
        self.long.extend_from_slice(bytes);
    }

    #[inline]
    pub(crate) fn as_slice(&self) -> &[u8] {
        if self.long.is_empty() { &self.short[..self.len] } else { &self.long }
    }
}

impl<const N: usize> PartialEq for ShortBytes<N> {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

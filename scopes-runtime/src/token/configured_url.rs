use std::fmt;
use std::ops::Deref;

use crate::without_credentials::without_credentials;

/// A configured URL, which `Debug` shows without user name and password.
#[derive(Clone, Default)]
pub(super) struct ConfiguredUrl(pub(super) String);

impl Deref for ConfiguredUrl {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ConfiguredUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        without_credentials(self).fmt(formatter)
    }
}

use std::fmt;
use std::ops::Deref;

use crate::shown_url::shown_url;

/// A configured URL, which `Debug` shows without user name, password and query.
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
        shown_url(self).fmt(formatter)
    }
}

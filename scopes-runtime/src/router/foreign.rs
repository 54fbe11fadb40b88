use crate::openapi::nested;
use crate::report::{self, ANY_METHOD};

/// A service that checks no tokens, with the reason.
#[derive(Clone)]
pub(super) struct Foreign {
    /// In axum's syntax. A wildcard may end it.
    pub(super) path: String,
    pub(super) reason: &'static str,
}

impl Foreign {
    pub(super) fn new(path: String, reason: &'static str) -> Self {
        assert!(
            !reason.trim().is_empty(),
            "nothing checks tokens at `{path}`: give the reason, which appears in the report"
        );
        Self { path, reason }
    }

    /// Returns the prefix, and all paths below it.
    pub(super) fn below(prefix: &str, reason: &'static str) -> [Self; 2] {
        let below = format!("{}/{{*path}}", prefix.trim_end_matches('/'));
        [prefix.to_owned(), below].map(|path| Self::new(path, reason))
    }

    pub(super) fn row(&self) -> report::Row {
        report::Row {
            method: ANY_METHOD.to_owned(),
            path: self.path.clone(),
            handler: None,
            access: report::Access::Foreign { reason: self.reason },
        }
    }

    /// Returns the service as axum nests it.
    pub(super) fn under(self, prefix: &str) -> Self {
        Self { path: nested(prefix, &self.path), ..self }
    }
}

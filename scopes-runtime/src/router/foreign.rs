use crate::openapi::nested;
use crate::report::{self, ANY_METHOD};

/// A service that checks no token, and why that is right.
#[derive(Clone)]
pub(super) struct Foreign {
    /// As axum writes it: a wildcard ends it.
    pub(super) path: String,
    pub(super) reason: &'static str,
}

impl Foreign {
    pub(super) fn new(path: String, reason: &'static str) -> Self {
        assert!(
            !reason.trim().is_empty(),
            "nothing checks tokens at `{path}`; say why that is right, for whoever reads the report"
        );
        Self { path, reason }
    }

    /// Everything below a prefix, and the prefix itself.
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

    /// The same as axum nests it.
    pub(super) fn under(self, prefix: &str) -> Self {
        Self { path: nested(prefix, &self.path), ..self }
    }
}

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::{Extensions, StatusCode};
use axum::response::{IntoResponse as _, Response};

/// The extension of a request that is authorized, but does not reach the handler or service. The scope matrix sets it; no
/// client can. It also records whether the request reached the check, because a layer may drop extensions.
#[derive(Clone, Debug, Default)]
pub(crate) struct DryRun {
    is_checked: Arc<AtomicBool>,
}

impl DryRun {
    /// Returns the request's dry run, if it is one, and records that the request reached the check.
    pub(super) fn of(extensions: &Extensions) -> Option<Self> {
        let dry_run = extensions.get::<Self>()?.clone();
        dry_run.is_checked.store(true, Ordering::Relaxed);
        Some(dry_run)
    }

    /// Returns whether the request reached the check of a handler or service.
    #[cfg(feature = "_jwt")]
    pub(crate) fn is_checked(&self) -> bool {
        self.is_checked.load(Ordering::Relaxed)
    }

    /// Returns the response in place of that of the handler or service.
    pub(super) fn response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

use std::panic::Location;

use super::ScopeMatrix;
use super::target::Target;
use crate::operation::{Access, Operation};

impl ScopeMatrix {
    /// Sets the JSON body of requests to a scoped operation. `operation` is method and path as in the access report, such as
    /// `POST /items`. Default: `{}`. A second call for the same operation replaces the body.
    ///
    /// [`MatrixOutcome::rejected_operations`](super::MatrixOutcome::rejected_operations) has an example, and lists the
    /// operations that need this. Path parameters are `1` (the next number that is not a segment of a path), and a word in a
    /// second request; add an item with this id to the store of the application.
    ///
    /// # Panics
    ///
    /// [`check`](Self::check) panics if there is no such operation, or if it is not scoped.
    pub fn body(mut self, operation: &str, json: impl Into<String>) -> Self {
        self.bodies.push((operation.to_owned(), json.into()));
        self
    }

    /// Returns the target of an operation, with its body.
    pub(super) fn target(&self, operation: &Operation) -> Target {
        let target = Target::of(operation, self.report.model());
        let body = self.bodies.iter().rfind(|(of, _)| *of == target.operation);
        match body {
            Some((_, json)) => target.with_body(json),
            None => target,
        }
    }

    /// # Panics
    ///
    /// Panics if a body was set for an operation that does not exist, or is not scoped.
    pub(super) fn require_operations_of_bodies(&self, caller: &Location<'_>) {
        let all = self.report.model();
        for (of, _) in &self.bodies {
            let mut scoped = all.iter().filter(|operation| matches!(operation.access, Access::Scoped(_)));
            assert!(
                scoped.any(|operation| Target::of(operation, all).operation == *of),
                "`ScopeMatrix::body` was called for `{of}`, which is no operation with scopes; the access report lists them \
                 ({caller})"
            );
        }
    }
}

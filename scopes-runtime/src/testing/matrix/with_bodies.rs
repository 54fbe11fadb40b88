use std::panic::Location;

use super::ScopeMatrix;
use super::target::Target;
use crate::operation::Operation;

impl ScopeMatrix {
    /// Sets the JSON body of requests to a scoped operation, such as `POST /items`, written as in the access report. Default:
    /// `{}`.
    ///
    /// [`MatrixReport::rejected_operations`](super::MatrixReport::rejected_operations) has an example, and lists the operations
    /// that need this. A parameter of a path is a number, `1` unless a path has this segment, and a word in a second request;
    /// for a handler that finds nothing, add an entry with this id to the store of the application.
    ///
    /// [`check`](Self::check) panics if there is no such operation.
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
    /// Panics if a body was set for an operation that does not exist.
    pub(super) fn require_operations_of_bodies(&self, caller: &Location<'_>) {
        let all = self.report.model();
        for (of, _) in &self.bodies {
            assert!(
                all.iter().any(|operation| Target::of(operation, all).operation == *of),
                "`ScopeMatrix::body` was called for `{of}`, which is no operation of the router; the access report lists them \
                 ({caller})"
            );
        }
    }
}

use std::collections::BTreeSet;

use super::ScopedRouter;
use super::route::FALLBACK;
use crate::operation::{Methods, Operation};
use crate::report::Report;
use crate::scope::DeclaredScope;

impl<S> ScopedRouter<S> {
    /// Returns the access report: all operations so far with their requirements, and the scopes of the
    /// [vocabularies](Self::vocabulary) that no operation requires.
    ///
    /// A fallback has the method `*` and the path `/*`. A handler for methods without a handler of their own has the method
    /// `OTHER`, and the path `/*` if all paths share it. The routes of an axum [`Router`](axum::Router) have the method `*` and
    /// one line with the path `/**`, below the prefix of a nested one.
    #[must_use]
    pub fn report(&self) -> Report {
        let mut operations: Vec<_> = self.routes.iter().map(|route| route.operation.clone()).collect();
        let mut others = self.routes.iter().filter(|route| route.operation.methods == Methods::Other);
        let are_shared = others.all(|other| other.is_method_not_allowed_fallback);
        if are_shared && has_one_handler_of_other_methods(&operations) {
            let others = operations.iter_mut().filter(|operation| operation.methods == Methods::Other);
            others.for_each(|operation| FALLBACK.clone_into(&mut operation.path));
        }
        Report::new(operations, &self.declared_scopes())
    }

    /// Returns the scopes of all vocabularies, each once.
    fn declared_scopes(&self) -> Vec<&'static DeclaredScope> {
        #[cfg(feature = "openapi")]
        let of_schemes = self.document.schemes.scopes();
        #[cfg(not(feature = "openapi"))]
        let of_schemes = std::iter::empty();
        let mut declared: Vec<&'static DeclaredScope> = Vec::new();
        for scope in of_schemes.chain(self.vocabularies.iter().copied()) {
            let is_same =
                |other: &&DeclaredScope| other.name() == scope.name() && other.implies() == scope.implies();
            if !declared.iter().any(is_same) {
                declared.push(scope);
            }
        }
        declared
    }
}

fn has_one_handler_of_other_methods(operations: &[Operation]) -> bool {
    let paths = |has: fn(&Methods) -> bool| -> BTreeSet<&str> {
        operations
            .iter()
            .filter(|operation| has(&operation.methods))
            .map(|operation| &*operation.path)
            .collect()
    };
    let others = operations.iter().filter(|operation| operation.methods == Methods::Other);
    let handlers: BTreeSet<_> =
        others.map(|operation| operation.handler.as_ref().map(|handler| handler.id)).collect();
    let any = paths(|methods| *methods == Methods::Any);
    let without_any: BTreeSet<_> =
        paths(|methods| matches!(methods, Methods::One(_))).difference(&any).copied().collect();
    handlers.len() == 1
        && !handlers.contains(&None)
        && paths(|methods| *methods == Methods::Other) == without_any
}

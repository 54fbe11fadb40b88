use std::collections::BTreeSet;

use super::ScopedRouter;
use super::foreign::Foreign;
use super::scoped_router::FALLBACK;
use crate::openapi::Method;
use crate::report::{self, Report};

impl<S> ScopedRouter<S> {
    /// Returns the access report: all operations so far with their requirements, and the scopes of the
    /// [security scheme](Self::security_scheme) that no operation requires.
    ///
    /// A fallback has the method `*` and the path `/*`. A handler for methods without a handler of their own has the method
    /// `OTHER`, and the path `/*` if all paths share it.
    #[must_use]
    pub fn report(&self) -> Report {
        let has_same = self.has_one_handler_of_other_methods();
        let mut routes: Vec<_> = self.routes.clone();
        let others = routes.iter_mut().filter(|route| route.method == Method::Other && has_same);
        others.for_each(|route| FALLBACK.clone_into(&mut route.path));
        let rows = routes.iter().map(report::Row::from).chain(self.foreign.iter().map(Foreign::row));
        Report::new(rows.collect(), self.scheme.scopes())
    }

    fn has_one_handler_of_other_methods(&self) -> bool {
        let paths = |of: fn(&Method) -> bool| -> BTreeSet<&str> {
            self.routes.iter().filter(|route| of(&route.method)).map(|route| &*route.path).collect()
        };
        let others = self.routes.iter().filter(|route| route.method == Method::Other);
        let handlers: BTreeSet<_> =
            others.map(|route| (route.described.module, route.described.name)).collect();
        let any = paths(|method| *method == Method::Any);
        let without_any: BTreeSet<_> = paths(|method| matches!(method, Method::One(_) | Method::Connect))
            .difference(&any)
            .copied()
            .collect();
        handlers.len() == 1 && paths(|method| *method == Method::Other) == without_any
    }
}

use std::cell::RefCell;
use std::sync::Arc;

use crate::scope::Requirement;

thread_local! {
    static CURRENT: RefCell<Option<RequiredByRouters>> = const { RefCell::new(None) };
}

/// What the routers on a request's way require beyond the handler, the innermost first.
#[derive(Clone, Default)]
pub(crate) struct RequiredByRouters(pub(crate) Arc<[Requirement]>);

impl RequiredByRouters {
    /// That of the routers whose answer is being made on this thread right now.
    pub(crate) fn current() -> Option<Self> {
        CURRENT.with_borrow(Clone::clone)
    }
}

#[cfg(feature = "openapi")]
impl RequiredByRouters {
    pub(crate) fn and(&self, requirement: Requirement) -> Self {
        Self([&[requirement], &*self.0].concat().into())
    }

    /// Makes it current for as long as the function runs.
    pub(crate) fn while_in<T>(&self, function: impl FnOnce() -> T) -> T {
        /// Puts the one before back, after a panic too.
        struct Before(Option<RequiredByRouters>);

        impl Drop for Before {
            fn drop(&mut self) {
                CURRENT.set(self.0.take());
            }
        }

        let _before = Before(CURRENT.replace(Some(self.clone())));
        function()
    }
}

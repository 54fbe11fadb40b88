//! [`ScopedRouter`]: a router that takes only handlers which say who may call them.

mod guarded;
mod method_router;
mod scoped_router;

pub use guarded::{Guarded, ScopedHandler};
pub use method_router::{
    ScopedMethodRouter, any, connect, delete, get, head, options, patch, post, put, trace,
};
pub use scoped_router::ScopedRouter;

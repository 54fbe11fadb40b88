//! The documentation of the attributes and macros, a file each.

mod authenticated_by;
mod declare_scopes;
mod public;
mod requires_scopes;
mod scoped_extractor;
mod scoped_handlers;
mod scopes;

pub use authenticated_by::authenticated_by;
pub use declare_scopes::declare_scopes;
pub use public::public;
pub use requires_scopes::requires_scopes;
pub use scoped_extractor::ScopedExtractor;
pub use scoped_handlers::scoped_handlers;
pub use scopes::scopes;

//! Detects `#[utoipa::path]` above an attribute of this crate. In this order utoipa describes the operation before the
//! attribute is expanded, without its `security`, so `#[derive(OpenApi)]` would document a guarded operation as open.
//!
//! The input of an attribute macro lacks the attributes above it. However, utoipa's attribute declares a unit struct
//! `__path_<handler>` beside the handler. A pattern of this name matches that struct if it exists, and otherwise declares a
//! variable:
//!
//! ```ignore
//! let __path_read = any();
//! Binding(__path_read).is_variable();
//! ```
//!
//! This also detects another handler of the same name with only utoipa's attribute, if a glob import or the module around a
//! function brings its struct into scope. With `impl_for` in utoipa's attribute there is no struct. Below an attribute of this
//! crate, `__path_<handler>` is a type alias, which no pattern matches.
//!
//! The type of a variable is inferred as `Nothing`, from the only impl of `Only`. The struct has no impl.

/// The type that is inferred if no attribute of utoipa is above.
pub struct Nothing;

/// An attribute of this crate.
pub struct Attribute;

/// What is allowed above an attribute of this crate.
#[diagnostic::on_unimplemented(
    message = "`#[utoipa::path]` is above this attribute",
    label = "move `#[utoipa::path]` below this attribute",
    note = "above this attribute, utoipa documents the operation without `security`, as open to everyone",
    note = "if it is already below, write `#[utoipa::path]`; this attribute does not recognize other names"
)]
pub trait Above<T> {}

/// A separate trait, so that the message does not list the impl.
pub trait Only<T> {}

impl Only<Nothing> for Attribute {}

#[diagnostic::do_not_recommend]
impl<A: Only<T>, T> Above<T> for A {}

/// The value of the pattern.
pub struct Binding<T>(pub T);

impl<T> Binding<T> {
    /// A method, because its bound is checked after `T` is inferred. The bound of a function would determine `T`.
    pub const fn is_variable(&self)
    where
        Attribute: Above<T>,
    {
    }
}

/// Returns a value for the pattern, in code that never runs.
#[must_use]
pub const fn any<T>() -> T {
    panic!("generated code does not run this")
}

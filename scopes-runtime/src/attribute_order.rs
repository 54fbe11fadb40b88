//! Finds `#[utoipa::path]` above an attribute of this crate. There utoipa has described the operation without its
//! `security` before the attribute is expanded, so `#[derive(OpenApi)]` would document a guarded operation as open.
//!
//! An attribute cannot see the ones above it. utoipa's, however, declares a unit struct `__path_<handler>` beside the
//! handler. A pattern of this name is that struct where it exists, and a new variable elsewhere:
//!
//! ```ignore
//! let __path_read = any();
//! Binding(__path_read).is_variable();
//! ```
//!
//! A handler of the same name that has only utoipa's attribute is found too, where a glob import or the module around a
//! function has it. `impl_for` in utoipa's attribute hides the struct.
//!
//! The type of a variable is inferred, from the only impl of `Only`, as `Nothing`; that of the struct is known, and has
//! no impl.

/// Where no attribute of utoipa is above.
pub struct Nothing;

/// An attribute of this crate.
pub struct Attribute;

/// What may be above an attribute of this crate.
#[diagnostic::on_unimplemented(
    message = "`#[utoipa::path]` is above this attribute",
    label = "move `#[utoipa::path]` below this attribute",
    note = "above this attribute, utoipa documents the operation without `security`, as open to everyone",
    note = "if it is already below, write `#[utoipa::path]`; this attribute does not recognize other names"
)]
pub trait Above<T> {}

/// A trait of its own, so that the message does not list the impl.
pub trait Only<T> {}

impl Only<Nothing> for Attribute {}

#[diagnostic::do_not_recommend]
impl<A: Only<T>, T> Above<T> for A {}

/// What the pattern binds.
pub struct Binding<T>(pub T);

impl<T> Binding<T> {
    /// A method, because its bound is checked once `T` is known: that of a function would infer `T` first.
    pub const fn is_variable(&self)
    where
        Attribute: Above<T>,
    {
    }
}

/// A value for the pattern, in code that never runs.
#[must_use]
pub const fn any<T>() -> T {
    panic!("generated code does not run this")
}

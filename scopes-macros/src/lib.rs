//! The procedural macros of [`scopes-runtime`](https://docs.rs/scopes-runtime), which re-exports and documents them.
//!
//! Depend on `scopes-runtime`; the code generated here names it.

#![allow(missing_docs, reason = "rustdoc would join a text here to the one where the macro is re-exported")]

mod attributes;
mod attrs;
mod authentication;
mod composed;
mod declare;
mod documented;
mod extractor;
mod handler;
mod probe;
mod requirement;
mod routes;
mod scope;

use proc_macro::TokenStream;

// Documented where it is used from: `scopes_runtime::declare_scopes`.
#[proc_macro_attribute]
pub fn declare_scopes(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let here = proc_macro::Span::call_site();
    let location = format!("{}:{}:{}", here.file(), here.line(), here.column());
    declare::expand(arguments.into(), item.into(), &location).into()
}

// Documented where it is used from: `scopes_runtime::requires_scopes`.
#[proc_macro_attribute]
pub fn requires_scopes(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attributes::requires_scopes(arguments.into(), item.into()).into()
}

// Documented where it is used from: `scopes_runtime::public`.
#[proc_macro_attribute]
pub fn public(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attributes::public(arguments.into(), item.into()).into()
}

// Documented where it is used from: `scopes_runtime::ScopedExtractor`.
#[proc_macro_derive(ScopedExtractor)]
pub fn scoped_extractor(item: TokenStream) -> TokenStream {
    composed::expand(item.into()).into()
}

// Documented where it is used from: `scopes_runtime::scopes`.
#[proc_macro]
pub fn scopes(input: TokenStream) -> TokenStream {
    requirement::expand(input.into()).into()
}

// Documented where it is used from: `scopes_runtime::router::routes`.
#[proc_macro]
pub fn routes(input: TokenStream) -> TokenStream {
    routes::expand(input.into()).into()
}

/// What a vocabulary's own macro expands to for a name that it does not declare.
#[doc(hidden)]
#[proc_macro]
pub fn undeclared_scope(input: TokenStream) -> TokenStream {
    scope::undeclared(input.into()).into()
}

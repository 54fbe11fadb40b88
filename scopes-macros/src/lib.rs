//! The procedural macros of [`scopes-runtime`](https://docs.rs/scopes-runtime), which re-exports and documents them.
//!
//! Depend on `scopes-runtime`: the generated code refers to it.

#![allow(
    missing_docs,
    reason = "rustdoc would append these docs to those of the re-export in scopes-runtime"
)]

mod attribute_macros;
mod declare;
mod derive;
mod documented;
mod enclosing_block;
mod extractor;
mod extractor_requirements;
mod generated;
mod handler;
mod handler_attribute;
mod hints;
mod item_attributes;
mod name_parts;
mod place;
mod requirement;
mod requirement_options;
mod routes;
mod scope_token;
mod scoped_handlers;
mod scoped_items;
mod signature;
mod similar;
#[cfg(test)]
mod tests;
mod undeclared_scope;

use proc_macro::TokenStream;

// Documented at the re-export `scopes_runtime::declare_scopes`.
#[proc_macro_attribute]
pub fn declare_scopes(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let call_site = proc_macro::Span::call_site();
    let location = format!("{}:{}:{}", call_site.file(), call_site.line(), call_site.column());
    declare::expand(arguments.into(), item.into(), &location).into()
}

// Documented at the re-export `scopes_runtime::requires_scopes`.
#[proc_macro_attribute]
pub fn requires_scopes(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute_macros::requires_scopes(arguments.into(), item.into()).into()
}

// Documented at the re-export `scopes_runtime::authenticated_by`.
#[proc_macro_attribute]
pub fn authenticated_by(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute_macros::authenticated_by(arguments.into(), item.into()).into()
}

// Documented at the re-export `scopes_runtime::public`.
#[proc_macro_attribute]
pub fn public(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute_macros::public(arguments.into(), item.into()).into()
}

// Documented at the re-export `scopes_runtime::scoped_handlers`.
#[proc_macro_attribute]
pub fn scoped_handlers(arguments: TokenStream, item: TokenStream) -> TokenStream {
    scoped_handlers::expand(arguments.into(), item.into()).into()
}

// Documented at the re-export `scopes_runtime::ScopedExtractor`.
#[proc_macro_derive(ScopedExtractor)]
pub fn scoped_extractor(item: TokenStream) -> TokenStream {
    derive::expand(item.into()).into()
}

// Documented at the re-export `scopes_runtime::mcp::scoped_tools`.
#[proc_macro_attribute]
pub fn scoped_tools(arguments: TokenStream, item: TokenStream) -> TokenStream {
    scoped_items::expand("tool", arguments.into(), item.into()).into()
}

// Documented at the re-export `scopes_runtime::mcp::scoped_prompts`.
#[proc_macro_attribute]
pub fn scoped_prompts(arguments: TokenStream, item: TokenStream) -> TokenStream {
    scoped_items::expand("prompt", arguments.into(), item.into()).into()
}

// Documented at the re-export `scopes_runtime::scopes`.
#[proc_macro]
pub fn scopes(input: TokenStream) -> TokenStream {
    requirement::expand(input.into()).into()
}

// Documented at the re-export `scopes_runtime::router::routes`.
#[proc_macro]
pub fn routes(input: TokenStream) -> TokenStream {
    routes::expand(input.into()).into()
}

/// Expands to the compile error for an undeclared scope. Only the generated macro of a vocabulary calls it.
#[doc(hidden)]
#[proc_macro]
pub fn undeclared_scope(input: TokenStream) -> TokenStream {
    undeclared_scope::expand(input.into()).into()
}

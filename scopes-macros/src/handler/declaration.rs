//! The items beside a handler: its hidden type, and the constant that describes it.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::Visibility;
use syn::ext::IdentExt;

use super::{Block, Guard, Handler, Source};
use crate::documented::check_order;
use crate::extractor_requirements::{Argument, TYPE_CONSTANTS};
use crate::generated::{code, group, join};
use crate::item_attributes::{conditions, documentation};
use crate::signature::{describe_types, types_in_attribute};

impl Handler {
    /// Declares the hidden type, and what is known about the handler.
    pub(super) fn declare(
        &self,
        guard: Guard,
        arguments: &[Argument<'_>],
        source: Source<'_>,
    ) -> TokenStream {
        let operation = self.operation();
        let conditions: Vec<_> = conditions(&self.attributes).cloned().collect();
        let condition = quote!(#(#conditions)*);
        let source = self.source(arguments, source);
        let documented = self.documented.as_ref();
        let documented = documented.map(|documented| {
            documented.declare(&conditions, &format_ident!("{operation}"), &guard.of(&operation))
        });
        join([
            condition.clone(),
            code("#[doc(hidden)]"),
            respanned(&self.visibility),
            code(&format!("enum {operation} {{}}")),
            // Outside of the impl, whose constants `cargo check` does not evaluate: an invalid requirement would pass it.
            condition.clone(),
            code(&format!("const {operation}_source: ::scopes_runtime::__private::HandlerSource =")),
            source,
            code(";"),
            condition,
            code(&format!(
                "impl ::scopes_runtime::__private::HandlerInfo for {operation} {{
                    const SOURCE: ::scopes_runtime::__private::HandlerSource = {operation}_source;
                }}"
            )),
            documented.unwrap_or_default(),
        ])
    }

    /// Returns the value of `HandlerSource`, a block.
    fn source(&self, arguments: &[Argument<'_>], source: Source<'_>) -> TokenStream {
        let Source { hints, constructor, first_arguments, public } = source;
        let name = self.signature.ident.unraw().to_string();
        let path = match &self.block {
            Some(Block { path, .. }) => format!("::{path}::{name}"),
            None => format!("::{name}"),
        };
        let documentation = documentation(&self.attributes);
        let deprecated = self.attributes.iter().any(|attribute| attribute.path().is_ident("deprecated"));
        let deprecated = if deprecated { ".deprecated()" } else { "" };
        let types = match self.documented {
            Some(_) => types_in_attribute(&self.operation()),
            None => describe_types(arguments, self.nameable()),
        };
        let checks_order = !self.has_utoipas() && self.block.is_none();
        let order_check = if checks_order { check_order(&name) } else { String::new() };
        let values = join([
            first_arguments,
            code("&"),
            group(Delimiter::Bracket, types),
            // Last, because the check has an `if`, and in code after it rustc does not make `&[…]` with calls `'static`.
            code(&format!(
                ", {documentation:?}, {{ {order_check} ::core::concat!(::core::module_path!(), {path:?}) }}"
            )),
        ]);
        let block = join([
            hints.to_token_stream(),
            code(&format!("{TYPE_CONSTANTS} ::scopes_runtime::__private::HandlerSource::{constructor}")),
            group(Delimiter::Parenthesis, values),
            public,
            code(deprecated),
        ]);
        group(Delimiter::Brace, block)
    }
}

/// Returns the visibility with the span of generated code, so that lints do not report it twice.
fn respanned(visibility: &Visibility) -> TokenStream {
    let respan = |mut token: TokenTree| {
        token.set_span(token.span().resolved_at(Span::call_site()));
        token
    };
    visibility.to_token_stream().into_iter().map(respan).collect()
}

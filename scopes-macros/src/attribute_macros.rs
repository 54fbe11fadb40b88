//! The entry points of `#[requires_scopes]`, `#[authenticated_by]` and `#[public]`, which dispatch on the kind of item.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::Error;

use crate::enclosing_block::{self, EnclosingBlock};
use crate::extractor::{self, Extractor};
use crate::handler::{Guarded, Handler};
use crate::handler_attribute::HandlerAttribute;
use crate::item_attributes::AttributeName;
use crate::place::with_errors;
use crate::requirement::Requirement;

pub(crate) fn requires_scopes(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let place = "`#[requires_scopes]` can only be applied to a handler `async fn` or an `impl FromRequestParts<S>` block";
    let keyword = keyword(item.clone());
    if keyword.as_ref().is_ok_and(|keyword| keyword == "fn") {
        return expand_function(AttributeName::RequiresScopes, arguments, item);
    }
    let mut requirement = Requirement::parse(arguments);
    let mut errors = requirement.take_errors();
    let keyword = match keyword {
        Ok(keyword) => keyword,
        Err(span) => return with_errors(errors, Err(Error::new(span, place)), item),
    };
    let extractor = if keyword == "impl" {
        Extractor::parse(item.clone(), &mut errors)
    } else {
        Err(Error::new(keyword.span(), place))
    };
    errors.extend(extractor.iter().flat_map(Extractor::unknown_requirements));
    let as_const_check = requirement.as_const_check();
    let item = if extractor.is_err() { extractor::without_further_arguments(item) } else { item };
    with_errors(
        errors,
        extractor.map(|extractor| extractor.scoped(&requirement)),
        quote!(#item #as_const_check),
    )
}

pub(crate) fn authenticated_by(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand_handler(AttributeName::AuthenticatedBy, arguments, item)
}

pub(crate) fn public(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand_handler(AttributeName::Public, arguments, item)
}

/// Expands an attribute that only handlers can have.
fn expand_handler(attribute: AttributeName, arguments: TokenStream, item: TokenStream) -> TokenStream {
    let place = format!("`#[{}]` can only be applied to a handler `async fn`", attribute.as_str());
    let misplaced = match keyword(item.clone()) {
        Ok(keyword) if keyword == "fn" => return expand_function(attribute, arguments, item),
        Ok(other) => other.span(),
        Err(span) => span,
    };
    let mut errors = Vec::new();
    HandlerAttribute::parse(attribute, arguments, &mut errors);
    with_errors(errors, Err(Error::new(misplaced, place)), item)
}

fn expand_function(name: AttributeName, arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Vec::new();
    let attribute = HandlerAttribute::parse(name, arguments, &mut errors);
    let misplaced = |problem| Error::new(Span::call_site(), format!("`#[{}]` {problem}", name.as_str()));
    let guarded = Handler::parse(item.clone(), &mut errors).and_then(|handler| match enclosing_block::find() {
        None => {
            let Guarded { function, items } = attribute.guard(handler, &mut errors);
            Ok(quote!(#function #items))
        }
        Some(EnclosingBlock::Impl) => {
            errors.push(misplaced("in an `impl` block; add `#[scoped_handlers]` to the block"));
            Ok(attribute.misplaced(handler))
        }
        Some(EnclosingBlock::Trait) => Err(misplaced(
            "on a method of a trait, which is no handler; write a function that calls it, and add the attribute to that",
        )),
    });
    with_errors(errors, guarded, item)
}

/// Returns the keyword of the item (`fn`, `impl`, `struct`, …), or the span where it is missing. Reads tokens up to the
/// keyword, because parsing the item would also read its body.
fn keyword(item: TokenStream) -> Result<Ident, Span> {
    let mut tokens = item.into_iter();
    while let Some(token) = tokens.next() {
        match token {
            // An attribute.
            TokenTree::Punct(hash) if hash.as_char() == '#' => drop(tokens.next()),
            // A part of the item, or all of it, from a `macro_rules!` macro.
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                return keyword(group.stream().into_iter().chain(tokens).collect());
            }
            TokenTree::Ident(word) => {
                let is_modifier = matches!(
                    word.to_string().as_str(),
                    "pub" | "async" | "const" | "default" | "extern" | "unsafe"
                );
                if !is_modifier {
                    return Ok(word);
                }
            }
            // `(crate)` of `pub(crate)`, `"C"` of `extern "C"`.
            TokenTree::Group(_) | TokenTree::Literal(_) => {}
            TokenTree::Punct(other) => return Err(other.span()),
        }
    }
    Err(Span::call_site())
}

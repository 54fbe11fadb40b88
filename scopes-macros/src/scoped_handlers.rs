//! `#[scoped_handlers]` on an `impl` block: expands the attributes of its associated functions. The items that they declare are
//! not allowed in the block, so they are declared beside it.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, Error, Ident, ImplItem, ImplItemFn, ItemImpl, Result, Signature};

use crate::documented::is_utoipas;
use crate::handler::{Block, Handler};
use crate::handler_attribute::HandlerAttribute;
use crate::item_attributes::{AttributeName, arguments, conditions, handler_attribute_name, import_of, is};
use crate::place::with_errors;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Vec::new();
    if let Some(argument) = arguments.into_iter().next() {
        errors.push(Error::new(argument.span(), "`#[scoped_handlers]` takes no argument; remove this one"));
    }
    let place = "`#[scoped_handlers]` goes on the `impl` block of a type, without a trait; write the handlers in such a block";
    let block: Result<ItemImpl> = syn::parse2(item.clone()).map_err(|error| Error::new(error.span(), place));
    let expanded = block.map(|mut block| {
        let items = match &block.trait_ {
            None => expand_functions(&mut block, &mut errors),
            Some((path, _)) => {
                errors.push(Error::new_spanned(path, place));
                remove_attributes(&mut block)
            }
        };
        quote!(#block #items)
    });
    with_errors(errors, expanded, item)
}

/// Removes the attributes of this crate from the functions, which would be further errors. Returns the uses of their imports.
fn remove_attributes(block: &mut ItemImpl) -> TokenStream {
    let mut imports = TokenStream::new();
    for inner in &mut block.items {
        if let ImplItem::Fn(function) = inner {
            imports.extend(take_attributes(function));
        }
    }
    quote!(const _: () = { #imports };)
}

/// Removes the attributes of this crate from a function. Returns the uses of their imports.
fn take_attributes(function: &mut ImplItemFn) -> TokenStream {
    let mut imports = TokenStream::new();
    while let Some((attribute, _)) = take_attribute(function) {
        let conditions: Vec<_> = conditions(&function.attrs).cloned().collect();
        imports.extend(import_of(&attribute, &conditions));
    }
    imports
}

/// Adds the guards to the functions that have an attribute of this crate. Returns the items beside the block.
fn expand_functions(item: &mut ItemImpl, errors: &mut Vec<Error>) -> TokenStream {
    let path = item.self_ty.to_token_stream().to_string().replace(' ', "");
    // A literal in the type may have characters that no identifier can have.
    let separates = |char: char| char == '_' || syn::parse_str::<Ident>(&format!("_{char}")).is_err();
    let ident = path.split(separates).filter(|part| !part.is_empty());
    let block = Block { ident: ident.collect::<Vec<_>>().join("_"), path };
    let original = item.clone();
    let of_block: Vec<_> = conditions(&item.attrs).cloned().collect();
    let (mut imports, mut items) = (TokenStream::new(), TokenStream::new());
    for inner in &mut item.items {
        let ImplItem::Fn(function) = inner else { continue };
        let Some((attribute, name)) = take_attribute(function) else { continue };
        reject_unsupported(function, errors);
        function.attrs.extend(of_block.iter().cloned());
        let conditions: Vec<_> = conditions(&function.attrs).cloned().collect();
        imports.extend(import_of(&attribute, &conditions));
        let attribute = HandlerAttribute::parse(name, arguments(&attribute), errors);
        let handler = match Handler::parse(function.to_token_stream(), errors) {
            Ok(handler) => handler.in_block(block.clone(), |signature| known_outside(signature, &original)),
            Err(error) => {
                errors.push(error);
                // What is left of them is not allowed in the block, which would be another error.
                imports.extend(take_attributes(function));
                continue;
            }
        };
        let guarded = attribute.guard(handler, errors);
        items.extend(guarded.items);
        *inner = ImplItem::Verbatim(guarded.function);
    }
    quote! {
        const _: () = {
            #imports
        };
        #items
    }
}

/// Removes the first attribute of this crate from the function, and returns it with its name.
fn take_attribute(function: &mut ImplItemFn) -> Option<(Attribute, AttributeName)> {
    let mut attributes = function.attrs.iter().enumerate();
    let (at, name) = attributes.find_map(|(at, attribute)| Some((at, handler_attribute_name(attribute)?)))?;
    Some((function.attrs.remove(at), name))
}

/// utoipa and axum's `debug_handler` declare items beside the function, which the block cannot contain.
fn reject_unsupported(function: &mut ImplItemFn, errors: &mut Vec<Error>) {
    function.attrs.retain(|attribute| {
        let problem = if is_utoipas(attribute.path()) {
            "utoipa does not support associated functions; remove this attribute, or write a free function"
        } else if is(attribute, "debug_handler") {
            "`debug_handler` does not support associated functions; remove this attribute, or write a free function"
        } else {
            return true;
        };
        errors.push(Error::new_spanned(attribute, problem));
        false
    });
}

/// Changes the signature to one that items outside of the block can name: with the block's type in place of `Self`. Types that
/// depend on the block's generics cannot be named, so these are added to those of the function.
fn known_outside(signature: &mut Signature, block: &ItemImpl) {
    if let Ok(known) = syn::parse2(without_self(signature.to_token_stream(), block)) {
        *signature = known;
    }
    signature.generics.params.extend(block.generics.params.iter().cloned());
}

fn without_self(tokens: TokenStream, block: &ItemImpl) -> TokenStream {
    let replace = |token: TokenTree| match token {
        TokenTree::Ident(ident) if ident == "Self" => {
            Group::new(Delimiter::None, block.self_ty.to_token_stream()).into()
        }
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), without_self(group.stream(), block));
            inner.set_span(group.span());
            inner.into()
        }
        other => other,
    };
    tokens.into_iter().map(replace).collect()
}

//! `#[declare_scopes]`: makes a vocabulary of an enum whose discriminants are scope names.

mod expand;
mod implied;
mod recovered;
mod scope;
mod template;
mod types;
mod vocabulary;

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Ident, Result, Token};

use vocabulary::Vocabulary;

use crate::place;

/// Expands the attribute. `location` distinguishes vocabularies of the same name in one crate.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream, location: &str) -> TokenStream {
    match Vocabulary::parse.parse2(item.clone()) {
        Ok(mut vocabulary) => {
            let module = types_module.parse2(arguments).unwrap_or_else(|error| {
                vocabulary.errors.insert(0, error);
                None
            });
            let types = module.map(|module| types::module(&vocabulary, &module));
            let vocabulary = expand::vocabulary(&vocabulary, location);
            quote!(#vocabulary #types)
        }
        Err(error) => {
            if let Some(vocabulary) = recovered::vocabulary(item.clone(), error.clone()) {
                return expand::vocabulary(&vocabulary, location);
            }
            let error = place::error(&error);
            quote!(#item #error)
        }
    }
}

/// Parses `types = scope`, the name of the module with a type for each scope.
fn types_module(input: ParseStream<'_>) -> Result<Option<Ident>> {
    if input.is_empty() {
        return Ok(None);
    }
    let expected = input.error(
        "expected no argument, or the name of a module to declare with a type for each scope: `types = scope`",
    );
    let key = input.call(Ident::parse_any);
    if key.is_ok_and(|key| key == "types")
        && input.parse::<Token![=]>().is_ok()
        && let Ok(module) = input.parse()
        && input.parse::<Option<Token![,]>>().is_ok()
        && input.is_empty()
    {
        return Ok(Some(module));
    }
    Err(expected)
}

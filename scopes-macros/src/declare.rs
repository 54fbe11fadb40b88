//! `#[declare_scopes]`: makes a vocabulary of an enum whose discriminants are scope names.

mod expand;
mod implied;
mod recovered;
mod vocabulary;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Error;
use syn::parse::{Parse, Parser};

use vocabulary::Vocabulary;

use crate::place;

/// Expands the attribute. `location` distinguishes vocabularies of the same name in one crate.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream, location: &str) -> TokenStream {
    match Vocabulary::parse.parse2(item.clone()) {
        Ok(mut vocabulary) => {
            if !arguments.is_empty() {
                let message = "`#[declare_scopes]` takes no arguments; remove them";
                vocabulary.errors.insert(0, Error::new_spanned(arguments, message));
            }
            expand::vocabulary(&vocabulary, location)
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

//! The items of a requirement's lists, and the code for them.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::spanned::Spanned;
use syn::{LitStr, Path};

use crate::place;
use crate::scope_token::name_hash;

pub(super) enum Item {
    Literal(LitStr),
    Variant(Path),
    All(Vec<Item>),
    Any(Vec<Item>),
}

impl Item {
    /// Returns the requirement. `vocabulary` resolves literals.
    pub(super) fn expand(&self, vocabulary: &Ident) -> TokenStream {
        let requirement = quote!(::scopes_runtime::Requirement);
        let list = |items: &[Self]| {
            let items = items.iter().map(|item| item.expand(vocabulary));
            quote!(&[#(#items),*])
        };
        match self {
            Self::Literal(literal) => {
                // The type and the macro `Scope` can come from different vocabularies. `named` rejects a scope
                // whose name is not the literal.
                let name = name_hash(&literal.value());
                let declared = place::at(literal.span(), quote!(.declared()));
                let scope = quote!(#vocabulary!(#literal [#vocabulary] []) #declared);
                place::call_path(literal.span(), "scopes_runtime::Requirement::named", quote!(#name, #scope))
            }
            Self::Variant(path) => {
                let last = path.segments.last().map_or_else(|| path.span(), |last| last.ident.span());
                let declared = place::at(last, quote!(.declared()));
                quote!(#requirement::scope({ use ::scopes_runtime::__private::NoScope as _; #path #declared }))
            }
            Self::All(items) => {
                let items = list(items);
                quote!(#requirement::all(#items))
            }
            Self::Any(items) => {
                let items = list(items);
                quote!(#requirement::any(#items))
            }
        }
    }
}

/// Returns the number of alternatives of a list that requires all of its items.
pub(super) fn alternatives_of_all(items: &[Item]) -> usize {
    items.iter().map(alternatives).fold(1, usize::saturating_mul)
}

fn alternatives(item: &Item) -> usize {
    match item {
        Item::Literal(_) | Item::Variant(_) => 1,
        Item::All(items) => alternatives_of_all(items),
        Item::Any(items) => items.iter().map(alternatives).fold(0, usize::saturating_add),
    }
}

//! The values of parameters in `scopes!`.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::Expr;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use crate::place;

/// Returns the requirement with the values, if there are any.
pub(super) fn with_values(requirement: &TokenStream, values: &[(Ident, Expr)]) -> TokenStream {
    if values.is_empty() {
        return requirement.clone();
    }
    let names = values.iter().map(|(name, _)| name.unraw().to_string());
    let values = values.iter().map(|(_, value)| {
        let reference = quote_spanned!(value.span()=> &(#value));
        place::call(value.span(), quote!(::scopes_runtime::__private::string_value), reference)
    });
    // Not in the block of the requirement, whose end would drop temporary values.
    quote! {
        ::scopes_runtime::ConcreteRequirement::new(
            #requirement,
            [#((#names, #values)),*],
        )
    }
}

/// Returns checks that the values are those of all parameters of `REQUIREMENT`.
pub(super) fn checks(values: &[(Ident, Expr)]) -> TokenStream {
    let Some((first, _)) = values.first() else { return TokenStream::new() };
    let forbid = |name: &Ident, is_wrong, message: &str| {
        place::call(name.span(), quote!(::scopes_runtime::__private::forbid), quote!(#is_wrong, #message))
    };
    let unknown = values.iter().map(|(name, _)| {
        let written = name.unraw().to_string();
        let message = format!(
            "no scope of this requirement has the parameter `{written}`; write the name of a parameter, or `acr` or `max_age`"
        );
        forbid(name, quote!(!REQUIREMENT.names_parameter(#written)), &message)
    });
    let names = values.iter().map(|(name, _)| name.unraw().to_string());
    let missing = forbid(
        first,
        quote!(!REQUIREMENT.names_only_parameters(&[#(#names),*])),
        "a parameter of these scopes has no value here; write one for each, as in `org = project.org`",
    );
    quote!(const _: () = { #(#unknown;)* #missing; };)
}

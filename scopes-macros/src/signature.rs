//! The types in a handler's signature that describe its request and its response.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{FnArg, Generics, ReturnType, Signature, Type};

use crate::extractor_requirements::{depends_on, mentions, with_static_lifetimes};
use crate::item_attributes::conditions;

/// axum's extractors of bodies and queries. Reading the type of an argument takes time to compile, so others are not read: the
/// parameters of the path are known from the route.
const EXTRACTORS: [&str; 3] = ["Form", "Json", "Query"];

/// Expressions for the types of a handler.
pub(crate) struct Described {
    /// The elements of an array.
    pub(crate) arguments: TokenStream,
    pub(crate) output: TokenStream,
}

impl Default for Described {
    fn default() -> Self {
        Self { arguments: TokenStream::new(), output: quote!(::core::option::Option::None) }
    }
}

/// Returns the constants of the types. Those that depend on the generics are left out.
pub(crate) fn described(signature: &Signature) -> Described {
    let description = |ty: &Type, constant: &str| {
        let known = with_static_lifetimes(ty.to_token_stream());
        let constant = Ident::new(&format!("__SCOPES_{constant}"), ty.span());
        quote_spanned!(ty.span()=> ::scopes_runtime::__private::DescriptionOf::<#known>::#constant)
    };
    let mut arguments = TokenStream::new();
    for argument in &signature.inputs {
        let FnArg::Typed(argument) = argument else { continue };
        let conditions: Vec<_> = conditions(&argument.attrs).collect();
        if is_described(&argument.ty, &signature.generics) {
            let description = description(&argument.ty, "REQUEST");
            arguments.extend(quote!(#(#conditions)* #description,));
        }
    }
    let all = Described { arguments, ..Described::default() };
    match &signature.output {
        ReturnType::Default => Described {
            output: quote!(::scopes_runtime::__private::DescriptionOf::<()>::__SCOPES_RESPONSE),
            ..all
        },
        ReturnType::Type(_, ty) if depends_on(ty.to_token_stream(), &signature.generics) => all,
        ReturnType::Type(_, ty) => Described { output: description(ty, "RESPONSE"), ..all },
    }
}

fn is_described(ty: &Type, generics: &Generics) -> bool {
    let tokens = ty.to_token_stream();
    mentions(tokens.clone(), &|ident| EXTRACTORS.iter().any(|name| ident == name))
        && !depends_on(tokens, generics)
}

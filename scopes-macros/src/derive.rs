//! `#[derive(ScopedExtractor)]`: adds up the requirements of the fields of a struct, such as one with
//! `#[derive(FromRequestParts)]`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Data, DeriveInput, Error, Result};

use crate::probe::{depends_on, probe};

pub(crate) fn expand(item: TokenStream) -> TokenStream {
    try_expand(item).unwrap_or_else(Error::into_compile_error)
}

fn try_expand(item: TokenStream) -> Result<TokenStream> {
    let DeriveInput { ident, generics, data, .. } = syn::parse2(item)?;
    let Data::Struct(data) = data else {
        return Err(Error::new_spanned(
            ident,
            "`ScopedExtractor` can only be derived for a struct of extractors",
        ));
    };
    if let Some(field) = data.fields.iter().find(|field| depends_on(field.ty.to_token_stream(), &generics)) {
        return Err(Error::new_spanned(
            &field.ty,
            "requirement of this field depends on the generics of the struct; use a concrete type, or write the \
             `impl FromRequestParts` with `#[requires_scopes]`",
        ));
    }
    let fields = || data.fields.iter().map(|field| (&*field.attrs, &field.ty));
    let constant = |name| probe(fields(), &generics, name);
    let (requirements, protected, accepts_token) =
        (constant("REQUIREMENT"), constant("PROTECTED"), constant("ACCEPTS_TOKEN"));
    let private = quote!(::scopes_runtime::__private);
    let (parameters, arguments, conditions) = generics.split_for_impl();
    Ok(quote! {
        impl #parameters #private::ScopedExtractor for #ident #arguments #conditions {
            const REQUIREMENT: ::scopes_runtime::Requirement = {
                use #private::NoRequirement as _;
                ::scopes_runtime::Requirement::all(&[#(#requirements),*])
            };
            const PROTECTED: bool = {
                use #private::NoRequirement as _;
                #private::any_of(&[#(#protected),*])
            };
            const ACCEPTS_TOKEN: bool = {
                use #private::NoRequirement as _;
                #private::any_of(&[#(#accepts_token),*])
            };
        }
    })
}

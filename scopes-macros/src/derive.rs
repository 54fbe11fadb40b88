//! `#[derive(ScopedExtractor)]`: adds up the requirements of the fields of a struct, such as one with
//! `#[derive(FromRequestParts)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Data, DataStruct, DeriveInput, Error, Field, Meta, Path, Result, Token, Type, parse_quote,
};

use crate::extractor_requirements::{Argument, TYPE_CONSTANTS, inside_wrapper, probe};
use crate::generated::code;
use crate::place;

pub(crate) fn expand(item: TokenStream) -> TokenStream {
    try_expand(item).unwrap_or_else(|error| place::error(&error))
}

fn try_expand(item: TokenStream) -> Result<TokenStream> {
    let DeriveInput { attrs, ident, generics, data, .. } = syn::parse2(item)?;
    let Data::Struct(data) = data else {
        return Err(Error::new_spanned(
            ident,
            "`ScopedExtractor` can only be derived for a struct of extractors",
        ));
    };
    let extractors = match via(&attrs)? {
        Some(via) => {
            let (_, arguments, _) = generics.split_for_impl();
            vec![(&*attrs, parse_quote!(#via<#ident #arguments>))]
        }
        None => extractors(&data)?,
    };
    let extractors: Vec<_> =
        extractors.iter().map(|(attributes, ty)| Argument::new(attributes, ty, &generics)).collect();
    if let Some(generic) = extractors.iter().find(|extractor| extractor.is_generic) {
        return Err(Error::new_spanned(
            generic.ty,
            "requirement of this field depends on the generics of the struct; use a concrete type, or write the \
             `impl FromRequestParts` with `#[requires_scopes]`",
        ));
    }
    let extractors = probe(&extractors, &generics);
    let constants = |name| extractors.iter().map(move |extractor| extractor.constant(name));
    let (requirements, protected, accepts_token) =
        (constants("REQUIREMENT"), constants("PROTECTED"), constants("ACCEPTS_TOKEN"));
    let private = quote!(::scopes_runtime::__private);
    let imports = code(TYPE_CONSTANTS);
    let (parameters, arguments, conditions) = generics.split_for_impl();
    Ok(quote! {
        const _: () = {
            #imports

            impl #parameters #private::ScopedExtractor for #ident #arguments #conditions {
                const REQUIREMENT: ::scopes_runtime::Requirement =
                    ::scopes_runtime::Requirement::of_extractors(&[#(#requirements),*]);
                const PROTECTED: bool = #private::any_of(&[#(#protected),*]);
                const ACCEPTS_TOKEN: bool = #private::any_of(&[#(#accepts_token),*]);
            }
        };
    })
}

/// Returns the extractor of each field. With axum's `#[from_request(via(Extractor))]` it is `Extractor<Field>`.
fn extractors(data: &DataStruct) -> Result<Vec<(&[Attribute], Type)>> {
    let extractor = |field: &Field| -> Result<Type> {
        let ty = &field.ty;
        let inner = if let Type::Path(path) = ty { inside_wrapper(path) } else { None };
        Ok(match (via(&field.attrs)?, inner) {
            (None, _) => ty.clone(),
            (Some(via), None) => parse_quote!(#via<#ty>),
            (Some(via), Some(inner)) => parse_quote!(::core::option::Option<#via<#inner>>),
        })
    };
    data.fields.iter().map(|field| Ok((&*field.attrs, extractor(field)?))).collect()
}

/// Returns the `Extractor` of `#[from_request(via(Extractor))]`.
fn via(attributes: &[Attribute]) -> Result<Option<Path>> {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("from_request")) {
        for argument in attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)? {
            if let Meta::List(list) = argument
                && list.path.is_ident("via")
            {
                return list.parse_args().map(Some);
            }
        }
    }
    Ok(None)
}

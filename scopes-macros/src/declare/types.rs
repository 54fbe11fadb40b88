//! `#[declare_scopes(types = …)]`: a module with a type for each scope, for `Granted`.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;

use super::implied;
use super::scope::Scope;
use super::vocabulary::Vocabulary;

/// Returns the module. The impls are outside of it, where the name of the enum is known also in the body of a function.
pub(super) fn module(vocabulary: &Vocabulary, module: &Ident) -> TokenStream {
    let Vocabulary { item, scopes, implications, .. } = vocabulary;
    let (visibility, name) = (&item.vis, &item.ident);
    let documentation = format!(" The scopes of `{name}` as types, for `scopes_runtime::Granted`.");
    let types = scopes.iter().map(|scope| {
        let description = format!(" {}", scope.description);
        if scope.parameters.is_empty() {
            return quote! {
                #[doc = #description]
                pub struct #scope;
            };
        }
        let fields = fields(scope);
        let documentation = scope.parameters.iter().map(|name| format!(" The value of `{{{name}}}`."));
        quote! {
            #[doc = #description]
            #[derive(Debug)]
            pub struct #scope {
                #(#[doc = #documentation] pub #fields: ::std::boxed::Box<::core::primitive::str>,)*
            }
        }
    });
    let closure = implied::closure(implications);
    let impls = scopes.iter().zip(&closure).enumerate().map(|(at, (scope, implied))| {
        let path = quote!(#module::#scope);
        let broader = scopes.iter().zip(&closure).filter(|(_, implied)| implied.contains(&at));
        let broader =
            broader.map(|(broader, _)| quote!(other == ::core::any::TypeId::of::<#module::#broader>()));
        let mut is_implied = quote!(#(#broader)||*);
        let mut other = quote!(other);
        if is_implied.is_empty() {
            (is_implied, other) = (quote!(false), quote!(_other));
        }
        let methods = methods(scope);
        let without_parameters = scope
            .parameters
            .is_empty()
            .then(|| quote!(impl ::scopes_runtime::WithoutParameters for #path {}));
        let implies = implied.iter().map(|&at| {
            let implied = &scopes[at];
            let is_for_all = scope.parameters.len() < implied.parameters.len();
            let implies = if is_for_all { quote!(ImpliesAll) } else { quote!(Implies) };
            quote!(impl ::scopes_runtime::#implies<#module::#implied> for #path {})
        });
        quote! {
            impl ::scopes_runtime::Provable for #path {
                const REQUIREMENT: ::scopes_runtime::Requirement =
                    ::scopes_runtime::Requirement::scope(#name::#scope.declared());

                #methods

                fn is_implied_by(#other: ::core::any::TypeId) -> bool {
                    #is_implied
                }
            }

            #without_parameters

            #(#implies)*
        }
    });
    quote! {
        #[doc = #documentation]
        #[allow(dead_code)]
        #visibility mod #module {
            #(#types)*
        }

        #(#[allow(deprecated)] #impls)*
    }
}

fn fields(scope: &Scope) -> Vec<Ident> {
    scope.parameters.iter().map(|name| Ident::new_raw(name, Span::call_site())).collect()
}

/// Returns the methods of `Provable`.
fn methods(scope: &Scope) -> TokenStream {
    let (names, fields) = (&scope.parameters, fields(scope));
    let value = if names.is_empty() {
        quote!(Self)
    } else {
        quote!(Self { #(#fields: ::core::convert::Into::into(values.value(#names)?)),* })
    };
    let values = if names.is_empty() { quote!(_values) } else { quote!(values) };
    let text = quote!(::core::primitive::str);
    quote! {
        fn read(#values: &dyn ::scopes_runtime::__private::ParameterValues) -> ::core::option::Option<Self> {
            ::core::option::Option::Some(#value)
        }

        fn values(&self) -> ::std::vec::Vec<(&'static #text, &#text)> {
            ::std::vec![#((#names, &*self.#fields)),*]
        }
    }
}

//! `#[declare_scopes(types = …)]`: a module with a type for each scope, for `Granted`.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;

use super::implied;
use super::vocabulary::{Scope, Vocabulary};

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
                pub enum #scope {}
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
    let impls = scopes.iter().zip(&closure).map(|(scope, implied)| {
        let implied: Vec<_> = implied.iter().map(|&at| &scopes[at]).collect();
        let values = if scope.parameters.is_empty() { quote!(()) } else { quote!(Self) };
        let impls_of_values = values_impls(scope, &implied, module);
        quote! {
            impl ::scopes_runtime::Provable for #module::#scope {
                const REQUIREMENT: ::scopes_runtime::Requirement =
                    ::scopes_runtime::Requirement::scope(#name::#scope.declared());

                type Values = #values;
            }

            #impls_of_values

            #(impl ::scopes_runtime::Implies<#module::#implied> for #module::#scope {})*
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

/// Returns the impls by which a proof has the values of a scope's parameters. None for a scope without parameters.
fn values_impls(scope: &Scope, implied: &[&Scope], module: &Ident) -> TokenStream {
    if scope.parameters.is_empty() {
        return TokenStream::new();
    }
    let (names, fields) = (&scope.parameters, fields(scope));
    let private = quote!(::scopes_runtime::__private);
    let conversions = implied.iter().map(|implied| {
        quote! {
            impl ::core::convert::From<#module::#scope> for #module::#implied {
                fn from(values: #module::#scope) -> Self {
                    Self { #(#fields: values.#fields),* }
                }
            }
        }
    });
    quote! {
        impl ::scopes_runtime::ScopeValues for #module::#scope {
            fn read(values: &dyn #private::ParameterValues) -> ::core::option::Option<Self> {
                ::core::option::Option::Some(Self {
                    #(#fields: ::core::convert::Into::into(values.value(#names)?),)*
                })
            }

            fn list(&self) -> ::std::vec::Vec<(&'static ::core::primitive::str, &::core::primitive::str)> {
                ::std::vec![#((#names, &*self.#fields)),*]
            }
        }

        #(#conversions)*
    }
}

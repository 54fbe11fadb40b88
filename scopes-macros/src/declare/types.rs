//! `#[declare_scopes(types = …)]`: a module with a type for each scope, for `Granted`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use super::implied;
use super::vocabulary::Vocabulary;

/// Returns the module. The impls are outside of it, where the name of the enum is known also in the body of a function.
pub(super) fn module(vocabulary: &Vocabulary, module: &Ident) -> TokenStream {
    let Vocabulary { item, scopes, implications, .. } = vocabulary;
    let (visibility, name) = (&item.vis, &item.ident);
    let documentation = format!(" The scopes of `{name}` as types, for `scopes_runtime::Granted`.");
    let types = scopes.iter().map(|scope| {
        let description = format!(" {}", scope.description);
        quote! {
            #[doc = #description]
            pub enum #scope {}
        }
    });
    let closure = implied::closure(implications);
    let impls = scopes.iter().zip(&closure).map(|(scope, implied)| {
        let implied = implied.iter().map(|&at| &scopes[at]);
        quote! {
            impl ::scopes_runtime::Provable for #module::#scope {
                const REQUIREMENT: ::scopes_runtime::Requirement =
                    ::scopes_runtime::Requirement::scope(#name::#scope.declared());
            }

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

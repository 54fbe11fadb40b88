//! What a vocabulary becomes: the enum, its impls, and a macro of the same name that resolves literals.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::punctuated::Punctuated;
use syn::{Ident, ItemEnum, Path, Token, Visibility};

use super::{Scope, Vocabulary, generated, implied};

const DERIVED: [&str; 8] = ["Clone", "Copy", "Debug", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash"];

pub(super) fn vocabulary(vocabulary: &Vocabulary, location: &str) -> TokenStream {
    let Vocabulary { item, scopes, implications, errors } = vocabulary;
    let errors: Vec<_> = errors.iter().map(syn::Error::to_compile_error).collect();
    let derives = missing_derives(item);
    if scopes.is_empty() {
        return quote!(#(#errors)* #derives #item);
    }
    let methods = methods(&item.ident, scopes, implications);
    let traits = traits(&item.ident);
    let umbrellas = umbrellas(&item.ident, scopes, implications);
    let resolver = resolver(item, scopes, errors.is_empty(), location);
    quote! {
        #(#errors)*
        #derives
        #item
        #methods
        #traits
        #umbrellas
        #resolver
    }
}

/// A scope that implies others is of use where nothing requires it: tokens have it. So it counts as used.
fn umbrellas(vocabulary: &Ident, scopes: &[Scope], implications: &[Vec<usize>]) -> TokenStream {
    let vocabulary = generated(vocabulary);
    let broader = scopes.iter().zip(implications).filter(|(_, implied)| !implied.is_empty());
    let broader = broader.map(|(scope, _)| quote!(#vocabulary::#scope));
    quote! {
        #[allow(deprecated)]
        const _: &[#vocabulary] = &[#(#broader),*];
    }
}

/// The usual derives, less those that the user wrote.
fn missing_derives(item: &ItemEnum) -> TokenStream {
    let written: Vec<Ident> = item
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"))
        .filter_map(|derive| derive.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated).ok())
        .flatten()
        .filter_map(|path| path.segments.last().map(|segment| segment.ident.clone()))
        .collect();
    let missing =
        DERIVED.iter().filter(|name| !written.iter().any(|ident| ident == *name)).map(|name| match *name {
            "Debug" => quote!(::core::fmt::Debug),
            "Clone" => quote!(::core::clone::Clone),
            "Copy" => quote!(::core::marker::Copy),
            "Hash" => quote!(::core::hash::Hash),
            comparison => {
                let comparison = format_ident!("{comparison}");
                quote!(::core::cmp::#comparison)
            }
        });
    quote!(#[derive(#(#missing),*)])
}

fn methods(vocabulary: &Ident, scopes: &[Scope], implications: &[Vec<usize>]) -> TokenStream {
    let vocabulary = generated(vocabulary);
    let implies = implied::closure(implications);
    let names =
        |positions: Vec<usize>| positions.into_iter().map(|i| scopes[i].name.value()).collect::<Vec<_>>();
    let table = scopes.iter().enumerate().map(|(at, scope)| {
        let (name, description) = (&scope.name, &scope.description);
        let implied = names(implies[at].clone());
        let implied_by = names((0..scopes.len()).filter(|&other| implies[other].contains(&at)).collect());
        quote!(::scopes_runtime::DeclaredScope::new(#name, #description, &[#(#implied),*], &[#(#implied_by),*]))
    });
    quote! {
        impl ::scopes_runtime::Vocabulary for #vocabulary {
            const DECLARED: &'static [::scopes_runtime::DeclaredScope] = &[#(#table),*];
        }

        #[allow(deprecated)]
        impl #vocabulary {
            /// Every declared scope, in the order of declaration.
            pub const ALL: &'static [Self] = &[#(Self::#scopes),*];

            /// The scope as it was declared: name, description and implications.
            #[must_use]
            pub const fn declared(self) -> &'static ::scopes_runtime::DeclaredScope {
                &<Self as ::scopes_runtime::Vocabulary>::DECLARED[self as usize]
            }

            /// The scope as it stands in a token.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                self.declared().name()
            }

            /// What a token with this scope may do.
            #[must_use]
            pub const fn description(self) -> &'static str {
                self.declared().description()
            }
        }
    }
}

fn traits(vocabulary: &Ident) -> TokenStream {
    let vocabulary = generated(vocabulary);
    let private = quote!(::scopes_runtime::__private);
    let unused_scopes_stay_visible = quote! {
        // rustc's `dead_code` lint passes over derived `Clone` impls. The list of all variants stands in one, so
        // that parsing a scope does not count as using every variant: what nothing requires is still reported.
        struct __All(&'static [#vocabulary]);

        #[automatically_derived]
        impl ::core::clone::Clone for __All {
            fn clone(&self) -> Self {
                Self(#vocabulary::ALL)
            }
        }
    };
    quote! {
        const _: () = {
            #unused_scopes_stay_visible

            impl ::core::str::FromStr for #vocabulary {
                type Err = ::scopes_runtime::UndeclaredScopeError;

                fn from_str(name: &str) -> ::core::result::Result<Self, ::scopes_runtime::UndeclaredScopeError> {
                    #private::find(<Self as ::scopes_runtime::Vocabulary>::DECLARED, name, ::core::clone::Clone::clone(&__All(&[])).0)
                }
            }

            impl ::core::fmt::Display for #vocabulary {
                fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    formatter.pad(self.as_str())
                }
            }

            impl ::core::convert::AsRef<str> for #vocabulary {
                fn as_ref(&self) -> &str {
                    self.as_str()
                }
            }

            impl #private::serde::Serialize for #vocabulary {
                fn serialize<S: #private::serde::Serializer>(
                    &self,
                    serializer: S,
                ) -> ::core::result::Result<S::Ok, S::Error> {
                    serializer.serialize_str(self.as_str())
                }
            }

            impl<'de> #private::serde::Deserialize<'de> for #vocabulary {
                fn deserialize<D: #private::serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::core::result::Result<Self, D::Error> {
                    #private::deserialize(deserializer)
                }
            }
        };
    }
}

/// A macro under the enum's own name: types and macros are separate namespaces, so one `use` brings both.
/// It has an arm for each declared name, so that expanding a requirement does not hand the whole list around.
fn resolver(item: &ItemEnum, scopes: &[Scope], sound: bool, location: &str) -> TokenStream {
    let mut hasher = DefaultHasher::new();
    location.hash(&mut hasher);
    // A macro may declare several vocabularies at one place.
    item.to_token_stream().to_string().hash(&mut hasher);
    let hidden = format_ident!("__scopes_{}_{:016x}", item.ident, hasher.finish(), span = Span::call_site());
    let vocabulary = &item.ident;
    let visibility = &item.vis;
    let export = matches!(visibility, Visibility::Public(_)).then(|| quote!(#[macro_export]));
    let names: Vec<_> =
        scopes.iter().map(|scope| syn::LitStr::new(&scope.name.value(), Span::call_site())).collect();
    let otherwise = if sound {
        quote!(::scopes_runtime::__private::undeclared_scope! { $scope [$($vocabulary)+] #(#names)* })
    } else {
        // The declaration is reported already; which names it means to declare is not known.
        let first = &scopes[0];
        quote!($($vocabulary)+::#first)
    };
    quote! {
        #[doc(hidden)]
        #export
        macro_rules! #hidden {
            #((#names $($vocabulary:tt)+) => { $($vocabulary)+::#scopes };)*
            ($scope:literal $($vocabulary:tt)+) => { #otherwise };
        }

        #[doc(hidden)]
        #visibility use #hidden as #vocabulary;
    }
}

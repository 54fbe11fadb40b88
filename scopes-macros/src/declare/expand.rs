//! The code for a vocabulary: the enum, its impls, and a macro of the same name that resolves literals.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::punctuated::Punctuated;
use syn::{Ident, ItemEnum, Path, Token, Visibility};

use super::implied;
use super::scope::Scope;
use super::vocabulary::Vocabulary;
use crate::hints::is_rust_analyzer;
use crate::place;
use crate::scope_token::name_hash;

/// The derived traits, each with its module in `core`.
const DERIVED: [(&str, &str); 8] = [
    ("clone", "Clone"),
    ("marker", "Copy"),
    ("fmt", "Debug"),
    ("cmp", "PartialEq"),
    ("cmp", "Eq"),
    ("cmp", "PartialOrd"),
    ("cmp", "Ord"),
    ("hash", "Hash"),
];

pub(super) fn vocabulary(vocabulary: &Vocabulary, location: &str) -> TokenStream {
    let Vocabulary { item, scopes, implications, errors } = vocabulary;
    let errors: Vec<_> = errors.iter().map(place::error).collect();
    let derives = missing_derives(item);
    if scopes.is_empty() {
        return quote!(#derives #item #(#errors)*);
    }
    let methods = methods(&item.ident, scopes, implications);
    let traits = traits(&item.ident);
    let uses_of_broader_scopes = uses_of_broader_scopes(&item.ident, scopes, implications);
    let hints = is_rust_analyzer().then(|| implied_hints(&item.ident, scopes));
    let resolver = resolver(item, scopes, errors.is_empty(), location);
    quote! {
        #derives
        #item
        #methods
        #traits
        #uses_of_broader_scopes
        #hints
        #resolver
        #(#errors)*
    }
}

/// Uses the scopes that imply others, so that rustc does not report them as dead code: tokens contain them even if
/// no handler requires them.
fn uses_of_broader_scopes(vocabulary: &Ident, scopes: &[Scope], implications: &[Vec<usize>]) -> TokenStream {
    let vocabulary = generated(vocabulary);
    let broader = scopes.iter().zip(implications).filter(|(_, implied)| !implied.is_empty());
    let broader = broader.map(|(scope, _)| quote!(#vocabulary::#scope));
    quote! {
        #[allow(deprecated)]
        const _: &[#vocabulary] = &[#(#broader),*];
    }
}

/// Repeats the variants in `#[implies]`, which is not in the expansion: rust-analyzer finds and renames variants only there.
/// For rustc they would be uses of the scopes.
fn implied_hints(vocabulary: &Ident, scopes: &[Scope]) -> TokenStream {
    let vocabulary = generated(vocabulary);
    let implied = scopes.iter().flat_map(|scope| &scope.implies);
    quote!(const _: &[#vocabulary] = &[#(#vocabulary::#implied),*];)
}

/// Returns the derives that the user did not write.
fn missing_derives(item: &ItemEnum) -> TokenStream {
    let written: Vec<Ident> = item
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"))
        .filter_map(|derive| derive.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated).ok())
        .flatten()
        .filter_map(|path| path.segments.last().map(|segment| segment.ident.clone()))
        .collect();
    let missing = DERIVED.iter().filter(|(_, name)| !written.iter().any(|ident| ident == name));
    let missing = missing.map(|(module, name)| {
        let (module, name) = (format_ident!("{module}"), format_ident!("{name}"));
        quote!(::core::#module::#name)
    });
    quote!(#[derive(#(#missing),*)])
}

/// Returns the same name at the macro's call site, so that an error in generated code does not point to the enum's
/// name.
fn generated(ident: &Ident) -> Ident {
    let mut ident = ident.clone();
    ident.set_span(Span::call_site());
    ident
}

fn methods(vocabulary: &Ident, scopes: &[Scope], implications: &[Vec<usize>]) -> TokenStream {
    let vocabulary = generated(vocabulary);
    let implies = implied::closure(implications);
    let names =
        |positions: Vec<usize>| positions.into_iter().map(|i| scopes[i].name.value()).collect::<Vec<_>>();
    let table = scopes.iter().enumerate().map(|(at, scope)| {
        let (name, description) = (&scope.name, &scope.description);
        let hash = name_hash(&name.value());
        let implied = names(implies[at].clone());
        let implied_by = names((0..scopes.len()).filter(|&other| implies[other].contains(&at)).collect());
        quote!(::scopes_runtime::DeclaredScope::new(#name, #hash, #description, &[#(#implied),*], &[#(#implied_by),*]))
    });
    quote! {
        impl ::scopes_runtime::Vocabulary for #vocabulary {
            const DECLARED: &'static [::scopes_runtime::DeclaredScope] = &[#(#table),*];
        }

        #[allow(deprecated)]
        impl #vocabulary {
            /// All scopes, in the order of declaration.
            pub const ALL: &'static [Self] = &[#(Self::#scopes),*];

            /// Returns the name, the description and the implications of the scope.
            #[must_use]
            pub const fn declared(self) -> &'static ::scopes_runtime::DeclaredScope {
                &<Self as ::scopes_runtime::Vocabulary>::DECLARED[self as usize]
            }

            /// Returns the name of the scope.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                self.declared().name()
            }

            /// Returns the description of the scope.
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
        // rustc's `dead_code` lint ignores derived `Clone` impls. `FromStr` reads `ALL` through one, because each
        // variant would otherwise count as used, and rustc would not report a scope that no handler requires.
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

/// Returns a macro with the enum's name. `Scope!("items" [Scope] [])` expands to `Scope::Items`. Types and macros have separate
/// namespaces, so one `use` imports both. The macro has an arm for each scope, so the expansion of a requirement does not
/// contain the list of scopes.
fn resolver(item: &ItemEnum, scopes: &[Scope], is_valid: bool, location: &str) -> TokenStream {
    let mut hasher = DefaultHasher::new();
    location.hash(&mut hasher);
    // One macro invocation can declare several vocabularies, at the same location.
    item.to_token_stream().to_string().hash(&mut hasher);
    let hidden = format_ident!("__scopes_{}_{:016x}", item.ident, hasher.finish(), span = Span::call_site());
    let vocabulary = &item.ident;
    let visibility = &item.vis;
    let export = matches!(visibility, Visibility::Public(_)).then(|| quote!(#[macro_export]));
    let names: Vec<_> =
        scopes.iter().map(|scope| syn::LitStr::new(&scope.name.value(), Span::call_site())).collect();
    let otherwise = if is_valid {
        quote!(::scopes_runtime::__private::undeclared_scope! { $scope [$($before)*] #(#names)* })
    } else {
        // An undeclared name may be one of the mistakes in the declaration, which are reported already.
        let first = &scopes[0];
        quote!($($before)*::#first $($after)*)
    };
    quote! {
        #[doc(hidden)]
        #export
        macro_rules! #hidden {
            #((#names [$($before:tt)*] [$($after:tt)*]) => { $($before)*::#scopes $($after)* };)*
            ($scope:literal [$($before:tt)*] [$($after:tt)*]) => { #otherwise };
        }

        #[doc(hidden)]
        #visibility use #hidden as #vocabulary;
    }
}

//! `#[requires_scopes]` and `#[public]` on a handler. The signature is read and gets one leading argument; the body
//! stays as it was written.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{
    Attribute, Error, FnArg, Generics, PatType, Result, Signature, Token, Type, Visibility, parse_quote,
};

use crate::item::{check_only, extractors, generated, protection_of, requirement_of};
use crate::requirement::Requirement;

/// axum's handlers take up to 16 extractors, and the guard is one of them.
const MOST_ARGUMENTS: usize = 15;

/// clippy's `too_many_arguments` allows 7; the guard is not one of the user's.
const CLIPPY_ARGUMENTS: usize = 7;

pub(crate) struct Handler {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    signature: Signature,
    body: TokenStream,
}

impl Handler {
    /// Reports what a handler cannot be, and mends it, so that its routes do not fail for the same mistake again.
    pub(crate) fn parse(item: TokenStream, errors: &mut Vec<Error>) -> Result<Self> {
        let parser = |input: ParseStream<'_>| {
            Ok(Self {
                attributes: input.call(Attribute::parse_outer)?,
                visibility: input.parse()?,
                signature: input.parse()?,
                body: input.parse()?,
            })
        };
        let mut handler = parser.parse2(item)?;
        let rule = "a handler has one of `#[requires_scopes]` and `#[public]`, once";
        check_only(&handler.attributes, rule)?;
        handler.check_signature(errors)?;
        Ok(handler)
    }

    fn check_signature(&mut self, errors: &mut Vec<Error>) -> Result<()> {
        if let Some(receiver) = self.signature.receiver() {
            return Err(Error::new_spanned(
                receiver,
                "a handler has no `self`; make it a free function and take what it needs through `State`",
            ));
        }
        if self.signature.asyncness.is_none() {
            let keyword = self.signature.fn_token;
            errors.push(Error::new_spanned(keyword, "a handler is an `async fn`; add `async`"));
            self.signature.asyncness = Some(Token![async](keyword.span));
        }
        if let Some(extra) = self.signature.inputs.iter().nth(MOST_ARGUMENTS) {
            errors.push(Error::new_spanned(
                extra,
                format!("a handler has at most {MOST_ARGUMENTS} arguments here; join extractors in a tuple"),
            ));
        }
        Ok(())
    }

    fn arguments(&self) -> impl Iterator<Item = &PatType> {
        self.signature.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(argument) => Some(argument),
            FnArg::Receiver(_) => None,
        })
    }

    /// For each extractor among the arguments what it says of itself, under the argument's own conditions.
    fn of_extractors(&self, of: impl Fn(&Type, &Generics) -> Option<TokenStream>) -> Vec<TokenStream> {
        let mut found = Vec::new();
        for PatType { attrs, ty, .. } in self.arguments() {
            let values = extractors(ty).into_iter().filter_map(|ty| of(ty, &self.signature.generics));
            found.extend(values.map(|value| {
                let conditions = conditions(attrs);
                quote!(#(#conditions)* #value)
            }));
        }
        found
    }

    pub(crate) fn scoped(self, requirement: &Requirement) -> TokenStream {
        let name = syn::ext::IdentExt::unraw(&self.signature.ident).to_string();
        let operation = generated(&format!("__operation_{name}"));
        let conditions: Vec<_> = conditions(&self.attributes).cloned().collect();
        let visibility = respanned(&self.visibility);
        let requirements = self.of_extractors(requirement_of);
        let declaration = quote! {
            #(#conditions)*
            #[doc(hidden)]
            #[allow(non_camel_case_types, unreachable_pub)]
            #visibility enum #operation {}

            #(#conditions)*
            impl ::scopes_runtime::__private::Operation for #operation {
                const REQUIREMENT: ::scopes_runtime::Requirement = {
                    #[allow(unused_imports)]
                    use ::scopes_runtime::__private::Unprotected as _;
                    ::scopes_runtime::Requirement::all(&[#requirement #(#requirements),*])
                };
            }
        };
        let function = self.guarded(parse_quote!(_: ::scopes_runtime::Authorized<#operation>));
        quote!(#function #declaration)
    }

    pub(crate) fn public(self) -> TokenStream {
        let conditions: Vec<_> = conditions(&self.attributes).cloned().collect();
        let message = "this extractor insists on an access token, so the handler is not public; \
                       write `#[requires_scopes]`, or take `Option<AccessToken>`";
        let checks = self.of_extractors(|ty, generics| {
            let protected = protection_of(ty, generics)?;
            Some(quote_spanned! {ty.span()=>
                const _: () = {
                    #[allow(unused_imports)]
                    use ::scopes_runtime::__private::Unprotected as _;
                    ::core::assert!(!#protected, #message);
                };
            })
        });
        let checks: TokenStream = checks.iter().map(|check| quote!(#(#conditions)* #check)).collect();
        let function = self.guarded(parse_quote!(_: ::scopes_runtime::Public));
        quote!(#function #checks)
    }

    /// The function with its guard: the first argument, so that it runs before any other extractor.
    fn guarded(mut self, guard: FnArg) -> TokenStream {
        let clippy = (self.signature.inputs.len() == CLIPPY_ARGUMENTS)
            .then(|| quote!(#[allow(clippy::too_many_arguments)]));
        self.signature.inputs.insert(0, guard);
        let Self { attributes, visibility, signature, body } = self;
        quote!(#(#attributes)* #clippy #visibility #signature #body)
    }
}

/// The attributes that decide whether an item exists.
fn conditions(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"))
}

/// The same visibility as generated code, so that lints about it are not reported twice.
fn respanned(visibility: &Visibility) -> TokenStream {
    let respan = |mut token: proc_macro2::TokenTree| {
        token.set_span(token.span().resolved_at(proc_macro2::Span::call_site()));
        token
    };
    visibility.to_token_stream().into_iter().map(respan).collect()
}

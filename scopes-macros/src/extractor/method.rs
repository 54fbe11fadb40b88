//! The method of an extractor: adds the check, and the extraction of its further arguments.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    Error, FnArg, Ident, ImplItem, ImplItemFn, ItemImpl, Pat, PatIdent, PatType, Result, Token, Type,
    TypeReference, parse_quote,
};

use crate::extractor_requirements::mentions;
use crate::place;

/// `parts` and `state`. Further arguments are extractors.
pub(super) const OWN_ARGUMENTS: usize = 2;

const METHOD: &str = "from_request_parts";

/// Returns the place of the rejection's type.
pub(super) fn rejection(item: &ItemImpl) -> Span {
    let rejection = item.items.iter().find_map(|inner| match inner {
        ImplItem::Type(inner) if inner.ident == "Rejection" => Some(inner.ty.span()),
        _ => None,
    });
    rejection.unwrap_or_else(Span::call_site)
}

/// Returns the method that gets the check. A second one, under another `#[cfg]` or from a macro, is an error: it
/// would extract without the check.
pub(super) fn method<'a>(
    item: &'a mut ItemImpl,
    state: &Type,
    errors: &mut Vec<Error>,
) -> Result<&'a mut ImplItemFn> {
    let is_method =
        |inner: &ImplItem| matches!(inner, ImplItem::Fn(method) if method.sig.ident.unraw() == METHOD);
    if !item.items.iter().any(|inner| is_method(inner) || matches!(inner, ImplItem::Macro(_))) {
        let trait_ = item.trait_.as_ref().map(|(path, _)| path.to_token_stream());
        errors.push(Error::new_spanned(
            trait_,
            "no `from_request_parts` in this block; add \
             `async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection>`",
        ));
        item.items.push(ImplItem::Fn(unimplemented(state)));
    }
    let mut found = None;
    for inner in &mut item.items {
        match inner {
            ImplItem::Fn(method) if method.sig.ident.unraw() == METHOD => {
                if found.is_some() {
                    return Err(Error::new_spanned(
                        &method.sig.ident,
                        "second `from_request_parts`, without the check; write one, with `#[cfg]` inside its body",
                    ));
                }
                found = Some(method);
            }
            ImplItem::Macro(invocation) => {
                return Err(Error::new_spanned(
                    invocation,
                    "macro that could expand to another `from_request_parts`, without the check; write its items out",
                ));
            }
            _ => {}
        }
    }
    let method = found.expect("the block has the method, or it was added");
    if method.sig.asyncness.is_none() {
        // `async_trait` has replaced `async` by a lifetime and a box.
        let is_async_trait =
            method.sig.generics.lifetimes().any(|parameter| parameter.lifetime.ident == "async_trait");
        let problem = if is_async_trait {
            "`#[async_trait]` above `#[requires_scopes]`; remove it, because axum 0.8 does not need it"
        } else {
            "`from_request_parts` without `async`; write `async fn from_request_parts`"
        };
        errors.push(Error::new_spanned(method.sig.fn_token, problem));
        let types = argument_types(method);
        *method = unimplemented(state);
        mention(types, method);
    }
    Ok(method)
}

/// Returns a method in place of a missing or wrong one, so that it causes no further errors.
fn unimplemented(state: &Type) -> ImplItemFn {
    parse_quote! {
        async fn from_request_parts(
            _: &mut ::scopes_runtime::__private::Parts,
            _: &#state,
        ) -> ::core::result::Result<Self, Self::Rejection> {
            ::core::unimplemented!()
        }
    }
}

/// Returns the types of the arguments, without references.
pub(super) fn argument_types(method: &ImplItemFn) -> Vec<Type> {
    let types = method.sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(PatType { ty, .. }) => Some(&**ty),
        FnArg::Receiver(_) => None,
    });
    let types = types.map(|ty| match ty {
        Type::Reference(reference) => (*reference.elem).clone(),
        other => other.clone(),
    });
    types.collect()
}

/// Replaces the body of a method by one that mentions types, so that their imports are used.
pub(super) fn mention(types: Vec<Type>, method: &mut ImplItemFn) {
    method.block = parse_quote!({ #(let _: ::core::option::Option<#types>;)* ::core::unimplemented!() });
}

/// Removes the further arguments from the method, whose signature is axum's. Its body extracts them first, after
/// the check.
pub(super) fn take_extractors(
    method: &mut ImplItemFn,
    state: &Type,
    rejection: Span,
    errors: &mut Vec<Error>,
) -> Result<Vec<PatType>> {
    let ImplItemFn { sig: signature, block: body, .. } = method;
    let mut arguments = Vec::new();
    for input in std::mem::take(&mut signature.inputs) {
        match input {
            FnArg::Typed(argument) => arguments.push(argument),
            FnArg::Receiver(receiver) => {
                errors.push(Error::new_spanned(receiver, "`self` in `from_request_parts`; remove it"));
                if mentions(body.to_token_stream(), &|ident| ident == "self") {
                    *body = parse_quote!({ ::core::unimplemented!() });
                }
            }
        }
    }
    if arguments.len() < OWN_ARGUMENTS {
        let message = "expected `parts: &mut Parts, state: &S`, then any extractors";
        return Err(Error::new(signature.paren_token.span.join(), message));
    }
    own_first(&mut arguments, errors);
    let taken = arguments.split_off(OWN_ARGUMENTS);
    let mut own = Vec::new();
    let mut rebound = TokenStream::new();
    for (argument, name) in arguments.iter_mut().zip(["parts", "state"]) {
        let PatType { pat, ty, .. } = &*argument;
        own.push(match &**pat {
            // The user's name stays in the signature, for lints and for other attributes.
            Pat::Ident(PatIdent { by_ref: None, mutability: None, subpat: None, ident, .. }) => ident.clone(),
            other => {
                let internal = Ident::new(name, Span::mixed_site());
                if !matches!(other, Pat::Wild(_)) {
                    rebound.extend(quote!(let #pat: #ty = #internal;));
                }
                *argument.pat = parse_quote!(#internal);
                internal
            }
        });
    }
    let checks = checks(&own[0], &own[1], &taken, state, rejection);
    signature.inputs = arguments.into_iter().map(FnArg::Typed).collect::<Punctuated<_, Token![,]>>();
    let statements = &body.stmts;
    *body = parse_quote!({ #checks #rebound #(#statements)* });
    Ok(taken)
}

/// Moves `parts` and `state` to the front, and reports the first argument that was in their place.
fn own_first(arguments: &mut [PatType], errors: &mut Vec<Error>) {
    let is_reference = |argument: &PatType, is_mutable| match &*argument.ty {
        Type::Reference(TypeReference { mutability, .. }) => mutability.is_some() == is_mutable,
        _ => false,
    };
    for (place, is_mutable) in [true, false].into_iter().enumerate() {
        let later = arguments[place..].iter().position(|argument| is_reference(argument, is_mutable));
        let Some(distance @ 1..) = later else { continue };
        if errors.is_empty() {
            errors.push(Error::new_spanned(
                &arguments[place],
                "argument before `parts` and `state`; write `parts: &mut Parts, state: &S` first, then the extractors",
            ));
        }
        arguments[place..=place + distance].rotate_right(1);
    }
}

/// Returns the statements before the user's: the check, then the extraction of the further arguments.
fn checks(
    parts: &Ident,
    state: &Ident,
    taken: &[PatType],
    state_type: &Type,
    rejection: Span,
) -> TokenStream {
    let private = quote!(::scopes_runtime::__private);
    let [error, refuse, unnamed] =
        ["error", "refuse", "_taken"].map(|name| Ident::new(name, Span::mixed_site()));
    let taken = taken.iter().map(|PatType { attrs, pat, ty, .. }| {
        let pat = match &**pat {
            Pat::Wild(_) => quote!(#unnamed),
            other => other.to_token_stream(),
        };
        let at = |tokens| place::at(ty.span(), tokens);
        let (open, trait_) = (at(quote!(<)), at(quote!(as #private::FromRequestParts<)));
        let method = place::call(ty.span(), quote!(>>::from_request_parts), quote!(#parts, #state));
        // The keyword has the width of the type, so that rustc reports a missing bound at one place, and once.
        let awaited = quote_spanned!(ty.span()=> .await);
        let extracted = quote!(#open #ty #trait_ #state_type #method #awaited);
        let rejected = place::call(ty.span(), quote!(#private::Rejected), quote!(#error));
        let into = place::call(ty.span(), quote!(.into_rejection), quote!(#refuse));
        let rejection = quote!(#rejected #into);
        quote! {
            #(#attrs)*
            let #pat = match #extracted {
                ::core::result::Result::Ok(#unnamed) => #unnamed,
                ::core::result::Result::Err(#error) => {
                    use #private::IntoRejection as _;
                    return ::core::result::Result::Err(#rejection);
                }
            };
        }
    });
    let refused = place::call(rejection, quote!(#private::RejectsWith::from_auth_error), quote!(#error));
    quote! {
        // A closure, because rustc checks the bounds of a function again where one is passed.
        let #refuse = |#error| #refused;
        if let ::core::result::Result::Err(#error) = #private::check::<Self, #state_type>(#parts, #state).await {
            return ::core::result::Result::Err(#refuse(#error));
        }
        #(#taken)*
    }
}

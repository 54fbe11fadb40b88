//! `#[requires_scopes]` on an `impl FromRequestParts`: adds the check to the extractor, and a constant with its
//! requirement, which handlers read. Like a handler, an extractor can take other extractors, as further arguments.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    Error, FnArg, GenericArgument, GenericParam, Generics, Ident, ImplItem, ImplItemFn, ItemImpl, Pat,
    PatIdent, PatType, Path, PathArguments, Result, Token, Type, parse_quote,
};

use crate::extractor_requirements::{Argument, TYPE_CONSTANTS, mentions, probe, unknown_in_wrappers};
use crate::generated::code;
use crate::item_attributes::reject_second_attribute;
use crate::place;
use crate::requirement::Requirement;

/// `parts` and `state`. Further arguments are extractors.
const OWN_ARGUMENTS: usize = 2;

const METHOD: &str = "from_request_parts";

pub(crate) struct Extractor {
    item: ItemImpl,
    /// The `S` of `FromRequestParts<S>`.
    state: Type,
    /// The further arguments.
    taken: Vec<PatType>,
}

impl Extractor {
    /// Parses an extractor. Mistakes in its method are reported and corrected, so that they cause no further errors.
    pub(crate) fn parse(item: TokenStream, errors: &mut Vec<Error>) -> Result<Self> {
        let mut item = syn::parse2::<ItemImpl>(item)?;
        reject_second_attribute(&item.attrs)?;
        let state = state(&item)?;
        let rejection = rejection(&item);
        let method = method(&mut item, &state, errors)?;
        let taken = take_extractors(method, &state, rejection, errors)?;
        Ok(Self { item, state, taken })
    }

    /// Returns errors for arguments whose requirement is unknown and whose refusal does not stop the extractor.
    pub(crate) fn unknown_requirements(&self) -> Vec<Error> {
        unknown_in_wrappers(&self.arguments(), &self.item.generics)
    }

    fn arguments(&self) -> Vec<Argument<'_>> {
        let taken = self.taken.iter();
        taken.map(|PatType { attrs, ty, .. }| Argument::new(attrs, ty, &self.item.generics)).collect()
    }

    pub(crate) fn scoped(mut self, requirement: &Requirement) -> TokenStream {
        let requires = self.requires(requirement);
        let Self { item, state, .. } = &mut self;
        let provides = place::at(state.span(), quote!(: ::scopes_runtime::__private::ProvidesResourceServer));
        item.generics.make_where_clause().predicates.push(parse_quote!(#state #provides));
        quote!(#item #requires)
    }

    /// Returns the impl that handlers read the requirement from. It does not depend on the state, which is not part
    /// of the extractor's type.
    fn requires(&self, requirement: &Requirement) -> TokenStream {
        let (hints, imports) = (requirement.hints(), code(TYPE_CONSTANTS));
        let ItemImpl { generics, self_ty, .. } = &self.item;
        let taken = probe(&self.arguments(), generics);
        let taken = taken.iter().map(|extractor| extractor.constant("REQUIREMENT"));
        let generics = generics_of(self_ty, generics);
        let (parameters, _, conditions) = generics.split_for_impl();
        quote! {
            impl #parameters ::scopes_runtime::__private::ScopedExtractor for #self_ty #conditions {
                const REQUIREMENT: ::scopes_runtime::Requirement = {
                    #hints
                    #imports
                    ::scopes_runtime::Requirement::all(&[#requirement #(#taken),*])
                };
            }
        }
    }
}

/// Removes the arguments after axum's own from the methods of an extractor whose attribute is an error. rustc would report them
/// as a second error.
pub(crate) fn without_further_arguments(item: TokenStream) -> TokenStream {
    let Ok(mut block) = syn::parse2::<ItemImpl>(item.clone()) else { return item };
    for inner in &mut block.items {
        if let ImplItem::Fn(method) = inner
            && method.sig.inputs.len() > OWN_ARGUMENTS
        {
            mention(argument_types(method), method);
            let inputs = std::mem::take(&mut method.sig.inputs);
            method.sig.inputs = inputs.into_iter().take(OWN_ARGUMENTS).collect();
        }
    }
    block.into_token_stream()
}

fn state(item: &ItemImpl) -> Result<Type> {
    let place = "expected an `impl FromRequestParts<S> for …` block";
    let Some((path, _)) = &item.trait_ else {
        return Err(Error::new_spanned(&item.self_ty, place));
    };
    let is = |name| path.segments.last().is_some_and(|last| last.ident == name);
    let place = if is("FromRequest") {
        "`#[requires_scopes]` on an extractor of the body, whose check would come too late; add the attribute to the handler"
    } else if is("OptionalFromRequestParts") {
        "`#[requires_scopes]` on an optional extractor; remove the attribute, and extract `Option<AccessToken>` in the method"
    } else {
        place
    };
    state_argument(path).ok_or_else(|| Error::new_spanned(path, place))
}

fn state_argument(path: &Path) -> Option<Type> {
    let last = path.segments.last().filter(|last| last.ident == "FromRequestParts")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first() {
        Some(GenericArgument::Type(state)) => Some(state.clone()),
        _ => None,
    }
}

/// Returns the place of the rejection's type.
fn rejection(item: &ItemImpl) -> Span {
    let rejection = item.items.iter().find_map(|inner| match inner {
        ImplItem::Type(inner) if inner.ident == "Rejection" => Some(inner.ty.span()),
        _ => None,
    });
    rejection.unwrap_or_else(Span::call_site)
}

/// Returns the method that gets the check. A second one, under another `#[cfg]` or from a macro, is an error: it
/// would extract without the check.
fn method<'a>(item: &'a mut ItemImpl, state: &Type, errors: &mut Vec<Error>) -> Result<&'a mut ImplItemFn> {
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
fn argument_types(method: &ImplItemFn) -> Vec<Type> {
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
fn mention(types: Vec<Type>, method: &mut ImplItemFn) {
    method.block = parse_quote!({ #(let _: ::core::option::Option<#types>;)* ::core::unimplemented!() });
}

/// Removes the further arguments from the method, whose signature is axum's. Its body extracts them first, after
/// the check.
fn take_extractors(
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
        let awaited = at(quote!(.await));
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

/// Returns the generics of the impl that its type mentions.
fn generics_of(self_ty: &Type, generics: &Generics) -> Generics {
    let name = |parameter: &GenericParam| match parameter {
        GenericParam::Type(parameter) => parameter.ident.clone(),
        GenericParam::Const(parameter) => parameter.ident.clone(),
        GenericParam::Lifetime(parameter) => parameter.lifetime.ident.clone(),
    };
    let (kept, left): (Vec<_>, Vec<_>) = generics
        .params
        .iter()
        .cloned()
        .partition(|parameter| mentions(self_ty.to_token_stream(), &|ident| *ident == name(parameter)));
    let is_left = |tokens| mentions(tokens, &|ident| left.iter().any(|parameter| *ident == name(parameter)));
    let mut result = Generics { params: kept.into_iter().collect(), ..Generics::default() };
    for parameter in result.type_params_mut() {
        let bounds = std::mem::take(&mut parameter.bounds).into_iter();
        parameter.bounds = bounds.filter(|bound| !is_left(bound.to_token_stream())).collect();
    }
    if let Some(conditions) = &generics.where_clause {
        let kept = conditions.predicates.iter().filter(|predicate| !is_left(predicate.to_token_stream()));
        result.make_where_clause().predicates.extend(kept.cloned());
    }
    result
}

//! `#[requires_scopes]` on an `impl FromRequestParts`: adds the check to the extractor, and a constant with its
//! requirement, which handlers read. Like a handler, an extractor can take other extractors, as further arguments.

mod method;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{
    Error, GenericArgument, GenericParam, Generics, ImplItem, ItemImpl, PatType, Path, PathArguments,
    PredicateType, Result, Type, TypeParam, WherePredicate, parse_quote,
};

use method::{OWN_ARGUMENTS, argument_types, mention, method, rejection, take_extractors};

use crate::extractor_requirements::{Argument, TYPE_CONSTANTS, mentions, probe, unknown_in_wrappers};
use crate::generated::code;
use crate::item_attributes::reject_second_attribute;
use crate::place;
use crate::requirement::Requirement;

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
        require_server_of(state, &mut item.generics);
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

/// Adds the bound on the state. It is the first of the bounds that the state already has, because rustc suggests further bounds
/// after the last one, and further conditions after the `where` clause or in place of it.
fn require_server_of(state: &Type, generics: &mut Generics) {
    let provides = place::at(state.span(), quote!(::scopes_runtime::__private::ProvidesResourceServer));
    let name = state.to_token_stream().to_string();
    let of_parameters = generics.params.iter_mut().filter_map(|parameter| match parameter {
        GenericParam::Type(TypeParam { ident, bounds, .. }) => Some((ident.to_string(), bounds)),
        _ => None,
    });
    let conditions = generics.where_clause.iter_mut().flat_map(|clause| &mut clause.predicates);
    let of_conditions = conditions.filter_map(|condition| match condition {
        WherePredicate::Type(PredicateType { bounded_ty, bounds, .. }) => {
            Some((bounded_ty.to_token_stream().to_string(), bounds))
        }
        _ => None,
    });
    let mut bounds = of_parameters.chain(of_conditions).filter(|(bounded, _)| *bounded == name);
    if let Some((_, bounds)) = bounds.find(|(_, bounds)| !bounds.is_empty()) {
        bounds.insert(0, parse_quote!(#provides));
        return;
    }
    let colon = place::at(state.span(), quote!(:));
    generics.make_where_clause().predicates.push(parse_quote!(#state #colon #provides));
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

//! `scopes!`, and the requirement grammar of it and the attributes: a list requires all of its items, `any(…)` and
//! `all(…)` nest, and an item is a string literal or the path of a variant. `acr`, `max_age` and `dpop` go into
//! the outermost list, and so does `may_require(…)`: what a handler may require later.
//!
//! Each independent mistake is reported. What remains is still a requirement.

mod item;
mod list;
mod values;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Expr, Ident};

use item::{Item, alternatives_of_all};
use list::{MayRequire, Outermost, list, unknown_option};

use crate::hints::{Hints, is_rust_analyzer};
use crate::place;
use crate::requirement_options::RequirementOptions;

/// The maximum number of alternatives, as in the runtime, which checks it again with extractors. A refusal lists
/// all of them.
pub(crate) const MAX_ALTERNATIVES: usize = 64;

/// A parsed requirement and the mistakes in it.
pub(crate) struct Requirement {
    items: Vec<Item>,
    /// `Scope`, which resolves literals, at the first of them. There rustc reports, once, that it is not imported.
    vocabulary: Ident,
    hints: Option<Hints>,
    options: RequirementOptions,
    may_require: Option<MayRequire>,
    /// The values of parameters, in `scopes!`.
    values: Vec<(Ident, Expr)>,
    errors: Vec<Error>,
}

impl Requirement {
    /// Parses a requirement, and keeps the mistakes, which are reported with those in the annotated item.
    pub(crate) fn parse(tokens: TokenStream) -> Self {
        let mut requirement = Self::parse_with_values(tokens.clone());
        if requirement.values.is_empty() {
            return requirement;
        }
        let written = tokens.to_string();
        let values = std::mem::take(&mut requirement.values).into_iter();
        requirement.errors.extend(values.map(|(name, _)| {
            let message = if written.contains(&format!("{{{}}}", name.unraw())) {
                format!("value in an attribute; remove it, because the request has the value of `{{{name}}}`")
            } else {
                unknown_option(&name)
            };
            Error::new(name.span(), message)
        }));
        requirement
    }

    /// Parses a requirement of `scopes!`, which may have values of parameters.
    fn parse_with_values(tokens: TokenStream) -> Self {
        let vocabulary = place::ident(first_literal(tokens.clone()).unwrap_or_else(Span::call_site), "Scope");
        let parser = |input: ParseStream<'_>| {
            let (mut errors, mut outermost) = (Vec::new(), Outermost::default());
            let mut items = list(input, Some(&mut outermost), &mut errors)?;
            if alternatives_of_all(&items) > MAX_ALTERNATIVES {
                let problem = format!(
                    "more than {MAX_ALTERNATIVES} alternatives, too many for a challenge; declare a scope that implies \
                     some of them, or split the endpoint"
                );
                errors.push(Error::new(Span::call_site(), problem));
                items.clear();
            }
            Ok((items, outermost, errors))
        };
        let hints = is_rust_analyzer().then(|| Hints::of(tokens.clone()));
        let (items, outermost, errors) =
            parser.parse2(tokens).unwrap_or_else(|error| (Vec::new(), Outermost::default(), vec![error]));
        let Outermost { options, may_require, values } = outermost;
        Self { items, vocabulary, hints, options, may_require, values, errors }
    }

    /// Returns what only editors read.
    pub(crate) fn hints(&self) -> Option<&Hints> {
        self.hints.as_ref()
    }

    pub(crate) fn take_errors(&mut self) -> Vec<Error> {
        std::mem::take(&mut self.errors)
    }

    /// Returns a constant that resolves the scopes, so that undeclared ones are reported even if the item is invalid.
    pub(crate) fn as_const_check(&self) -> TokenStream {
        let hints = &self.hints;
        quote! {
            const _: ::scopes_runtime::Requirement = {
                #hints
                ::scopes_runtime::Requirement::all(&[#self])
            };
        }
    }
}

impl Requirement {
    /// Returns the requirement without that of extractors. Avoids `all` for at most one item, because that compiles faster.
    pub(crate) fn expand(&self) -> TokenStream {
        let is_list_only = self.options.is_empty() && self.may_require.is_none();
        match self.items.as_slice() {
            [] if is_list_only => quote!(::scopes_runtime::Requirement::ANY_VALID_TOKEN),
            [item] if is_list_only => item.expand(&self.vocabulary),
            _ => quote!(::scopes_runtime::Requirement::all(&[#self])),
        }
    }
}

/// Writes the items as array elements, each with a trailing comma.
impl ToTokens for Requirement {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { items, vocabulary, options, may_require, .. } = self;
        let items = items.iter().map(|item| item.expand(vocabulary));
        let may_require = may_require.iter().map(|may_require| may_require.expand(vocabulary));
        tokens.extend(quote!(#(#items,)* #options #(#may_require)*));
    }
}

/// Expands `scopes!`.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut requirement = Requirement::parse_with_values(input);
    let mut errors = requirement.take_errors();
    errors.extend(requirement.may_require.take().map(|MayRequire { word, .. }| {
        Error::new(
            word.span(),
            "`may_require(…)` declares what a handler requires later; write it in `#[requires_scopes]`",
        )
    }));
    let errors = errors.iter().map(place::error);
    let hints = requirement.hints();
    let checks = values::checks(&requirement.values);
    let constant = quote! {{
        const REQUIREMENT: ::scopes_runtime::Requirement = {
            #hints
            ::scopes_runtime::Requirement::all(&[#requirement])
        };
        #(#errors)*
        #checks
        REQUIREMENT
    }};
    values::with_values(&constant, &requirement.values)
}

fn first_literal(tokens: TokenStream) -> Option<Span> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Literal(literal) => Some(literal.span()),
        TokenTree::Group(group) => first_literal(group.stream()),
        _ => None,
    })
}

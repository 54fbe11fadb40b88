//! The attributes of handlers, and the parsers of their arguments.

use proc_macro2::{Span, TokenStream};
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Error, Ident, LitStr, Path, Result, Token};

use crate::handler::{Guard, Guarded, Handler};
use crate::item_attributes::AttributeName;
use crate::requirement::Requirement;

/// An attribute of handlers, with its argument.
pub(crate) enum HandlerAttribute {
    RequiresScopes(Box<Requirement>),
    AuthenticatedBy(Vec<Path>),
    Public(Option<LitStr>),
}

impl HandlerAttribute {
    pub(crate) fn parse(name: AttributeName, arguments: TokenStream, errors: &mut Vec<Error>) -> Self {
        match name {
            AttributeName::AuthenticatedBy => {
                Self::AuthenticatedBy(or_default(extractors.parse2(arguments), errors))
            }
            AttributeName::Public => Self::Public(or_default(reason.parse2(arguments), errors)),
            AttributeName::RequiresScopes => {
                let mut requirement = Requirement::parse(arguments);
                errors.extend(requirement.take_errors());
                Self::RequiresScopes(Box::new(requirement))
            }
        }
    }

    pub(crate) fn guard(&self, handler: Handler, errors: &mut Vec<Error>) -> Guarded {
        match self {
            Self::RequiresScopes(requirement) => handler.scoped(requirement, errors),
            Self::AuthenticatedBy(extractors) => handler.authenticated_by(extractors),
            Self::Public(reason) => handler.public(reason.as_ref()),
        }
    }

    /// Returns the function of a handler where its hidden type cannot be declared.
    pub(crate) fn misplaced(&self, handler: Handler) -> TokenStream {
        match self {
            Self::RequiresScopes(requirement) => {
                handler.misplaced(Guard::Authorized, Some(requirement.as_const_check()))
            }
            Self::AuthenticatedBy(_) => handler.misplaced(Guard::AuthenticatedBy, None),
            Self::Public(_) => handler.misplaced(Guard::Public, None),
        }
    }
}

fn or_default<T: Default>(result: Result<T>, errors: &mut Vec<Error>) -> T {
    result.unwrap_or_else(|error| {
        errors.push(error);
        T::default()
    })
}

/// Parses the extractors of `#[authenticated_by]`, at least one.
fn extractors(input: ParseStream<'_>) -> Result<Vec<Path>> {
    let expected =
        "expected the extractor that checks the credentials, such as `#[authenticated_by(PartnerKey)]`";
    let parsed = Punctuated::<Path, Token![,]>::parse_terminated(input);
    let extractors = parsed.map_err(|error| Error::new(error.span(), expected))?;
    if extractors.is_empty() {
        return Err(Error::new(Span::call_site(), expected));
    }
    Ok(extractors.into_iter().collect())
}

/// Parses `reason = "…"`, the syntax of lint attributes.
pub(crate) fn reason(input: ParseStream<'_>) -> Result<Option<LitStr>> {
    if input.is_empty() {
        return Ok(None);
    }
    let expected = "expected `reason = \"…\"` or no argument";
    let explain = |error: Error| Error::new(error.span(), expected);
    let key: Ident = input.call(<Ident as syn::ext::IdentExt>::parse_any).map_err(explain)?;
    if key != "reason" {
        return Err(Error::new(key.span(), expected));
    }
    input.parse::<Token![=]>().map_err(explain)?;
    let literal = |error: Error| Error::new(error.span(), "expected a string literal: `reason = \"…\"`");
    let reason: LitStr = input.parse().map_err(literal)?;
    input.parse::<Option<Token![,]>>()?;
    if !input.is_empty() {
        return Err(Error::new(input.span(), expected));
    }
    if reason.value().trim().is_empty() {
        return Err(Error::new_spanned(reason, "empty reason; write one, or remove `reason`"));
    }
    Ok(Some(reason))
}

//! The other attributes of an item: `#[cfg]`, doc comments, and a second attribute of this crate.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Error, Expr, ExprLit, Lit, Meta, Result};

/// An attribute of this crate for handlers.
#[derive(Clone, Copy)]
pub(crate) enum AttributeName {
    RequiresScopes,
    AuthenticatedBy,
    Public,
}

impl AttributeName {
    const ALL: [Self; 3] = [Self::RequiresScopes, Self::AuthenticatedBy, Self::Public];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::RequiresScopes => "requires_scopes",
            Self::AuthenticatedBy => "authenticated_by",
            Self::Public => "public",
        }
    }
}

/// Returns an error if the item has another attribute of this crate. The item keeps it, so that it stays guarded.
pub(crate) fn reject_second_attribute(attributes: &[Attribute]) -> Result<()> {
    match attributes.iter().find(|attribute| handler_attribute_name(attribute).is_some()) {
        Some(second) => Err(Error::new_spanned(
            second,
            "more than one `#[requires_scopes]`, `#[authenticated_by]` or `#[public]`; remove this one",
        )),
        None => Ok(()),
    }
}

/// Returns the name of an attribute of this crate for handlers.
pub(crate) fn handler_attribute_name(attribute: &Attribute) -> Option<AttributeName> {
    AttributeName::ALL.into_iter().find(|name| is(attribute, name.as_str()))
}

/// Returns whether the last segment of the attribute's path is this name.
pub(crate) fn is(attribute: &Attribute, name: &str) -> bool {
    attribute.path().segments.last().is_some_and(|segment| segment.ident == name)
}

/// Returns what is in the parentheses of an attribute.
pub(crate) fn arguments(attribute: &Attribute) -> TokenStream {
    match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
    }
}

/// Uses the import of an attribute that is removed from an item, under the conditions of the item.
pub(crate) fn import_of(attribute: &Attribute, conditions: &[Attribute]) -> TokenStream {
    let path = attribute.path();
    quote! {
        #(#conditions)*
        #[allow(unused_imports)]
        use #path as _;
    }
}

/// Returns the `#[cfg]` attributes. Code generated for the item needs the same ones.
pub(crate) fn conditions(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"))
}

/// Returns the text of the doc comment, with lines joined as in rustdoc.
pub(crate) fn documentation(attributes: &[Attribute]) -> String {
    let lines: Vec<_> = attributes.iter().filter_map(doc_line).collect();
    lines.join("\n").trim().to_owned()
}

fn doc_line(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(doc) = &attribute.meta else { return None };
    match &doc.value {
        Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) if doc.path.is_ident("doc") => {
            // Only the first space after `///` is not part of the text.
            let line = line.value();
            Some(line.strip_prefix(' ').unwrap_or(&line).trim_end().to_owned())
        }
        _ => None,
    }
}

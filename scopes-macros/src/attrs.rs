//! The attributes of an item: conditions, doc comments, and a second attribute of ours.

use syn::{Attribute, Error, Expr, ExprLit, Lit, Meta, Result};

/// One attribute says who may call. A second one is the mistake; the item keeps it, so that it is guarded all the same.
pub(crate) fn reject_second_attribute(attributes: &[Attribute], rule: &str) -> Result<()> {
    let is_ours = |attribute: &&Attribute| {
        let last = attribute.path().segments.last();
        last.is_some_and(|word| word.ident == "requires_scopes" || word.ident == "public")
    };
    match attributes.iter().find(is_ours) {
        Some(second) => Err(Error::new_spanned(second, format!("{rule}; remove this one"))),
        None => Ok(()),
    }
}

/// The attributes that decide whether an item exists.
pub(crate) fn conditions(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"))
}

/// The doc comment as text, lines joined as rustdoc would show them.
pub(crate) fn documentation(attributes: &[Attribute]) -> String {
    let lines: Vec<_> = attributes.iter().filter_map(doc_line).collect();
    lines.join("\n").trim().to_owned()
}

fn doc_line(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(doc) = &attribute.meta else { return None };
    match &doc.value {
        Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) if doc.path.is_ident("doc") => {
            // The space after `///` is no part of the text, what is indented further is.
            let line = line.value();
            Some(line.strip_prefix(' ').unwrap_or(&line).trim_end().to_owned())
        }
        _ => None,
    }
}

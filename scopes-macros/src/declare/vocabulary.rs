//! The enum below `#[declare_scopes]`, parsed and checked.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Attribute, Error, Expr, ExprLit, Fields, Ident, ItemEnum, Lit, LitStr, Result, Variant};

use super::scope::Scope;
use super::{implied, template};
use crate::item_attributes::{documentation, is};
use crate::scope_token::scope_token;

/// A vocabulary. A valid value replaces each mistake, so that the compiler still checks the code that uses the enum.
pub(super) struct Vocabulary {
    pub(super) item: ItemEnum,
    pub(super) scopes: Vec<Scope>,
    /// The positions of the scopes that each scope implies directly.
    pub(super) implications: Vec<Vec<usize>>,
    pub(super) errors: Vec<Error>,
}

impl Parse for Vocabulary {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut item = parse_enum(input)?;
        let mut errors = Vec::new();
        if !item.generics.params.is_empty() {
            errors
                .push(Error::new_spanned(&item.generics, "generic parameters on a vocabulary; remove them"));
            item.generics = syn::Generics::default();
        }
        if item.variants.is_empty() {
            errors.push(Error::new_spanned(
                &item.ident,
                format!("no scopes in `{}`; add a variant such as `Items = \"items\"`", item.ident),
            ));
        }
        item.attrs.retain(|attribute| {
            let is_second = is(attribute, "declare_scopes");
            if is_second {
                errors.push(Error::new_spanned(attribute, "second `#[declare_scopes]`; remove this one"));
            }
            !is_second
        });
        let mut scopes = Vec::new();
        let mut named = HashMap::new();
        for variant in &mut item.variants {
            let scope = scope(variant, &mut errors);
            match named.entry(scope.name.value()) {
                Entry::Vacant(entry) => {
                    entry.insert(scope.variant.clone());
                }
                Entry::Occupied(first) => errors.push(Error::new_spanned(
                    &scope.name,
                    format!("duplicate scope name `{}`, already used by `{}`", first.key(), first.get()),
                )),
            }
            scopes.push(scope);
        }
        let implied: Vec<_> = scopes.iter().map(|scope| (&scope.variant, &*scope.implies)).collect();
        let implications = implied::resolve(&implied, &mut errors);
        template::check_implications(&scopes, &implications, &mut errors);
        template::check_overlaps(&scopes, &mut errors);
        Ok(Self { item, scopes, implications, errors })
    }
}

fn parse_enum(input: ParseStream<'_>) -> Result<ItemEnum> {
    let ahead = input.fork();
    ahead.call(Attribute::parse_outer)?;
    ahead.parse::<syn::Visibility>()?;
    if ahead.peek(syn::Token![enum]) {
        return input.parse();
    }
    Err(ahead.error(
        "`#[declare_scopes]` can only be applied to an enum with scope names as discriminants, such as \
         `Items = \"items\"`",
    ))
}

/// Reads one variant, and removes what the compiler does not accept in an enum.
fn scope(variant: &mut Variant, errors: &mut Vec<Error>) -> Scope {
    let ident = variant.ident.clone();
    if ident == "ALL" {
        errors.push(Error::new_spanned(
            &ident,
            "reserved name `ALL`, the constant with all scopes; rename this variant",
        ));
    }
    if !matches!(variant.fields, Fields::Unit) {
        errors
            .push(Error::new_spanned(&variant.fields, format!("fields on the scope `{ident}`; remove them")));
        variant.fields = Fields::Unit;
    }
    if let Some(cfg) = variant.attrs.iter().find(|attribute| attribute.path().is_ident("cfg")) {
        errors.push(Error::new_spanned(
            cfg,
            "`#[cfg]` on a scope; remove it, and put it on the handlers that require the scope",
        ));
    }
    variant.attrs.retain(|attribute| !attribute.path().is_ident("cfg"));

    let discriminant = variant.discriminant.take().map(|(_, value)| value);
    let name = name(&ident, discriminant.as_ref()).unwrap_or_else(|error| {
        errors.push(error);
        LitStr::new(&suggested_name(&ident), ident.span())
    });
    let parameters = template::parameters(&name).unwrap_or_else(|error| {
        errors.push(error);
        Vec::new()
    });
    let description = documentation(&variant.attrs);
    if description.is_empty() {
        errors.push(Error::new_spanned(
            &ident,
            format!("no description of `{ident}`; add a doc comment that says what the scope permits"),
        ));
    }
    let mut implies = Vec::new();
    variant.attrs.retain(|attribute| {
        let is_implies = attribute.path().is_ident("implies");
        if is_implies {
            match implied::parse(attribute) {
                Ok(variants) => implies.extend(variants),
                Err(error) => errors.push(error),
            }
        }
        !is_implies
    });
    Scope { variant: ident, name, parameters, description, implies }
}

fn name(variant: &Ident, discriminant: Option<&Expr>) -> Result<LitStr> {
    let example = format!("`{variant} = \"{}\"`", suggested_name(variant));
    match discriminant {
        Some(Expr::Lit(ExprLit { lit: lit @ (Lit::Str(_) | Lit::ByteStr(_) | Lit::CStr(_)), .. })) => {
            scope_token(lit, "declare a variant for each scope")
        }
        // A literal from a `macro_rules!` variable.
        Some(Expr::Group(group)) => name(variant, Some(&group.expr)),
        Some(other) => Err(Error::new(other.span(), format!("expected a string literal, such as {example}"))),
        None => Err(Error::new_spanned(variant, format!("no scope name for `{variant}`; write {example}"))),
    }
}

/// Returns the name that a variant most likely has: `items:write` for `ItemsWrite`.
pub(super) fn suggested_name(variant: &Ident) -> String {
    let mut name = String::new();
    for c in variant.to_string().trim_start_matches("r#").chars() {
        if c.is_uppercase() && !name.is_empty() {
            name.push(':');
        }
        name.extend(c.to_lowercase());
    }
    name
}

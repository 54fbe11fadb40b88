//! Vocabularies: an accepted enum expands to a table of its scopes with all that they imply, and a plain one is
//! accepted.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Fields, Ident, Item, ItemEnum, Lit, Meta, Token};

use super::tokens;
use crate::scope_token::name_hash;
use crate::{attribute_macros, declare};

/// Returns whether `#[declare_scopes]` accepts the input.
///
/// # Panics
///
/// Panics if the expansion is another vocabulary, if a plain vocabulary is rejected, if the item is lost, or if another
/// attribute panics.
pub(crate) fn holds(input: &[u8]) -> bool {
    let Some(tokens) = tokens::read(input) else { return false };
    let is_item = syn::parse2::<Item>(tokens.clone()).is_ok();
    let expansions = [
        declare::expand(TokenStream::new(), tokens.clone(), "here"),
        attribute_macros::requires_scopes(TokenStream::new(), tokens.clone()),
        attribute_macros::public(TokenStream::new(), tokens.clone()),
    ];
    let errors = expansions.each_ref().map(|expansion| tokens::errors(expansion, input));
    let files = expansions.map(syn::parse2::<syn::File>);
    assert!(!is_item || files.iter().all(Result::is_ok), "an item becomes something else");
    let [errors, ..] = errors;
    let Ok(vocabulary) = syn::parse2::<ItemEnum>(tokens) else {
        assert!(!errors.is_empty(), "an item other than an enum is accepted");
        return false;
    };
    let [Ok(file), ..] = files else { panic!("an enum becomes something else") };
    let variants: HashSet<_> = vocabulary.variants.iter().map(|variant| &variant.ident).collect();
    if variants.len() != vocabulary.variants.len() {
        // rustc rejects it. Which variant `#[implies]` means is ambiguous.
        return false;
    }
    let written = written(&vocabulary);
    if errors.is_empty() {
        let Written { scopes, .. } = written.expect("an invalid vocabulary is accepted");
        assert_eq!(declared(&file), table(&scopes));
        return true;
    }
    assert!(!written.is_some_and(|written| written.is_plain), "a plain vocabulary is rejected: {errors:?}");
    false
}

/// A row of the table, with direct and transitive implications.
#[derive(Debug, PartialEq)]
struct Row {
    name: String,
    description: String,
    implies: Vec<String>,
    implied_by: Vec<String>,
}

struct Scope {
    variant: Ident,
    name: String,
    description: String,
    implies: Vec<Ident>,
}

struct Written {
    scopes: Vec<Scope>,
    /// Whether the vocabulary uses only doc comments, `#[implies]` and names without commas and braces.
    is_plain: bool,
}

/// Reads the vocabulary independently of the macro, and returns `None` if it breaks a rule.
fn written(vocabulary: &ItemEnum) -> Option<Written> {
    let mut is_plain = vocabulary.attrs.is_empty();
    let mut scopes = Vec::new();
    for variant in &vocabulary.variants {
        let Some((_, Expr::Lit(ExprLit { lit: Lit::Str(name), .. }))) = &variant.discriminant else {
            return None;
        };
        let value = name.value();
        let is_scope_token = |c: char| matches!(c, '!' | '#'..='[' | ']'..='~');
        if value.is_empty() || !value.chars().all(is_scope_token) || !name.suffix().is_empty() {
            return None;
        }
        is_plain &= !value.contains([',', '{', '}']);
        let (mut lines, mut implies) = (Vec::new(), Vec::new());
        for attribute in &variant.attrs {
            match (doc(attribute), implied(attribute)) {
                (Some(line), _) => lines.push(line.strip_prefix(' ').unwrap_or(&line).trim_end().to_owned()),
                (_, Some(variants)) => implies.extend(variants),
                _ => is_plain = false,
            }
        }
        let description = lines.join("\n").trim().to_owned();
        if description.is_empty() || !matches!(variant.fields, Fields::Unit) || variant.ident == "ALL" {
            return None;
        }
        scopes.push(Scope { variant: variant.ident.clone(), name: value, description, implies });
    }
    let variants: HashSet<_> = scopes.iter().map(|scope| &scope.variant).collect();
    let names: HashSet<_> = scopes.iter().map(|scope| &scope.name).collect();
    let are_known = |scope: &Scope| {
        let distinct: HashSet<_> = scope.implies.iter().collect();
        distinct.len() == scope.implies.len() && distinct.is_subset(&variants)
    };
    let is_sound = !scopes.is_empty()
        && names.len() == scopes.len()
        && vocabulary.generics.params.is_empty()
        && scopes.iter().all(are_known);
    let reached = closure(&scopes);
    let has_cycle = (0..scopes.len()).any(|at| reached[at][at]);
    (is_sound && !has_cycle).then_some(Written { scopes, is_plain })
}

fn doc(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(doc) = &attribute.meta else { return None };
    match &doc.value {
        Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) if doc.path.is_ident("doc") => Some(line.value()),
        _ => None,
    }
}

fn implied(attribute: &Attribute) -> Option<Vec<Ident>> {
    let variants = attribute.parse_args_with(Punctuated::<Ident, Token![,]>::parse_terminated).ok()?;
    (attribute.path().is_ident("implies") && !variants.is_empty()).then(|| variants.into_iter().collect())
}

/// Returns which scope implies which, directly or transitively (Warshall's algorithm).
fn closure(scopes: &[Scope]) -> Vec<Vec<bool>> {
    let implies = |from: &Scope| scopes.iter().map(|to| from.implies.contains(&to.variant)).collect();
    let mut reached: Vec<Vec<bool>> = scopes.iter().map(implies).collect();
    for through in 0..scopes.len() {
        for from in 0..scopes.len() {
            for to in 0..scopes.len() {
                reached[from][to] |= reached[from][through] && reached[through][to];
            }
        }
    }
    reached
}

fn table(scopes: &[Scope]) -> Vec<Row> {
    let reached = closure(scopes);
    let names = |is_named: &dyn Fn(usize) -> bool| {
        (0..scopes.len()).filter(|at| is_named(*at)).map(|at| scopes[at].name.clone()).collect()
    };
    let rows = scopes.iter().enumerate().map(|(at, scope)| Row {
        name: scope.name.clone(),
        description: scope.description.clone(),
        implies: names(&|to| reached[at][to]),
        implied_by: names(&|from| reached[from][at]),
    });
    rows.collect()
}

/// Returns the table in `const DECLARED: … = &[DeclaredScope::new(…), …]`.
fn declared(file: &syn::File) -> Vec<Row> {
    let constant = file.items.iter().find_map(|item| match item {
        Item::Impl(item) => item.items.iter().find_map(|item| match item {
            syn::ImplItem::Const(constant) if constant.ident == "DECLARED" => Some(&constant.expr),
            _ => None,
        }),
        _ => None,
    });
    let table = elements(constant.expect("the table of scopes"));
    let scope = |call: &Expr| {
        let Expr::Call(call) = call else { panic!("{} is not a scope", call.to_token_stream()) };
        let arguments: Vec<_> = call.args.iter().collect();
        let [name, hash, description, implies, implied_by] = arguments[..] else { panic!("five arguments") };
        assert_eq!(hash.to_token_stream().to_string(), name_hash(&text(name)).to_string());
        let texts = |list| elements(list).into_iter().map(text).collect();
        Row {
            name: text(name),
            description: text(description),
            implies: texts(implies),
            implied_by: texts(implied_by),
        }
    };
    table.into_iter().map(scope).collect()
}

fn elements(list: &Expr) -> Vec<&Expr> {
    let Expr::Reference(reference) = list else { panic!("{} is not a list", list.to_token_stream()) };
    let Expr::Array(array) = &*reference.expr else { panic!("{} is not a list", list.to_token_stream()) };
    array.elems.iter().collect()
}

fn text(literal: &Expr) -> String {
    match literal {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => text.value(),
        other => panic!("{} is not a string", other.to_token_stream()),
    }
}

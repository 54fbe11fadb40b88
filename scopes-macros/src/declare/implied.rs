//! `#[implies(Variant, …)]`: its grammar, and the transitive closure of the implications.

use std::collections::HashMap;

use syn::punctuated::Punctuated;
use syn::{Attribute, Error, Expr, Ident, Lit, Meta, Result, Token};

use crate::similar::most_similar;

/// Returns the variants in the attribute.
pub(super) fn parse(attribute: &Attribute) -> Result<Vec<Ident>> {
    match &attribute.meta {
        Meta::List(list) if !list.tokens.is_empty() => {
            let variants = list.parse_args_with(Punctuated::<Expr, Token![,]>::parse_terminated)?;
            variants.into_iter().map(variant).collect()
        }
        other => Err(Error::new_spanned(other, "missing variants; write `#[implies(Items)]`")),
    }
}

fn variant(value: Expr) -> Result<Ident> {
    match &value {
        Expr::Path(path) if path.attrs.is_empty() && path.path.get_ident().is_some() => {
            path.path.require_ident().cloned()
        }
        Expr::Lit(literal) if matches!(literal.lit, Lit::Str(_)) => Err(Error::new_spanned(
            value,
            "expected a variant, found a scope name; write the variant, as in `#[implies(Items)]`",
        )),
        _ => Err(Error::new_spanned(value, "expected a variant of this enum, as in `#[implies(Items)]`")),
    }
}

/// Returns the positions of the scopes that each scope implies directly. `scopes` are the variants, each with what it
/// implies. An invalid implication is reported and left out, so the result has no cycle.
pub(super) fn resolve(scopes: &[(&Ident, &[Ident])], errors: &mut Vec<Error>) -> Vec<Vec<usize>> {
    let variants: Vec<_> = scopes.iter().map(|(variant, _)| variant.to_string()).collect();
    let positions: HashMap<_, _> =
        variants.iter().enumerate().map(|(at, variant)| (variant.as_str(), at)).collect();
    let mut graph = vec![Vec::new(); scopes.len()];
    for (at, (_, implies)) in scopes.iter().enumerate() {
        for implied in *implies {
            let position = positions.get(implied.to_string().as_str()).copied();
            let problem = match position {
                Some(to) if to == at => format!("`{implied}` implies itself; remove it here"),
                Some(to) if graph[at].contains(&to) => format!("duplicate variant `{implied}`; remove it"),
                Some(to) => match path(&graph, to, at) {
                    Some(back) => cycle(&back, &variants),
                    None => {
                        graph[at].push(to);
                        continue;
                    }
                },
                None => unknown(implied, &variants),
            };
            errors.push(Error::new_spanned(implied, problem));
        }
    }
    graph
}

fn cycle(back: &[usize], variants: &[String]) -> String {
    let closed = back.last().into_iter().chain(back);
    let shown: Vec<_> = closed.map(|&at| format!("`{}`", variants[at])).collect();
    format!("cycle of implications: {}; remove one of them", shown.join(" implies "))
}

fn unknown(implied: &Ident, variants: &[String]) -> String {
    let help = match most_similar(&implied.to_string(), variants) {
        Some(similar) => format!("a variant has a similar name: `{similar}`"),
        None => "a scope can imply only scopes of its own vocabulary".to_owned(),
    };
    format!("unknown variant `{implied}`\n\nhelp: {help}")
}

/// Returns a path from one scope to another along implications, with both ends.
fn path(graph: &[Vec<usize>], from: usize, to: usize) -> Option<Vec<usize>> {
    if from == to {
        return Some(vec![to]);
    }
    let next = *graph[from].iter().find(|&&next| next == to || reachable(graph, next)[to])?;
    let mut path = path(graph, next, to)?;
    path.insert(0, from);
    Some(path)
}

/// Returns the positions of the scopes that each scope implies, directly or through others.
pub(super) fn closure(graph: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let positions = |reached: Vec<bool>| (0..graph.len()).filter(|&at| reached[at]).collect();
    (0..graph.len()).map(|from| positions(reachable(graph, from))).collect()
}

fn reachable(graph: &[Vec<usize>], from: usize) -> Vec<bool> {
    let mut reached = vec![false; graph.len()];
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        open.extend(graph[at].iter().filter(|&&to| !std::mem::replace(&mut reached[to], true)));
    }
    reached
}

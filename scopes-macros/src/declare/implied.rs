//! `#[implies(Variant, …)]`: what it may say, and what follows from it transitively.

use std::collections::HashMap;

use syn::punctuated::Punctuated;
use syn::{Attribute, Error, Expr, Ident, Lit, Meta, Result, Token};

use super::Scope;
use crate::scope::nearest;

pub(super) fn parse(attribute: &Attribute) -> Result<Vec<Ident>> {
    let usage = "list the variants that this scope includes: `#[implies(Items)]`";
    match &attribute.meta {
        Meta::List(list) if !list.tokens.is_empty() => {
            let variants = list.parse_args_with(Punctuated::<Expr, Token![,]>::parse_terminated)?;
            variants.into_iter().map(variant).collect()
        }
        other => Err(Error::new_spanned(other, usage)),
    }
}

fn variant(value: Expr) -> Result<Ident> {
    match &value {
        Expr::Path(path) if path.path.get_ident().is_some() => path.path.require_ident().cloned(),
        Expr::Lit(literal) if matches!(literal.lit, Lit::Str(_)) => {
            Err(Error::new_spanned(value, "name the variant, not its scope: `#[implies(Items)]`"))
        }
        _ => Err(Error::new_spanned(value, "expected a variant of this enum: `#[implies(Items)]`")),
    }
}

/// For each scope the positions of those that it implies directly. What has no meaning is reported and left out, so
/// that no cycle remains.
pub(super) fn resolve(scopes: &[Scope], errors: &mut Vec<Error>) -> Vec<Vec<usize>> {
    let variants: Vec<_> = scopes.iter().map(|scope| scope.variant.to_string()).collect();
    let positions: HashMap<_, _> =
        variants.iter().enumerate().map(|(at, variant)| (variant.as_str(), at)).collect();
    let mut graph = vec![Vec::new(); scopes.len()];
    for (at, scope) in scopes.iter().enumerate() {
        for implied in &scope.implies {
            let position = positions.get(implied.to_string().as_str()).copied();
            let problem = match position {
                Some(to) if to == at => format!("`{implied}` implies itself; remove it here"),
                Some(to) if graph[at].contains(&to) => {
                    format!("`{implied}` stands in this list already; remove it here")
                }
                Some(to) => match way(&graph, to, at) {
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
    format!("scopes imply each other in a cycle: {}; remove one of them", shown.join(" implies "))
}

fn unknown(implied: &Ident, variants: &[String]) -> String {
    let help = match nearest(&implied.to_string(), variants) {
        Some(similar) => format!("a variant has a similar name: `{similar}`"),
        None => "a scope implies scopes of its own vocabulary".to_owned(),
    };
    format!("no variant `{implied}` in this enum\n\nhelp: {help}")
}

/// The way from one scope to another along implications, both ends included.
fn way(graph: &[Vec<usize>], from: usize, to: usize) -> Option<Vec<usize>> {
    if from == to {
        return Some(vec![to]);
    }
    let next = *graph[from].iter().find(|&&next| next == to || reachable(graph, next)[to])?;
    let mut way = way(graph, next, to)?;
    way.insert(0, from);
    Some(way)
}

/// For each scope the positions of all that it implies, directly or through others.
pub(super) fn closure(graph: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let scopes = 0..graph.len();
    scopes
        .clone()
        .map(|from| {
            let reached = reachable(graph, from);
            scopes.clone().filter(|&at| reached[at]).collect()
        })
        .collect()
}

fn reachable(graph: &[Vec<usize>], from: usize) -> Vec<bool> {
    let mut reached = vec![false; graph.len()];
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        open.extend(graph[at].iter().filter(|&&to| !std::mem::replace(&mut reached[to], true)));
    }
    reached
}

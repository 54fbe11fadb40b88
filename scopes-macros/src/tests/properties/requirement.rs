//! The requirement grammar: an accepted input expands to the requirement that it spells, and a plain requirement is
//! accepted.

use std::collections::HashSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;
use syn::{Expr, Lit, LitStr, Stmt};

use super::tokens;
use crate::scope_token::name_hash;
use crate::{attribute_macros, requirement, routes, undeclared_scope};

/// A requirement, or other tokens in its place.
#[derive(Debug, PartialEq)]
enum Tree {
    Scope(String),
    All(Vec<Tree>),
    Any(Vec<Tree>),
    /// `acr = …`, `max_age = …` or `dpop`.
    Option,
}

/// Returns whether `scopes!` accepts the input.
///
/// # Panics
///
/// Panics if the expansion is another requirement, if a plain requirement is rejected, or if another macro panics.
pub(crate) fn holds(input: &[u8]) -> bool {
    let Some(tokens) = tokens::read(input) else { return false };
    check_other_macros(&tokens, input);
    let expansion = requirement::expand(tokens.clone());
    let errors = tokens::errors(&expansion, input);
    let mut reader = Reader { is_plain: true };
    let written = reader.list(tokens);
    if errors.is_empty() {
        let written: Vec<_> = written.into_iter().filter(|tree| *tree != Tree::Option).collect();
        assert_eq!(expanded(&expansion), written);
        return true;
    }
    let is_short =
        written.iter().map(alternatives).fold(1, usize::saturating_mul) <= requirement::MAX_ALTERNATIVES;
    assert!(!reader.is_plain || !is_short, "{written:?} is rejected: {errors:?}");
    false
}

/// Checks that an attribute with mistakes in its arguments keeps the item.
fn check_other_macros(tokens: &TokenStream, input: &[u8]) {
    let handler = quote!(
        async fn handler() {}
    );
    for expansion in [
        attribute_macros::requires_scopes(tokens.clone(), handler.clone()),
        attribute_macros::public(tokens.clone(), handler.clone()),
    ] {
        tokens::errors(&expansion, input);
        syn::parse2::<syn::File>(expansion).expect("the item and generated code");
    }
    tokens::errors(&routes::expand(tokens.clone()), input);
    tokens::errors(&undeclared_scope::expand(tokens.clone()), input);
}

/// Reads a requirement independently of the macros' parser: it splits at commas and parentheses.
struct Reader {
    /// Whether each item is plainly a scope, and no list repeats one.
    is_plain: bool,
}

impl Reader {
    fn list(&mut self, tokens: TokenStream) -> Vec<Tree> {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let mut items: Vec<_> = tokens.split(|token| token.to_string() == ",").collect();
        items.pop_if(|last| last.is_empty());
        let trees: Vec<_> = items.into_iter().map(|item| self.item(item)).collect();
        let mut seen = HashSet::new();
        let scopes = trees.iter().filter_map(|tree| match tree {
            Tree::Scope(name) => Some(name),
            _ => None,
        });
        self.is_plain &= scopes.into_iter().all(|name| seen.insert(name));
        trees
    }

    fn item(&mut self, tokens: &[TokenTree]) -> Tree {
        match tokens {
            [TokenTree::Ident(word), TokenTree::Group(group)]
                if group.delimiter() == Delimiter::Parenthesis
                    && ["any", "all", "r#any", "r#all"].contains(&&*word.to_string()) =>
            {
                self.is_plain &= !group.stream().is_empty();
                let items = self.list(group.stream());
                if word.to_string().ends_with("any") { Tree::Any(items) } else { Tree::All(items) }
            }
            [TokenTree::Ident(_), TokenTree::Punct(equals), ..] if equals.as_char() == '=' => {
                self.is_plain = false;
                Tree::Option
            }
            [TokenTree::Ident(word)] if ["dpop", "r#dpop"].contains(&&*word.to_string()) => {
                self.is_plain = false;
                Tree::Option
            }
            [TokenTree::Literal(literal)] => {
                let Ok(Lit::Str(literal)) = syn::parse_str(&literal.to_string()) else {
                    self.is_plain = false;
                    return Tree::Scope(literal.to_string());
                };
                let name = literal.value();
                let is_plain = name.starts_with(|first: char| first.is_ascii_alphabetic())
                    && name.chars().all(|c| c.is_ascii_alphanumeric() || ":.-_/*".contains(c));
                self.is_plain &= is_plain && literal.suffix().is_empty();
                Tree::Scope(format!("{name:?}"))
            }
            path => {
                self.is_plain &= is_variant(path);
                Tree::Scope(path.iter().map(TokenTree::to_string).collect())
            }
        }
    }
}

/// Returns whether the tokens are a path such as `Scope::Items`.
fn is_variant(path: &[TokenTree]) -> bool {
    let [TokenTree::Ident(parent), first, second, TokenTree::Ident(variant)] = path else { return false };
    let is_plain = |word: &proc_macro2::Ident| {
        let word = word.to_string();
        word.starts_with(|first: char| first.is_ascii_uppercase()) && word != "Self"
    };
    // The two colons are joint.
    let is_separated = syn::parse2::<syn::Token![::]>([first.clone(), second.clone()].into_iter().collect());
    is_plain(parent) && is_plain(variant) && is_separated.is_ok()
}

fn alternatives(tree: &Tree) -> usize {
    match tree {
        Tree::Scope(_) | Tree::Option => 1,
        Tree::All(inner) => inner.iter().map(alternatives).fold(1, usize::saturating_mul),
        Tree::Any(inner) => inner.iter().map(alternatives).fold(0, usize::saturating_add),
    }
}

/// Returns the list in `{ const REQUIREMENT: … = Requirement::all(&[…]); REQUIREMENT }`.
fn expanded(expansion: &TokenStream) -> Vec<Tree> {
    let expression: Expr = syn::parse2(expansion.clone()).expect("an expression");
    // With values of parameters, it is the first argument.
    let block = match expression {
        Expr::Block(block) => block.block,
        Expr::Call(call) => match call.args.into_iter().next() {
            Some(Expr::Block(block)) => block.block,
            _ => panic!("no requirement in {expansion}"),
        },
        _ => panic!("{expansion} is not a requirement"),
    };
    let Some(Stmt::Item(syn::Item::Const(constant))) = block.stmts.first() else {
        panic!("no constant in {expansion}")
    };
    match tree(&constant.expr) {
        Tree::All(items) => items.into_iter().filter(|item| *item != Tree::Option).collect(),
        other => panic!("{other:?} is not a list"),
    }
}

fn tree(expression: &Expr) -> Tree {
    let expression = value_of(expression);
    let Expr::Call(call) = expression else { panic!("{} is not a requirement", quote!(#expression)) };
    let function = &call.func;
    match &*quote!(#function).to_string().replace(' ', "") {
        "::scopes_runtime::Requirement::scope" => scope_of(&call.args[0]),
        "::scopes_runtime::Requirement::named" => {
            let hash = &call.args[0];
            let Tree::Scope(scope) = scope_of(&call.args[1]) else { panic!("an invocation of the macro") };
            let literal: LitStr = syn::parse_str(&scope).expect("a literal");
            assert_eq!(
                quote!(#hash).to_string(),
                name_hash(&literal.value()).to_string(),
                "another literal is resolved"
            );
            Tree::Scope(scope)
        }
        "::scopes_runtime::Requirement::all" => Tree::All(list_of(&call.args[0])),
        "::scopes_runtime::Requirement::any" => Tree::Any(list_of(&call.args[0])),
        "::scopes_runtime::Requirement::authentication" | "::scopes_runtime::Requirement::dpop" => {
            Tree::Option
        }
        other => panic!("{other} does not return a requirement"),
    }
}

fn list_of(expression: &Expr) -> Vec<Tree> {
    match expression {
        Expr::Reference(reference) => match &*reference.expr {
            Expr::Array(array) => array.elems.iter().map(tree).collect(),
            other => panic!("{} is not a list", quote!(#other)),
        },
        other => panic!("{} is not a list", quote!(#other)),
    }
}

/// Returns the value of a block.
fn value_of(expression: &Expr) -> &Expr {
    match expression {
        Expr::Block(block) => match block.block.stmts.last() {
            Some(Stmt::Expr(value, None)) => value,
            _ => expression,
        },
        _ => expression,
    }
}

/// Returns the scope in `Scope!("items" Scope).declared()` or `Scope::Items.declared()`.
fn scope_of(expression: &Expr) -> Tree {
    let expression = value_of(expression);
    let Expr::MethodCall(call) = expression else { panic!("{} is not a scope", quote!(#expression)) };
    assert_eq!(call.method, "declared");
    Tree::Scope(match &*call.receiver {
        Expr::Macro(resolver) => {
            let literal = resolver.mac.tokens.clone().into_iter().next();
            let name: LitStr = syn::parse2(literal.into_iter().collect()).expect("the name of a scope");
            // RFC 6749 section 3.3
            let is_allowed = |c: char| matches!(c, '!' | '#'..='[' | ']'..='~');
            assert!(!name.value().is_empty() && name.value().chars().all(is_allowed), "{}", name.token());
            name.token().to_string()
        }
        path => quote!(#path).to_string().replace(' ', ""),
    })
}

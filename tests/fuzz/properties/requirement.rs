//! The requirement grammar: what is accepted becomes the requirement that is written, and what is plainly one is accepted.

use std::collections::HashSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;
use syn::{Expr, Lit, LitStr, Stmt};

use super::tokens;
use crate::{attributes, requirement, routes, scope};

const MOST_ALTERNATIVES: usize = 64;

/// A requirement, or what stands where one is expected.
#[derive(Debug, PartialEq)]
enum Tree {
    Scope(String),
    All(Vec<Tree>),
    Any(Vec<Tree>),
    /// What is said of the user's login.
    Login,
}

/// Whether the input, as the arguments of `scopes!`, is a requirement.
///
/// # Panics
///
/// It becomes another requirement, or is refused for no reason; or one of the other macros panics over it.
pub fn holds(input: &[u8]) -> bool {
    let Some(tokens) = tokens::read(input) else { return false };
    check_other_macros(&tokens, input);
    let expansion = requirement::expand(tokens.clone());
    let errors = tokens::errors(&expansion, input);
    let mut reader = Reader { is_plain: true };
    let written = reader.list(tokens);
    if errors.is_empty() {
        let written: Vec<_> = written.into_iter().filter(|tree| *tree != Tree::Login).collect();
        assert_eq!(expanded(&expansion), written);
        return true;
    }
    let is_short = written.iter().map(alternatives).fold(1, usize::saturating_mul) <= MOST_ALTERNATIVES;
    assert!(!reader.is_plain || !is_short, "{written:?} is refused: {errors:?}");
    false
}

/// An attribute's mistakes leave the item there.
fn check_other_macros(tokens: &TokenStream, input: &[u8]) {
    let handler = quote!(
        async fn handler() {}
    );
    for expansion in [
        attributes::requires_scopes(tokens.clone(), handler.clone()),
        attributes::public(tokens.clone(), handler.clone()),
    ] {
        tokens::errors(&expansion, input);
        syn::parse2::<syn::File>(expansion).expect("the item, and what was made of it");
    }
    tokens::errors(&routes::expand(tokens.clone()), input);
    tokens::errors(&scope::undeclared(tokens.clone()), input);
}

/// Reads without a parser: commas and parentheses are all that it knows.
struct Reader {
    /// Whether every scope is one without a doubt, and none stands in one list twice.
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
                Tree::Login
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

/// `Scope::Items`
fn is_variant(path: &[TokenTree]) -> bool {
    let [TokenTree::Ident(parent), first, second, TokenTree::Ident(variant)] = path else { return false };
    let is_plain = |word: &proc_macro2::Ident| {
        let word = word.to_string();
        word.starts_with(|first: char| first.is_ascii_uppercase()) && word != "Self"
    };
    // Both colons, joined.
    let is_separated = syn::parse2::<syn::Token![::]>([first.clone(), second.clone()].into_iter().collect());
    is_plain(parent) && is_plain(variant) && is_separated.is_ok()
}

fn alternatives(tree: &Tree) -> usize {
    match tree {
        Tree::Scope(_) | Tree::Login => 1,
        Tree::All(inner) => inner.iter().map(alternatives).fold(1, usize::saturating_mul),
        Tree::Any(inner) => inner.iter().map(alternatives).fold(0, usize::saturating_add),
    }
}

/// The list in `{ const REQUIREMENT: … = Requirement::all(&[…]); REQUIREMENT }`.
fn expanded(expansion: &TokenStream) -> Vec<Tree> {
    let block: syn::Block = syn::parse2(expansion.clone()).expect("an expression");
    let Some(Stmt::Item(syn::Item::Const(constant))) = block.stmts.first() else {
        panic!("no constant in {expansion}")
    };
    match tree(&constant.expr) {
        Tree::All(items) => items.into_iter().filter(|item| *item != Tree::Login).collect(),
        other => panic!("{other:?} is no list"),
    }
}

fn tree(expression: &Expr) -> Tree {
    let Expr::Call(call) = expression else { panic!("{} is no requirement", quote!(#expression)) };
    let function = &call.func;
    match &*quote!(#function).to_string().replace(' ', "") {
        "::scopes_runtime::Requirement::scope" => scope_of(&call.args[0]),
        "::scopes_runtime::Requirement::named" => {
            let literal = &call.args[0];
            let scope = scope_of(&call.args[1]);
            assert_eq!(scope, Tree::Scope(quote!(#literal).to_string()), "the literal that is resolved");
            scope
        }
        "::scopes_runtime::Requirement::all" => Tree::All(list_of(&call.args[0])),
        "::scopes_runtime::Requirement::any" => Tree::Any(list_of(&call.args[0])),
        "::scopes_runtime::Requirement::authentication" => Tree::Login,
        other => panic!("{other} makes no requirement"),
    }
}

fn list_of(expression: &Expr) -> Vec<Tree> {
    match expression {
        Expr::Reference(reference) => match &*reference.expr {
            Expr::Array(array) => array.elems.iter().map(tree).collect(),
            other => panic!("{} is no list", quote!(#other)),
        },
        other => panic!("{} is no list", quote!(#other)),
    }
}

/// `Scope!("items" Scope).declared()` or `Scope::Items.declared()`
fn scope_of(expression: &Expr) -> Tree {
    let Expr::MethodCall(call) = expression else { panic!("{} is no scope", quote!(#expression)) };
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

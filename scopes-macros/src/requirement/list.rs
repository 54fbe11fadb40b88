//! The parsers of a requirement's lists and their items.

use std::collections::HashSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Expr, Ident, Lit, Path, Result, Token, token};

use super::item::Item;
use crate::requirement_options::RequirementOptions;
use crate::scope_token::{EXPECTED, scope_token};

/// The group `may_require(…)`.
pub(super) struct MayRequire {
    pub(super) word: Ident,
    items: Vec<Item>,
    options: RequirementOptions,
}

/// What only the outermost list has beside its items.
#[derive(Default)]
pub(super) struct Outermost {
    pub(super) options: RequirementOptions,
    pub(super) may_require: Option<MayRequire>,
    pub(super) values: Vec<(Ident, Expr)>,
}

/// Parses the items of a list.
pub(super) fn list(
    input: ParseStream<'_>,
    mut outermost: Option<&mut Outermost>,
    errors: &mut Vec<Error>,
) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    let mut seen = HashSet::new();
    while !input.is_empty() {
        let read = match &mut outermost {
            Some(outermost) if RequirementOptions::is_next(input) => outermost.add_option(input),
            None if RequirementOptions::is_next(input) => Err(RequirementOptions::misplaced(input)),
            Some(outermost) if MayRequire::is_next(input) => outermost.add_may_require(input, errors),
            None if MayRequire::is_next(input) => Err(MayRequire::misplaced(input)),
            Some(_) if value_with_colon(input, &items) => {
                let name = input.call(Ident::parse_any)?;
                Err(Error::new(name.span(), format!("value of a parameter with `:`; write `{name} = …`")))
            }
            _ => item(input, errors).map(|item| match repeated(&item, &mut seen) {
                Some(error) => errors.push(error),
                None => items.push(item),
            }),
        };
        if let Err(error) = read {
            errors.push(error);
            skip_to_comma(input)?;
        }
        if !input.is_empty() && !input.peek(Token![,]) {
            errors.push(input.error("expected `,`; write `any(…)` if one of several scopes is enough"));
            skip_to_comma(input)?;
        }
        input.parse::<Option<Token![,]>>()?;
    }
    Ok(items)
}

/// Returns whether a value of a parameter of these scopes is next, with `:` in place of `=`.
fn value_with_colon(input: ParseStream<'_>, items: &[Item]) -> bool {
    let is_named = |name: Ident| {
        let parameter = format!("{{{}}}", name.unraw());
        items.iter().any(|item| matches!(item, Item::Literal(scope) if scope.value().contains(&parameter)))
    };
    let has_colon = input.peek2(Token![:]) && !input.peek2(Token![::]);
    has_colon && input.fork().call(Ident::parse_any).is_ok_and(is_named)
}

impl MayRequire {
    pub(super) fn expand(&self, vocabulary: &Ident) -> TokenStream {
        let Self { items, options, .. } = self;
        let items = items.iter().map(|item| item.expand(vocabulary));
        quote!(::scopes_runtime::Requirement::may_require(&[#(#items,)* #options]),)
    }

    fn is_next(input: ParseStream<'_>) -> bool {
        let is_word = input.fork().call(Ident::parse_any).is_ok_and(|word| word == "may_require");
        is_word && input.peek2(token::Paren)
    }

    /// Returns the error for the group inside another one. The group is skipped.
    fn misplaced(input: ParseStream<'_>) -> Error {
        input.error(
            "`may_require(…)` inside another list; move it to the outermost list of `#[requires_scopes]`",
        )
    }
}

impl Outermost {
    /// Adds `acr`, `max_age`, `dpop` or the value of a parameter.
    fn add_option(&mut self, input: ParseStream<'_>) -> Result<()> {
        let name = input.fork().call(Ident::parse_any)?;
        if RequirementOptions::is_option(&name) {
            return self.options.add(input);
        }
        input.call(Ident::parse_any)?;
        input.parse::<Token![=]>()?;
        let value = input.parse()?;
        if self.values.iter().any(|(other, _)| other.unraw() == name.unraw()) {
            return Err(Error::new(name.span(), format!("duplicate value of `{name}`; remove it")));
        }
        self.values.push((name, value));
        Ok(())
    }

    fn add_may_require(&mut self, input: ParseStream<'_>, errors: &mut Vec<Error>) -> Result<()> {
        let word = input.call(Ident::parse_any)?;
        let inner;
        syn::parenthesized!(inner in input);
        if inner.is_empty() {
            return Err(Error::new(
                word.span(),
                "empty `may_require()` declares nothing; list scopes in it, or remove it",
            ));
        }
        if self.may_require.is_some() {
            inner.parse::<TokenStream>()?;
            return Err(Error::new(word.span(), "duplicate `may_require(…)`; list all scopes in one"));
        }
        let mut lists = Self::default();
        let items = list(&inner, Some(&mut lists), errors)?;
        if let Some(nested) = lists.may_require {
            return Err(Error::new(
                nested.word.span(),
                "`may_require(…)` inside itself; list all scopes in one",
            ));
        }
        if let Some((name, _)) = lists.values.first() {
            return Err(Error::new(name.span(), unknown_option(name)));
        }
        self.may_require = Some(MayRequire { word, items, options: lists.options });
        Ok(())
    }
}

pub(super) fn unknown_option(name: &Ident) -> String {
    if name == "scope" || name == "scopes" {
        return format!("unknown option `{name}`; list the scopes without a name, such as `\"items\"`");
    }
    if name == "any" || name == "all" {
        return format!("`{name}` as an option; write `{name}(\"…\", \"…\")`");
    }
    format!("unknown option `{name}`; use `acr` or `max_age`")
}

fn item(input: ParseStream<'_>, errors: &mut Vec<Error>) -> Result<Item> {
    if input.peek(Lit) {
        return scope_token(&input.parse()?, "list the scopes separately").map(Item::Literal);
    }
    if input.peek(token::Bracket) {
        return Err(input.error("brackets around scopes; remove `[` and `]`"));
    }
    if !input.peek(Ident::peek_any) && !input.peek(Token![::]) {
        return Err(input.error(EXPECTED));
    }
    let path = input.call(Path::parse_mod_style)?;
    if input.peek(Token![!]) {
        return Err(Error::new_spanned(path, format!("{EXPECTED}, found a macro")));
    }
    let Some(word) = path.get_ident().map(|word| word.unraw().to_string()) else {
        if input.peek(token::Paren) {
            return Err(Error::new_spanned(path, format!("{EXPECTED}, found a function call")));
        }
        return Ok(Item::Variant(path));
    };
    if input.peek(token::Paren) {
        let inner;
        syn::parenthesized!(inner in input);
        if word != "any" && word != "all" {
            // The meaning of the group is unknown, so mistakes in it are not reported.
            inner.parse::<TokenStream>()?;
            return Err(Error::new_spanned(
                path,
                format!("expected `any(…)` or `all(…)`, found `{word}(…)`"),
            ));
        }
        if inner.is_empty() {
            let effect = if word == "any" { "rejects" } else { "accepts" };
            return Err(Error::new_spanned(
                path,
                format!("empty `{word}()` {effect} every token; list scopes in it, or remove it"),
            ));
        }
        let items = list(&inner, None, errors)?;
        return Ok(if word == "any" { Item::Any(items) } else { Item::All(items) });
    }
    if word == "any" || word == "all" {
        return Err(Error::new_spanned(
            path,
            format!("`{word}` without a list; write `{word}(\"…\", \"…\")`"),
        ));
    }
    if word.starts_with(|first: char| first.is_lowercase()) {
        return Err(without_quotes(path, word, input));
    }
    if let Some(problem) = RequirementOptions::misspelt(&word) {
        return Err(Error::new_spanned(path, problem));
    }
    Ok(Item::Variant(path))
}

/// Returns the error for `items:write` without quotes, with a span over all of its tokens.
fn without_quotes(path: Path, mut word: String, input: ParseStream<'_>) -> Error {
    let mut written = path.into_token_stream();
    while !input.peek(Token![,]) && !input.peek(Token![=]) && !input.peek(Lit) {
        let Ok(token) = TokenTree::parse(input) else { break };
        word.push_str(&token.to_string());
        written.extend([token]);
    }
    let problem = RequirementOptions::misspelt(&word);
    let problem = problem.unwrap_or_else(|| format!("scope name without quotes; write `\"{word}\"`"));
    Error::new_spanned(written, problem)
}

/// Returns an error if the scope is already in the list.
fn repeated(item: &Item, seen: &mut HashSet<String>) -> Option<Error> {
    let (tokens, shown): (&dyn ToTokens, _) = match item {
        Item::Literal(literal) => (literal, literal.value()),
        Item::Variant(path) => (path, path.to_token_stream().to_string().replace(' ', "")),
        Item::All(_) | Item::Any(_) => return None,
    };
    let first = seen.insert(tokens.to_token_stream().to_string());
    (!first).then(|| {
        Error::new_spanned(tokens.to_token_stream(), format!("duplicate scope `{shown}`; remove it"))
    })
}

fn skip_to_comma(input: ParseStream<'_>) -> Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        TokenTree::parse(input)?;
    }
    Ok(())
}

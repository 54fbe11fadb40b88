//! A scope-token, proven (RFC 6749 section 3.3), and what to say of one that is not declared.

use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Error, Lit, LitStr, Result};

/// How many names of a long vocabulary a message lists.
const LISTED: usize = 8;

/// The literal as a scope-token in its one spelling: `r"me"` and `"m\x65"` are `"me"`. What to do where there are
/// several scopes in it depends on the place.
pub(crate) fn scope_token(literal: &Lit, separately: &str) -> Result<LitStr> {
    let literal = match literal {
        Lit::Str(literal) if literal.suffix().is_empty() => literal,
        Lit::Str(literal) => {
            return Err(Error::new_spanned(
                literal,
                format!("a scope has no suffix; remove `{}`", literal.suffix()),
            ));
        }
        Lit::ByteStr(literal) => {
            return Err(Error::new_spanned(literal, "a scope is a plain string; remove the `b`"));
        }
        Lit::CStr(literal) => {
            return Err(Error::new_spanned(literal, "a scope is a plain string; remove the `c`"));
        }
        other => {
            return Err(Error::new_spanned(other, "expected a scope: a string such as `\"items:read\"`"));
        }
    };
    let value = literal.value();
    let problem = if value.trim().is_empty() {
        "a scope is not empty; write its name, such as `\"items:read\"`".to_owned()
    } else if value.trim() != value {
        format!("a scope has no space around it; write `\"{}\"`", value.trim())
    } else if value.contains(char::is_whitespace) {
        let scopes: Vec<_> = value.split_whitespace().map(|scope| format!("\"{scope}\"")).collect();
        format!("a scope has no space in it; {separately}: `{}`", scopes.join(", "))
    } else if value.contains(',') && value.split(',').all(|scope| scope.starts_with(char::is_alphabetic)) {
        let scopes: Vec<_> = value.split(',').map(|scope| format!("\"{scope}\"")).collect();
        format!("scopes are not joined by commas; {separately}: `{}`", scopes.join(", "))
    } else if let Some(odd) = value.chars().find(|&c| !is_scope_character(c)) {
        let odd = odd.escape_debug().to_string().replace("\\\"", "\"").replace("\\\\", "\\");
        format!(
            "a scope has no `{odd}` in it: it is made of visible ASCII characters other than `\"` and `\\` \
             (RFC 6749 section 3.3)"
        )
    } else {
        return Ok(LitStr::new(&value, literal.span()));
    };
    Err(Error::new_spanned(literal, problem))
}

/// `%x21 / %x23-5B / %x5D-7E`
fn is_scope_character(c: char) -> bool {
    c.is_ascii_graphic() && c != '"' && c != '\\'
}

/// Of the known names the one that the writer most likely meant.
pub(crate) fn nearest<'a>(name: &str, known: &'a [String]) -> Option<&'a str> {
    let allowed = (name.chars().count() / 3).max(1);
    let by_spelling = known
        .iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|&(distance, _)| distance <= allowed)
        .min_by_key(|&(distance, _)| distance);
    let by_last_part = || {
        let mut same = known.iter().filter(|candidate| last_part(candidate) == last_part(name));
        same.next().filter(|_| same.next().is_none())
    };
    by_spelling.map(|(_, candidate)| candidate).or_else(by_last_part).map(String::as_str)
}

fn distance(left: &str, right: &str) -> usize {
    strsim::damerau_levenshtein(&left.to_lowercase(), &right.to_lowercase())
}

fn last_part(scope: &str) -> &str {
    scope.rsplit(':').next().unwrap_or(scope)
}

/// `undeclared_scope! { "itmes" [Scope] "me" "items" }`
struct Undeclared {
    literal: LitStr,
    vocabulary: TokenStream,
    declared: Vec<String>,
}

impl Parse for Undeclared {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let literal = input.parse()?;
        let vocabulary;
        syn::bracketed!(vocabulary in input);
        let vocabulary = vocabulary.parse()?;
        let mut declared = Vec::new();
        while !input.is_empty() {
            declared.push(input.parse::<LitStr>()?.value());
        }
        Ok(Self { literal, vocabulary, declared })
    }
}

impl Undeclared {
    fn message(&self) -> String {
        let Self { literal, vocabulary, declared } = self;
        let name = literal.value();
        let help = match nearest(&name, declared) {
            Some(same) if same.eq_ignore_ascii_case(&name) => {
                format!("scopes are case-sensitive, and the declared one is `{same}`")
            }
            Some(similar) => format!("a declared scope has a similar name: `{similar}`"),
            None => format!(
                "declare it in `{vocabulary}`, or name a scope of another vocabulary by its path, \
                 such as `billing::Scope::Read`"
            ),
        };
        format!("undeclared scope `{name}`\n\nhelp: {help}\nnote: {}", self.list())
    }

    fn list(&self) -> String {
        let Self { literal, vocabulary, declared } = self;
        let quoted =
            |names: &[&String]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let mut names: Vec<_> = declared.iter().collect();
        if names.len() <= LISTED {
            return format!("`{vocabulary}` declares {}", quoted(&names));
        }
        names.sort_by_cached_key(|name| distance(&literal.value(), name));
        format!(
            "`{vocabulary}` declares {} scopes; the nearest are {}",
            names.len(),
            quoted(&names[..LISTED])
        )
    }
}

/// The compile error for a literal that the vocabulary does not declare, at the literal.
pub(crate) fn undeclared(input: TokenStream) -> TokenStream {
    match Undeclared::parse.parse2(input) {
        Ok(undeclared) => Error::new_spanned(&undeclared.literal, undeclared.message()),
        Err(error) => error,
    }
    .to_compile_error()
}

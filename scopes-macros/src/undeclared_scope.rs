//! `undeclared_scope!`: the compile error for a string literal that its vocabulary does not declare.

use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Error, LitStr, Result};

use crate::name_parts::{Part, parts};
use crate::place;
use crate::similar::{distance, most_similar};

/// The number of names that the message lists of a longer vocabulary.
const LISTED: usize = 8;

/// The macro's input: `"itmes" [Scope] "me" "items"`.
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
        let help = if let Some(template) = declared.iter().find(|declared| is_concrete(declared, &name)) {
            format!("a requirement names a scope as it is declared, with its parameters: `{template}`")
        } else {
            match most_similar(&name, declared) {
                Some(same) if same.eq_ignore_ascii_case(&name) => {
                    format!("scope names are case-sensitive; the declared name is `{same}`")
                }
                Some(similar) => format!("a declared scope has a similar name: `{similar}`"),
                None => format!(
                    "declare it in `{vocabulary}`, or write the path of another vocabulary's scope, such as \
                     `billing::Scope::Read`"
                ),
            }
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

/// Returns whether a name is that of a declared scope with values in place of its parameters.
fn is_concrete(declared: &str, name: &str) -> bool {
    let mut rest = name;
    let (mut has_parameters, mut is_value) = (false, false);
    for part in parts(declared) {
        match part {
            Part::Parameter(_) => (has_parameters, is_value) = (true, true),
            Part::Text(text) => {
                // A value has at least one character.
                let Some(at) = rest.find(text).filter(|at| (*at > 0) == is_value) else { return false };
                rest = &rest[at + text.len()..];
                is_value = false;
            }
            Part::Brace => return false,
        }
    }
    has_parameters && rest.is_empty() != is_value
}

/// Returns the compile error, at the literal.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let error = match Undeclared::parse.parse2(input) {
        // From `Hints`, for rust-analyzer. The normal expansion reports this literal.
        Ok(undeclared) if undeclared.vocabulary.to_string().starts_with("use ") => return TokenStream::new(),
        Ok(undeclared) => Error::new_spanned(&undeclared.literal, undeclared.message()),
        Err(error) => error,
    };
    place::error(&error)
}

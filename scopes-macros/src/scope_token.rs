//! Scope names as string literals: scope-tokens of RFC 6749 section 3.3.

use proc_macro2::Literal;
use syn::{Error, Lit, LitStr, Result};

pub(crate) const EXPECTED: &str = "expected a scope, such as `\"items\"` or `Scope::Items`";

/// Reads a literal as a scope-token, and returns it in one spelling: `r"me"` and `"m\x65"` become `"me"`.
/// `separately` is the advice for several scopes in one literal.
pub(crate) fn scope_token(literal: &Lit, separately: &str) -> Result<LitStr> {
    let problem = match literal {
        Lit::Str(literal) if literal.suffix().is_empty() => {
            let name = literal.value();
            match problem(&name, separately) {
                None => return Ok(LitStr::new(&name, literal.span())),
                Some(problem) => problem,
            }
        }
        Lit::Str(literal) => format!("suffix `{}` on a scope name; remove it", literal.suffix()),
        Lit::ByteStr(_) => "expected a string literal, found a byte string; remove the `b`".to_owned(),
        Lit::CStr(_) => "expected a string literal, found a C string; remove the `c`".to_owned(),
        _ => EXPECTED.to_owned(),
    };
    Err(Error::new_spanned(literal, problem))
}

/// Returns the hash by which the compiler compares the names of scopes (FNV-1a), as a literal.
pub(crate) fn name_hash(name: &str) -> Literal {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    Literal::u64_unsuffixed(name.bytes().fold(0xcbf2_9ce4_8422_2325, step))
}

/// Returns why a name is not a scope-token, if so.
fn problem(name: &str, separately: &str) -> Option<String> {
    let separated = || {
        let scopes = name.split(|c: char| c == ',' || c.is_whitespace()).filter(|scope| !scope.is_empty());
        let quoted: Vec<_> = scopes.map(|scope| format!("\"{scope}\"")).collect();
        format!("{separately}: `{}`", quoted.join(", "))
    };
    if name.trim().is_empty() {
        return Some("empty scope name; write a name such as `\"items:read\"`".to_owned());
    }
    if name.trim() != name {
        return Some(format!("space around a scope name; write `\"{}\"`", name.trim()));
    }
    if name.contains(char::is_whitespace) {
        return Some(format!("space in a scope name; {}", separated()));
    }
    if name.contains(',') && name.split(',').all(|scope| scope.starts_with(char::is_alphabetic)) {
        return Some(format!("comma in a scope name; {}", separated()));
    }
    let invalid = name.chars().find(|&c| !is_token_character(c))?;
    let invalid = invalid.escape_debug().to_string().replace("\\\"", "\"").replace("\\\\", "\\");
    Some(format!(
        "invalid character `{invalid}` in a scope name; use visible ASCII characters other than `\"` and `\\` \
         (RFC 6749 section 3.3)"
    ))
}

/// Returns whether a scope-token, or an authentication context class in a challenge, can contain the character:
/// `%x21 / %x23-5B / %x5D-7E`.
pub(crate) fn is_token_character(c: char) -> bool {
    c.is_ascii_graphic() && c != '"' && c != '\\'
}

//! Which inputs are errors, one case a line. `tests/ui` shows how the compiler reports them.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;

use crate::{attribute_macros, declare, scoped_handlers, undeclared_scope};

/// Returns the messages of the `compile_error!`s, and the source that each one is shown at.
fn errors(expansion: TokenStream) -> Vec<(String, String)> {
    let tokens: Vec<_> = expansion.into_iter().collect();
    let mut errors = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        match group.stream().into_iter().next() {
            Some(TokenTree::Literal(message)) if at >= 2 && tokens[at - 2].to_string() == "compile_error" => {
                let text: syn::LitStr = syn::parse2(message.to_token_stream()).expect("a message");
                let place = tokens[at - 2].span().join(message.span());
                errors.push((text.value(), place.and_then(|span| span.source_text()).unwrap_or_default()));
            }
            _ => errors.extend(self::errors(group.stream())),
        }
    }
    errors
}

/// Returns the errors of a vocabulary with these variants. Those after `!` get no description.
fn errors_of_vocabulary(variants: &[&str]) -> Vec<(String, String)> {
    let variants = variants.iter().map(|variant| match variant.strip_prefix('!') {
        Some(undescribed) => format!("{undescribed},"),
        None => format!("/// Described.\n{variant},"),
    });
    let item = format!("enum Scope {{ {} }}", variants.collect::<String>());
    errors(declare::expand(TokenStream::new(), item.parse().expect("tokens"), "here"))
}

/// Checks that the vocabulary has only an error with this message at this place, or none if the message is empty.
#[track_caller]
fn check(variants: &[&str], message: &str, place: &str) {
    let errors = errors_of_vocabulary(variants);
    let is_expected = match &*errors {
        [] => message.is_empty(),
        [(text, at)] => !message.is_empty() && text.contains(message) && at == place,
        _ => false,
    };
    assert!(is_expected, "{variants:?}: {errors:#?}");
}

#[test]
fn parameters_have_names_and_separators() {
    let invalid = |name: &str| format!("invalid parameter `{{{name}}}`");
    for (name, message) in [
        ("org:{org_id}:read", String::new()),
        ("org:{org1}", String::new()),
        ("{org}/read", String::new()),
        ("a/{one}:{two}/b", String::new()),
        ("a:{r#self}", invalid("r#self")),
        ("a:{self}", invalid("self")),
        ("a:{1}", invalid("1")),
        ("a:{a-b}", invalid("a-b")),
        ("a:{}", invalid("")),
        ("a:{one}:{one}", "duplicate parameter `{one}`".to_owned()),
        ("{one}:{two}:{one}", "duplicate parameter `{one}`".to_owned()),
        ("a:{one", "brace without its pair".to_owned()),
        ("a:{one}}", "brace without its pair".to_owned()),
        ("a:{one}{", "brace without its pair".to_owned()),
        ("{one}", "no separator beside the parameter `{one}`".to_owned()),
        ("org{one}", "no separator beside the parameter `{one}`".to_owned()),
        ("org:{one}s", "no separator beside the parameter `{one}`".to_owned()),
        ("a:{one}{two}", "no separator beside the parameter `{one}`".to_owned()),
        ("a:{one}:b{two}", "no separator beside the parameter `{two}`".to_owned()),
    ] {
        let name = format!("{name:?}");
        check(&[&format!("A = {name}")], &message, &name);
    }
}

#[test]
fn scopes_with_parameters_imply_scopes_with_the_same_ones() {
    let lacks = |broader: &str, implied: &str| {
        format!(
            "`{broader}` has parameters, so it can imply only scopes with the same parameters, which `{implied}` does \
             not have"
        )
    };
    let a = r#"A = "a:{x}/{y}""#;
    let with_all = |broader| ["#[implies(C, A, B)]\n", broader].concat();
    let (b, c) = (r#"B = "b:{y}/{x}""#, r#"C = "c:{y}:{x}""#);
    check(&[a, b, c, &with_all(r#"D = "d""#)], "", "");
    check(&[a, b, c, &with_all(r#"D = "d:{x}!{y}""#)], "", "");
    check(&[b, c, r#"A = "a:{x}""#, &with_all(r#"D = "d:{x}!{y}""#)], &lacks("d:{x}!{y}", "a:{x}"), "A");
    check(&[b, c, r#"A = "a""#, &with_all(r#"D = "d:{x}!{y}""#)], &lacks("d:{x}!{y}", "a"), "A");
    check(&[a, "#[implies(A)]\nB = \"b:{x}\""], &lacks("b:{x}", "a:{x}/{y}"), "A");
}

#[test]
fn no_concrete_scope_is_two_declared_ones() {
    for (first, second, overlap) in [
        ("users:{user}", "users:me", true),
        ("users:me", "users:{user}", true),
        ("users:{user}", "users:", false),
        ("users:{user}", "users:a:b", false),
        ("users:{user}", "users:a/b", true),
        ("users:{user}", "user:{user}", false),
        ("a:{x}", "a:{y}:b", false),
        ("a:{x}", "a:{y}/b", true),
        ("a:{x}:b", "a:{y}:c", false),
        ("a:{x}:b", "a:c:{y}", true),
        ("a:{x}:b", "a:c:{y}:b", false),
        ("a:{x}/b", "a:{y}:b", false),
        ("a:{x}/b", "a:c:{y}", true),
        ("{x}:a", "{y}/a", false),
        ("{x}:a", "{y}:{z}", true),
        ("{x}:ab", "{y}:b", false),
        ("{x}/{y}:z", "{z}/abc:z", true),
    ] {
        let message = format!("`{first}` and `{second}` can be the same scope");
        let (first, second) = (format!("A = {first:?}"), format!("{second:?}"));
        check(&[&first, &format!("B = {second}")], if overlap { &message } else { "" }, &second);
    }
    // These have another error already.
    check(&[r#"A = "a:{x}""#, r#"B = "a:{x}""#], "duplicate scope name", r#""a:{x}""#);
    check(&[r#"A = "a""#, r#"B = "a""#], "duplicate scope name", r#""a""#);
}

#[test]
fn implications_are_variants() {
    let expected = "expected a variant of this enum";
    for (implies, message, place) in [
        ("(A)", "", ""),
        ("(A,)", "", ""),
        ("()", "missing variants", "implies()"),
        ("", "missing variants", "implies"),
        (" = \"A\"", "missing variants", "implies = \"A\""),
        ("(\"a\")", "expected a variant, found a scope name", "\"a\""),
        ("(5)", expected, "5"),
        ("(Scope::A)", expected, "Scope::A"),
        ("(A())", expected, "A()"),
        ("(#[cfg(test)] A)", expected, "#[cfg(test)] A"),
        ("(B)", "`B` implies itself", "B"),
        ("(A, A)", "duplicate variant `A`", "A"),
        ("(C)", "unknown variant `C`", "C"),
    ] {
        check(&[r#"A = "a""#, &format!("#[implies{implies}]\nB = \"b\"")], message, place);
    }
}

#[test]
fn an_undeclared_scope_is_an_error_where_it_is_required() {
    // `use` is for editors, which would show the error twice.
    for (place, count) in [("use Scope", 0), ("Scope", 1), ("used::Scope", 1)] {
        let input = format!("\"itmes\" [{place}] \"items\"").parse().expect("tokens");
        assert_eq!(errors(undeclared_scope::expand(input)).len(), count, "{place}");
    }
}

/// The compiler would report each `self` in the body, too.
#[test]
fn the_body_of_an_extractor_with_self_is_kept_unless_it_uses_self() {
    for (body, is_kept) in [("read(parts)", true), ("self.read(parts)", false)] {
        let method =
            "async fn from_request_parts(&self, parts: &mut Parts, state: &S) -> Result<Self, AuthError>";
        let item = format!("impl<S> FromRequestParts<S> for User {{ {method} {{ {body} }} }}");
        let item = item.parse().expect("tokens");
        let expansion = attribute_macros::requires_scopes(TokenStream::new(), item);
        assert_eq!(expansion.to_string().contains("read"), is_kept, "{body}");
        assert_eq!(errors(expansion).len(), 1, "{body}");
    }
}

#[test]
fn a_macro_beside_the_method_of_an_extractor_is_an_error() {
    let method = "async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, AuthError> {}";
    for (items, count) in [("", 0), ("items!();", 1)] {
        let item = format!("impl<S> FromRequestParts<S> for User {{ {items} {method} }}");
        let item = item.parse().expect("tokens");
        let expansion = attribute_macros::requires_scopes(TokenStream::new(), item);
        assert_eq!(errors(expansion).len(), count, "{items}");
    }
}

#[cfg(feature = "openapi")]
#[test]
fn the_security_in_utoipas_attribute_is_an_error() {
    for (security, count) in [("", 0), ("tag = \"items\"", 0), ("security((\"oauth2\" = []))", 1)] {
        let item = format!("#[utoipa::path(get, path = \"/\", {security})] async fn handler() {{}}");
        let item = item.parse().expect("tokens");
        let expansion = attribute_macros::requires_scopes(TokenStream::new(), item);
        assert_eq!(errors(expansion).len(), count, "{security}");
    }
}

#[test]
fn only_a_doc_comment_is_a_description() {
    check(&[r#"!#[doc = "Read."] A = "a""#], "", "");
    for attribute in [r#"deprecated = "Read.""#, "doc(hidden)", r#"doc = concat!("Read.")"#, r#"doc = "  ""#]
    {
        check(&[&format!("!#[{attribute}] A = \"a\"")], "no description of `A`", "A");
    }
}

#[test]
fn acr_is_a_string_or_any_of_several() {
    let expected = "expected a string literal: `acr = \"…\"`";
    for (acr, message) in [
        (r#""mfa""#, ""),
        (r#"any("mfa")"#, ""),
        (r#"any("mfa", "hwk",)"#, ""),
        ("any()", expected),
        ("any", expected),
        (r#"any "mfa""#, expected),
        (r#"any["mfa"]"#, expected),
        (r#"all("mfa")"#, expected),
        ("any(5)", expected),
        ("5", expected),
        (r#"any("mfa", "")"#, "invalid `acr` value"),
        (r#""m f a""#, "invalid `acr` value"),
    ] {
        let arguments = format!("acr = {acr}").parse().expect("tokens");
        let item = "async fn handler() {}".parse().expect("tokens");
        let errors = errors(attribute_macros::requires_scopes(arguments, item));
        let is_expected = match &*errors {
            [] => message.is_empty(),
            [(text, _)] => !message.is_empty() && text.starts_with(message),
            _ => false,
        };
        assert!(is_expected, "{acr}: {errors:?}");
    }
}

/// A `macro_rules!` macro passes an item, or a part of one, as a group without delimiters.
#[test]
fn the_keyword_of_an_item_is_found_behind_each_visibility_and_in_a_group() {
    let in_group = |text: &str| {
        let item: TokenStream = text.parse().expect("tokens");
        TokenStream::from(TokenTree::from(Group::new(Delimiter::None, item)))
    };
    let visibilities = ["", "pub", "pub(crate)", "pub(in crate::api)"];
    let items = visibilities.map(|visibility| format!("#[cfg(all())] {visibility} async fn read() {{}}"));
    for item in items {
        let parsed: TokenStream = item.parse().expect("tokens");
        for item in [parsed, in_group(&item)] {
            let expansion = attribute_macros::requires_scopes(TokenStream::new(), item).to_string();
            assert!(expansion.contains("Authorized < __operation_read >"), "{expansion}");
        }
    }
}

/// `²` is alphanumeric, and no identifier can have it.
#[test]
fn a_type_with_a_literal_can_have_handlers() {
    let block = "impl Api<'²'> { #[requires_scopes] async fn read() {} }".parse().expect("tokens");
    let expansion = scoped_handlers::expand(TokenStream::new(), block).to_string();
    assert!(expansion.contains("enum __operation_Api_read"), "{expansion}");
}

/// Allows requests without an access token to call a handler.
///
/// `reason` appears in the access report. The handler can take `Option<AccessToken>` to identify a user with a
/// token. An extractor that refuses requests without a token or without other credentials is a compile error, unless it is
/// inside `Option` or `Result`. `scopes-macros/expansions/public.rs` in the repository shows the expansion.
///
/// ```
/// use scopes_runtime::{AccessToken, public};
///
/// #[public(reason = "a greeting reveals nothing")]
/// async fn greet(token: Option<AccessToken>) -> String {
///     match token.as_ref().and_then(AccessToken::subject) {
///         Some(name) => format!("hello, {name}"),
///         None => "hello".to_owned(),
///     }
/// }
/// # fn main() {}
/// ```
pub use scopes_runtime_macros::public;

// /// Greets the user, if the request has a token.
// #[public(reason = "a greeting reveals nothing")]
// async fn greet(token: Option<AccessToken>) -> String {
//     match token.as_ref().and_then(AccessToken::subject) {
//         Some(name) => format!("hello, {name}"),
//         None => "hello".to_owned(),
//     }
// }

/// Greets the user, if the request has a token.
async fn greet(
    _: ::scopes_runtime::Public<__operation_greet>,
    token: Option<AccessToken>,
) -> String {
    match token.as_ref().and_then(AccessToken::subject) {
        Some(name) => format!("hello, {name}"),
        None => "hello".to_owned(),
    }
}

#[doc(hidden)]
enum __operation_greet {}

const __operation_greet_source: ::scopes_runtime::__private::HandlerSource = {
    use ::scopes_runtime::__private::type_constants::*;
    ::scopes_runtime::__private::HandlerSource::new(
            ::scopes_runtime::Requirement::ANY_VALID_TOKEN
                .with_context_if(
                    ::scopes_runtime::__private::any_of(
                        &[<__RequirementOf<Option<AccessToken>>>::__SCOPES_READS_CONTEXT],
                    ),
                ),
            &[<__DescriptionOf<String>>::__SCOPES_RESPONSE],
            "Greets the user, if the request has a token.",
            {
                if false {
                    let __path_greet = ::scopes_runtime::__private::any();
                    ::scopes_runtime::__private::Binding(__path_greet).is_variable();
                }
                ::core::concat!(::core::module_path!(), "::greet")
            },
        )
        .public(
            ::scopes_runtime::__private::any_of(
                &[<__RequirementOf<Option<AccessToken>>>::__SCOPES_ACCEPTS_TOKEN],
            ),
            ::core::option::Option::Some("a greeting reveals nothing"),
        )
};

impl ::scopes_runtime::__private::HandlerInfo for __operation_greet {
    const SOURCE: ::scopes_runtime::__private::HandlerSource = __operation_greet_source;
}

const _: () = {
    use ::scopes_runtime::__private::type_constants::*;
    ::scopes_runtime::__private::forbid(
        <__RequirementOf<Option<AccessToken>>>::__SCOPES_PROTECTED,
        "extractor in a public handler requires an access token; write `#[requires_scopes]`, or take `Option<AccessToken>`",
    );
    ::scopes_runtime::__private::forbid(
        <__RequirementOf<Option<AccessToken>>>::__SCOPES_HAS_CREDENTIALS,
        "extractor in a public handler checks credentials; write `#[authenticated_by(…)]` with its type",
    );
};

// /// Receives an event.
// #[authenticated_by(WebhookSignature)]
// async fn receive(WebhookSignature(event): WebhookSignature) {
//     drop(event);
// }

/// Receives an event.
async fn receive(
    _: ::scopes_runtime::AuthenticatedBy<__operation_receive>,
    WebhookSignature(event): WebhookSignature,
) {
    drop(event);
}

#[doc(hidden)]
enum __operation_receive {}

const __operation_receive_source: ::scopes_runtime::__private::HandlerSource = {
    use ::scopes_runtime::__private::type_constants::*;
    ::scopes_runtime::__private::HandlerSource::new(
        ::scopes_runtime::Requirement::of_extractors(
            &[<__RequirementOf<WebhookSignature>>::__SCOPES_REQUIREMENT],
        ),
        &[<__DescriptionOf<()>>::__SCOPES_RESPONSE],
        "Receives an event.",
        {
            if false {
                let __path_receive = ::scopes_runtime::__private::any();
                ::scopes_runtime::__private::Binding(__path_receive).is_variable();
            }
            ::core::concat!(::core::module_path!(), "::receive")
        },
    )
};

impl ::scopes_runtime::__private::HandlerInfo for __operation_receive {
    const SOURCE: ::scopes_runtime::__private::HandlerSource = __operation_receive_source;
}

const _: () = {
    ::scopes_runtime::__private::forbid(
        !<__operation_receive as ::scopes_runtime::__private::HandlerInfo>::SOURCE
            .requirement
            .has_credentials_of(
                &<WebhookSignature as ::scopes_runtime::CredentialExtractor>::SCHEME,
            ),
        "no argument of type `WebhookSignature`, so nothing checks these credentials; add one, such as `_: WebhookSignature`",
    );
};

const _: () = {
    use ::scopes_runtime::__private::type_constants::*;
    ::scopes_runtime::__private::forbid(
        <__RequirementOf<WebhookSignature>>::__SCOPES_PROTECTED,
        "extractor checks an access token, which this handler does not require; write `#[requires_scopes]`, and keep the argument that checks the credentials",
    );
    ::scopes_runtime::__private::forbid(
        <__RequirementOf<WebhookSignature>>::__SCOPES_ACCEPTS_TOKEN,
        "extractor checks an access token, which this handler does not require; write `#[requires_scopes]`, and keep the argument that checks the credentials",
    );
};

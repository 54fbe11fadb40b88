// #[requires_scopes("me")]
// impl<S: Send + Sync> FromRequestParts<S> for CurrentUser {
//     type Rejection = AuthError;
//
//     async fn from_request_parts(_: &mut Parts, _: &S, token: AccessToken) -> Result<Self, AuthError> {
//         Ok(Self { name: token.subject().unwrap_or_default().to_owned() })
//     }
// }

impl<
    S: ::scopes_runtime::__private::ProvidesResourceServer + Send + Sync,
> FromRequestParts<S> for CurrentUser {
    type Rejection = AuthError;
    async fn from_request_parts(
        parts: &mut Parts,
        state: &S,
    ) -> Result<Self, AuthError> {
        let refuse = |error| ::scopes_runtime::__private::RejectsWith::from_auth_error(
            error,
        );
        if let ::core::result::Result::Err(error) = ::scopes_runtime::__private::check::<
            Self,
            S,
        >(parts, state)
            .await
        {
            return ::core::result::Result::Err(refuse(error));
        }
        let token = match <AccessToken as ::scopes_runtime::__private::FromRequestParts<
            S,
        >>::from_request_parts(parts, state)
            .await
        {
            ::core::result::Result::Ok(_taken) => _taken,
            ::core::result::Result::Err(error) => {
                use ::scopes_runtime::__private::IntoRejection as _;
                return ::core::result::Result::Err(
                    ::scopes_runtime::__private::Rejected(error).into_rejection(refuse),
                );
            }
        };
        Ok(Self {
            name: token.subject().unwrap_or_default().to_owned(),
        })
    }
}

impl ::scopes_runtime::__private::ScopedExtractor for CurrentUser {
    const REQUIREMENT: ::scopes_runtime::Requirement = {
        use ::scopes_runtime::__private::type_constants::*;
        ::scopes_runtime::Requirement::all(
            &[
                ::scopes_runtime::Requirement::named(
                    624134510078873767,
                    Scope!("me"[Scope] []).declared(),
                ),
                <__RequirementOf<AccessToken>>::__SCOPES_REQUIREMENT,
            ],
        )
    };
}

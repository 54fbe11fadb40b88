// #[requires_scopes("me")]
// impl<'a, S: AsRef<T> + Sync, T: Clone + From<S>, E, const N: usize> FromRequestParts<S> for Owned<'a, T, N>
// where
//     T: Send,
//     S: Into<Config>,
//     E: From<AuthError>,
// {
//     type Rejection = E;
//
//     fn helper() {}
//
//     async fn from_request_parts(
//         mut parts: &mut Parts,
//         state: &S,
//         _: CurrentUser<'a>,
//         (page, one): (Page<N>, Query<One>),
//         _: Query<T>,
//     ) -> Result<Self, E> {
//         Self::read(page, one)
//     }
// }

impl<
    'a,
    S: ::scopes_runtime::__private::ProvidesResourceServer + AsRef<T> + Sync,
    T: Clone + From<S>,
    E,
    const N: usize,
> FromRequestParts<S> for Owned<'a, T, N>
where
    T: Send,
    S: Into<Config>,
    E: From<AuthError>,
{
    type Rejection = E;
    fn helper() {}
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, E> {
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
        let _taken = match <CurrentUser<
            'a,
        > as ::scopes_runtime::__private::FromRequestParts<
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
        let (page, one) = match <(
            Page<N>,
            Query<One>,
        ) as ::scopes_runtime::__private::FromRequestParts<
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
        let _taken = match <Query<
            T,
        > as ::scopes_runtime::__private::FromRequestParts<
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
        let mut parts: &mut Parts = parts;
        Self::read(page, one)
    }
}

impl<'a, T: Clone, const N: usize> ::scopes_runtime::__private::ScopedExtractor
for Owned<'a, T, N>
where
    T: Send,
{
    const REQUIREMENT: ::scopes_runtime::Requirement = {
        use ::scopes_runtime::__private::type_constants::*;
        ::scopes_runtime::Requirement::all(
            &[
                ::scopes_runtime::Requirement::named(
                    624134510078873767,
                    Scope!("me"[Scope] []).declared(),
                ),
                <__RequirementOf<CurrentUser<'static>>>::__SCOPES_REQUIREMENT,
                <__RequirementOf<Query<One>>>::__SCOPES_REQUIREMENT,
            ],
        )
    };
}

// #[derive(ScopedExtractor)]
// struct Listing {
//     user: CurrentUser,
//     page: Query<Page>,
// }

struct Listing {
    user: CurrentUser,
    page: Query<Page>,
}

impl ::scopes_runtime::__private::ScopedExtractor for Listing {
    const REQUIREMENT: ::scopes_runtime::Requirement = {
        use ::scopes_runtime::__private::NoRequirement as _;
        ::scopes_runtime::Requirement::of_extractors(
            &[
                ::scopes_runtime::__private::RequirementOf::<
                    CurrentUser,
                >::__SCOPES_REQUIREMENT,
                ::scopes_runtime::__private::RequirementOf::<
                    Query<Page>,
                >::__SCOPES_REQUIREMENT,
            ],
        )
    };
    const PROTECTED: bool = {
        use ::scopes_runtime::__private::NoRequirement as _;
        ::scopes_runtime::__private::any_of(
            &[
                ::scopes_runtime::__private::RequirementOf::<
                    CurrentUser,
                >::__SCOPES_PROTECTED,
                ::scopes_runtime::__private::RequirementOf::<
                    Query<Page>,
                >::__SCOPES_PROTECTED,
            ],
        )
    };
    const ACCEPTS_TOKEN: bool = {
        use ::scopes_runtime::__private::NoRequirement as _;
        ::scopes_runtime::__private::any_of(
            &[
                ::scopes_runtime::__private::RequirementOf::<
                    CurrentUser,
                >::__SCOPES_ACCEPTS_TOKEN,
                ::scopes_runtime::__private::RequirementOf::<
                    Query<Page>,
                >::__SCOPES_ACCEPTS_TOKEN,
            ],
        )
    };
}

// #[derive(ScopedExtractor)]
// struct Listing {
//     user: CurrentUser,
//     page: Query<Page>,
//     #[from_request(rejection(Refused), via(Json))]
//     body: Body,
// }

struct Listing {
    user: CurrentUser,
    page: Query<Page>,
    #[from_request(rejection(Refused), via(Json))]
    body: Body,
}

const _: () = {
    use ::scopes_runtime::__private::type_constants::*;
    impl ::scopes_runtime::__private::ScopedExtractor for Listing {
        const REQUIREMENT: ::scopes_runtime::Requirement = ::scopes_runtime::Requirement::of_extractors(
            &[
                <__RequirementOf<CurrentUser>>::__SCOPES_REQUIREMENT,
                <__RequirementOf<Query<Page>>>::__SCOPES_REQUIREMENT,
                <__RequirementOf<Json<Body>>>::__SCOPES_REQUIREMENT,
            ],
        );
        const PROTECTED: bool = ::scopes_runtime::__private::any_of(
            &[
                <__RequirementOf<CurrentUser>>::__SCOPES_PROTECTED,
                <__RequirementOf<Query<Page>>>::__SCOPES_PROTECTED,
                <__RequirementOf<Json<Body>>>::__SCOPES_PROTECTED,
            ],
        );
        const ACCEPTS_TOKEN: bool = ::scopes_runtime::__private::any_of(
            &[
                <__RequirementOf<CurrentUser>>::__SCOPES_ACCEPTS_TOKEN,
                <__RequirementOf<Query<Page>>>::__SCOPES_ACCEPTS_TOKEN,
                <__RequirementOf<Json<Body>>>::__SCOPES_ACCEPTS_TOKEN,
            ],
        );
    }
};

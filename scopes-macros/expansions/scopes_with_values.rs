// fn requirement(project: &Project) -> impl TokenRequirement {
//     scopes!("org:{org}:read", acr = any("mfa", "hwk"), org = project.org("me"))
// }

fn requirement(project: &Project) -> impl TokenRequirement {
    ::scopes_runtime::ConcreteRequirement::new(
        {
            const REQUIREMENT: ::scopes_runtime::Requirement = {
                ::scopes_runtime::Requirement::all(
                    &[
                        ::scopes_runtime::Requirement::named(
                            1663240894025719703,
                            Scope!("org:{org}:read"[Scope] []).declared(),
                        ),
                        ::scopes_runtime::Requirement::authentication(
                            &["mfa", "hwk"],
                            ::core::option::Option::None,
                        ),
                    ],
                )
            };
            const _: () = {
                ::scopes_runtime::__private::forbid(
                    !REQUIREMENT.names_parameter("org"),
                    "no scope of this requirement has the parameter `org`; write the name of a parameter, or `acr` or `max_age`",
                );
                ::scopes_runtime::__private::forbid(
                    !REQUIREMENT.names_only_parameters(&["org"]),
                    "a parameter of these scopes has no value here; write one for each, as in `org = project.org`",
                );
            };
            REQUIREMENT
        },
        [("org", ::scopes_runtime::__private::string_value(&(project.org("me"))))],
    )
}

// const REQUIREMENT: Requirement = scopes!(any("admin", all("items", Scope::Me)), max_age = 300, dpop);

const REQUIREMENT: Requirement = {
    const REQUIREMENT: ::scopes_runtime::Requirement = {
        ::scopes_runtime::Requirement::all(
            &[
                ::scopes_runtime::Requirement::any(
                    &[
                        ::scopes_runtime::Requirement::named(
                            16559146482384667732,
                            Scope!("admin"[Scope] []).declared(),
                        ),
                        ::scopes_runtime::Requirement::all(
                            &[
                                ::scopes_runtime::Requirement::named(
                                    4501493784760101999,
                                    Scope!("items"[Scope] []).declared(),
                                ),
                                ::scopes_runtime::Requirement::scope({
                                    use ::scopes_runtime::__private::NoScope as _;
                                    Scope::Me.declared()
                                }),
                            ],
                        ),
                    ],
                ),
                ::scopes_runtime::Requirement::authentication(
                    &[],
                    ::core::option::Option::Some(300),
                ),
                ::scopes_runtime::Requirement::dpop(),
            ],
        )
    };
    REQUIREMENT
};

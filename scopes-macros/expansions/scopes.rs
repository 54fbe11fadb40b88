// const REQUIREMENT: Requirement = scopes!(any("admin", all("items", Scope::Me)), max_age = 300);

const REQUIREMENT: Requirement = {
    const REQUIREMENT: ::scopes_runtime::Requirement = ::scopes_runtime::Requirement::all(
        &[
            ::scopes_runtime::Requirement::any(
                &[
                    ::scopes_runtime::Requirement::named(
                        "admin",
                        Scope!("admin" Scope).declared(),
                    ),
                    ::scopes_runtime::Requirement::all(
                        &[
                            ::scopes_runtime::Requirement::named(
                                "items",
                                Scope!("items" Scope).declared(),
                            ),
                            ::scopes_runtime::Requirement::scope(Scope::Me.declared()),
                        ],
                    ),
                ],
            ),
            ::scopes_runtime::Requirement::authentication(
                &[],
                ::core::option::Option::Some(300),
            ),
        ],
    );
    REQUIREMENT
};

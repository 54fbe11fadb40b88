// const REQUIREMENT: Requirement = scopes!(any("admin", all("items", Scope::Me)), max_age = 300, dpop);

const REQUIREMENT: Requirement = {
    #[allow(unexpected_cfgs)]
    const REQUIREMENT: ::scopes_runtime::Requirement = {
        #[cfg(rust_analyzer)]
        const _: () = {
            use ::scopes_runtime::__private::words::any as _;
            use ::scopes_runtime::__private::words::all as _;
            use ::scopes_runtime::__private::words::max_age as _;
            use ::scopes_runtime::__private::words::dpop as _;
            Scope! {
                "admin"[use Scope] [as __scope_0;]
            }
            Scope! {
                "items"[use Scope] [as __scope_1;]
            }
            let _ = __scope_0;
            let _ = __scope_1;
            let _ = Scope::Me;
        };
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

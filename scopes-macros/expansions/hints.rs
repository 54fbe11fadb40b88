// #[requires_scopes(any("items", Admin::Items, ::shared::Scope::), item = id("no scope"), acr = "no scope", dpop)]

const _: () = {
    use ::scopes_runtime::__private::words::any as _;
    use ::scopes_runtime::__private::words::acr as _;
    use ::scopes_runtime::__private::words::dpop as _;
    Scope! {
        "items"[use Scope] [as __scope_0;]
    }
    let _ = __scope_0;
    let _ = Admin::Items;
    let _ = ::shared::Scope::__;
};

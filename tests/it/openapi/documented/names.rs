//! Names of handlers and ids of operations.

use super::*;

#[test]
fn routes_accepts_an_imported_handler() {
    use writing::create;

    let router = ScopedRouter::<ResourceServer>::new().routes(routes!(create));
    let document = document(&router.split_for_parts().1);
    assert_eq!(document["paths"]["/items"]["post"]["operationId"], "post_items");
}

mod named_alike {
    #[allow(unused_imports, reason = "it brings another handler of the name")]
    use super::*;

    #[requires_scopes("me")]
    pub(super) async fn read() {}
}

/// The attribute ignores the `#[utoipa::path]` of another handler with the same name.
#[test]
fn a_handler_can_have_the_name_of_a_utoipa_path() {
    #[requires_scopes("me")]
    async fn read() {}

    let router = ScopedRouter::<ResourceServer>::new()
        .route("/items", get(named_alike::read))
        .route("/mine", get(read))
        .routes(routes!(writing::read));
    assert_eq!(
        document(&router.split_for_parts().1)["paths"]["/items"]["get"]["security"][0]["oauth2"][0],
        "me"
    );
}

#[test]
fn a_raw_name_is_documented_without_its_prefix() {
    #[requires_scopes("me")]
    #[utoipa::path(get, path = "/type", responses((status = 200, description = "It.")))]
    async fn r#type() {}

    let router = ScopedRouter::<ResourceServer>::new()
        .security_scheme(OAuth2Scheme::new::<Scope>().password("/token"))
        .routes(routes!(r#type,));
    let document = document(&router.split_for_parts().1);
    assert_eq!(document["paths"]["/type"]["get"]["security"], json!([{ "oauth2": ["me"] }]));
    assert_eq!(document["paths"]["/type"]["get"]["operationId"], json!("get_type"));
}

#[test]
fn written_and_generated_operation_ids_are_unique() {
    mod more {
        use super::*;

        #[requires_scopes("me")]
        #[utoipa::path(
            method(get, put),
            path = "/several",
            operation_id = "health",
            responses((status = 200, description = "It.")),
        )]
        pub(super) async fn several() {}

        #[public]
        pub(super) async fn health_2() {}
    }
    let inner = || ScopedRouter::new().route("/a", get(more::health_2)).route("/b", get(health));
    let router = ScopedRouter::<ResourceServer>::new()
        .routes(routes!(more::several))
        .nest("/1", inner())
        .nest("/2", inner());
    let document = document(&router.split_for_parts().1);
    let paths = document["paths"].as_object().expect("paths").values();
    let mut ids: Vec<_> = paths
        .flat_map(|item| item.as_object().expect("methods").values())
        .map(|operation| operation["operationId"].as_str().expect("an id"))
        .collect();
    ids.sort_unstable();
    assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "{ids:?}");
    assert_eq!(ids.len(), 6);
}

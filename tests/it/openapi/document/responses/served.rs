//! The responses of the server are in the document.

use axum::http::{StatusCode, header};
use scopes_runtime::ScopedRouter;
use scopes_runtime::router::{get, routes};
use scopes_tests::bearer;
use utoipa::OpenApi as _;

use super::super::parts;
use super::*;

/// The document contains the status, media type and headers of each refusal.
#[tokio::test]
async fn every_refusal_of_the_server_is_documented() {
    let router = ScopedRouter::with_openapi(Components::openapi())
        .routes(routes!(own))
        .route("/plain/{id}", get(plain))
        .route("/greeting", get(greet));
    let (document, app) = parts(router);
    let items = bearer("items");
    let cases = [
        ("/own/1", "/own/{id}", None, 401),
        ("/own/1", "/own/{id}", Some("Bearer".to_owned()), 400),
        ("/own/1", "/own/{id}", Some(bearer("bad")), 401),
        ("/own/1", "/own/{id}", Some(bearer("me")), 403),
        ("/own/1", "/own/{id}", Some(bearer("down")), 503),
        ("/plain/1", "/plain/{id}", None, 401),
        ("/plain/1", "/plain/{id}", Some("Bearer".to_owned()), 400),
        ("/plain/x", "/plain/{id}", Some(items), 400),
        ("/plain/1", "/plain/{id}", Some(bearer("me")), 403),
        ("/plain/1", "/plain/{id}", Some(bearer("down")), 503),
        ("/greeting", "/greeting", Some("Bearer".to_owned()), 400),
        ("/greeting", "/greeting", Some(bearer("bad")), 401),
        ("/greeting", "/greeting", Some(bearer("down")), 503),
    ];
    for (uri, path, authorization, status) in cases {
        let answer = scopes_tests::get(&app, uri, authorization.as_deref().as_slice()).await;
        let case = format!("{uri} with {authorization:?}");
        assert_eq!(answer.status, StatusCode::from_u16(status).expect("a status"), "{case}");

        let mut response = &document["paths"][path]["get"]["responses"][status.to_string()];
        if let Some(reference) = response["$ref"].as_str() {
            response = document.pointer(&reference[1..]).expect("it refers to a component");
        }
        let media_type = answer.headers[header::CONTENT_TYPE].to_str().expect("text");
        let media_type = media_type.split(';').next().expect("a media type");
        assert!(response["content"][media_type].is_object(), "{case}: {media_type} in {response}");
        for name in ["WWW-Authenticate", "Retry-After"] {
            if answer.headers.contains_key(name) {
                let headers = response["headers"].as_object().expect("headers");
                assert!(headers.keys().any(|other| other.eq_ignore_ascii_case(name)), "{case}: {name}");
            }
        }
    }
}

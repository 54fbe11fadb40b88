//! `GET` and `POST` of `/users/me/items/`.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::json;
use tokio::task::JoinSet;

use crate::{postgres::TestDatabase, support::Demo};

const ITEMS: &str = "/users/me/items/";

#[tokio::test]
async fn a_created_item_is_listed() {
    let demo = Demo::new().await;
    let token = demo.token("me items:write").await;
    let created = demo.post_json(ITEMS, &token, r#"{"item_id": "Bar", "owner": "alice"}"#).await;
    assert_eq!(created.status, StatusCode::CREATED);
    assert_eq!(created.json(), json!({ "item_id": "Bar", "owner": "johndoe" }));

    let items = demo.get(ITEMS, &demo.token("me items").await).await.json();
    let expected = json!([
        { "item_id": "Bar", "owner": "johndoe" },
        { "item_id": "Foo", "owner": "johndoe" },
    ]);
    assert_eq!(items, expected);
}

#[tokio::test]
async fn writing_implies_reading() {
    let demo = Demo::new().await;
    let writer = demo.token("me items:write").await;
    assert_eq!(demo.get(ITEMS, &writer).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_scope_of_the_current_user_is_required_too() {
    let demo = Demo::new().await;
    for scope in ["items", "items:write", "items items:write"] {
        let response = demo.get(ITEMS, &demo.token(scope).await).await;
        response.problem(StatusCode::FORBIDDEN);
        assert_eq!(response.json()["error"], "insufficient_scope");
    }
    let response = demo.post_json(ITEMS, &demo.token("items:write").await, r#"{"item_id": "Bar"}"#).await;
    response.problem(StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_second_item_with_the_same_id_is_a_conflict() {
    let demo = Demo::new().await;
    let token = demo.token("me items:write").await;
    let response = demo.post_json(ITEMS, &token, r#"{"item_id": "Foo"}"#).await;
    assert_eq!(
        response.problem(StatusCode::CONFLICT),
        "An item `Foo` already exists. Choose another `item_id`."
    );
}

#[tokio::test]
async fn the_length_of_an_item_id_is_limited() {
    let demo = Demo::new().await;
    let token = demo.token("me items:write").await;
    for (length, status) in [(0, 422), (1, 201), (64, 201), (65, 422)] {
        let body = json!({ "item_id": "ü".repeat(length) }).to_string();
        let response = demo.post_json(ITEMS, &token, body).await;
        assert_eq!(response.status, status, "{}", response.text());
        if status == 422 {
            let expected = format!("The `item_id` has {length} characters. Send 1 to 64 characters.");
            assert_eq!(response.problem(StatusCode::UNPROCESSABLE_ENTITY), expected);
        }
    }
}

#[tokio::test]
async fn a_body_that_is_not_an_item_gets_a_problem() {
    let demo = Demo::new().await;
    let token = demo.token("me items:write").await;
    let too_large = format!(r#"{{"item_id": "{}"}}"#, "x".repeat(100_000));
    let bodies = [
        ("{}", StatusCode::UNPROCESSABLE_ENTITY),
        (r#"{"item_id": 5}"#, StatusCode::UNPROCESSABLE_ENTITY),
        ("[]", StatusCode::UNPROCESSABLE_ENTITY),
        ("{", StatusCode::BAD_REQUEST),
        ("", StatusCode::BAD_REQUEST),
        (&too_large, StatusCode::PAYLOAD_TOO_LARGE),
    ];
    for (body, status) in bodies {
        let detail = demo.post_json(ITEMS, &token, body.to_owned()).await.problem(status);
        assert!(detail.ends_with(r#"Send an object such as {"item_id": "Bar"}."#), "{detail}");
    }
}

#[tokio::test]
async fn a_body_of_another_media_type_gets_a_problem() {
    let demo = Demo::new().await;
    let token = demo.token("me items:write").await;
    let request = Request::post(ITEMS)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::from(r#"{"item_id": "Bar"}"#))
        .unwrap();
    demo.send(request).await.problem(StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn scopes_are_checked_before_the_body() {
    let demo = Demo::new().await;
    demo.post_json(ITEMS, &demo.token("me items").await, "{").await.problem(StatusCode::FORBIDDEN);
    let response = demo.send(Request::post(ITEMS).body(Body::from("{")).unwrap()).await;
    response.problem(StatusCode::UNAUTHORIZED);
    assert_eq!(response.challenge(), Some(r#"Bearer realm="demo-app", scope="items:write me""#));
}

#[tokio::test]
async fn item_ids_are_not_interpreted() {
    for test_database in TestDatabase::of_each_kind("item_names") {
        let demo = Demo::on(test_database.open().await);
        let token = demo.token("me items:write").await;
        let names = ["'); DROP TABLE items; --", "\u{202e}\n\"\\", "../../etc/passwd", "foo", "$1"];
        for name in names {
            let created = demo.post_json(ITEMS, &token, json!({ "item_id": name }).to_string()).await;
            assert_eq!(created.json(), json!({ "item_id": name, "owner": "johndoe" }));
            let again = demo.post_json(ITEMS, &token, json!({ "item_id": name }).to_string()).await;
            again.problem(StatusCode::CONFLICT);
        }
        let mut expected = [&names[..], &["Foo"]].concat();
        expected.sort_unstable();
        let items = demo.get(ITEMS, &token).await.json();
        let items: Vec<_> =
            items.as_array().unwrap().iter().map(|item| item["item_id"].as_str().unwrap()).collect();
        assert_eq!(items, expected, "items are sorted by code point");
    }
}

#[tokio::test]
async fn an_item_id_with_u_0000_is_refused() {
    for test_database in TestDatabase::of_each_kind("nul") {
        let demo = Demo::on(test_database.open().await);
        let token = demo.token("me items:write").await;
        let response = demo.post_json(ITEMS, &token, r#"{"item_id": "B\u0000r"}"#).await;
        let expected = "The `item_id` contains the character U+0000, which cannot be stored. Remove it.";
        assert_eq!(response.problem(StatusCode::UNPROCESSABLE_ENTITY), expected);
    }
}

#[tokio::test]
async fn one_of_many_concurrent_requests_creates_the_item() {
    for test_database in TestDatabase::of_each_kind("at_once") {
        let demo = Demo::on(test_database.open().await);
        let token = demo.token("me items:write").await;
        let mut attempts = JoinSet::new();
        for _ in 0..20 {
            let (demo, token) = (demo.clone(), token.clone());
            attempts
                .spawn(async move { demo.post_json(ITEMS, &token, r#"{"item_id": "Bar"}"#).await.status });
        }
        let mut statuses = attempts.join_all().await;
        statuses.sort();
        let mut expected = [StatusCode::CONFLICT; 20];
        expected[0] = StatusCode::CREATED;
        assert_eq!(statuses, expected);
    }
}

#[tokio::test]
async fn an_item_is_added_for_the_user_of_the_scope() {
    let demo = Demo::new().await;
    let token = demo.token("me users:alice:items").await;
    let created = demo.post_json("/users/alice/items/", &token, r#"{"item_id": "Bar"}"#).await;
    assert_eq!(created.status, StatusCode::CREATED);
    assert_eq!(created.json(), json!({ "item_id": "Bar", "owner": "alice" }));
    let again = demo.post_json("/users/%61lice/items", &token, r#"{"item_id": "Bar"}"#).await;
    again.problem(StatusCode::CONFLICT);
    for other in ["johndoe", "Alice", "alice%2F", "alice%00"] {
        let refused = demo.post_json(&format!("/users/{other}/items"), &token, r#"{"item_id": "Bar"}"#).await;
        refused.problem(StatusCode::FORBIDDEN);
    }
    let refused = demo.post_json("/users/johndoe/items", &token, r#"{"item_id": "Bar"}"#).await;
    assert_eq!(refused.json()["scope"], "users:johndoe:items me");
    demo.post_json("/users/alice/items", &demo.token("me items:write").await, "{}")
        .await
        .problem(StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_token_has_the_scopes_of_users_that_its_user_is_allowed() {
    let demo = Demo::new().await;
    // As the documentation page requests it: for the user who logs in.
    let own = demo.token("me users:{username}:items").await;
    let created = demo.post_json("/users/johndoe/items", &own, r#"{"item_id": "Bar"}"#).await;
    assert_eq!(created.status, StatusCode::CREATED);
    demo.post_json("/users/alice/items", &own, r#"{"item_id": "Bar"}"#).await.problem(StatusCode::FORBIDDEN);
    let bobs = demo.token("me users:bob:items").await;
    demo.post_json("/users/bob/items", &bobs, r#"{"item_id": "Bar"}"#).await.problem(StatusCode::FORBIDDEN);
}

//! async-graphql.

use async_graphql::{EmptyMutation, EmptySubscription, Object, Schema};
use async_graphql_axum::GraphQL;
use axum::body::Body;
use axum::extract::Json;
use axum::http::{Request, StatusCode, header};
use scopes_runtime::router::post;
use scopes_runtime::{AccessToken, ScopedRouter, requires_scopes, scopes};
use scopes_tests::{Scope, bearer, send};
use serde_json::{Value, json};

use super::served;

struct Query;

#[Object]
impl Query {
    async fn subject(&self, context: &async_graphql::Context<'_>) -> Option<String> {
        context.data_opt::<AccessToken>().and_then(|token| token.subject().map(str::to_owned))
    }
}

fn schema() -> Schema<Query, EmptyMutation, EmptySubscription> {
    Schema::new(Query, EmptyMutation, EmptySubscription)
}

/// A handler, for resolvers that read the token.
#[requires_scopes("items")]
async fn graphql(
    token: AccessToken,
    Json(request): Json<async_graphql::Request>,
) -> Json<async_graphql::Response> {
    Json(schema().execute(request.data(token)).await)
}

#[tokio::test]
async fn a_graphql_service_and_a_graphql_handler_need_the_scope() {
    let router = ScopedRouter::new()
        .route_service("/service", GraphQL::new(schema()), scopes!("items"))
        .route("/handler", post(graphql));
    let app = served(router);
    for (path, subject) in [("/service", Value::Null), ("/handler", json!("alice"))] {
        let query = async |scopes: Option<&str>| {
            let mut request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
            if let Some(scopes) = scopes {
                request = request.header(header::AUTHORIZATION, bearer(scopes));
            }
            send(&app, request.body(Body::from(r#"{"query":"{ subject }"}"#)).expect("a request")).await
        };
        assert_eq!(query(None).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(query(Some("me")).await.status, StatusCode::FORBIDDEN);
        let answer = query(Some("items")).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.json()["data"], json!({ "subject": subject }));
    }
}

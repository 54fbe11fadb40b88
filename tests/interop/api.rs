//! An API on loopback.

use axum::Router;
use scopes_runtime::router::get;
use scopes_runtime::{
    ProtectedResourceMetadata, ResourceServer, ResourceServerBuilder, ScopedRouter, TokenDecoder,
    requires_scopes,
};
use scopes_tests::{Scope, listen};

use crate::issuer::Issuer;

#[requires_scopes("me")]
async fn me() {}

#[requires_scopes("me", "items:write")]
async fn write() {}

#[requires_scopes("me", acr = "mfa", max_age = 300)]
async fn pay() {}

/// An API on loopback at a path, for tokens of an issuer.
pub(crate) struct Api {
    pub(crate) url: String,
    pub(crate) http: reqwest::Client,
}

impl Api {
    pub(crate) async fn start(
        path: &str,
        issuer: &Issuer,
        decoder: impl FnOnce(&str) -> Box<dyn TokenDecoder>,
    ) -> Self {
        Self::start_with(path, issuer, |url, _| ResourceServer::builder(decoder(url))).await
    }

    /// Starts the API with a server for its URL and its origin.
    pub(crate) async fn start_with(
        path: &str,
        issuer: &Issuer,
        server: impl FnOnce(&str, &str) -> ResourceServerBuilder,
    ) -> Self {
        let (listener, origin) = listen().await;
        let url = format!("{origin}{path}");
        let metadata = ProtectedResourceMetadata::new(&*url).expect("a resource");
        let metadata = metadata.authorization_server(&*issuer.url).scopes::<Scope>().name("The API");
        let server = server(&url, &origin).realm("the API, v1").metadata(&metadata);
        let routes =
            ScopedRouter::new().route("/me", get(me)).route("/write", get(write)).route("/pay", get(pay));
        let routes = ScopedRouter::new().nest(path, routes).with_state(server.build().expect("a realm"));
        let app = Router::from(routes).merge(metadata.router());
        tokio::spawn(async { axum::serve(listener, app).await });
        Self { url, http: reqwest::Client::new() }
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> (u16, String) {
        let answer = self.http.get(format!("{}{path}", self.url)).bearer_auth(token).send().await;
        let answer = answer.expect("an answer");
        let challenge = answer.headers().get("www-authenticate").and_then(|value| value.to_str().ok());
        (answer.status().as_u16(), challenge.unwrap_or_default().to_owned())
    }

    pub(crate) async fn status(&self, path: &str, token: &str) -> u16 {
        self.get(path, token).await.0
    }
}

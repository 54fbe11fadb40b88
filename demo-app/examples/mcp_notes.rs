//! An MCP server of notes: four tools, three scopes.
//!
//! ```sh
//! cargo run -p demo-app --example mcp_notes                                     # prints tokens of an issuer of its own
//! cargo run -p demo-app --example mcp_notes -- --issuer-url https://issuer.example
//! ```
//!
//! With `--issuer-url`, MCP clients need the URL of the server only: they discover the issuer, and users log in there.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::http::{HeaderName, Method, header};
use clap::Parser;
use rmcp::handler::server::wrapper::Parameters;
use rmcp::model::{ServerCapabilities, ServerConfig};
use rmcp::schemars::{self, JsonSchema};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ServerHandler, tool, tool_handler, tool_router};
use scopes_runtime::mcp::{McpEndpoint, scoped_tools};
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{
    AccessToken, Jwks, JwtDecoder, ProtectedResourceMetadata, Requirement, ResourceServer, ScopedRouter,
    declare_scopes, requires_scopes,
};
use serde::Deserialize;
use tokio::net::TcpListener;
use tower_http::cors::{Any, CorsLayer};

/// What a token may do with its user's notes.
#[declare_scopes]
enum Scope {
    /// Read notes.
    Read = "notes:read",
    /// Add notes.
    Write = "notes:write",
    /// Delete notes.
    Delete = "notes:delete",
}

/// The notes of all users, by subject.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<BTreeMap<String, Vec<String>>>>);

#[derive(Deserialize, JsonSchema)]
struct Text {
    /// A text in any language.
    text: String,
}

#[derive(Deserialize, JsonSchema)]
struct Number {
    /// The position of the note in the list, from 0.
    number: usize,
}

#[scoped_tools]
#[tool_router]
impl Notes {
    #[tool(description = "Lists all notes.")]
    #[requires_scopes("notes:read")]
    async fn list_notes(&self, token: AccessToken) -> String {
        self.of(&token, |notes| notes.join("\n"))
    }

    #[tool(description = "Lists the notes that contain a text.")]
    #[requires_scopes("notes:read")]
    async fn search_notes(&self, token: AccessToken, Parameters(Text { text }): Parameters<Text>) -> String {
        self.of(&token, |notes| {
            let found: Vec<_> = notes.iter().filter(|note| note.contains(&text)).cloned().collect();
            found.join("\n")
        })
    }

    #[tool(description = "Adds a note.")]
    #[requires_scopes("notes:write")]
    async fn add_note(&self, token: AccessToken, Parameters(Text { text }): Parameters<Text>) -> String {
        self.of(&token, |notes| notes.push(text));
        "added".to_owned()
    }

    #[tool(description = "Deletes a note.")]
    #[requires_scopes("notes:delete")]
    async fn delete_note(
        &self,
        token: AccessToken,
        Parameters(Number { number }): Parameters<Number>,
    ) -> Result<String, String> {
        self.of(&token, |notes| {
            if number >= notes.len() {
                return Err(format!("there is no note {number}"));
            }
            Ok(format!("deleted: {}", notes.remove(number)))
        })
    }
}

impl Notes {
    fn of<T>(&self, token: &AccessToken, act: impl FnOnce(&mut Vec<String>) -> T) -> T {
        let mut users = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        act(users.entry(token.subject().unwrap_or_default().to_owned()).or_default())
    }
}

#[tool_handler]
impl ServerHandler for Notes {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().enable_tool_list_changed().build())
    }
}

#[derive(Parser)]
struct Arguments {
    /// The issuer of access tokens, which publishes metadata. Default: an issuer of the example's own, without a login.
    #[arg(long)]
    issuer_url: Option<String>,
    #[arg(long, default_value_t = 8001)]
    port: u16,
}

fn router() -> ScopedRouter<ResourceServer> {
    let (notes, sessions) = (Notes::default(), Arc::new(LocalSessionManager::default()));
    let service = StreamableHttpService::new(
        move || Ok(notes.clone()),
        sessions,
        StreamableHttpServerConfig::default(),
    );
    // The first refusal names no scope, so that clients request those of the metadata: all.
    let endpoint = McpEndpoint::new(service, Requirement::ANY_VALID_TOKEN)
        .tools(&Notes::tool_router(), Notes::tool_access());
    ScopedRouter::new().vocabulary::<Scope>().route_mcp("/mcp", endpoint)
}

fn app(server: ResourceServer, metadata: &ProtectedResourceMetadata) -> Router {
    let session_id = HeaderName::from_static("mcp-session-id");
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            session_id.clone(),
            HeaderName::from_static("last-event-id"),
            HeaderName::from_static("mcp-protocol-version"),
            HeaderName::from_static("mcp-method"),
            HeaderName::from_static("mcp-name"),
        ])
        .expose_headers([header::WWW_AUTHENTICATE, session_id]);
    Router::from(router().with_state(server)).merge(metadata.router()).layer(cors)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let Arguments { issuer_url, port } = Arguments::parse();
    let url = format!("http://127.0.0.1:{port}/mcp");
    println!("{}\n", router().report());
    // Serves its keys until it is dropped.
    let issuer = TestIssuer::new().with_audience(&url).serve();
    let (issuer_url, decoder) = match issuer_url {
        Some(issuer_url) => {
            let decoder =
                JwtDecoder::builder().issuer(&issuer_url).audience(&url).jwks(Jwks::discovery()).build()?;
            (issuer_url, decoder)
        }
        None => {
            for scopes in ["notes:read", "notes:read notes:write", "notes:read notes:write notes:delete"] {
                println!(
                    "A token of `{scopes}`:\n{}\n",
                    issuer.token().subject("alice").scopes([scopes]).sign()
                );
            }
            (issuer.url().to_owned(), issuer.decoder())
        }
    };
    let metadata = ProtectedResourceMetadata::new(&url)?.authorization_server(issuer_url).scopes::<Scope>();
    let server = ResourceServer::builder(decoder).metadata(&metadata).build()?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("Serving {url}");
    Ok(axum::serve(listener, app(server, &metadata)).await?)
}

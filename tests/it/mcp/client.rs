//! rmcp's client, over TCP.

use rmcp::ServiceExt as _;
use rmcp::model::CallToolRequestParams;
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::transport::streamable_http_server::StreamableHttpServerConfig;
use scopes_tests::listen;

use super::App;

#[tokio::test]
async fn the_client_of_rmcp_lists_and_calls_tools_and_sees_refusals() {
    for has_sessions in [false, true] {
        let config = StreamableHttpServerConfig::default().with_legacy_session_mode(has_sessions);
        let app = App::with(|notes| notes.endpoint_with(config));
        let (listener, url) = listen().await;
        let router = app.app.clone();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let config = StreamableHttpClientTransportConfig::with_uri(format!("{url}/mcp"))
            .auth_header(app.token("mcp notes:read"));
        let transport = StreamableHttpClientTransport::from_config(config);
        let client = ().serve(transport).await.expect("a connection");
        let mut tools: Vec<_> =
            client.list_all_tools().await.expect("a list").into_iter().map(|tool| tool.name).collect();
        tools.sort_unstable();
        assert_eq!(tools, ["about", "list_notes"]);
        let called = client.call_tool(CallToolRequestParams::new("list_notes")).await.expect("a result");
        assert!(format!("{called:?}").contains("the notes of alice"), "{called:?}");
        let refused =
            client.call_tool(CallToolRequestParams::new("delete-notes")).await.expect_err("a refusal");
        assert!(format!("{refused:?}").contains("mcp notes:delete"), "{refused:?}");
        assert_eq!(app.notes.uses(), 1);
    }
}

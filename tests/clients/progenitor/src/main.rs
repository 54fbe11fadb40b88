//! The client that progenitor generates from the document in OpenAPI 3.0. `.ci/clients` writes it without the errors, because
//! progenitor takes one type of error for each operation.

use progenitor::generate_api;
use reqwest::header::{AUTHORIZATION, HeaderMap};

generate_api!("../../../target/ci/demo-progenitor.json");

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::args().nth(1).ok_or("the URL of the demo app is missing")?;
    let form = types::TokenRequest {
        client_id: None,
        grant_type: "password".parse()?,
        password: "secret".parse()?,
        scope: Some("me".to_owned()),
        username: "johndoe".parse()?,
    };
    let token = Client::new(&url).post_token(&form).await?.into_inner().access_token;

    let headers = HeaderMap::from_iter([(AUTHORIZATION, format!("Bearer {token}").parse()?)]);
    let client = Client::new_with_client(&url, reqwest::Client::builder().default_headers(headers).build()?);
    assert_eq!(client.get_users_me().await?.username, "johndoe");
    let refused = client.get_users_me_items().await.err().ok_or("a token without `items` was accepted")?;
    assert_eq!(refused.status().map(|status| status.as_u16()), Some(403));
    Ok(())
}

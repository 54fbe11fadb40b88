//! Serves an issuer until Enter is pressed, and prints a token with the scopes in the arguments, for curl:
//! `cargo run -p scopes-runtime --example tokens --features issuer,testing -- me items`. The
//! printed command calls the program of the README.
//!
//! An application that accepts its tokens has the printed issuer, the audience `https://api.example`, and
//! `jwks(Jwks::discovery())`. The port changes with each start.

use std::env;
use std::future::pending;
use std::io::{self, Read as _};
use std::time::Duration;

use scopes_runtime::testing::TestIssuer;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let issuer = TestIssuer::new().with_audience("https://api.example").serve();
    let token = issuer.token().scopes(env::args().skip(1)).expires_in(Duration::from_secs(24 * 60 * 60));
    println!("issuer:   {}\naudience: {}\n", issuer.url(), issuer.audience());
    println!("curl -i 127.0.0.1:3000/users/me/items -H 'Authorization: Bearer {}'\n", token.sign());
    println!("Press Enter to stop the issuer.");
    // Without a terminal, stdin has ended: the issuer runs until the process is stopped.
    if tokio::task::spawn_blocking(|| io::stdin().read(&mut [0])).await?? == 0 {
        pending::<()>().await;
    }
    Ok(())
}

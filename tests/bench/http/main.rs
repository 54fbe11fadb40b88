//! Measures the cost of a protected route over HTTP: `cargo bench -p scopes-tests --no-default-features --bench http` prints
//! the table.
//!
//! A server on one core serves an open route, the same behind `#[requires_scopes]`, and the same with a check written by
//! hand on jsonwebtoken. Two more routes show what the token costs a handler that takes it, and what the 403 response costs
//! without a check. 32 connections from another process send requests to the open route and to another one in turn, in
//! several rounds. The headers are the same for both. The table has the medians of the ratios between the two.

mod client;
mod server;
#[path = "../tokens.rs"]
mod tokens;

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use client::Measured;
use tokens::{ALGORITHMS, tokens};

const ROUNDS: usize = 15;
const TIME: Duration = Duration::from_millis(300);
/// The number of different tokens, more than the small cache of the server contains.
const FRESH: usize = 2000;

/// Stops the server when dropped.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts this program as the server, on a separate core if the system supports that.
fn start_server() -> (Server, SocketAddr) {
    let program = std::env::current_exe().expect("a path");
    let mut command = match Command::new("taskset").arg("--version").output() {
        Ok(_) => {
            let mut taskset = Command::new("taskset");
            taskset.args(["-c", "0"]).arg(program);
            taskset
        }
        Err(_) => Command::new(program),
    };
    let mut child = command.arg("serve").stdout(Stdio::piped()).spawn().expect("the server starts");
    let mut line = String::new();
    let stdout = child.stdout.take().expect("it is piped");
    BufReader::new(stdout).read_line(&mut line).expect("a line");
    (Server(child), line.trim().parse().expect("an address"))
}

/// A row of the table: a route, the `Authorization` headers of its requests, and the expected status.
struct Row {
    name: &'static str,
    path: String,
    authorizations: Vec<Option<String>>,
    status: u16,
}

fn rows(algorithm: &str) -> Vec<Row> {
    let bearer = |token: String| Some(format!("Bearer {token}"));
    let known: Vec<_> = tokens(algorithm, "me items", 8).into_iter().map(bearer).collect();
    let fresh: Vec<_> = tokens(algorithm, "me items", FRESH).into_iter().map(bearer).collect();
    let without_scope: Vec<_> = tokens(algorithm, "items", 8).into_iter().map(bearer).collect();
    let row = |name, path: &str, authorizations: &[Option<String>], status| Row {
        name,
        path: format!("/{path}/{algorithm}"),
        authorizations: authorizations.to_vec(),
        status,
    };
    vec![
        row("cached token", "scoped", &known, 200),
        row("cached token, taken by the handler", "token", &known, 200),
        row("no token", "scoped", &[None], 401),
        row("scope missing", "scoped", &without_scope, 403),
        row("the same response, without a check", "refused", &without_scope, 403),
        row("new token", "fresh", &fresh, 200),
        row("new token, by hand", "hand", &fresh, 200),
    ]
}

/// Two measurements, one after the other.
struct Pair {
    open: Measured,
    own: Measured,
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

async fn measure(address: SocketAddr) {
    println!("| algorithm | route | requests/s | of the open route | p99 | of the open route |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for algorithm in ALGORITHMS {
        let open_path = format!("/open/{algorithm}");
        for Row { name, path, authorizations, status } in rows(algorithm) {
            let mut pairs = Vec::new();
            // The first round is for warm-up.
            for round in 0..=ROUNDS {
                let open = client::run(address, &open_path, &authorizations, 200, TIME).await;
                let own = client::run(address, &path, &authorizations, status, TIME).await;
                if round > 0 {
                    pairs.push(Pair { open, own });
                }
            }
            let of_pairs = |value: &dyn Fn(&Pair) -> f64| median(pairs.iter().map(value).collect());
            println!(
                "| {algorithm} | {name} | {:.0} | {:.2} | {:.0} µs | {:.2} |",
                of_pairs(&|pair| pair.own.rate),
                of_pairs(&|Pair { open, own }| own.rate / open.rate),
                of_pairs(&|pair| pair.own.p99),
                of_pairs(&|Pair { open, own }| own.p99 / open.p99),
            );
        }
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    if std::env::args().nth(1).as_deref() == Some("serve") {
        return runtime.block_on(server::serve());
    }
    let (_server, address) = start_server();
    runtime.block_on(measure(address));
}

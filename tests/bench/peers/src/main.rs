//! Measures the cost of a protected route over HTTP with this library, with others, and by hand. `README.md` of the directory
//! above describes it, and has the figures.

mod by_hand;
#[path = "../../http/client.rs"]
mod client;
mod plot;
mod servers;
#[path = "../../tokens.rs"]
mod tokens;

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use client::Measured;
use servers::PEERS;
use tokens::tokens;

const ROUNDS: usize = 7;
const TIME: Duration = Duration::from_millis(500);
/// More than the small cache of this library contains.
const FRESH: usize = 2000;
/// aliri needs OpenSSL for the others.
const ALGORITHMS: [&str; 2] = [tokens::ALGORITHMS[0], tokens::ALGORITHMS[1]];

/// Stops the server when dropped.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts this program as the server, on a core of its own.
fn start_server() -> (Server, [SocketAddr; 2]) {
    let program = std::env::current_exe().expect("a path");
    let mut command = Command::new("taskset");
    let mut child = command
        .args(["-c", "0"])
        .arg(program)
        .arg("serve")
        .stdout(Stdio::piped())
        .spawn()
        .expect("`taskset` of util-linux is installed");
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    let mut address = || lines.next().expect("a line").expect("text").parse().expect("an address");
    (Server(child), [address(), address()])
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Measures all peers in turn, in each round. Returns their rates and p99 latencies, relative to the open route of the same
/// version of axum.
async fn measure(addresses: [SocketAddr; 2], algorithm: &str) -> Vec<[f64; 2]> {
    let bearer = |token: String| Some(format!("Bearer {token}"));
    let known: Vec<_> = tokens(algorithm, "me items", 8).into_iter().map(bearer).collect();
    let fresh: Vec<_> = tokens(algorithm, "me items", FRESH).into_iter().map(bearer).collect();
    let mut ratios: Vec<[Vec<f64>; 2]> = PEERS.iter().map(|_| Default::default()).collect();
    // The first round is for warm-up.
    for round in 0..=ROUNDS {
        let mut open = Vec::new();
        for address in addresses {
            open.push(run(address, "open", algorithm, &fresh).await);
        }
        for (peer, ratios) in PEERS.iter().zip(&mut ratios) {
            let version = usize::from(peer.is_on_axum_07);
            let sent = if peer.repeats_tokens { &known } else { &fresh };
            let measured = run(addresses[version], peer.path, algorithm, sent).await;
            if round > 0 {
                ratios[0].push(measured.rate / open[version].rate);
                ratios[1].push(measured.p99 / open[version].p99);
            }
        }
    }
    ratios.into_iter().map(|ratios| ratios.map(median)).collect()
}

async fn run(address: SocketAddr, path: &str, algorithm: &str, sent: &[Option<String>]) -> Measured {
    client::run(address, &format!("/{path}/{algorithm}"), sent, 200, TIME).await
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    if std::env::args().nth(1).as_deref() == Some("serve") {
        return runtime.block_on(servers::serve());
    }
    let (_server, addresses) = start_server();
    let columns = ALGORITHMS.map(|algorithm| runtime.block_on(measure(addresses, algorithm)));
    println!("| | HS256 | p99 | RS256 | p99 |\n| --- | --- | --- | --- | --- |");
    for (row, peer) in PEERS.iter().enumerate() {
        let cells = columns.each_ref().map(|column| format!("{:.2} | {:.2}", column[row][0], column[row][1]));
        println!("| {} | {} |", peer.name, cells.join(" | "));
    }
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../peers.svg");
    std::fs::write(file, plot::svg(&columns)).expect("the file can be written");
}

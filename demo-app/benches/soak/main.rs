//! Runs the program under full load: `cargo bench -p demo-app --bench soak -- 10` for ten minutes; the default is one.
//!
//! 32 connections send valid, invalid and random requests, and the status of each response is compared with the expected
//! ones. Other clients hold connections: they are silent, or slow, or do not read. Finally SIGTERM stops the program.
//! The benchmark fails on an unexpected status, a connection held for longer than allowed, an error in the log, or an
//! exit code other than 0.
//!
//! `cargo bench -p demo-app --bench soak -- --cluster 30` runs two copies for 30 minutes, on PostgreSQL and Redis behind
//! HAProxy. The issuer is in the benchmark: it rotates its keys and fails twice, and a copy is killed and restarted. The
//! benchmark fails on an unexpected response or an error in a log.

mod client;
mod cluster;
mod requests;

use std::{
    fmt, fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, ChildStderr, Command, ExitCode, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use client::{Hold, Results, busy, hold};
use requests::{ISSUER, KINDS, SECRET, Tokens};
use tokio::time::sleep;

const CONNECTIONS: u64 = 32;
const HOLDERS: usize = 8;

/// Ends the program with the benchmark.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start() -> (Program, SocketAddr, BufReader<ChildStderr>) {
    let file = concat!(env!("CARGO_TARGET_TMPDIR"), "/soak.db");
    for suffix in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(format!("{file}{suffix}"));
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_demo-app"));
    command.args(["--addr", "127.0.0.1:0", "--database", file, "--issuer", ISSUER]);
    let mut child = command
        .env("DEMO_JWT_SECRET", SECRET)
        .env("RUST_LOG", "info")
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut log = BufReader::new(child.stderr.take().expect("stderr is piped"));
    let addr = listening_on(&mut log);
    (Program(child), addr, log)
}

/// Reads the log until the program listens. Returns its address.
fn listening_on(log: &mut BufReader<ChildStderr>) -> SocketAddr {
    let mut line = String::new();
    loop {
        line.clear();
        assert_ne!(log.read_line(&mut line).expect("text"), 0, "the program ended");
        if let Some((_, addr)) = line.trim_end().split_once("listening on http://") {
            return addr.parse().expect("an address");
        }
    }
}

/// What a log contains.
#[derive(Default)]
struct LogSummary {
    lines: usize,
    /// The length of the longest line, in bytes.
    longest: usize,
    errors: usize,
}

impl LogSummary {
    fn read(log: BufReader<ChildStderr>) -> Self {
        let mut summary = Self::default();
        for line in log.lines().map_while(Result::ok) {
            summary.lines += 1;
            summary.longest = summary.longest.max(line.len());
            summary.errors += usize::from(line.contains(" ERROR ") || line.contains("panicked"));
        }
        summary
    }
}

impl fmt::Display for LogSummary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lines, longest, errors } = self;
        write!(formatter, "{lines} lines, the longest of {longest} bytes, {errors} errors")
    }
}

/// Returns the resident memory of a process, in MiB.
fn memory(pid: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: f64 = line.and_then(|value| value.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or(f64::NAN);
    kib / 1024.0
}

/// Returns the resident memory every 2 s until `end`.
async fn sample_memory(pid: u32, end: Instant) -> Vec<f64> {
    let mut samples = Vec::new();
    while Instant::now() < end {
        sleep(Duration::from_secs(2)).await;
        samples.push(memory(pid));
    }
    samples
}

fn merge(results: Vec<Results>) -> Results {
    let mut all = Results { latencies: vec![Vec::new(); KINDS.len()], ..Results::default() };
    for one in results {
        all.statuses.extend(one.statuses);
        all.failures.extend(one.failures);
        all.reconnects += one.reconnects;
        all.latencies.iter_mut().zip(one.latencies).for_each(|(all, one)| all.extend(one));
    }
    all
}

/// Returns a percentile of latencies in microseconds, in milliseconds.
fn percentile(sorted: &[u32], part: f64) -> f64 {
    let index = (sorted.len().saturating_sub(1) as f64 * part) as usize;
    sorted.get(index).map_or(f64::NAN, |micros| f64::from(*micros) / 1000.0)
}

/// Prints the responses. Returns the number of unexpected ones.
fn print_responses(results: &mut Results) -> usize {
    println!("| request | expected | sent | responses | unexpected | p50 ms | p99 ms |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    let mut all_unexpected = 0;
    for (index, kind) in KINDS.iter().enumerate() {
        let mut counts = std::collections::BTreeMap::new();
        for (_, status) in results.statuses.iter().filter(|(kind, _)| *kind == index) {
            *counts.entry(*status).or_insert(0) += 1;
        }
        let sent: usize = counts.values().sum();
        let unexpected = counts.iter().filter(|(status, _)| !kind.expected.contains(status));
        let unexpected: usize = unexpected.map(|(_, count)| count).sum();
        all_unexpected += unexpected;
        let latencies = &mut results.latencies[index];
        latencies.sort_unstable();
        let (p50, p99) = (percentile(latencies, 0.5), percentile(latencies, 0.99));
        println!(
            "| {} | {:?} | {sent} | {counts:?} | {unexpected} | {p50:.2} | {p99:.2} |",
            kind.name, kind.expected
        );
    }
    let mut latencies = results.latencies.concat();
    latencies.sort_unstable();
    let (p50, p99) = (percentile(&latencies, 0.5), percentile(&latencies, 0.99));
    println!("| all | | {} | | {all_unexpected} | {p50:.2} | {p99:.2} |", results.statuses.len());
    all_unexpected
}

/// Prints how long connections were held. Returns how many kinds were held for too long.
fn print_held(held: &[Vec<Duration>]) -> usize {
    println!("\n| held connection | closed by the server | longest | allowed |");
    println!("| --- | --- | --- | --- |");
    let mut too_long = 0;
    for (way, held) in Hold::ALL.into_iter().zip(held) {
        let (name, allowed) = (way.name(), way.allowed());
        let longest = held.iter().max().copied().unwrap_or_default();
        // The clients check twice a second, and the load delays them.
        too_long += usize::from(longest > Duration::from_secs(allowed + 5));
        println!("| {name} | {} | {longest:.1?} | {allowed} s |", held.len());
    }
    too_long
}

fn print_memory(at_start: f64, samples: &[f64]) {
    let warm = samples.get(samples.len() / 5).copied().unwrap_or(f64::NAN);
    let at_end = samples.last().copied().unwrap_or(f64::NAN);
    let most = samples.iter().copied().fold(0.0, f64::max);
    println!(
        "memory: {at_start:.1} MiB at the start, {warm:.1} after a fifth of the time, {at_end:.1} at the end, \
         {most:.1} at most"
    );
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    // `cargo bench` adds the argument `--bench`.
    let minutes: f64 = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(1.0);
    let time = Duration::from_secs_f64(minutes * 60.0);
    if std::env::args().any(|argument| argument == "--cluster") {
        return cluster::run(time).await;
    }
    let (mut program, addr, log) = start();
    let (pid, log) = (program.0.id(), thread::spawn(|| LogSummary::read(log)));
    let tokens = Arc::new(Tokens::new());
    let at_start = memory(pid);

    let end = Instant::now() + time;
    let clients: Vec<_> =
        (0..CONNECTIONS).map(|n| tokio::spawn(busy(addr, tokens.clone(), n, end))).collect();
    let holders: Vec<_> =
        Hold::ALL.map(|way| Vec::from_iter((0..HOLDERS).map(|_| tokio::spawn(hold(addr, way, end))))).into();
    let samples = sample_memory(pid, end).await;
    let mut results = Vec::new();
    for client in clients {
        results.push(client.await.expect("no panic"));
    }
    let mut results = merge(results);
    let mut held = vec![Vec::new(); holders.len()];
    for (held, holders) in held.iter_mut().zip(holders) {
        for holder in holders {
            held.extend(holder.await.expect("no panic"));
        }
    }
    let stop = Command::new("sh").args(["-c", &format!("kill -s TERM {pid}")]).status();
    let stopped = Instant::now();
    let exit = program.0.wait().expect("the program ends");
    let ending = stopped.elapsed();

    let failures = print_responses(&mut results) + print_held(&held);
    let (sent, seconds) = (results.statuses.len(), time.as_secs_f64());
    println!("\n{sent} requests in {seconds:.0} s, {:.0} a second", sent as f64 / seconds);
    println!("{} more requests failed because the server had just closed the connection", results.reconnects);
    print_memory(at_start, &samples);
    let log = log.join().expect("no panic");
    println!("log: {log}");
    println!("stopped: {exit}, {ending:.1?} after the signal");
    results.failures.iter().take(10).for_each(|failure| println!("unexpected: {failure:.300}"));
    let has_stopped = stop.is_ok_and(|stop| stop.success()) && exit.success();
    if failures == 0 && log.errors == 0 && has_stopped { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

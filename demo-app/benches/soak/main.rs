//! The program under full load for some minutes: `cargo bench -p demo-app --bench soak -- 10` for ten of them, one
//! without a number.
//!
//! 32 connections send good, bad and senseless requests, and each answer's status is compared with the one that is
//! right. Beside them other clients hold connections: they are silent, or slow, or read nothing. After the time a
//! signal ends the program. A wrong status, a connection held for longer than is allowed, an error in the log and an
//! end that is no success make this fail.

mod client;
mod requests;

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, ChildStderr, Command, ExitCode, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use client::{HOLDS, Seen, busy, hold};
use requests::{ISSUER, KINDS, SECRET, Tokens};
use tokio::time::sleep;

const CONNECTIONS: u64 = 32;
const HOLDERS: usize = 8;

/// Ends the program with the soak.
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
        .expect("it starts");
    let mut log = BufReader::new(child.stderr.take().expect("it is piped"));
    let mut line = String::new();
    let addr = loop {
        line.clear();
        assert_ne!(log.read_line(&mut line).expect("text"), 0, "the program ended");
        if let Some((_, addr)) = line.trim_end().split_once("listening on http://") {
            break addr.parse().expect("an address");
        }
    };
    (Program(child), addr, log)
}

/// What the log says: its lines, the longest one, and those that tell of an error.
fn read_log(log: BufReader<ChildStderr>) -> (usize, usize, usize) {
    log.lines().map_while(Result::ok).fold((0, 0, 0), |(lines, longest, errors), line| {
        let is_error = line.contains(" ERROR ") || line.contains("panicked");
        (lines + 1, longest.max(line.len()), errors + usize::from(is_error))
    })
}

/// In MiB.
fn memory(pid: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: f64 = line.and_then(|it| it.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or(f64::NAN);
    kib / 1024.0
}

async fn sampled(pid: u32, end: Instant) -> Vec<f64> {
    let mut samples = Vec::new();
    while Instant::now() < end {
        sleep(Duration::from_secs(2)).await;
        samples.push(memory(pid));
    }
    samples
}

fn join(seen: Vec<Seen>) -> Seen {
    let mut all = Seen { latencies: vec![Vec::new(); KINDS.len()], ..Seen::default() };
    for one in seen {
        all.statuses.extend(one.statuses);
        all.wrong.extend(one.wrong);
        all.again += one.again;
        all.latencies.iter_mut().zip(one.latencies).for_each(|(all, one)| all.extend(one));
    }
    all
}

/// In milliseconds.
fn percentile(sorted: &[u32], part: f64) -> f64 {
    let index = (sorted.len().saturating_sub(1) as f64 * part) as usize;
    sorted.get(index).map_or(f64::NAN, |micros| f64::from(*micros) / 1000.0)
}

/// Prints the answers; how many are wrong.
fn print_answers(seen: &mut Seen) -> usize {
    println!("| request | right | sent | answers | wrong | p50 ms | p99 ms |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    let mut all_wrong = 0;
    for (index, kind) in KINDS.iter().enumerate() {
        let mut counts = std::collections::BTreeMap::new();
        for (_, status) in seen.statuses.iter().filter(|(of, _)| *of == index) {
            *counts.entry(*status).or_insert(0) += 1;
        }
        let sent: usize = counts.values().sum();
        let wrong: usize = counts.iter().filter(|(it, _)| !kind.right.contains(it)).map(|(_, n)| n).sum();
        all_wrong += wrong;
        let latencies = &mut seen.latencies[index];
        latencies.sort_unstable();
        let (p50, p99) = (percentile(latencies, 0.5), percentile(latencies, 0.99));
        println!(
            "| {} | {:?} | {sent} | {counts:?} | {wrong} | {p50:.2} | {p99:.2} |",
            kind.name, kind.right
        );
    }
    let mut latencies = seen.latencies.concat();
    latencies.sort_unstable();
    let (p50, p99) = (percentile(&latencies, 0.5), percentile(&latencies, 0.99));
    println!("| all | | {} | | {all_wrong} | {p50:.2} | {p99:.2} |", seen.statuses.len());
    all_wrong
}

/// Prints for how long connections were held; how many kinds of them too long.
fn print_held(held: &[Vec<Duration>]) -> usize {
    println!("\n| held connection | closed by the server | longest | allowed |");
    println!("| --- | --- | --- | --- |");
    let mut too_long = 0;
    for ((name, allowed), held) in HOLDS.iter().zip(held) {
        let longest = held.iter().max().copied().unwrap_or_default();
        // The clients look twice a second, and the load makes them late.
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
    // `cargo bench` adds an argument of its own.
    let minutes: f64 = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(1.0);
    let time = Duration::from_secs_f64(minutes * 60.0);
    let (mut program, addr, log) = start();
    let (pid, log) = (program.0.id(), thread::spawn(|| read_log(log)));
    let tokens = Arc::new(Tokens::new());
    let at_start = memory(pid);

    let end = Instant::now() + time;
    let clients: Vec<_> =
        (0..CONNECTIONS).map(|n| tokio::spawn(busy(addr, tokens.clone(), n, end))).collect();
    let holders = (0..HOLDERS * HOLDS.len()).map(|n| tokio::spawn(hold(addr, n % HOLDS.len(), end)));
    let holders: Vec<_> = holders.collect();
    let samples = sampled(pid, end).await;
    let mut seen = Vec::new();
    for client in clients {
        seen.push(client.await.expect("no panic"));
    }
    let mut seen = join(seen);
    let mut held = vec![Vec::new(); HOLDS.len()];
    for (number, holder) in holders.into_iter().enumerate() {
        held[number % HOLDS.len()].extend(holder.await.expect("no panic"));
    }
    let stop = Command::new("sh").args(["-c", &format!("kill -s TERM {pid}")]).status();
    let stopped = Instant::now();
    let exit = program.0.wait().expect("it ends");
    let ending = stopped.elapsed();

    let failures = print_answers(&mut seen) + print_held(&held);
    let (sent, seconds) = (seen.statuses.len(), time.as_secs_f64());
    println!("\n{sent} requests in {seconds:.0} s, {:.0} a second", sent as f64 / seconds);
    println!("{} more met a connection that had just been closed", seen.again);
    print_memory(at_start, &samples);
    let (lines, longest, errors) = log.join().expect("no panic");
    println!("log: {lines} lines, the longest of {longest} bytes, {errors} errors");
    println!("the end: {exit}, {ending:.1?} after the signal");
    seen.wrong.iter().take(10).for_each(|wrong| println!("wrong: {wrong:.300}"));
    let has_stopped = stop.is_ok_and(|stop| stop.success()) && exit.success();
    match failures == 0 && errors == 0 && has_stopped {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

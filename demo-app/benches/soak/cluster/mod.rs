//! Two copies behind a proxy, with PostgreSQL, Redis and an issuer that rotates its keys and fails.

mod issuer;
mod load;
mod services;

use std::{
    net::SocketAddr,
    process::ExitCode,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use issuer::Issuer;
use load::{KINDS, Kind, Load, Results};
use services::{DemoApp, Directory, demo_app, free_addr, haproxy, missing, postgres, redis};
use tokio::{task::spawn_blocking, time::sleep};

use crate::{memory, percentile, print_memory};

const CLIENTS: u64 = 16;
/// How long a killed copy is away.
const DOWN: Duration = Duration::from_secs(5);
/// After a restart, requests wait for the keys of the issuer for at most this time.
const START_TOLERANCE: Duration = Duration::from_secs(15);

/// Events, as parts of the time: the first copy is killed, and the issuer fails twice, for a twentieth of the time.
const KILL: f64 = 0.5;
const OUTAGES: [f64; 2] = [0.25, 0.7];
const OUTAGE_PART: f64 = 0.05;

/// Runs the cluster for this time, with new keys every minute, or more often in a run of less than 5 minutes.
pub(crate) async fn run(time: Duration) -> ExitCode {
    let missing = missing();
    if !missing.is_empty() {
        println!("not installed:\n{}", missing.join("\n"));
        return ExitCode::FAILURE;
    }
    let interval = if time < Duration::from_secs(300) { 15 } else { 60 };
    let directory = Directory::create();
    let api = free_addr();
    let audience = format!("http://{api}");
    let issuer = Issuer::start(audience.clone(), Duration::from_secs(interval)).await;
    let (_postgres, database) = postgres(&directory.0);
    let (_redis, redis) = redis(&directory.0);
    let options = [
        ["--database", &database],
        ["--issuer-url", &issuer.url],
        ["--audience", &audience],
        ["--dpop", "accepted"],
        ["--redis", &redis],
    ];
    let options = options.concat().into_iter().map(str::to_owned).collect::<Vec<_>>();
    let copies = [start(free_addr(), &options).await, start(free_addr(), &options).await];
    let _haproxy = haproxy(&directory.0, api, [copies[0].addr, copies[1].addr]);
    let load = Arc::new(Load {
        unpublished: issuer.unpublished_key(),
        addr: api,
        is_copy_restarting: AtomicBool::new(false),
        results: Mutex::new(KINDS.iter().map(|_| Results::default()).collect()),
        failures: Mutex::default(),
        issuer,
    });

    let began = Instant::now();
    let end = began + time;
    let clients: Vec<_> = (0..CLIENTS).map(|n| tokio::spawn(Arc::clone(&load).run(n, end))).collect();
    let mut cluster = Cluster {
        load: Arc::clone(&load),
        options,
        memory: [0, 1].map(|index: usize| vec![memory(copies[index].program.0.id())]),
        copies,
        errors: 0,
        outages: 0,
        is_restarted: false,
        recovers_at: None,
        settles_at: None,
    };
    while Instant::now() < end {
        sleep(Duration::from_secs(1)).await;
        cluster.step(began.elapsed(), time).await;
    }
    for client in clients {
        client.await.expect("no panic");
    }
    let unexpected = print(&load, time);
    let errors = cluster.stop();
    let failures = load.failures.lock().unwrap_or_else(PoisonError::into_inner);
    failures.iter().for_each(|failure| println!("unexpected: {failure:.400}"));
    if unexpected == 0 && errors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Starts a copy. It reads the metadata of the issuer, which runs in this process, before it listens.
async fn start(addr: SocketAddr, options: &[String]) -> DemoApp {
    let options = options.to_vec();
    spawn_blocking(move || demo_app(addr, &options)).await.expect("the copy starts")
}

/// The copies, and the events until now.
struct Cluster {
    load: Arc<Load>,
    options: Vec<String>,
    copies: [DemoApp; 2],
    /// That of each copy, from its last start on.
    memory: [Vec<f64>; 2],
    /// Those in the log of the copy that was killed.
    errors: usize,
    outages: usize,
    is_restarted: bool,
    recovers_at: Option<Instant>,
    settles_at: Option<Instant>,
}

impl Cluster {
    /// Causes the events that are due, and measures the memory of the copies.
    async fn step(&mut self, elapsed: Duration, time: Duration) {
        let part = elapsed.as_secs_f64() / time.as_secs_f64();
        let issuer = &self.load.issuer;
        issuer.rotate_if_due();
        if self.recovers_at.is_none() && OUTAGES.get(self.outages).is_some_and(|at| part >= *at) {
            self.outages += 1;
            let outage = time.mul_f64(OUTAGE_PART);
            issuer.fail(outage).await;
            self.recovers_at = Some(Instant::now() + outage);
        }
        if self.recovers_at.take_if(|time| Instant::now() >= *time).is_some() {
            issuer.recover().await;
        }
        if !self.is_restarted && part >= KILL {
            self.restart().await;
        }
        if self.settles_at.take_if(|time| Instant::now() >= *time).is_some() {
            self.load.is_copy_restarting.store(false, Ordering::Relaxed);
        }
        for (samples, copy) in self.memory.iter_mut().zip(&self.copies) {
            samples.push(memory(copy.program.0.id()));
        }
    }

    /// Kills the first copy, and starts it again after a while.
    async fn restart(&mut self) {
        self.is_restarted = true;
        self.load.is_copy_restarting.store(true, Ordering::Relaxed);
        let [copy, _] = &mut self.copies;
        // `kill` of a child is SIGKILL.
        let _ = copy.program.0.kill();
        let _ = copy.program.0.wait();
        sleep(DOWN).await;
        let restarted = start(copy.addr, &self.options).await;
        let killed = std::mem::replace(copy, restarted);
        self.errors += killed.log.join().expect("no panic").errors;
        self.settles_at = Some(Instant::now() + START_TOLERANCE);
        self.memory[0].clear();
    }

    /// Stops the copies, and prints what has happened to them. Returns the number of errors in their logs.
    fn stop(self) -> usize {
        println!(
            "{} keys, {} outages of the issuer, {} copy killed and restarted",
            self.load.issuer.rotations(),
            self.outages,
            usize::from(self.is_restarted)
        );
        let mut errors = self.errors;
        for (index, (mut copy, samples)) in self.copies.into_iter().zip(self.memory).enumerate() {
            println!("copy {}, since its last start:", index + 1);
            print_memory(samples[0], &samples);
            let _ = copy.program.0.kill();
            let log = copy.log.join().expect("no panic");
            println!("log: {log}");
            errors += log.errors;
        }
        errors
    }
}

/// Prints the responses. Returns the number of unexpected ones.
fn print(load: &Load, time: Duration) -> usize {
    println!("| request | expected | responses | key not known yet | lost | unexpected | p50 ms | p99 ms |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    let mut all = load.results.lock().unwrap_or_else(PoisonError::into_inner);
    for (Kind { name, expected, .. }, results) in KINDS.iter().zip(all.iter_mut()) {
        results.latencies.sort_unstable();
        let Results { statuses, unexpected, key_unknown, lost, latencies } = results;
        let (p50, p99) = (percentile(latencies, 0.5), percentile(latencies, 0.99));
        println!(
            "| {name} | {expected} | {statuses:?} | {key_unknown} | {lost} | {unexpected} | {p50:.2} | {p99:.2} |"
        );
    }
    let mut latencies: Vec<_> = all.iter().flat_map(|results| results.latencies.iter().copied()).collect();
    latencies.sort_unstable();
    let sum = |count: fn(&Results) -> usize| all.iter().map(count).sum::<usize>();
    let (unknown, lost) = (sum(|results| results.key_unknown), sum(|results| results.lost));
    let unexpected = sum(|results| results.unexpected);
    let (p50, p99) = (percentile(&latencies, 0.5), percentile(&latencies, 0.99));
    println!("| all | | {} | {unknown} | {lost} | {unexpected} | {p50:.2} | {p99:.2} |\n", latencies.len());
    let seconds = time.as_secs_f64();
    println!("{seconds:.0} s, {:.0} responses a second", latencies.len() as f64 / seconds);
    unexpected
}

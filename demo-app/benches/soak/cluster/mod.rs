//! Two copies behind a proxy, with PostgreSQL, Redis and an issuer that rotates its keys and fails.

mod issuer;
mod load;
mod services;

use std::{
    process::ExitCode,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use issuer::Issuer;
use load::{KINDS, Load, Results};
use services::{Copy, Directory, copy, free_addr, haproxy, missing, postgres, redis};
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
    // A copy reads the metadata of the issuer, which runs in this process, before it listens.
    let start = async |addr| {
        let options = options.clone();
        spawn_blocking(move || copy(addr, &options)).await.expect("the copy starts")
    };
    let mut copies = [start(free_addr()).await, start(free_addr()).await];
    let _haproxy = haproxy(&directory.0, api, [copies[0].addr, copies[1].addr]);
    let load = Arc::new(Load {
        stranger: issuer.stranger(),
        addr: api,
        is_copy_restarting: AtomicBool::new(false),
        results: Mutex::new(KINDS.iter().map(|_| Results::default()).collect()),
        failures: Mutex::default(),
        issuer,
    });

    let began = Instant::now();
    let end = began + time;
    let clients: Vec<_> = (0..CLIENTS).map(|n| tokio::spawn(Arc::clone(&load).run(n, end))).collect();
    let mut samples = [Vec::new(), Vec::new()];
    let mut at_start = [0, 1].map(|index: usize| memory(pid(&copies[index])));
    let (mut outages, mut kills, mut errors) = (0, 0, 0);
    let mut recovery = None;
    let mut settled = None;
    while Instant::now() < end {
        sleep(Duration::from_secs(1)).await;
        let part = began.elapsed().as_secs_f64() / time.as_secs_f64();
        load.issuer.rotate_if_due();
        if recovery.is_none() && OUTAGES.get(outages).is_some_and(|at| part >= *at) {
            outages += 1;
            let outage = time.mul_f64(OUTAGE_PART);
            load.issuer.fail(outage).await;
            recovery = Some(Instant::now() + outage);
        }
        if recovery.is_some_and(|recovery| Instant::now() >= recovery) {
            load.issuer.recover().await;
            recovery = None;
        }
        if kills == 0 && part >= KILL {
            kills += 1;
            load.is_copy_restarting.store(true, Ordering::Relaxed);
            // `kill` of a child is SIGKILL.
            let _ = copies[0].program.0.kill();
            let _ = copies[0].program.0.wait();
            sleep(DOWN).await;
            let restarted = start(copies[0].addr).await;
            let killed = std::mem::replace(&mut copies[0], restarted);
            errors += killed.log.join().expect("no panic").2;
            settled = Some(Instant::now() + START_TOLERANCE);
            samples[0].clear();
            at_start[0] = memory(pid(&copies[0]));
        }
        if settled.is_some_and(|settled| Instant::now() >= settled) {
            load.is_copy_restarting.store(false, Ordering::Relaxed);
            settled = None;
        }
        for (samples, copy) in samples.iter_mut().zip(&copies) {
            samples.push(memory(pid(copy)));
        }
    }
    for client in clients {
        client.await.expect("no panic");
    }

    let unexpected = print(&load, time);
    println!(
        "{} keys, {outages} outages of the issuer, {kills} copy killed and restarted",
        load.issuer.rotations()
    );
    for (index, mut copy) in copies.into_iter().enumerate() {
        println!("copy {}, since its last start:", index + 1);
        print_memory(at_start[index], &samples[index]);
        let _ = copy.program.0.kill();
        let (lines, longest, found) = copy.log.join().expect("no panic");
        println!("log: {lines} lines, the longest of {longest} bytes, {found} errors");
        errors += found;
    }
    let failures = load.failures.lock().unwrap_or_else(PoisonError::into_inner);
    failures.iter().for_each(|failure| println!("unexpected: {failure:.400}"));
    if unexpected == 0 && errors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn pid(copy: &Copy) -> u32 {
    copy.program.0.id()
}

/// Prints the responses. Returns the number of unexpected ones.
fn print(load: &Load, time: Duration) -> usize {
    println!("| request | expected | responses | key not known yet | lost | unexpected | p50 ms | p99 ms |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    let mut all = load.results.lock().unwrap_or_else(PoisonError::into_inner);
    for ((name, _, expected), results) in KINDS.iter().zip(all.iter_mut()) {
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

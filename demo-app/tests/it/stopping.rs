//! Stopping the program with a signal while requests are in progress.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use crate::program::{Running, serving};

const FORM: &str = "grant_type=password&username=johndoe&password=secret&scope=me";

/// Starts a log-in without its body. The server has begun to process it: it has sent `100 Continue`.
fn begin_log_in(addr: &str) -> TcpStream {
    let mut client = TcpStream::connect(addr).unwrap();
    let head = format!(
        "POST /token HTTP/1.1\r\nHost: demo\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n",
        FORM.len()
    );
    client.write_all(head.as_bytes()).unwrap();
    let mut proceed = [0; 25];
    client.read_exact(&mut proceed).unwrap();
    assert_eq!(&proceed, b"HTTP/1.1 100 Continue\r\n\r\n");
    client
}

fn connect_and_send(addr: &str, text: &str) -> TcpStream {
    let mut client = TcpStream::connect(addr).unwrap();
    client.write_all(text.as_bytes()).unwrap();
    client
}

/// Returns the response to `GET /`, or `None` if the connection was refused or closed before the first byte.
fn get_root(addr: &str) -> Option<String> {
    let mut response = String::new();
    let mut client = TcpStream::connect(addr).ok()?;
    client.write_all(b"GET / HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n\r\n").ok()?;
    match client.read_to_string(&mut response) {
        Ok(0) => None,
        Err(error) if error.kind() == ErrorKind::ConnectionReset && response.is_empty() => None,
        read => {
            read.unwrap();
            Some(response)
        }
    }
}

#[test]
fn requests_in_progress_are_finished_and_other_connections_do_not_delay_the_end() {
    thread::scope(|scope| {
        for signal in ["TERM", "INT"] {
            scope.spawn(|| stop_under_load(signal));
        }
    });
}

fn stop_under_load(signal: &str) {
    // The test reads the log only at the end, so a log line for each request would fill the pipe.
    let server = Running::start(serving().env("RUST_LOG", "info,demo_app::serve::request_limits=warn"));
    let addr = server.addr.clone();
    let mut in_progress: Vec<_> = (0..4).map(|_| begin_log_in(&addr)).collect();
    let _silent = connect_and_send(&addr, "");
    let mut idle = connect_and_send(&addr, "GET / HTTP/1.1\r\nHost: demo\r\n\r\n");
    idle.read_exact(&mut [0; 12]).unwrap();
    let _half = connect_and_send(&addr, "GET / HTTP/1.1\r\nHost:");
    let _trickle =
        connect_and_send(&addr, "POST /token HTTP/1.1\r\nHost: demo\r\nContent-Length: 9\r\n\r\nx");

    let (answered, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let Some(response) = get_root(&addr) else { continue };
                    assert!(
                        response.starts_with("HTTP/1.1 200 ") && response.ends_with("any token\n"),
                        "{response}"
                    );
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        while answered.load(Ordering::Relaxed) < 100 {
            thread::yield_now();
        }
        server.signal(signal);
        while TcpStream::connect(&addr).is_ok() {
            thread::yield_now();
        }
        for client in &mut in_progress {
            client.write_all(FORM.as_bytes()).unwrap();
            let mut response = String::new();
            client.read_to_string(&mut response).unwrap();
            assert!(response.starts_with("HTTP/1.1 200 ") && response.contains("access_token"), "{response}");
        }
        is_over.store(true, Ordering::Relaxed);
    });
    let log = server.end();
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    assert!(!log.contains("panicked"), "{log}");
}

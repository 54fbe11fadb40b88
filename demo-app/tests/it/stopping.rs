//! The end of the program, by a signal, while clients are at work.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use crate::program::{Running, serving};

const FORM: &str = "grant_type=password&username=johndoe&password=secret&scope=me";

/// A client whose request is under way for certain: the server asks for its body.
fn logging_in(addr: &str) -> TcpStream {
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

fn sending(addr: &str, text: &str) -> TcpStream {
    let mut client = TcpStream::connect(addr).unwrap();
    client.write_all(text.as_bytes()).unwrap();
    client
}

/// The answer, unless the connection was refused before a byte of it.
fn answer(addr: &str) -> Option<String> {
    let mut answer = String::new();
    let mut client = TcpStream::connect(addr).ok()?;
    client.write_all(b"GET / HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n\r\n").ok()?;
    match client.read_to_string(&mut answer) {
        Ok(0) => None,
        Err(error) if error.kind() == ErrorKind::ConnectionReset && answer.is_empty() => None,
        read => {
            read.unwrap();
            Some(answer)
        }
    }
}

#[test]
fn requests_under_way_are_answered_and_nobody_else_holds_up_the_end() {
    thread::scope(|scope| {
        for signal in ["TERM", "INT"] {
            scope.spawn(|| end_under_load(signal));
        }
    });
}

fn end_under_load(signal: &str) {
    // Nobody reads the log until the end.
    let server = Running::start(serving().env("RUST_LOG", "info,demo_app::requests=warn"));
    let addr = server.addr.clone();
    let mut under_way: Vec<_> = (0..4).map(|_| logging_in(&addr)).collect();
    let _silent = sending(&addr, "");
    let mut idle = sending(&addr, "GET / HTTP/1.1\r\nHost: demo\r\n\r\n");
    idle.read_exact(&mut [0; 12]).unwrap();
    let _half = sending(&addr, "GET / HTTP/1.1\r\nHost:");
    let _trickle = sending(&addr, "POST /token HTTP/1.1\r\nHost: demo\r\nContent-Length: 9\r\n\r\nx");

    let (answered, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let Some(answer) = answer(&addr) else { continue };
                    assert!(
                        answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("any token\n"),
                        "{answer}"
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
        for client in &mut under_way {
            client.write_all(FORM.as_bytes()).unwrap();
            let mut answer = String::new();
            client.read_to_string(&mut answer).unwrap();
            assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("access_token"), "{answer}");
        }
        is_over.store(true, Ordering::Relaxed);
    });
    let log = server.end();
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    assert!(!log.contains("panicked"), "{log}");
}

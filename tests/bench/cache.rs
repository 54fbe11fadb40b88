//! Measures the token cache with many tokens, and with many threads: `cargo bench -p scopes-tests --no-default-features
//! --bench cache`. Memory is that of the process (Linux).

#[expect(dead_code, reason = "other benchmarks use the rest")]
mod tokens;

use std::fs;
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use scopes_runtime::{JwtDecoder, JwtDecoderBuilder, TokenDecoder};
use tokens::{ALGORITHMS, AUDIENCE, ISSUER, algorithm, tokens, verification_key};

const NAME: &str = ALGORITHMS[0];
const SMALL: usize = 10_000;
const LARGE: usize = 1_000_000;
/// Enough for all small tokens.
const LARGE_CACHE: usize = 64 * 1024 * 1024;
const REQUESTS: usize = 400_000;
const THREADS: [usize; 5] = [1, 2, 4, 8, 16];
const TIME: Duration = Duration::from_secs(1);

fn decoder(configure: impl FnOnce(JwtDecoderBuilder) -> JwtDecoderBuilder) -> JwtDecoder {
    let builder = JwtDecoder::builder().issuer(ISSUER).audience(AUDIENCE);
    configure(builder.key(verification_key(algorithm(NAME)))).build().expect("a decoder")
}

fn decode(decoder: &JwtDecoder, token: &str) {
    black_box(decoder.decode(token).now_or_never().expect("an immediate result").expect("a good token"));
}

/// Returns the memory of the process in bytes.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").expect("the status of this process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("the resident memory");
    line.trim().trim_end_matches(" kB").parse::<usize>().expect("a number") * 1024
}

/// A generator of positions, xorshift64.
struct Positions(u64);

impl Positions {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 1).expect("64 bits") % end
    }
}

fn memory(tokens: &[String]) {
    let decoder = decoder(|builder| builder.cache_capacity(LARGE_CACHE));
    // The table of the cache has its size from the beginning.
    decode(&decoder, &tokens[0]);
    let before = resident();
    tokens[1..].iter().for_each(|token| decode(&decoder, token));
    assert!(tokens.iter().all(|token| decoder.cached(token).is_some()), "the cache is too small");
    let each = (resident() - before) / (tokens.len() - 1);
    println!("A token of {} bytes in the cache takes {each} bytes.", tokens[0].len());
}

/// Requests with tokens at random, each with the same probability.
fn many_tokens(cache: &str, decoder: &JwtDecoder, tokens: &[String]) {
    let mut positions = Positions(0x9e37_79b9_7f4a_7c15);
    let mut request = || {
        let token = &tokens[positions.below(tokens.len())];
        let is_hit = black_box(decoder.cached(token)).is_some();
        if !is_hit {
            decode(decoder, token);
        }
        is_hit
    };
    // Until the cache contains what it will contain.
    (0..REQUESTS).for_each(|_| {
        request();
    });
    let (start, mut hits) = (Instant::now(), 0);
    let mut times: Vec<_> = (0..REQUESTS)
        .map(|_| {
            let start = Instant::now();
            hits += usize::from(request());
            start.elapsed()
        })
        .collect();
    let rate = REQUESTS as f64 / start.elapsed().as_secs_f64();
    times.sort_unstable();
    let (hits, p99) = (100.0 * hits as f64 / REQUESTS as f64, times[REQUESTS / 100 * 99].as_nanos());
    println!("| {} | {cache} | {hits:.1} % | {rate:.0} | {:.1} µs |", tokens.len(), p99 as f64 / 1000.0);
}

/// Returns the processor time of the process in seconds.
fn processor_time() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("the status of this process");
    let (_, fields) = stat.rsplit_once(')').expect("the name of the program");
    // `utime` and `stime` in hundredths of a second.
    let times = fields.split_whitespace().skip(11).take(2);
    times.map(|time| time.parse::<f64>().expect("a number")).sum::<f64>() / 100.0
}

/// Lookups of threads that all have hits, per second, and per second of processor time.
fn lookups(decoder: &JwtDecoder, tokens: &[String], threads: usize) -> (f64, f64) {
    let (is_over, total) = (AtomicBool::new(false), AtomicU64::new(0));
    let (start, processor_start) = (Instant::now(), processor_time());
    thread::scope(|scope| {
        for thread in 1..=threads {
            let (is_over, total) = (&is_over, &total);
            scope.spawn(move || {
                let (mut positions, mut count) = (Positions(thread as u64), 0);
                while !is_over.load(Ordering::Relaxed) {
                    let token = &tokens[positions.below(tokens.len())];
                    black_box(decoder.cached(token).expect("it is cached"));
                    count += 1;
                }
                total.fetch_add(count, Ordering::Relaxed);
            });
        }
        thread::sleep(TIME);
        is_over.store(true, Ordering::Relaxed);
    });
    let total = total.load(Ordering::Relaxed) as f64;
    (total / start.elapsed().as_secs_f64(), total / (processor_time() - processor_start))
}

fn main() {
    let all = tokens(NAME, "me items", LARGE);
    let small = &all[..SMALL];
    memory(small);

    println!("\n| tokens | cache | hits | requests/s | p99 |\n| --- | --- | --- | --- | --- |");
    many_tokens("16 MiB", &decoder(|builder| builder), small);
    many_tokens("64 MiB", &decoder(|builder| builder.cache_capacity(LARGE_CACHE)), small);
    many_tokens("16 MiB", &decoder(|builder| builder), &all);

    let few = &small[..1000];
    let decoder = decoder(|builder| builder);
    few.iter().for_each(|token| decode(&decoder, token));
    println!("\nMillions of lookups per second, and per second of processor time:\n");
    println!("| threads | 1000 tokens | | one token | |\n| --- | --- | --- | --- | --- |");
    for threads in THREADS {
        let (many, one) = (lookups(&decoder, few, threads), lookups(&decoder, &few[..1], threads));
        let [many, each_many, one, each_one] = [many.0, many.1, one.0, one.1].map(|rate| rate / 1e6);
        println!("| {threads} | {many:.1} | {each_many:.1} | {one:.1} | {each_one:.1} |");
    }
}

//! Measures the compile time of the attribute: `cargo bench -p scopes-tests --no-default-features --bench compile` prints the
//! tables. With `-- sizes` only the sizes of binaries, with `-- cold` only the time of a first build, with `-- incremental`
//! only that of a check after an edit.
//!
//! The benchmark generates crates with many handlers of three arguments each, and checks them with their dependencies built:
//! with the attribute, without it, and with `#[utoipa::path]`. The cost of a handler is the difference of the medians with and
//! without the attribute, divided by the number of handlers. Sizes are those of stripped release binaries. A first build
//! compiles a minimal application with its dependencies, which are downloaded before.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs};

const ROUNDS: usize = 5;
const HANDLERS: [usize; 4] = [10, 100, 1000, 3000];
const SCOPES: [usize; 2] = [5, 500];
/// The most routes of a crate that is only checked.
const ROUTED: usize = 300;
/// The numbers of handlers in binaries, all with a route.
const SERVED: [usize; 2] = [100, 1000];

#[derive(Clone, Copy, PartialEq)]
enum Attribute {
    None,
    RequiresScopes,
    UtoipaPath,
}

#[derive(Clone, Copy)]
enum Edit {
    Body,
    LineAbove,
}

/// A generated crate, with the dependency versions of the workspace.
struct Generated {
    directory: PathBuf,
    is_incremental: bool,
}

impl Generated {
    fn new(name: &str, dependencies: &str) -> Self {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(directory.join("src")).expect("a directory");
        let lock = fs::read_to_string(workspace.join("Cargo.lock")).expect("the lock file");
        fs::write(directory.join("Cargo.lock"), lock).expect("it is written");
        let manifest = format!(
            "[package]\nname = \"generated\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n\
             [profile.release]\nstrip = true\n[dependencies]\naxum = \"0.8\"\n\
             serde = {{ version = \"1\", features = [\"derive\"] }}\n\
             tokio = {{ version = \"1\", features = [\"net\", \"rt\"] }}\n{dependencies}"
        );
        fs::write(directory.join("Cargo.toml"), manifest).expect("it is written");
        Self { directory, is_incremental: false }
    }

    fn write(&self, program: &str) {
        fs::write(self.directory.join("src/main.rs"), program).expect("it is written");
    }

    fn cargo(&self, arguments: &[&str]) -> Duration {
        let start = Instant::now();
        let output = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()))
            .args(arguments)
            .current_dir(&self.directory)
            .env("CARGO_TARGET_DIR", self.directory.join("target"))
            .env("CARGO_INCREMENTAL", if self.is_incremental { "1" } else { "0" })
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        start.elapsed()
    }

    /// In seconds.
    fn check(&self, handlers: usize, scopes: usize, attribute: Attribute) -> f64 {
        self.write(&program(handlers, scopes, attribute, ROUTED));
        let times = (0..ROUNDS)
            .map(|_| {
                let main = fs::File::options().append(true).open(self.directory.join("src/main.rs"));
                main.and_then(|file| file.set_modified(std::time::SystemTime::now())).expect("it is there");
                self.cargo(&["check", "--quiet"]).as_secs_f64()
            })
            .collect();
        median(times)
    }

    /// Returns the seconds of a check after the body of the first handler was edited, or a line was inserted above all handlers.
    fn check_after_edit(&self, handlers: usize, attribute: Attribute, edit: Edit) -> f64 {
        let program = program(handlers, SCOPES[0], attribute, ROUTED);
        let times = (0..=ROUNDS)
            .map(|round| {
                self.write(&match edit {
                    Edit::Body => {
                        let edited = format!("{{ let _ = (server, {round});");
                        program.replacen("{ let _ = server;", &edited, 1)
                    }
                    Edit::LineAbove => "\n".repeat(round) + &program,
                });
                self.cargo(&["check", "--quiet"]).as_secs_f64()
            })
            .skip(1)
            .collect();
        median(times)
    }

    fn size(&self, handlers: usize, attribute: Attribute) -> u64 {
        self.write(&program(handlers, SCOPES[0], attribute, handlers));
        self.cargo(&["build", "--release", "--quiet"]);
        fs::metadata(self.directory.join("target/release/generated")).expect("a program").len()
    }
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn scopes_runtime() -> String {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    format!("scopes-runtime = {{ path = {:?} }}\n", workspace.join("scopes-runtime"))
}

/// Prints how long the first build of a minimal application takes, and of how many crates.
fn print_first_build(name: &str, dependencies: &str, program: &str) {
    let generated = Generated::new("first-build", dependencies);
    generated.write(program);
    generated.cargo(&["fetch", "--quiet"]);
    let target = generated.directory.join("target");
    if target.exists() {
        fs::remove_dir_all(&target).expect("it is removed");
    }
    let time = generated.cargo(&["build"]).as_secs_f64();
    let fingerprints = fs::read_dir(target.join("debug/.fingerprint")).expect("the crates").flatten();
    // A crate with a build script has several.
    let mut crates: Vec<_> = fingerprints
        .filter_map(|entry| Some(entry.file_name().to_str()?.rsplit_once('-')?.0.to_owned()))
        .collect();
    crates.sort();
    crates.dedup();
    println!("| {name} | {time:.0} s | {} |", crates.len() - 1);
}

fn print_first_builds() {
    println!("| application | first build | crates |\n| --- | --- | --- |");
    let by_hand = "use axum::http::{HeaderMap, StatusCode};\nasync fn read(headers: HeaderMap) -> Result<String, StatusCode> {\n\
                   let key = jsonwebtoken::DecodingKey::from_secret(&[7; 32]);\n\
                   let token = headers.get(\"authorization\").ok_or(StatusCode::UNAUTHORIZED)?.as_bytes();\n\
                   jsonwebtoken::decode::<serde_json::Value>(&token[7..], &key, &jsonwebtoken::Validation::default())\n\
                   .map_err(|_| StatusCode::UNAUTHORIZED)?;\nOk(\"hello\".to_owned())\n}\n\
                   fn main() { drop(axum::Router::<()>::new().route(\"/\", axum::routing::get(read))); }";
    let dependencies =
        "jsonwebtoken = { version = \"11\", features = [\"aws_lc_rs\"] }\nserde_json = \"1\"\n";
    print_first_build("axum and jsonwebtoken", dependencies, by_hand);
    let program = program(1, 1, Attribute::RequiresScopes, 1);
    print_first_build("with scopes-runtime", &scopes_runtime(), &program);
    let without_openapi =
        scopes_runtime().replace(" }", ", default-features = false, features = [\"aws-lc-rs\"] }");
    print_first_build("the same without `openapi`", &without_openapi, &program);
}

fn print_incremental(generated: &Generated) {
    let handlers = HANDLERS[2];
    println!("| {handlers} handlers | an edited body | a line above |\n| --- | --- | --- |");
    for (name, attribute) in [
        ("plain", Attribute::None),
        ("`#[requires_scopes]`", Attribute::RequiresScopes),
        ("`#[utoipa::path]`", Attribute::UtoipaPath),
    ] {
        let [body, line] =
            [Edit::Body, Edit::LineAbove].map(|edit| generated.check_after_edit(handlers, attribute, edit));
        println!("| {name} | {body:.2} | {line:.2} |");
    }
}

fn print_sizes(generated: &Generated) {
    println!("\n| handlers | bytes without | bytes with | each |\n| --- | --- | --- | --- |");
    for handlers in SERVED {
        let sizes = [Attribute::None, Attribute::RequiresScopes].map(|one| generated.size(handlers, one));
        let [without, with] = sizes;
        println!(
            "| {handlers} | {without} | {with} | {:.0} |",
            (with as f64 - without as f64) / handlers as f64
        );
    }
}

fn program(handlers: usize, scopes: usize, attribute: Attribute, routes: usize) -> String {
    let mut program = String::from(
        "#![allow(unused_imports, dead_code)]\nuse axum::extract::{Path, Query, State};\nuse axum::routing::get;\n\
         use scopes_runtime::{ResourceServer, declare_scopes, requires_scopes};\n\
         #[derive(serde::Deserialize)]\npub struct Page { pub offset: u32 }\n\
         /// The scopes.\n#[declare_scopes]\npub enum Scope {\n",
    );
    for scope in 0..scopes {
        let _ = writeln!(program, "    /// Scope number {scope}.\n    S{scope} = \"area{scope}:read\",");
    }
    program.push_str("}\n");
    for handler in 0..handlers {
        match attribute {
            Attribute::None => {}
            Attribute::RequiresScopes => {
                let _ = writeln!(program, "#[requires_scopes(\"area{}:read\")]", handler % scopes);
            }
            Attribute::UtoipaPath => {
                let _ = writeln!(
                    program,
                    "#[utoipa::path(get, path = \"/h{handler}/{{id}}\", params((\"id\" = u32, Path, description = \"Which.\"), \
                     (\"offset\" = u32, Query, description = \"Where to begin.\")), responses((status = 200, \
                     description = \"It.\", body = String), (status = 404, description = \"Not found.\")))]"
                );
            }
        }
        let _ = writeln!(
            program,
            "/// Handler number {handler}.\npub async fn h{handler}(Path(id): Path<u32>, Query(page): Query<Page>, \
             State(server): State<ResourceServer>) -> String {{ let _ = server; (id + page.offset).to_string() }}"
        );
    }
    program.push_str("fn main() {\n    let app: axum::Router<ResourceServer> = axum::Router::new()");
    // Routing costs most, and the same with and without the attribute.
    for handler in 0..handlers.min(routes) {
        let _ = write!(program, "\n        .route(\"/h{handler}/{{id}}\", get(h{handler}))");
    }
    program.push_str(";\n    drop(app);\n}\n");
    program
}

fn main() {
    let arguments: Vec<_> = env::args().collect();
    let dependencies = scopes_runtime() + "utoipa = { version = \"6\", features = [\"axum_extras\"] }\n";
    if arguments.iter().any(|argument| argument == "cold") {
        return print_first_builds();
    }
    let mut generated = Generated::new("compile-bench", &dependencies);
    if arguments.iter().any(|argument| argument == "incremental") {
        generated.is_incremental = true;
        return print_incremental(&generated);
    }
    if arguments.iter().any(|argument| argument == "sizes") {
        return print_sizes(&generated);
    }
    // Builds the dependencies.
    generated.check(1, 1, Attribute::UtoipaPath);
    println!("| handlers | scopes | without | with | ms per handler |");
    println!("| --- | --- | --- | --- | --- |");
    for scopes in SCOPES {
        for handlers in HANDLERS {
            let without = generated.check(handlers, scopes, Attribute::None);
            let with = generated.check(handlers, scopes, Attribute::RequiresScopes);
            let each = (with - without) * 1000.0 / handlers as f64;
            println!("| {handlers} | {scopes} | {without:.2} s | {with:.2} s | {each:.2} |");
        }
    }
    let handlers = HANDLERS[2];
    let without = generated.check(handlers, SCOPES[0], Attribute::None);
    let with = generated.check(handlers, SCOPES[0], Attribute::UtoipaPath);
    let each = (with - without) * 1000.0 / handlers as f64;
    println!("\n`#[utoipa::path]`: {each:.2} ms per handler ({handlers} handlers).");
    print_sizes(&generated);
    print_first_builds();
}

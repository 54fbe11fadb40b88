//! Rebuilds the program when a migration is added, which `sqlx::migrate!` does not detect.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}

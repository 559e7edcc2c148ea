//! Rebuilds this crate when the built UI changes, and says so when there is none.

use std::path::Path;

fn main() {
    if Path::new("../../ui/dist/index.html").is_file() {
        println!("cargo:rerun-if-changed=../../ui/dist");
    } else {
        // Naming a path that does not exist would rebuild the crate every time.
        println!("cargo:rerun-if-changed=../../ui");
        println!(
            "cargo:warning=ui/dist is missing: a placeholder page is served; run `make` for the real one"
        );
    }
}

//! The shape of the repository: who may depend on whom, and that every file says what it is for.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::harness::repository;

/// Our own crates that each crate may use; see ARCHITECTURE.md.
const ARROWS: [(&str, &[&str]); 15] = [
    ("hawkeye-model", &[]),
    ("hawkeye-alert", &["hawkeye-model"]),
    ("hawkeye-notify", &[]),
    ("hawkeye-ingest", &["hawkeye-model"]),
    ("hawkeye-store", &["hawkeye-model"]),
    ("hawkeye-catalog", &["hawkeye-model"]),
    ("hawkeye-detect", &["hawkeye-model"]),
    ("hawkeye-diagnose", &["hawkeye-model"]),
    ("hawkeye-forecast", &[]),
    ("hawkeye-sim", &["hawkeye-model"]),
    (
        "hawkeye-bench",
        &["hawkeye-detect", "hawkeye-diagnose", "hawkeye-forecast", "hawkeye-model", "hawkeye-sim"],
    ),
    ("hawkeye-ui", &[]),
    (
        "hawkeye-engine",
        &[
            "hawkeye-alert",
            "hawkeye-catalog",
            "hawkeye-detect",
            "hawkeye-diagnose",
            "hawkeye-forecast",
            "hawkeye-model",
            "hawkeye-notify",
            "hawkeye-store",
        ],
    ),
    (
        "hawkeye-api",
        &[
            "hawkeye-alert",
            "hawkeye-catalog",
            "hawkeye-diagnose",
            "hawkeye-engine",
            "hawkeye-forecast",
            "hawkeye-ingest",
            "hawkeye-model",
            "hawkeye-notify",
            "hawkeye-store",
            "hawkeye-ui",
        ],
    ),
    (
        "hawkeye",
        &[
            "hawkeye-alert",
            "hawkeye-api",
            "hawkeye-catalog",
            "hawkeye-detect",
            "hawkeye-engine",
            "hawkeye-forecast",
            "hawkeye-ingest",
            "hawkeye-model",
            "hawkeye-notify",
            "hawkeye-sim",
            "hawkeye-store",
            "hawkeye-ui",
        ],
    ),
];

#[test]
fn arrows_point_down() {
    for (name, allowed) in ARROWS {
        let manifest =
            fs::read_to_string(repository().join("crates").join(name).join("Cargo.toml")).expect(name);
        let manifest: toml::Table = manifest.parse().expect(name);
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let used =
                manifest.get(section).and_then(|it| it.as_table()).into_iter().flat_map(|it| it.keys());
            for used in used.filter(|used| used.starts_with("hawkeye")) {
                assert!(allowed.contains(&used.as_str()), "{name} must not use {used}");
            }
        }
    }
}

#[test]
fn every_crate_has_its_arrows_written_down() {
    let folders = fs::read_dir(repository().join("crates")).expect("crates");
    let found: BTreeSet<String> =
        folders.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(found, ARROWS.iter().map(|(name, _)| (*name).to_owned()).collect());
}

#[test]
fn pure_crates_have_no_io() {
    for name in [
        "hawkeye-model",
        "hawkeye-ingest",
        "hawkeye-detect",
        "hawkeye-diagnose",
        "hawkeye-forecast",
        "hawkeye-sim",
    ] {
        let manifest =
            fs::read_to_string(repository().join("crates").join(name).join("Cargo.toml")).expect(name);
        let manifest: toml::Table = manifest.parse().expect(name);
        for banned in ["tokio", "axum", "rusqlite", "datafusion", "ureq"] {
            assert!(manifest["dependencies"].get(banned).is_none(), "{name} must not use {banned}");
        }
    }
}

#[test]
fn every_file_opens_with_its_purpose() {
    let mut files = Vec::new();
    collect(&repository().join("crates"), &mut files);
    assert!(files.len() > 50, "the search finds the sources");
    for file in files {
        let text = fs::read_to_string(&file).expect("readable");
        // A file may be included into another crate's doc; all others begin with their own.
        assert!(
            text.starts_with("//!") || text.starts_with("#!["),
            "{} has no //! at its top",
            file.display()
        );
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

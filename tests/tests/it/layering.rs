//! Dependencies point one way: bots → runtime → store → desk → intents. The core names no platform, no runtime and no
//! store, in its manifest or in its sources.

use std::{fs, path::Path, path::PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the workspace").to_owned()
}

fn manifest(folder: &str) -> String {
    fs::read_to_string(root().join(folder).join("Cargo.toml")).expect("each crate has a manifest")
}

/// The members of our own that a crate's manifest names outside its dev-dependencies.
fn ours(folder: &str) -> Vec<String> {
    let manifest = manifest(folder);
    let shipped = manifest.split("[dev-dependencies]").next().expect("split gives a first part");
    shipped
        .lines()
        .filter_map(|line| line.strip_prefix("deskhand-"))
        .map(|l| l.split(['.', ' ']).next().unwrap_or(l).to_owned())
        .collect()
}

#[test]
fn each_layer_depends_on_those_below_it_only() {
    assert_eq!(ours("intents"), [""; 0]);
    assert_eq!(ours("shared/desk"), ["intents"]);
    assert_eq!(ours("shared/store"), ["desk"]);
    for below in ours("shared/runtime") {
        assert!(["desk", "intents", "store"].contains(&below.as_str()), "the runtime depends on {below}");
    }
}

#[test]
fn the_core_is_pure() {
    for folder in ["intents", "shared/desk"] {
        let manifest = manifest(folder);
        for crate_name in ["tokio", "async-trait", "reqwest", "teloxide", "serenity", "sled", "axum", "rand"]
        {
            assert!(!manifest.contains(&format!("\n{crate_name}")), "{folder} depends on {crate_name}");
        }
    }
}

#[test]
fn the_core_names_no_platform() {
    for folder in ["shared/desk/src", "shared/store/src", "shared/runtime/src"] {
        for file in sources(&root().join(folder)) {
            let text = fs::read_to_string(&file).expect("a source file is UTF-8");
            let code = text.split("#[cfg(test)]").next().expect("split gives a first part");
            for (number, line) in code.lines().enumerate() {
                let line = line.split("//").next().expect("split gives a first part").to_lowercase();
                for platform in ["telegram", "discord"] {
                    assert!(
                        !line.contains(platform),
                        "{}:{}: the core names {platform}",
                        file.display(),
                        number + 1
                    );
                }
            }
        }
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder exists") {
        let path = entry.expect("it can be listed").path();
        // What stores are tested by speaks of channels by example.
        let tests = ["contract", "differential.rs", "forms.rs", "full_disk.rs"];
        if tests.iter().any(|name| path.ends_with(name)) {
            continue;
        }
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
            found.push(path);
        }
    }
    found
}

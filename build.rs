//! Lists `resources/` and `models/` so that the binary carries them, and compiles the entity lists and
//! word clusters into tables that are opened in place; no network.

#[path = "src/resource/compile.rs"]
#[allow(dead_code, unreachable_pub)] // the library uses the rest
mod compile;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    let mut files = Vec::new();
    walk(&root.join("resources"), "", &mut files)?;
    walk(&root.join("models"), "models/", &mut files)?;
    let lexicons = root.join("resources/lexicons");
    let list = |name: &str| fs::read_to_string(lexicons.join(name));
    let entities = compile::compile_gazetteer(&list("entities/classes.tsv")?, |name| {
        list(&format!("entities/{name}.tsv")).map_err(|error| format!("entities/{name}.tsv: {error}"))
    });
    let clusters = compile::compile_clusters(&list("clusters.tsv")?);
    for (name, table) in [("entities.table", entities), ("clusters.table", clusters)] {
        let path = out.join(name);
        fs::write(&path, table.map_err(io::Error::other)?)?;
        files.push((format!("compiled/{name}"), path));
    }
    files.sort();
    let mut code = String::from(
        "/// Path and bytes of every embedded file, sorted by path.\nstatic EMBEDDED: &[(&str, &[u8])] = &[\n",
    );
    for (name, path) in &files {
        // Both folders are named by what cargo calls them, so that moving them does no harm.
        let (folder, below) = match path.strip_prefix(&out) {
            Ok(below) => ("OUT_DIR", below),
            Err(_) => ("CARGO_MANIFEST_DIR", path.strip_prefix(&root).unwrap_or(path)),
        };
        let below = format!("/{}", below.display());
        writeln!(code, "    ({name:?}, include_bytes!(concat!(env!({folder:?}), {below:?}))),")
            .map_err(io::Error::other)?;
    }
    code.push_str("];\n");
    fs::write(out.join("embedded.rs"), code)?;
    println!("cargo::rerun-if-changed=src/resource/compile.rs");
    println!("cargo::rerun-if-changed=resources");
    println!("cargo::rerun-if-changed=models");
    Ok(())
}

/// Files below `folder` with their names; Markdown, hidden files, the scripts that make lists, and the
/// transformer checkpoint, which is opened from its folder, stay out.
fn walk(folder: &Path, prefix: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let apart = name.starts_with('.') || matches!(name, "make" | "transformer");
        if apart || path.extension().is_some_and(|ending| ending == "md") {
            continue;
        }
        let name = format!("{prefix}{name}");
        if path.is_dir() {
            walk(&path, &format!("{name}/"), files)?;
        } else {
            files.push((name, path));
        }
    }
    Ok(())
}

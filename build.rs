//! Lists `resources/` and `models/` so that the binary carries them; no network.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    let mut files = Vec::new();
    walk(&root.join("resources"), "", &mut files)?;
    walk(&root.join("models"), "models/", &mut files)?;
    files.sort();
    let mut code = String::from(
        "/// Path and bytes of every embedded file, sorted by path.\nstatic EMBEDDED: &[(&str, &[u8])] = &[\n",
    );
    for (name, path) in &files {
        writeln!(code, "    ({name:?}, include_bytes!({:?})),", path.display().to_string())
            .map_err(io::Error::other)?;
    }
    code.push_str("];\n");
    fs::write(out.join("embedded.rs"), code)?;
    println!("cargo::rerun-if-changed=resources");
    println!("cargo::rerun-if-changed=models");
    Ok(())
}

/// Files below `folder` with their names; Markdown and hidden files stay out of the binary.
fn walk(folder: &Path, prefix: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if name.starts_with('.') || path.extension().is_some_and(|ending| ending == "md") {
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

//! Finds what is to be read: files, folders (with ignore rules), globs and the standard input.

use crate::error::{Error, Result};
use globset::{GlobBuilder, GlobMatcher};
use ignore::{DirEntry, Walk, WalkBuilder};
use std::path::{Component, Path, PathBuf};

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Plain text.
    Plain,
    /// A web page.
    Html,
    /// Documents or records: JSON Lines, or one JSON object.
    Json,
}

impl Kind {
    /// The kind that a file name's ending tells, whatever its compression; nothing for other endings.
    pub fn of(path: &Path) -> Option<Self> {
        // A name need not be UTF-8 to end in `.txt`.
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        match bare(&name).rsplit_once('.')?.1 {
            "txt" | "text" => Some(Self::Plain),
            "html" | "htm" | "xhtml" => Some(Self::Html),
            "json" | "jsonl" | "ndjson" => Some(Self::Json),
            _ => None,
        }
    }
}

impl Kind {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Html => "html",
            Self::Json => "jsonl",
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = [Self::Plain, Self::Html, Self::Json].into_iter().find(|kind| kind.name() == name);
        found.ok_or_else(|| format!("{name:?} is none of plain, html, jsonl"))
    }
}

/// A file name without the endings of compressed files.
fn bare(name: &str) -> &str {
    name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(name)
}

/// Something to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The file; nothing for the standard input.
    pub path: Option<PathBuf>,
    /// How errors and `source` name it: the path as it was given.
    pub name: String,
    /// Path below the input folder without ending, with `/` between its parts: the id of its article.
    pub id: String,
    /// What its ending says it holds.
    pub kind: Option<Kind>,
}

impl Input {
    /// Whether its name says that it is one JSON object, not JSON Lines.
    pub fn is_one_object(&self) -> bool {
        self.ends_in(&["json"])
    }

    /// Whether the name ends in one of `endings`, whatever the file's compression.
    pub fn ends_in(&self, endings: &[&str]) -> bool {
        let name = self.path.as_ref().and_then(|path| path.file_name()?.to_str()).unwrap_or_default();
        let name = name.to_ascii_lowercase();
        bare(&name).rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending))
    }
}

/// What was asked for on the command line, checked but not yet walked.
#[derive(Clone, Debug)]
pub struct Inputs {
    roots: Vec<Root>,
    /// A folder that is never walked into, for output that lies among the input.
    skip: Option<PathBuf>,
    /// Whether marks are read, not articles: further endings of their files.
    marks: Option<&'static [&'static str]>,
}

#[derive(Clone, Debug)]
enum Root {
    Stdin,
    File(PathBuf),
    Folder(PathBuf),
    Glob { base: PathBuf, matcher: GlobMatcher },
}

impl Inputs {
    /// Checks that every path exists, or is a glob that some file may match; `-` is the standard input.
    /// Folders are walked but for `skip`.
    pub fn new(paths: &[PathBuf], skip: Option<&Path>) -> Result<Self> {
        let roots = paths.iter().map(|path| root(path, true)).collect::<Result<_>>()?;
        Ok(Self { roots, skip: skip.and_then(|path| path.canonicalize().ok()), marks: None })
    }

    /// The same for files of marks: JSON and `tagged` endings are taken from folders, texts and pages are not,
    /// and ignore rules do not apply, since what a tool wrote is often kept out of version control.
    pub fn of_marks(paths: &[PathBuf], tagged: &'static [&'static str]) -> Result<Self> {
        let roots = paths.iter().map(|path| root(path, false)).collect::<Result<_>>()?;
        Ok(Self { roots, skip: None, marks: Some(tagged) })
    }

    /// All inputs, in the order of the paths; folders and globs sorted by name. Files of a folder whose
    /// ending says nothing are handed to `left_out`.
    pub fn walk<'a>(&'a self, mut left_out: impl FnMut(&Path) + 'a) -> impl Iterator<Item = Result<Input>> + 'a {
        let mut roots = self.roots.iter();
        let mut current: Option<(Walk, &Root)> = None;
        std::iter::from_fn(move || {
            loop {
                if let Some((walk, root)) = &mut current {
                    match walk.next() {
                        Some(Ok(entry)) => match found(&entry, root, self.marks, &mut left_out) {
                            Some(input) => return Some(input),
                            None => continue,
                        },
                        Some(Err(error)) => return Some(Err(not_walked(&error))),
                        None => current = None,
                    }
                }
                match roots.next()? {
                    Root::Stdin => return Some(Ok(stdin())),
                    Root::File(path) => return Some(Ok(file(path, path.parent().unwrap_or(Path::new(""))))),
                    root @ (Root::Folder(base) | Root::Glob { base, .. }) => {
                        current = Some((walker(base, self.skip.clone(), self.marks.is_none()), root));
                    }
                }
            }
        })
    }

    /// Whether the standard input is among them.
    pub fn has_stdin(&self) -> bool {
        self.roots.iter().any(|root| matches!(root, Root::Stdin))
    }
}

fn root(path: &Path, ignore_rules: bool) -> Result<Root> {
    if path == Path::new("-") {
        return Ok(Root::Stdin);
    }
    match path.metadata() {
        Ok(about) if about.is_dir() => return Ok(Root::Folder(path.to_owned())),
        Ok(_) => return Ok(Root::File(path.to_owned())),
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
            return Err(Error::Io { path: path.to_owned(), doing: "read", cause });
        }
        Err(_) => {}
    }
    // The walk names files below "." as "./a"; patterns and paths are matched without that.
    let path = plain(path);
    let name = path.display().to_string();
    if !name.contains(['*', '?', '[', '{']) {
        return Err(Error::input(name, "no such file or folder; give files, folders, globs, or - for standard input"));
    }
    let base: PathBuf = path
        .components()
        .take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']))
        .collect();
    let glob = GlobBuilder::new(&name).literal_separator(true).build();
    let matcher = glob.map_err(|error| Error::input(&name, format!("is no glob: {error}")))?.compile_matcher();
    let base = if base.as_os_str().is_empty() { PathBuf::from(".") } else { base };
    let found = walker(&base, None, ignore_rules)
        .flatten()
        .any(|entry| is_file(&entry) && matcher.is_match(plain(entry.path())));
    if !found {
        return Err(Error::input(name, "no file matches this glob"));
    }
    Ok(Root::Glob { base, matcher })
}

fn walker(base: &Path, skip: Option<PathBuf>, ignore_rules: bool) -> Walk {
    let mut builder = WalkBuilder::new(base);
    builder.standard_filters(ignore_rules).hidden(true);
    // Ignore files count outside git repositories too.
    builder.require_git(false).sort_by_file_name(Ord::cmp);
    if let Some(skip) = skip {
        builder.filter_entry(move |entry| {
            entry.depth() == 0
                || !entry.file_type().is_some_and(|kind| kind.is_dir())
                || entry.path().canonicalize().map_or(true, |path| path != skip)
        });
    }
    builder.build()
}

fn is_file(entry: &DirEntry) -> bool {
    entry.path().is_file()
}

/// A path without a leading `./`.
fn plain(path: &Path) -> &Path {
    path.strip_prefix(".").unwrap_or(path)
}

/// What of an entry is to be read: nothing of folders and of files that are not wanted. A link to nothing
/// is an error, for someone meant a file to be there.
fn found(
    entry: &DirEntry,
    root: &Root,
    marks: Option<&[&str]>,
    left_out: &mut dyn FnMut(&Path),
) -> Option<Result<Input>> {
    if !is_file(entry) {
        let lost = entry.path_is_symlink() && !entry.path().exists();
        let wanted = match root {
            Root::Glob { matcher, .. } => matcher.is_match(plain(entry.path())),
            _ => Kind::of(entry.path()).is_some(),
        };
        let name = plain(entry.path()).display().to_string();
        return (lost && wanted).then(|| Err(Error::input(name, "is a link to a file that is not there")));
    }
    let input = match root {
        Root::Glob { base, matcher } => {
            let path = plain(entry.path());
            matcher.is_match(path).then(|| file(path, plain(base)))
        }
        Root::Folder(base) => {
            let input = file(entry.path(), base);
            let wanted = match marks {
                Some(tagged) => input.kind == Some(Kind::Json) || input.ends_in(tagged),
                None => input.kind.is_some(),
            };
            if !wanted {
                left_out(entry.path());
            }
            wanted.then_some(input)
        }
        Root::Stdin | Root::File(_) => None,
    };
    input.map(Ok)
}

/// What kept a folder or file from being walked, under its own name.
fn not_walked(error: &ignore::Error) -> Error {
    match error {
        ignore::Error::WithPath { path, err } => match err.io_error() {
            Some(cause) => {
                let cause = cause.raw_os_error().map_or_else(|| cause.kind().into(), std::io::Error::from_raw_os_error);
                Error::Io { path: plain(path).to_owned(), doing: "read", cause }
            }
            None => Error::input(plain(path).display().to_string(), err.to_string()),
        },
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => not_walked(err),
        other => Error::input("folder", other.to_string()),
    }
}

fn file(path: &Path, base: &Path) -> Input {
    let below = path.strip_prefix(base).unwrap_or(path);
    let parts: Vec<_> = below
        .components()
        .filter_map(|part| match part {
            Component::Normal(part) => Some(part.to_string_lossy().into_owned()),
            _ => None,
        })
        .collect();
    let id = without_ending(&parts.join("/")).to_owned();
    let path = plain(path);
    Input { path: Some(path.to_owned()), name: path.display().to_string(), id, kind: Kind::of(path) }
}

/// A file name without its ending, nor that of its compression; a leading dot begins no ending.
fn without_ending(name: &str) -> &str {
    let bare = bare(name);
    match bare.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && !stem.ends_with('/') && !ending.contains('/') => stem,
        _ => bare,
    }
}

fn stdin() -> Input {
    Input { path: None, name: "-".to_owned(), id: "stdin".to_owned(), kind: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// The names and ids found for `paths` in a folder of files, and what was left out.
    fn check(files: &[&str], paths: &[&str], expected: &[(&str, &str)], expected_left_out: &[&str]) {
        let folder = tempfile::tempdir().unwrap();
        for name in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, if name.ends_with("ignore") { "skipped*\n" } else { "x" }).unwrap();
        }
        let paths: Vec<_> = paths.iter().map(|path| folder.path().join(path)).collect();
        let inputs = Inputs::new(&paths, Some(&folder.path().join("in/out"))).unwrap();
        let name = |path: &Path| path.strip_prefix(folder.path()).unwrap().display().to_string();
        let mut left_out = Vec::new();
        let found: Vec<_> = {
            let keep = |path: &Path| left_out.push(name(path));
            inputs.walk(keep).map(Result::unwrap).map(|input| (name(&input.path.unwrap()), input.id)).collect()
        };
        let found: Vec<_> = found.iter().map(|(name, id)| (name.as_str(), id.as_str())).collect();
        assert_eq!(found, expected);
        assert_eq!(left_out, expected_left_out);
    }

    #[test]
    fn folders_are_walked_in_order_with_ignore_rules() {
        check(
            &[
                "in/b.txt",
                "in/a/x.y.HTML",
                "in/a/z.jsonl.gz",
                "in/.hidden.txt",
                "in/skipped.txt",
                "in/.gitignore",
                "in/picture.png",
                "in/out/b.json",
            ],
            &["in"],
            &[("in/a/x.y.HTML", "a/x.y"), ("in/a/z.jsonl.gz", "a/z"), ("in/b.txt", "b")],
            &["in/picture.png"],
        );
    }

    #[test]
    fn files_and_globs_are_read_whatever_their_ending() {
        check(
            &["in/b.txt", "in/a/c.txt", "in/notes", "in/.dot"],
            &["in/notes", "in/*.txt", "in/**/c.*"],
            &[("in/notes", "notes"), ("in/b.txt", "b"), ("in/a/c.txt", "a/c")],
            &[],
        );
    }

    #[test]
    fn what_does_not_exist_is_an_error() {
        for path in ["no/such/file.txt", "no/such/*.txt"] {
            assert!(Inputs::new(&[PathBuf::from(path)], None).is_err(), "{path}");
        }
    }
}

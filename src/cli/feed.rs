//! Reads the documents of one side of a comparison, one after the other.

use anyhow::{Context, bail};
use gloss::batch::Texts;
use gloss::document::Document;
use gloss::format::bio::{Scheme, read_conll};
use gloss::format::json::{ReadOptions, read_record};
use gloss::format::records::Records;
use gloss::text::OffsetUnit;
use std::collections::HashMap;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// Endings of the files that a folder is searched for, before `.gz` or `.zst`.
const ENDINGS: [&str; 7] = ["json", "jsonl", "ndjson", "conll", "bio", "iob", "iob2"];

/// Those of them that hold a token and its tag a line.
const TAGGED: [&str; 4] = ["conll", "bio", "iob", "iob2"];

/// The documents below one path, in order of file name.
pub(crate) struct Feed {
    root: PathBuf,
    files: VecDeque<PathBuf>,
    open: Option<Lines>,
    /// Documents of a file that is read at one go.
    ready: VecDeque<(Document, String)>,
    reading: Reading,
    /// Where each id was read.
    seen: HashMap<String, String>,
    /// Finds the texts of documents that carry none.
    texts: Texts,
}

/// How files are read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    /// The unit of offsets in files that name none.
    pub(crate) unit: OffsetUnit,
    /// The scheme of tags in files of tokens.
    pub(crate) scheme: Scheme,
}

/// A file that is read record by record.
struct Lines {
    path: PathBuf,
    records: Records<Box<dyn BufRead>>,
}

impl Feed {
    /// The documents of a file, of a folder, or of standard input (`-`).
    pub(crate) fn open(path: &Path, reading: Reading) -> anyhow::Result<Self> {
        let files = if path.is_dir() { files_below(path)? } else { VecDeque::from([path.to_owned()]) };
        Ok(Self {
            root: path.to_owned(),
            files,
            open: None,
            ready: VecDeque::new(),
            reading,
            seen: HashMap::new(),
            texts: Texts::default(),
        })
    }

    /// The path, for messages.
    pub(crate) fn name(&self) -> String {
        self.root.display().to_string()
    }

    /// The next document; `text_by_id` finds the text of one that carries none.
    pub(crate) fn next(&mut self, text_by_id: &dyn Fn(&str) -> Option<String>) -> anyhow::Result<Option<Document>> {
        loop {
            if let Some((document, place)) = self.ready.pop_front() {
                return self.first_of_its_id(document, place).map(Some);
            }
            let Some(lines) = &mut self.open else {
                let Some(path) = self.files.pop_front() else { return Ok(None) };
                if TAGGED.contains(&ending(&path).as_str()) {
                    self.read_tagged(&path)?;
                } else {
                    self.open = Some(Lines { records: Records::new(open(&path)?), path });
                }
                continue;
            };
            let name = lines.path.display().to_string();
            let Some(record) = lines.records.next() else {
                self.open = None;
                continue;
            };
            let record = record.with_context(|| format!("{name}: cannot be read"))?;
            let place = record.line.map_or_else(|| name.clone(), |line| format!("{name}:{line}"));
            let mut document = {
                let original = gloss::batch::Reading::default();
                let text_of = self.texts.finder(&name, &original);
                let options =
                    ReadOptions { unit: self.reading.unit, text_of: &text_of, text_by_id, ..ReadOptions::default() };
                read_record(&record, &name, &options)?
            };
            if document.id() == place {
                document.article.meta.id = unnamed(&self.root, &lines.path, record.line);
            }
            return self.first_of_its_id(document, place).map(Some);
        }
    }

    /// The document, unless its id was read before.
    fn first_of_its_id(&mut self, document: Document, place: String) -> anyhow::Result<Document> {
        if let Some(first) = self.seen.get(document.id()) {
            bail!("{place}: the id {:?} was read before, at {first}; every document needs its own", document.id());
        }
        self.seen.insert(document.id().to_owned(), place);
        Ok(document)
    }

    /// Reads a file of tokens and tags; in a folder its documents are named by file and number.
    fn read_tagged(&mut self, path: &Path) -> anyhow::Result<()> {
        let name = path.display().to_string();
        let stem = path.strip_prefix(&self.root).ok().filter(|below| !below.as_os_str().is_empty());
        let ready = &mut self.ready;
        read_conll(open(path)?, &name, self.reading.scheme, &mut |mut document| {
            if let Some(stem) = stem {
                document.article.meta.id = format!("{}:{}", stem.with_extension("").display(), document.id());
            }
            ready.push_back((document, name.clone()));
            Ok(())
        })?;
        Ok(())
    }
}

/// The id of a document without one: its file below the root, and its line.
fn unnamed(root: &Path, path: &Path, line: Option<u64>) -> String {
    let below = path.strip_prefix(root).unwrap_or(path).with_extension("");
    let file = below.to_str().filter(|below| !below.is_empty() && root.is_dir());
    match (file, line) {
        (Some(file), Some(line)) => format!("{file}:{line}"),
        (Some(file), None) => file.to_owned(),
        (None, line) => format!("line {}", line.unwrap_or(1)),
    }
}

fn files_below(folder: &Path) -> anyhow::Result<VecDeque<PathBuf>> {
    let mut files = Vec::new();
    // Ignore rules do not apply: what a tool wrote is often kept out of version control.
    for entry in ignore::WalkBuilder::new(folder).standard_filters(false).hidden(true).build() {
        let entry = entry?;
        if entry.file_type().is_some_and(|kind| kind.is_file()) && has_known_ending(entry.path()) {
            files.push(entry.into_path());
        }
    }
    if files.is_empty() {
        bail!("{}: no file that ends in .{} is in this folder", folder.display(), ENDINGS.join(", ."));
    }
    files.sort_unstable();
    Ok(files.into())
}

fn has_known_ending(path: &Path) -> bool {
    ENDINGS.contains(&ending(path).as_str())
}

/// The ending of a file's name in small letters, without `.gz` or `.zst`.
fn ending(path: &Path) -> String {
    let last =
        |path: &Path| path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    match last(path).as_str() {
        "gz" | "zst" => last(&path.with_extension("")),
        own => own.to_owned(),
    }
}

/// Opens a file or standard input, unpacked if it begins like gzip or zstd.
fn open(path: &Path) -> anyhow::Result<Box<dyn BufRead>> {
    const GZIP: &[u8] = &[0x1F, 0x8B];
    const ZSTD: &[u8] = &[0x28, 0xB5, 0x2F, 0xFD];
    let input: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(std::io::stdin())
    } else {
        Box::new(File::open(path).with_context(|| format!("{}: cannot be opened", path.display()))?)
    };
    let mut input = BufReader::with_capacity(1 << 16, input);
    let head = input.fill_buf().with_context(|| format!("{}: cannot be read", path.display()))?;
    Ok(if head.starts_with(GZIP) {
        Box::new(BufReader::new(flate2::bufread::MultiGzDecoder::new(input)))
    } else if head.starts_with(ZSTD) {
        Box::new(BufReader::new(zstd::Decoder::with_buffer(input)?))
    } else {
        Box::new(input)
    })
}

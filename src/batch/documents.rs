//! Reads documents of any format that gloss reads, and finds the text of those that carry none.

use super::articles::{Reading, read_task};
use super::inputs::{Input, Inputs, Kind};
use super::open::{Meter, open, sniff};
use super::tasks::Tasks;
use crate::document::{Attributes, Document, Meta};
use crate::error::{Error, Result};
use crate::format::html::read_page;
use crate::format::json::{Annotations, ReadOptions, read_record};
use crate::format::plain::read_text;
use crate::format::records::{Record, Records};
use std::collections::VecDeque;
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Reads every document below `paths` (files, folders, globs, `-`): gloss's JSON form with its marks, text
/// and pages without any. Each goes to `sink` in the order of the paths, broken ones as errors that name
/// file and line; the result is an error when a path does not exist.
///
/// The text of a document that carries none is found by [`Texts`].
pub fn read_documents(paths: &[PathBuf], reading: &Reading, sink: &mut dyn FnMut(Result<Document>)) -> Result<()> {
    let inputs = Inputs::new(paths, None)?;
    let texts = Texts::default();
    let walked = inputs.walk(|_| {});
    for task in Tasks::new(walked, reading.from, &reading.fields.id, Meter::default()) {
        sink(task.and_then(|task| {
            let file = task.file.clone();
            read_task(task, reading, Annotations::Read, &texts.finder(&file, reading))
        }));
    }
    Ok(())
}

/// Finds the texts of documents that carry none by their `source`: as a path from the working folder, or
/// from the folder of the file that holds the document or one above it. Shared by all threads.
///
/// Documents of one JSON Lines file follow each other, so the file stays open, and a stretch of its records
/// is kept for threads that come a little late.
#[derive(Default)]
pub struct Texts {
    last: Mutex<Option<Cursor>>,
}

impl Texts {
    /// What finds texts for a document of `file`. Where the document says in its `meta` how its text was
    /// read, that is followed, else `reading`.
    pub fn finder<'a>(
        &'a self,
        file: &'a str,
        reading: &'a Reading,
    ) -> impl Fn(&str, &Attributes) -> Result<String> + 'a {
        move |source, meta| self.text_of(source, Path::new(file), &reading.of_original(meta))
    }

    fn text_of(&self, source: &str, beside: &Path, reading: &Reading) -> Result<String> {
        let (path, line) = match source {
            whole if find(whole, beside).is_some() => (whole, None),
            other => split_line(other),
        };
        let found = find(path, beside).ok_or_else(|| {
            let message = "the document carries no text, and this source of it was not found; run gloss from the \
                           folder in which it was annotated";
            Error::input(source, message)
        })?;
        let Some(line) = line else { return read_whole(&found, reading) };
        let lost = || Error::input(source, "the source holds no record with a text on this line");
        let record = self.record(&found, line)?.ok_or_else(lost)?;
        let document = read_record(&record, path, &options_of(reading)).map_err(|_| lost())?;
        Ok(document.text().to_owned())
    }

    /// The record on `line` of the file at `path`.
    fn record(&self, path: &Path, line: u64) -> Result<Option<Record>> {
        let io = |cause| Error::Io { path: path.to_owned(), doing: "read", cause };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cursor) = last.as_mut().filter(|cursor| cursor.path == path && cursor.may_reach(line)) {
            return cursor.record(line).map_err(io);
        }
        let records = Records::new(open(&input(path), &Meter::default())?);
        let cursor = Cursor { path: path.to_owned(), records, read: 0, recent: VecDeque::new(), recent_bytes: 0 };
        last.insert(cursor).record(line).map_err(io)
    }
}

/// Finds texts for one document of `file`; who reads many documents keeps a [`Texts`].
pub fn finder<'a>(file: &'a str, reading: &'a Reading) -> impl Fn(&str, &Attributes) -> Result<String> + 'a {
    let texts = Texts::default();
    move |source, meta| texts.text_of(source, Path::new(file), &reading.of_original(meta))
}

/// The most records that are kept behind a cursor, and the most bytes of them.
const MAX_RECENT: (usize, usize) = (512, 16 << 20);

/// A JSON Lines file that is read on and on.
struct Cursor {
    path: PathBuf,
    records: Records<Box<dyn BufRead + Send>>,
    /// The line of the record that was read last.
    read: u64,
    recent: VecDeque<Record>,
    recent_bytes: usize,
}

impl Cursor {
    /// Whether `line` is kept or still to come.
    fn may_reach(&self, line: u64) -> bool {
        line > self.read || self.recent.front().is_some_and(|first| first.line.is_some_and(|first| first <= line))
    }

    fn record(&mut self, line: u64) -> io::Result<Option<Record>> {
        while self.read < line {
            let Some(record) = self.records.next().transpose()? else { break };
            let Some(read) = record.line else { break };
            self.read = read;
            self.recent_bytes += record.bytes.len();
            self.recent.push_back(record);
            while self.recent.len() > 1 && (self.recent.len() > MAX_RECENT.0 || self.recent_bytes > MAX_RECENT.1) {
                self.recent_bytes -= self.recent.pop_front().map_or(0, |record| record.bytes.len());
            }
        }
        Ok(self.recent.iter().rfind(|record| record.line == Some(line)).cloned())
    }
}

/// `a.jsonl:3` as file and line.
fn split_line(place: &str) -> (&str, Option<u64>) {
    match place.rsplit_once(':').map(|(file, line)| (file, line.parse())) {
        Some((file, Ok(line))) => (file, Some(line)),
        _ => (place, None),
    }
}

/// The file at `path` from here, or from a folder above the file `beside`.
fn find(path: &str, beside: &Path) -> Option<PathBuf> {
    let here = PathBuf::from(path);
    if path.is_empty() || here.is_file() {
        return Some(here).filter(|_| !path.is_empty());
    }
    beside.ancestors().skip(1).map(|folder| folder.join(path)).find(|path| path.is_file())
}

fn input(path: &Path) -> Input {
    Input { path: Some(path.to_owned()), name: path.display().to_string(), id: String::new(), kind: Kind::of(path) }
}

/// How records of an original are read: for their text.
fn options_of(reading: &Reading) -> ReadOptions<'_> {
    ReadOptions { fields: reading.fields.clone(), annotations: Annotations::Skip, ..ReadOptions::default() }
}

fn read_whole(path: &Path, reading: &Reading) -> Result<String> {
    let io = |cause| Error::Io { path: path.to_owned(), doing: "read", cause };
    let input = input(path);
    let mut reader = open(&input, &Meter::default())?;
    let kind = match reading.from.or(input.kind) {
        Some(kind) => kind,
        None => sniff(&mut *reader).map_err(io)?,
    };
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).map_err(io)?;
    let article = match kind {
        Kind::Plain => read_text(bytes, reading.encoding, Meta::default(), &input.name)?,
        Kind::Html => read_page(bytes, reading.encoding, Meta::default(), &input.name)?,
        Kind::Json => read_record(&Record { line: None, bytes }, &input.name, &options_of(reading))?.article,
    };
    Ok(article.text().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn texts_are_found_again_by_source() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("corpus")).unwrap();
        fs::create_dir_all(root.join("annotations/auto")).unwrap();
        fs::write(root.join("corpus/a.txt"), "\u{feff}One text.").unwrap();
        fs::write(root.join("corpus/b.jsonl"), "{\"text\":\"First.\"}\n\n{\"text\":\"Third.\"}\n").unwrap();
        let marks = r#"{"id":"1","source":"corpus/a.txt","annotations":[{"layer":"token","start":0,"end":3,"label":"word"}]}
            {"id":"2","source":"corpus/b.jsonl:3","annotations":[]}
            {"id":"3","source":"corpus/b.jsonl:9","annotations":[]}
            {"id":"4","source":"corpus/none.txt","annotations":[]}
            {"id":"5","source":"corpus/a.txt","text_sha256":"00","annotations":[]}"#;
        fs::write(root.join("annotations/auto/all.jsonl"), marks).unwrap();
        let mut found = Vec::new();
        read_documents(&[root.join("annotations")], &Reading::default(), &mut |document| {
            found.push(document.map_or_else(|error| error.to_string(), |document| document.text().to_owned()));
        })
        .unwrap();
        assert_eq!(found[..2], ["One text.", "Third."]);
        for (message, expected) in found[2..].iter().zip(["on this line", "not found", "changed since"]) {
            assert!(message.contains(expected), "{message}");
        }
    }
}

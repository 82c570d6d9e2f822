//! Reads documents of any format that gloss reads, and finds the text of those that carry none.

use super::articles::{Reading, read_task};
use super::inputs::{Input, Inputs, Kind};
use super::open::{Meter, open, sniff};
use super::tasks::Tasks;
use crate::document::{Document, Meta};
use crate::error::{Error, Result};
use crate::format::html::read_page;
use crate::format::json::{Annotations, ReadOptions, read_record};
use crate::format::plain::read_text;
use crate::format::records::Records;
use std::cell::RefCell;
use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Reads every document below `paths` (files, folders, globs, `-`): gloss's JSON form with its marks, text
/// and pages without any. Each goes to `sink` in the order of the paths, broken ones as errors that name
/// file and line; the result is an error when a path does not exist.
///
/// The text of a document that carries none is found by its `source`: as a path from the working folder,
/// or from the folder of the file that holds the document or one above it.
pub fn read_documents(paths: &[PathBuf], reading: &Reading, sink: &mut dyn FnMut(Result<Document>)) -> Result<()> {
    let inputs = Inputs::new(paths, None)?;
    let texts = RefCell::new(Texts::default());
    let walked = inputs.walk(|_| {});
    for task in Tasks::new(walked, reading.from, &reading.fields.id, Meter::default()) {
        sink(task.and_then(|task| {
            let file = task.file.clone();
            let text_of = |source: &str| texts.borrow_mut().text_of(source, Path::new(&file), reading);
            read_task(task, reading, Annotations::Read, &text_of)
        }));
    }
    Ok(())
}

/// Finds texts, by their `source`, for a document of the file at `place` (`a.jsonl:3`).
pub fn finder<'a>(place: &'a str, reading: &'a Reading) -> impl Fn(&str) -> Result<String> + 'a {
    move |source| Texts::default().text_of(source, Path::new(split_line(place).0), reading)
}

/// Texts found by `source`. The records of the last JSON Lines file are kept, since others of the same
/// file tend to follow.
#[derive(Default)]
struct Texts {
    file: PathBuf,
    records: HashMap<u64, String>,
}

impl Texts {
    fn text_of(&mut self, source: &str, beside: &Path, reading: &Reading) -> Result<String> {
        let (path, line) = match source {
            whole if find(whole, beside).is_some() => (whole, None),
            other => split_line(other),
        };
        let found = find(path, beside).ok_or_else(|| {
            let message = "the document carries no text, and this source of it was not found; run gloss from the \
                           folder in which it was annotated";
            Error::input(source, message)
        })?;
        match line {
            Some(line) => {
                if self.file != found {
                    self.records = read_records(&found, reading)?;
                    self.file = found;
                }
                let text = self.records.get(&line).cloned();
                text.ok_or_else(|| Error::input(source, "the source holds no record with a text on this line"))
            }
            None => read_whole(&found, reading),
        }
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

fn read_records(path: &Path, reading: &Reading) -> Result<HashMap<u64, String>> {
    let input = input(path);
    let options =
        ReadOptions { fields: reading.fields.clone(), annotations: Annotations::Skip, ..ReadOptions::default() };
    let mut texts = HashMap::new();
    for record in Records::new(open(&input, &Meter::default())?) {
        let record = record.map_err(|source| Error::Io { path: path.to_owned(), doing: "read", source })?;
        if let (Some(line), Ok(document)) = (record.line, read_record(&record, &input.name, &options)) {
            texts.insert(line, document.text().to_owned());
        }
    }
    Ok(texts)
}

fn read_whole(path: &Path, reading: &Reading) -> Result<String> {
    let io = |source| Error::Io { path: path.to_owned(), doing: "read", source };
    let input = input(path);
    let mut reader = open(&input, &Meter::default())?;
    let kind = match reading.from.filter(|kind| *kind != Kind::Json).or(input.kind) {
        Some(kind) => kind,
        None => sniff(&mut *reader).map_err(io)?,
    };
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).map_err(io)?;
    let article = match kind {
        Kind::Plain => read_text(bytes, reading.encoding, Meta::default(), &input.name)?,
        Kind::Html => read_page(bytes, reading.encoding, Meta::default(), &input.name)?,
        Kind::Json => {
            let options = ReadOptions {
                fields: reading.fields.clone(),
                annotations: Annotations::Skip,
                ..ReadOptions::default()
            };
            let record = crate::format::records::Record { line: None, bytes };
            read_record(&record, &input.name, &options)?.article
        }
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

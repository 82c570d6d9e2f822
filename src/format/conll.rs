//! Reads `CoNLL` files: a token a line with its tag in the last column, a blank line between sentences,
//! `-DOCSTART-` between documents. The text is the tokens joined by blanks, the sentences by line ends.

use super::bio::{Scheme, decode};
use crate::document::{Annotation, Article, Document, Layer, Meta, Name, Value};
use crate::error::{Error, Result};
use crate::text::Span;
use std::io::{BufRead, ErrorKind, Lines};

/// The documents of a file, one by one, named by their number, from 1.
pub struct Documents<R> {
    lines: Lines<R>,
    file: String,
    scheme: Scheme,
    line: usize,
    number: usize,
    /// The first line of the document read last.
    begun: usize,
    draft: Draft,
    at_end: bool,
}

impl<R: BufRead> Documents<R> {
    /// The documents of `input`; `file` names it in errors.
    pub fn new(input: R, file: &str, scheme: Scheme) -> Self {
        let file = file.to_owned();
        let lines = input.lines();
        Self { lines, file, scheme, line: 0, number: 0, begun: 0, draft: Draft::default(), at_end: false }
    }

    /// The line, from 1, on which the document that came last begins.
    pub fn begun_at(&self) -> usize {
        self.begun
    }

    fn read(&mut self) -> Result<Option<Document>> {
        while !self.at_end {
            let Some(line) = self.lines.next() else { break };
            self.line += 1;
            let place = || format!("{}:{}", self.file, self.line);
            let line = line.map_err(|cause| match cause.kind() {
                ErrorKind::InvalidData => Error::input(place(), "the line is no UTF-8; re-encode the file"),
                _ => Error::Io { path: self.file.clone().into(), doing: "read", cause },
            })?;
            let line = if self.line == 1 { line.trim_start_matches('\u{FEFF}') } else { &line };
            let mut columns = line.split_whitespace();
            match columns.next() {
                None => self.end_sentence()?,
                Some("-DOCSTART-") => {
                    self.end_sentence()?;
                    if let Some(document) = self.end_document()? {
                        return Ok(Some(document));
                    }
                }
                Some(token) => {
                    let tag = columns.next_back().ok_or_else(|| {
                        Error::input(place(), format!("the line holds {token:?} only; expected a token and its tag"))
                    })?;
                    self.draft.add(token, tag, self.line);
                }
            }
        }
        self.at_end = true;
        self.end_sentence()?;
        self.end_document()
    }

    fn end_sentence(&mut self) -> Result<()> {
        let line = self.draft.line;
        let ended = self.draft.end_sentence(self.scheme);
        ended.map_err(|message| Error::input(format!("{}:{line}", self.file), message))
    }

    fn end_document(&mut self) -> Result<Option<Document>> {
        if self.draft.tokens.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        let draft = std::mem::take(&mut self.draft);
        self.begun = draft.begun;
        let document = draft.document(self.number.to_string());
        document.map(Some).ok_or_else(|| Error::input(&self.file, "the text is longer than 4 GiB"))
    }
}

impl<R: BufRead> Iterator for Documents<R> {
    type Item = Result<Document>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.read().transpose();
        // What follows a fault would be read with a sentence missing.
        if matches!(next, Some(Err(_))) {
            self.at_end = true;
            self.draft = Draft::default();
        }
        next
    }
}

/// A document that is being read.
#[derive(Default)]
struct Draft {
    text: String,
    tokens: Vec<Annotation>,
    sentences: Vec<Annotation>,
    entities: Vec<Annotation>,
    /// Spans and tags of the sentence that is being read, and its first line.
    sentence: Vec<(Span, String)>,
    line: usize,
    /// The first line of the document.
    begun: usize,
}

impl Draft {
    fn add(&mut self, token: &str, tag: &str, line: usize) {
        if self.sentence.is_empty() {
            self.line = line;
            self.begun = if self.tokens.is_empty() { line } else { self.begun };
        } else {
            self.text.push(' ');
        }
        let start = self.text.len();
        self.text.push_str(token);
        let span = Span::at(start, self.text.len());
        // The tag as it stands is the token's value, so that tags can be compared one by one.
        let value = Value::Foreign(tag.to_owned());
        self.tokens.push(Annotation::new(Layer::Token, span, "word").valued(value));
        self.sentence.push((span, tag.to_owned()));
    }

    fn end_sentence(&mut self, scheme: Scheme) -> std::result::Result<(), String> {
        let (Some((first, _)), Some((last, _))) = (self.sentence.first(), self.sentence.last()) else { return Ok(()) };
        self.sentences.push(Annotation::new(Layer::Sentence, first.cover(*last), "S"));
        let tags: Vec<&str> = self.sentence.iter().map(|(_, tag)| tag.as_str()).collect();
        for (tokens, label) in decode(&tags, scheme)? {
            let span = self.sentence[tokens.start].0.cover(self.sentence[tokens.end - 1].0);
            self.entities.push(Annotation::new(Layer::Entity, span, Name::from(label.to_owned())));
        }
        self.sentence.clear();
        self.text.push('\n');
        Ok(())
    }

    fn document(self, id: String) -> Option<Document> {
        let mut document = Document::new(Article::new(Meta { id, ..Meta::default() }, self.text)?);
        document.set_layer(Layer::Token, self.tokens);
        document.set_layer(Layer::Sentence, self.sentences);
        document.set_layer(Layer::Entity, self.entities);
        Some(document)
    }
}

/// Whether the first line that is not blank looks like one of a `CoNLL` file: several columns, the last of
/// them a tag.
pub fn looks_tagged(head: &[u8]) -> bool {
    let head = String::from_utf8_lossy(head);
    let line = head.trim_start_matches('\u{FEFF}').lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut columns = line.split_whitespace();
    match (columns.next(), columns.next_back()) {
        (Some("-DOCSTART-"), _) => true,
        (Some(_), Some(tag)) => {
            matches!(tag, "O" | "B" | "I")
                || tag.split_once('-').is_some_and(|(letter, label)| {
                    matches!(letter, "B" | "I" | "E" | "L" | "S" | "U") && !label.is_empty()
                })
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_becomes_documents() {
        let file = "\u{FEFF}-DOCSTART- -X- O\r\n\r\nAna NNP B-PER\r\nRuiz NNP I-PER\r\ncame VBD O\r\n\r\n\
            Peru NNP B-LOC\r\n-DOCSTART- O\r\n\r\nLima X B-LOC\r\n";
        let found: Vec<_> = Documents::new(file.as_bytes(), "a.conll", Scheme::Iob2)
            .map(|document| {
                let document = document.unwrap();
                let marks: Vec<_> = document.layer(Layer::Entity).iter().map(|m| m.span.of(document.text())).collect();
                format!("{} {:?} {}", document.id(), document.text(), marks.join("|"))
            })
            .collect();
        assert_eq!(found, ["1 \"Ana Ruiz came\\nPeru\\n\" Ana Ruiz|Peru", "2 \"Lima\\n\" Lima"]);
    }

    #[test]
    fn a_fault_names_its_line_and_ends_the_file() {
        let check = |file: &str, scheme, expected: &str| {
            let found: Vec<_> = Documents::new(file.as_bytes(), "a.conll", scheme).collect();
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(found[0].as_ref().unwrap_err().to_string(), expected);
        };
        let lonely = "a.conll:3: the line holds \"Ruiz\" only; expected a token and its tag";
        check("Ana B-PER\n\nRuiz\n\nAna O\n", Scheme::Iob2, lonely);
        let foreign = "a.conll:2: tag U-PER begins with none of I, O, B, the letters of iob2";
        check("\nAna U-PER\n\nRuiz O\n", Scheme::Iob2, foreign);
    }

    #[test]
    fn tagged_files_are_known_by_their_first_line() {
        for head in ["-DOCSTART- -X- -X- O\n", "\u{FEFF}\nEU NNP B-NP B-ORG\n", "a\tO\n", "x U-LOC", "x B"] {
            assert!(looks_tagged(head.as_bytes()), "{head:?}");
        }
        for head in ["", "EU\n", "The story of O\u{2019}Hara", "We met B-", "{\"text\": 1}"] {
            assert!(!looks_tagged(head.as_bytes()), "{head:?}");
        }
    }
}

//! Decodes token tags (BIO, IOB1, IOE, BILOU, IOBES) into spans, and reads `CoNLL` files of them.
//!
//! Strict decoding takes what the scheme allows and leaves the rest out; lenient decoding is that of the
//! `conlleval` script, which makes a mark of every run of tags. Both give what seqeval 1.2.2 gives.

use crate::document::{Annotation, Article, Document, Layer, Meta, Name};
use crate::error::{Error, Result};
use crate::text::Span;
use std::fmt;
use std::io::BufRead;
use std::ops::Range;
use std::str::FromStr;

/// A tagging scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `B-` only where a mark touches another of its label.
    Iob1,
    /// `B-` begins every mark (BIO).
    Iob2,
    /// `E-` only where a mark touches another of its label.
    Ioe1,
    /// `E-` ends every mark.
    Ioe2,
    /// `B-`, `I-`, `E-`, and `S-` for a mark of one token.
    Iobes,
    /// `B-`, `I-`, `L-`, and `U-` for a mark of one token.
    Bilou,
    /// Any of these, read as `conlleval` reads them.
    Lenient,
}

impl Scheme {
    /// All schemes.
    pub const ALL: [Self; 7] =
        [Self::Iob1, Self::Iob2, Self::Ioe1, Self::Ioe2, Self::Iobes, Self::Bilou, Self::Lenient];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Iob1 => "iob1",
            Self::Iob2 => "iob2",
            Self::Ioe1 => "ioe1",
            Self::Ioe2 => "ioe2",
            Self::Iobes => "iobes",
            Self::Bilou => "bilou",
            Self::Lenient => "lenient",
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Scheme {
    type Err = String;

    fn from_str(name: &str) -> std::result::Result<Self, String> {
        let wanted = name.to_ascii_lowercase();
        let wanted = if wanted == "bio" { "iob2" } else { wanted.as_str() };
        Self::ALL.into_iter().find(|scheme| scheme.name() == wanted).ok_or_else(|| {
            format!("tagging scheme {name:?} is none of iob1, iob2 (bio), ioe1, ioe2, iobes, bilou, lenient")
        })
    }
}

/// A tag: its letter, and the label after the hyphen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tag<'t> {
    letter: char,
    label: &'t str,
}

impl<'t> Tag<'t> {
    const OUTSIDE: Self = Self { letter: 'O', label: "" };

    fn new(tag: &'t str) -> Self {
        let mut characters = tag.chars();
        let letter = characters.next().unwrap_or('O');
        let rest = characters.as_str();
        let label = rest.strip_prefix('-').unwrap_or(rest);
        // A tag without label still marks something; outside there is nothing to label.
        let label = if label.is_empty() && letter != 'O' { "_" } else { label };
        Self { letter, label }
    }
}

impl fmt::Display for Tag<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.letter, self.label)
    }
}

/// A mark among tokens: from and up to which, and its label.
pub type Mark<'t> = (Range<usize>, &'t str);

/// The marks in a sentence's tags; a message when a tag has a letter that the scheme does not know.
pub fn decode<'t>(tags: &[&'t str], scheme: Scheme) -> std::result::Result<Vec<Mark<'t>>, String> {
    let tags: Vec<Tag<'t>> = tags.iter().map(|tag| Tag::new(tag)).collect();
    let Some(grammar) = Grammar::of(scheme) else { return Ok(lenient(&tags)) };
    if let Some(tag) = tags.iter().find(|tag| !grammar.letters.contains(tag.letter)) {
        let known: Vec<String> = grammar.letters.chars().map(String::from).collect();
        return Err(format!("tag {tag} begins with none of {}, the letters of {scheme}", known.join(", ")));
    }
    Ok(strict(&tags, &grammar))
}

/// What a transition asks of the labels of two tags.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Labels {
    Any,
    Same,
    Different,
}

/// Letters of the tag before, letters of the tag, and what their labels must be.
type Transition = (&'static str, &'static str, Labels);

/// What a scheme allows.
struct Grammar {
    letters: &'static str,
    /// Between which tags a mark begins.
    begins: &'static [Transition],
    /// Between which tags it goes on.
    goes_on: &'static [Transition],
    /// Between which tags it has properly ended.
    ends: &'static [Transition],
}

impl Grammar {
    /// The transitions of seqeval 1.2.2, its gaps in IOB1 and IOE1 included: figures from it stay comparable.
    fn of(scheme: Scheme) -> Option<Self> {
        use Labels::{Any, Different, Same};
        Some(match scheme {
            Scheme::Iob1 => Self {
                letters: "IOB",
                begins: &[("OB", "I", Any), ("I", "I", Different), ("IB", "B", Same)],
                goes_on: &[("BI", "I", Same)],
                ends: &[("IB", "O", Any), ("IB", "I", Different), ("I", "B", Any), ("B", "B", Same)],
            },
            Scheme::Iob2 => Self {
                letters: "IOB",
                begins: &[("IOB", "B", Any)],
                goes_on: &[("BI", "I", Same)],
                ends: &[("IB", "OB", Any), ("IB", "I", Different)],
            },
            Scheme::Ioe1 => Self {
                letters: "IOE",
                begins: &[("OE", "I", Any), ("I", "I", Different), ("E", "E", Same)],
                goes_on: &[("I", "IE", Same)],
                ends: &[("I", "IE", Different), ("I", "O", Any), ("E", "IE", Same)],
            },
            Scheme::Ioe2 => Self {
                letters: "IOE",
                begins: &[("OE", "IE", Any), ("I", "IE", Different)],
                goes_on: &[("I", "IE", Same)],
                ends: &[("E", "IOE", Any)],
            },
            Scheme::Iobes => Self {
                letters: "IOBES",
                begins: &[("IOBES", "BS", Any)],
                goes_on: &[("BI", "IE", Same)],
                ends: &[("SE", "IOBES", Any)],
            },
            Scheme::Bilou => Self {
                letters: "BILOU",
                begins: &[("BILOU", "BU", Any)],
                goes_on: &[("BI", "IL", Same)],
                ends: &[("UL", "BILOU", Any)],
            },
            Scheme::Lenient => return None,
        })
    }
}

fn holds(transitions: &[Transition], before: Tag<'_>, tag: Tag<'_>) -> bool {
    transitions.iter().any(|(from, to, labels)| {
        let fits = match labels {
            Labels::Any => true,
            Labels::Same => before.label == tag.label,
            Labels::Different => before.label != tag.label,
        };
        fits && from.contains(before.letter) && to.contains(tag.letter)
    })
}

fn strict<'t>(tags: &[Tag<'t>], grammar: &Grammar) -> Vec<Mark<'t>> {
    let at = |index: usize| tags.get(index).copied().unwrap_or(Tag::OUTSIDE);
    let (mut marks, mut index, mut before) = (Vec::new(), 0, Tag::OUTSIDE);
    while index < tags.len() {
        let start = index;
        index += 1;
        if holds(grammar.begins, before, at(start)) {
            while index < tags.len() && holds(grammar.goes_on, at(index - 1), at(index)) {
                index += 1;
            }
            if holds(grammar.ends, at(index - 1), at(index)) {
                marks.push((start..index, at(start).label));
            }
        }
        before = at(index - 1);
    }
    marks
}

fn lenient<'t>(tags: &[Tag<'t>]) -> Vec<Mark<'t>> {
    let (mut marks, mut start, mut before) = (Vec::new(), 0, Tag::OUTSIDE);
    for (index, tag) in tags.iter().copied().chain([Tag::OUTSIDE]).enumerate() {
        let label_changes = before.label != tag.label;
        let ends = match before.letter {
            'E' | 'S' => true,
            'B' | 'I' => matches!(tag.letter, 'B' | 'S' | 'O') || label_changes,
            'O' => false,
            _ => label_changes,
        };
        if ends {
            marks.push((start..index, before.label));
        }
        let begins = match tag.letter {
            'B' | 'S' => true,
            'I' | 'E' => matches!(before.letter, 'E' | 'S' | 'O') || label_changes,
            'O' => false,
            _ => label_changes,
        };
        if begins {
            start = index;
        }
        before = tag;
    }
    marks
}

/// Reads a `CoNLL` file: a token a line with its tag in the last column, a blank line between sentences,
/// `-DOCSTART-` between documents. The text is the tokens joined by blanks, the sentences by line ends;
/// documents are named by their number, from 1.
pub fn read_conll(
    input: impl BufRead,
    file: &str,
    scheme: Scheme,
    sink: &mut dyn FnMut(Document) -> Result<()>,
) -> Result<()> {
    let mut reader = Reader { file, scheme, number: 0, ..Reader::default() };
    for (index, line) in input.lines().enumerate() {
        let place = format!("{file}:{}", index + 1);
        let line = line.map_err(|source| match source.kind() {
            std::io::ErrorKind::InvalidData => Error::input(&place, "the line is no UTF-8; re-encode the file"),
            _ => Error::Io { path: file.into(), doing: "read", source },
        })?;
        let line = if index == 0 { line.trim_start_matches('\u{FEFF}') } else { &line };
        let mut columns = line.split_whitespace();
        match columns.next() {
            None => reader.end_sentence()?,
            Some("-DOCSTART-") => {
                reader.end_sentence()?;
                reader.end_document(sink)?;
            }
            Some(token) => {
                let tag = columns.next_back().ok_or_else(|| {
                    Error::input(&place, format!("the line holds {token:?} only; expected a token and its tag"))
                })?;
                reader.add(token, tag, index + 1);
            }
        }
    }
    reader.end_sentence()?;
    reader.end_document(sink)
}

/// The document that is being read.
struct Reader<'f> {
    file: &'f str,
    scheme: Scheme,
    number: usize,
    text: String,
    tokens: Vec<Annotation>,
    sentences: Vec<Annotation>,
    entities: Vec<Annotation>,
    /// Spans and tags of the sentence that is being read, and its first line.
    sentence: Vec<(Span, String)>,
    line: usize,
}

impl Default for Reader<'_> {
    fn default() -> Self {
        Self {
            file: "",
            scheme: Scheme::Lenient,
            number: 0,
            text: String::new(),
            tokens: Vec::new(),
            sentences: Vec::new(),
            entities: Vec::new(),
            sentence: Vec::new(),
            line: 0,
        }
    }
}

impl Reader<'_> {
    fn add(&mut self, token: &str, tag: &str, line: usize) {
        if self.sentence.is_empty() {
            self.line = line;
        } else {
            self.text.push(' ');
        }
        let start = self.text.len();
        self.text.push_str(token);
        let span = Span::at(start, self.text.len());
        self.tokens.push(Annotation::new(Layer::Token, span, "word"));
        self.sentence.push((span, tag.to_owned()));
    }

    fn end_sentence(&mut self) -> Result<()> {
        let (Some((first, _)), Some((last, _))) = (self.sentence.first(), self.sentence.last()) else { return Ok(()) };
        self.sentences.push(Annotation::new(Layer::Sentence, first.cover(*last), "S"));
        let tags: Vec<&str> = self.sentence.iter().map(|(_, tag)| tag.as_str()).collect();
        let marks = decode(&tags, self.scheme)
            .map_err(|message| Error::input(format!("{}:{}", self.file, self.line), message))?;
        for (tokens, label) in marks {
            let span = self.sentence[tokens.start].0.cover(self.sentence[tokens.end - 1].0);
            self.entities.push(Annotation::new(Layer::Entity, span, Name::from(label.to_owned())));
        }
        self.sentence.clear();
        self.text.push('\n');
        Ok(())
    }

    fn end_document(&mut self, sink: &mut dyn FnMut(Document) -> Result<()>) -> Result<()> {
        if self.tokens.is_empty() {
            return Ok(());
        }
        self.number += 1;
        let meta = Meta { id: self.number.to_string(), ..Meta::default() };
        let article = Article::new(meta, std::mem::take(&mut self.text))
            .ok_or_else(|| Error::input(self.file, "the text is longer than 4 GiB"))?;
        let mut document = Document::new(article);
        document.set_layer(Layer::Token, std::mem::take(&mut self.tokens));
        document.set_layer(Layer::Sentence, std::mem::take(&mut self.sentences));
        document.set_layer(Layer::Entity, std::mem::take(&mut self.entities));
        sink(document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_decode_what_they_allow() {
        let check = |scheme, tags: &str, expected: &[(usize, usize, &str)]| {
            let tags: Vec<&str> = tags.split(' ').collect();
            let found: Vec<_> =
                decode(&tags, scheme).unwrap().into_iter().map(|(r, label)| (r.start, r.end, label)).collect();
            assert_eq!(found, expected, "{scheme} {tags:?}");
        };
        check(Scheme::Iob2, "B-PER I-PER O I-LOC", &[(0, 2, "PER")]);
        check(Scheme::Lenient, "B-PER I-PER O I-LOC", &[(0, 2, "PER"), (3, 4, "LOC")]);
        check(Scheme::Bilou, "B-PER L-PER U-LOC B-ORG", &[(0, 2, "PER"), (2, 3, "LOC")]);
        check(Scheme::Ioe2, "I-PER E-PER E-LOC I-ORG", &[(0, 2, "PER"), (2, 3, "LOC")]);
        check(Scheme::Lenient, "B I O", &[(0, 2, "_")]);
    }

    #[test]
    fn foreign_letters_are_named() {
        let message = decode(&["U-PER"], Scheme::Iob2).unwrap_err();
        assert_eq!(message, "tag U-PER begins with none of I, O, B, the letters of iob2");
    }

    #[test]
    fn a_file_becomes_documents() {
        let file = "\u{FEFF}-DOCSTART- -X- O\r\n\r\nAna NNP B-PER\r\nRuiz NNP I-PER\r\ncame VBD O\r\n\r\n\
            Peru NNP B-LOC\r\n-DOCSTART- O\r\n\r\nLima X B-LOC\r\n";
        let mut found = Vec::new();
        let mut sink = |document: Document| {
            let marks: Vec<_> = document.layer(Layer::Entity).iter().map(|m| m.span.of(document.text())).collect();
            found.push(format!("{} {:?} {}", document.id(), document.text(), marks.join("|")));
            Ok(())
        };
        read_conll(file.as_bytes(), "a.conll", Scheme::Iob2, &mut sink).unwrap();
        assert_eq!(found, ["1 \"Ana Ruiz came\\nPeru\\n\" Ana Ruiz|Peru", "2 \"Lima\\n\" Lima"]);
        let fault = read_conll(&b"Ana B-PER\n\nRuiz\n"[..], "a.conll", Scheme::Iob2, &mut |_| Ok(())).unwrap_err();
        assert_eq!(fault.to_string(), "a.conll:3: the line holds \"Ruiz\" only; expected a token and its tag");
    }
}

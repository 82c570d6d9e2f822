//! Reads the documents of one side of a comparison, one after the other.

use anyhow::{Context, bail};
use gloss::batch::open::{Meter, open, sniff};
use gloss::batch::{Input, Inputs, Kind, Texts};
use gloss::document::Document;
use gloss::eval::fitness;
use gloss::format::bio::Scheme;
use gloss::format::conll::{self, looks_tagged};
use gloss::format::json::{ReadOptions, read_record};
use gloss::format::records::Records;
use gloss::text::OffsetUnit;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::collections::VecDeque;
use std::io::BufRead;
use std::path::{Path, PathBuf};

/// Endings of files that hold a token and its tag a line, before `.gz` or `.zst`.
const TAGGED: [&str; 5] = ["conll", "bio", "iob", "iob2", "bilou"];

/// The documents below one path, in order of file name.
pub(crate) struct Feed {
    root: PathBuf,
    inputs: VecDeque<Input>,
    open: Option<Opened>,
    reading: Reading,
    texts: Texts,
    /// Where each id was read: the number of the file, and the line or the document's number in it (0: none). Ids
    /// are known by their digests, which take less room.
    seen: HashMap<[u8; 16], (u32, u32)>,
    /// The files that were opened, by number.
    files: Vec<String>,
}

/// How files are read.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    /// The unit of offsets in files that name none.
    pub(crate) unit: OffsetUnit,
    /// The scheme of tags in files of tokens.
    pub(crate) scheme: Scheme,
    /// What files hold, whatever their endings say.
    pub(crate) from: Option<Form>,
    /// How the texts of documents that carry none are read, and under which keys records hold theirs.
    pub(crate) original: gloss::batch::Reading,
}

/// A form of marked documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Form {
    /// JSON Lines, or one JSON object.
    Jsonl,
    /// A token and its tag a line.
    Conll,
}

/// A file that is read document by document.
struct Opened {
    name: String,
    /// What documents without an id of their own are named by.
    id: String,
    documents: Documents,
}

/// A document of a file.
struct Record {
    document: Document,
    /// Its line or number in the file.
    number: Option<u64>,
    /// Whether it has an id of its own.
    has_id: bool,
    line: u64,
}

enum Documents {
    Json(Records<Box<dyn BufRead + Send>>),
    Tagged(conll::Documents<Box<dyn BufRead + Send>>),
}

/// A document, and what it is matched by.
pub(crate) struct Fed {
    /// The document; its id is its own, or else its file's, with the line or number behind it.
    pub(crate) document: Document,
    /// Its line or number, when it has no id of its own and its side is a single file.
    pub(crate) place: Option<String>,
    /// Where it stands.
    pub(crate) origin: Origin,
}

/// Where a document stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin {
    /// The file.
    pub(crate) file: String,
    /// The line on which it begins, from 1.
    pub(crate) line: u64,
}

impl Feed {
    /// The documents of a file, a folder, a glob, or standard input (`-`). A folder without any is an error unless
    /// it `may_be_empty`.
    pub(crate) fn open(path: &Path, reading: Reading, may_be_empty: bool) -> anyhow::Result<Self> {
        let inputs = Inputs::of_marks(&[path.to_owned()], &TAGGED)?;
        let inputs: VecDeque<Input> = inputs.walk(|_| {}).collect::<gloss::Result<_>>()?;
        if inputs.is_empty() && !may_be_empty {
            let tagged = TAGGED.join(", .");
            bail!("{}: no file ends in .json, .jsonl, .ndjson, .{tagged}", path.display());
        }
        Ok(Self {
            root: path.to_owned(),
            inputs,
            open: None,
            reading,
            texts: Texts::default(),
            seen: HashMap::new(),
            files: Vec::new(),
        })
    }

    /// The path, for messages.
    pub(crate) fn name(&self) -> String {
        self.root.display().to_string()
    }

    /// The next document; `text_by_id` finds the text of one that carries none.
    pub(crate) fn next(&mut self, text_by_id: &dyn Fn(&str) -> Option<String>) -> anyhow::Result<Option<Fed>> {
        loop {
            let Some(opened) = &mut self.open else {
                let Some(input) = self.inputs.pop_front() else { return Ok(None) };
                self.files.push(input.name.clone());
                self.open = Some(begin(input, &self.reading)?);
                continue;
            };
            let Some(Record { mut document, number, has_id, line }) =
                opened.next(&self.texts, &self.reading, text_by_id)?
            else {
                self.open = None;
                continue;
            };
            if !has_id {
                document.article.meta.id = at(&opened.id, number);
            }
            let place = (!has_id && !self.root.is_dir()).then(|| number.unwrap_or(1).to_string());
            if let Some(fault) = fitness::unfit(&document) {
                bail!("{}: {fault}", at(&opened.name, Some(line).filter(|_| number.is_some())));
            }
            let origin = Origin { file: opened.name.clone(), line };
            self.keep_id(document.id(), number)?;
            return Ok(Some(Fed { document, place, origin }));
        }
    }

    /// Refuses an id that was read before.
    fn keep_id(&mut self, id: &str, number: Option<u64>) -> anyhow::Result<()> {
        let here = (self.files.len() as u32 - 1, number.map_or(0, |number| u32::try_from(number).unwrap_or(u32::MAX)));
        let mut key = [0; 16];
        key.copy_from_slice(&Sha256::digest(id)[..16]);
        if let Some(first) = self.seen.insert(key, here) {
            let place =
                |(file, number): (u32, u32)| at(&self.files[file as usize], (number > 0).then_some(u64::from(number)));
            let (place, first) = (place(here), place(first));
            bail!("{place}: the id {id:?} was read before, at {first}; every document needs its own");
        }
        Ok(())
    }
}

impl Opened {
    /// The next document.
    fn next(
        &mut self,
        texts: &Texts,
        reading: &Reading,
        text_by_id: &dyn Fn(&str) -> Option<String>,
    ) -> anyhow::Result<Option<Record>> {
        match &mut self.documents {
            Documents::Json(records) => {
                let Some(record) = records.next() else { return Ok(None) };
                let record = record.with_context(|| format!("{}: cannot read", self.name))?;
                let text_of = texts.finder(&self.name, &reading.original);
                let options = ReadOptions {
                    unit: reading.unit,
                    text_of: &text_of,
                    text_by_id,
                    fields: reading.original.fields.clone(),
                    ..ReadOptions::default()
                };
                let document = read_record(&record, &self.name, &options)?;
                // A record without an id is named by its place.
                let has_id = document.id() != at(&self.name, record.line);
                Ok(Some(Record { document, number: record.line, has_id, line: record.line.unwrap_or(1) }))
            }
            Documents::Tagged(documents) => {
                let Some(document) = documents.next().transpose()? else { return Ok(None) };
                let number = document.id().parse().ok();
                Ok(Some(Record { document, number, has_id: false, line: documents.begun_at() as u64 }))
            }
        }
    }
}

/// A file, or an id made of its name, with a line or number of it.
fn at(file: &str, number: Option<u64>) -> String {
    number.map_or_else(|| file.to_owned(), |number| format!("{file}:{number}"))
}

fn begin(input: Input, reading: &Reading) -> anyhow::Result<Opened> {
    let mut reader = open(&input, &Meter::default())?;
    let form = match reading.from {
        Some(form) => form,
        None => form_of(&input, &mut *reader)?,
    };
    let documents = match form {
        Form::Jsonl if input.is_one_object() => Documents::Json(Records::new(reader).lone()),
        Form::Jsonl => Documents::Json(Records::new(reader)),
        Form::Conll => Documents::Tagged(conll::Documents::new(reader, &input.name, reading.scheme)),
    };
    Ok(Opened { name: input.name, id: input.id, documents })
}

/// What a file holds, by its ending, or else by its first bytes.
fn form_of(input: &Input, reader: &mut (dyn BufRead + Send)) -> anyhow::Result<Form> {
    if input.ends_in(&TAGGED) {
        return Ok(Form::Conll);
    }
    if input.kind == Some(Kind::Json) {
        return Ok(Form::Jsonl);
    }
    let name = &input.name;
    let kind = sniff(&mut *reader).with_context(|| format!("{name}: cannot read"))?;
    let head = reader.fill_buf().with_context(|| format!("{name}: cannot read"))?;
    match kind {
        Kind::Json => Ok(Form::Jsonl),
        _ if head.is_empty() => Ok(Form::Jsonl),
        Kind::Plain if looks_tagged(head) => Ok(Form::Conll),
        _ => bail!(
            "{name}: holds a text without marks; give documents in JSON or JSON Lines, or tokens with their tags in \
             CoNLL columns (--from says which, whatever the ending)"
        ),
    }
}

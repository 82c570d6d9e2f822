//! One article of a batch: read, dated, marked and written to bytes; whatever goes wrong is a report.

use super::anchor::day_in_head;
use super::documents::Texts;
use super::inputs::Kind;
use super::tasks::Task;
use crate::document::{Article, Attributes, Cuts, Document, Layer, Meta};
use crate::draft::Draft;
use crate::error::{Error, Result, mend};
use crate::format::html::read_page;
use crate::format::json::{
    Annotations, Fields, ReadOptions, WriteOptions, cut_document_json, read_record, write_cut_document,
};
use crate::format::plain::read_text;
use crate::pipeline::Pipeline;
use encoding_rs::Encoding;
use jiff::civil::Date;
use std::any::Any;
use std::cell::Cell;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// How articles are read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// What all inputs hold, whatever their endings say.
    pub from: Option<Kind>,
    /// The encoding of text and pages, whatever a page says.
    pub encoding: Option<&'static Encoding>,
    /// Under which keys records hold their text, id and day.
    pub fields: Fields,
}

/// The key of `meta` that tells how a text that is not carried was read.
const READ_AS: &str = "read_as";

impl Reading {
    /// What `meta` must keep so that the text is read again as it was: options that were given, and nothing
    /// where names and first bytes told enough.
    fn to_meta(&self) -> Option<serde_json::Value> {
        let mut keys = serde_json::Map::new();
        let text_field = Some(&self.fields.text).filter(|field| **field != Fields::default().text);
        let options = [
            ("from", self.from.map(Kind::name)),
            ("encoding", self.encoding.map(Encoding::name)),
            ("text_field", text_field.map(String::as_str)),
        ];
        for (key, value) in options {
            keys.extend(value.map(|value| (key.to_owned(), value.into())));
        }
        (!keys.is_empty()).then_some(keys.into())
    }

    /// How the text of a document with this `meta` was read, as the document says; where it does not, as
    /// these options say, which are otherwise about the document itself.
    #[must_use]
    pub(super) fn of_original(&self, meta: &Attributes) -> Self {
        let said = |key: &str| meta.get(READ_AS).and_then(|keys| keys.get(key)).and_then(|value| value.as_str());
        let text = said("text_field").map_or_else(|| Fields::default().text, str::to_owned);
        Self {
            from: said("from").and_then(|name| name.parse().ok()),
            encoding: said("encoding").and_then(|label| Encoding::for_label(label.as_bytes())).or(self.encoding),
            fields: Fields { text, ..self.fields.clone() },
        }
    }
}

/// An article that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The article's id, where it was read far enough to have one.
    pub id: Option<String>,
    /// File, and line or byte.
    pub place: String,
    /// What went wrong and the mend.
    pub message: String,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let (place, message) = match error {
            Error::Input { place, message } | Error::Resource { place, message } => (place, message),
            Error::Io { path, doing, cause } => {
                (path.display().to_string(), format!("cannot {doing}: {cause}{}", mend(doing, &cause)))
            }
        };
        Self { id: None, place, message }
    }
}

/// Reads the document of a task; `text_of` finds the text of documents that carry none.
pub fn read_task(
    task: Task,
    reading: &Reading,
    annotations: Annotations,
    text_of: &dyn Fn(&str, &Attributes) -> Result<String>,
) -> Result<Document> {
    let meta = Meta { id: task.id.clone(), source: Some(task.place.clone()), ..Meta::default() };
    match task.kind {
        Kind::Plain => read_text(task.record.bytes, reading.encoding, meta, &task.place).map(Document::new),
        Kind::Html => read_page(task.record.bytes, reading.encoding, meta, &task.place).map(Document::new),
        Kind::Json => {
            let options =
                ReadOptions { fields: reading.fields.clone(), annotations, text_of, ..ReadOptions::default() };
            let mut document = read_record(&task.record, &task.file, &options)?;
            let meta = &mut document.article.meta;
            meta.id = task.id;
            meta.source.get_or_insert(task.place);
            Ok(document)
        }
    }
}

/// What turns tasks into bytes; shared by all threads.
pub struct Annotator<'a> {
    /// The stages.
    pub pipeline: &'a Pipeline,
    /// How articles are read.
    pub reading: &'a Reading,
    /// The day of publication of all articles, before what they say themselves.
    pub dct: Option<Date>,
    /// Which layers are written.
    pub layers: &'a [Layer],
    /// How documents are written.
    pub write: WriteOptions,
    /// Where the texts of documents that carry none are found.
    pub texts: Texts,
}

impl Annotator<'_> {
    /// Reads, marks and writes one article as a JSON object without line end. A panic on the way is a
    /// fault of gloss, reported as the article's failure.
    pub fn annotate(&self, task: Task) -> Result<Vec<u8>, Failure> {
        self.mark(task)?.json()
    }

    /// Reads and marks one article, to be written then.
    pub fn mark(&self, task: Task) -> Result<Marked, Failure> {
        let (id, place) = (task.id.clone(), task.place.clone());
        let result = catch_panic(&place, || self.marked(task));
        let (document, cuts) = result.map_err(|error| Failure { id: Some(id.clone()), ..Failure::from(error) })?;
        Ok(Marked { document, cuts, id, place, options: self.write })
    }

    fn marked(&self, task: Task) -> Result<(Document, Cuts)> {
        let (place, file) = (task.place.clone(), task.file.clone());
        let is_elsewhere = Cell::new(false);
        let find = self.texts.finder(&file, self.reading);
        let text_of = |source: &str, meta: &Attributes| {
            is_elsewhere.set(true);
            find(source, meta)
        };
        let mut read = read_task(task, self.reading, Annotations::Skip, &text_of)?;
        self.date(&mut read.article);
        let meta = &mut read.article.meta;
        match (self.write.text, is_elsewhere.get()) {
            (false, false) => {
                if place.contains(char::REPLACEMENT_CHARACTER) {
                    let message =
                        "the name is no UTF-8, so `source` cannot hold it: rename the file, or leave out --no-text";
                    return Err(Error::input(place, message));
                }
                keep_source(meta, &place);
                if let Some(read_as) = self.reading.to_meta() {
                    meta.extra.insert(READ_AS.to_owned(), read_as);
                }
            }
            (true, true) => {
                meta.extra.shift_remove(READ_AS);
            }
            // A text that is carried needs no more; one that was elsewhere is found there again.
            (true, false) | (false, true) => {}
        }
        let labels = read.labels.take();
        let (mut document, cuts) = self.pipeline.annotate_apart(read.article, self.layers);
        document.labels = labels;
        Ok((document, cuts))
    }

    /// Settles the day of publication and says in `meta.dct_source` where it came from.
    pub fn date(&self, article: &mut Article) {
        let (day, source) = match (self.dct, article.meta.dct) {
            (Some(day), _) => (Some(day), "option"),
            (None, Some(day)) => (Some(day), "metadata"),
            (None, None) => match day_in_head(self.pipeline, article) {
                Some((day, source)) => (Some(day), source),
                None => (None, ""),
            },
        };
        let meta = &mut article.meta;
        meta.dct = day;
        if day.is_some() && !(source == "metadata" && meta.extra.contains_key("dct_source")) {
            meta.extra.insert("dct_source".to_owned(), source.into());
        }
    }
}

/// An article that is marked and not yet written.
pub struct Marked {
    document: Document,
    cuts: Cuts,
    id: String,
    place: String,
    options: WriteOptions,
}

impl Marked {
    /// The article as a JSON object without line end.
    pub fn json(&self) -> Result<Vec<u8>, Failure> {
        let json = || Ok(cut_document_json(&self.document, &self.cuts, &self.options));
        catch_panic(&self.place, json).map_err(|error| self.failed(error))
    }

    /// Writes the same, and a line end, as the file at `path`; most of it is never held in memory.
    pub fn write(&self, path: &Path) -> Result<()> {
        let mut draft = Draft::new(path)?;
        catch_panic(&self.place, || {
            write_cut_document(&self.document, &self.cuts, &self.options, &mut draft)
                .and_then(|()| draft.write_all(b"\n"))
                .map_err(|cause| Error::Io { path: path.to_owned(), doing: "write", cause })
        })?;
        draft.finish()
    }

    /// `error` as the article's failure.
    pub fn failed(&self, error: Error) -> Failure {
        Failure { id: Some(self.id.clone()), ..error.into() }
    }
}

/// Makes `source` name the place where the text was read, so that it is found again; what the record
/// itself called its source goes into `meta`.
fn keep_source(meta: &mut Meta, place: &str) {
    if let Some(own) = meta.source.replace(place.to_owned()).filter(|own| own != place) {
        meta.extra.insert("source".to_owned(), own.into());
    }
}

/// What `work` gives; its panic becomes an error at `place`.
fn catch_panic<T>(place: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    // What a panic leaves half-changed is the article's own, and dropped with it.
    let result = catch_unwind(AssertUnwindSafe(work));
    result.unwrap_or_else(|panic| Err(Error::input(place, panic_message(panic.as_ref()))))
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("gloss failed on this article: {}; please report it with the text", words.unwrap_or("no message"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_the_failure_of_its_article_alone() {
        let failure = catch_panic::<()>("a.txt", || panic!("no {}", "luck")).map_err(Failure::from).unwrap_err();
        assert_eq!(failure.place, "a.txt");
        assert!(failure.message.starts_with("gloss failed on this article: no luck"), "{}", failure.message);
        assert_eq!(catch_panic("b.txt", || Ok(1)).unwrap(), 1);
    }

    #[test]
    fn how_a_text_was_read_is_kept_and_followed() {
        assert_eq!(Reading::default().to_meta(), None);
        let reading = Reading {
            from: Some(Kind::Html),
            encoding: Some(encoding_rs::WINDOWS_1252),
            fields: Fields { text: "body".to_owned(), ..Fields::default() },
        };
        let meta = Attributes::from_iter([(READ_AS.to_owned(), reading.to_meta().unwrap())]);
        assert_eq!(Reading::default().of_original(&meta), reading);
        assert_eq!(reading.of_original(&Attributes::new()).from, None);
    }

    #[test]
    fn a_source_of_its_own_moves_aside_for_one_that_is_found_again() {
        let mut meta = Meta { source: Some("wire service".to_owned()), ..Meta::default() };
        keep_source(&mut meta, "a.jsonl:3");
        assert_eq!(meta.source.as_deref(), Some("a.jsonl:3"));
        assert_eq!(meta.extra["source"], "wire service");
    }
}

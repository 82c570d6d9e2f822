//! Brings the documents of two or more sides together by id.

use super::feed::{Fed, Feed, Origin, Reading};
use anyhow::bail;
use gloss::document::{Article, Document};
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::fmt::Write as _;
use std::path::Path;

/// What becomes of a document that one side does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Missing {
    /// It is an error.
    Error,
    /// It counts as a document without marks.
    Empty,
    /// It is left out.
    Skip,
}

/// The documents of several sides, matched by id in the order of the first side. Sides in the same order
/// are read in step, so that memory stays flat; others are held until their partner comes.
pub(crate) struct Pairs {
    first: RefCell<Ahead>,
    others: Vec<Side>,
    missing: Missing,
    /// How many documents were left out for want of a partner.
    pub(crate) skipped: usize,
    /// How many were handed over.
    matched: usize,
    /// A document of each side that was left out, for messages.
    left_out: Vec<String>,
    /// Where the first side has the documents handed over last.
    pub(crate) origin: Origin,
}

/// The first side, with documents that were read before their turn.
struct Ahead {
    feed: Feed,
    waiting: VecDeque<Fed>,
    /// What went wrong behind them; it is told when their turn is over.
    fault: Option<anyhow::Error>,
}

impl Ahead {
    fn next(&mut self) -> anyhow::Result<Option<Fed>> {
        match (self.waiting.pop_front(), self.fault.take()) {
            (Some(fed), fault) => {
                self.fault = fault;
                Ok(Some(fed))
            }
            (None, Some(fault)) => Err(fault),
            (None, None) => self.feed.next(&|_| None),
        }
    }
}

struct Side {
    feed: Feed,
    /// Documents whose partner has not come yet, by id.
    held: HashMap<String, Document>,
    /// The ids of those of them that have none of their own, by place.
    unnamed: HashMap<String, String>,
    /// The ids in the order in which they were read.
    order: VecDeque<String>,
    at_end: bool,
}

impl Pairs {
    pub(crate) fn open(paths: &[&Path], reading: &Reading, missing: Missing) -> anyhow::Result<Self> {
        if paths.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
            bail!("standard input (-) can be only one of the files");
        }
        let may_be_empty = |path: &Path| missing == Missing::Empty && path.is_dir();
        let mut feeds = paths.iter().map(|path| Feed::open(path, reading.clone(), may_be_empty(path)));
        let Some(first) = feeds.next() else { bail!("no file was named") };
        let side =
            |feed| Side { feed, held: HashMap::new(), unnamed: HashMap::new(), order: VecDeque::new(), at_end: false };
        Ok(Self {
            first: RefCell::new(Ahead { feed: first?, waiting: VecDeque::new(), fault: None }),
            others: feeds.map(|feed| feed.map(side)).collect::<anyhow::Result<_>>()?,
            missing,
            skipped: 0,
            matched: 0,
            left_out: Vec::new(),
            origin: Origin::default(),
        })
    }

    /// The next documents of one id, all of one text; the first side's comes first.
    pub(crate) fn next(&mut self) -> anyhow::Result<Option<Vec<Document>>> {
        'documents: loop {
            let Some(first) = self.first.get_mut().next()? else { return self.next_extra() };
            let mut documents = Vec::with_capacity(1 + self.others.len());
            let mut missing: Option<(String, String)> = None;
            for side in &mut self.others {
                if let Some(document) = side.find(&first.document, first.place.as_deref(), &self.first)? {
                    same_text(&first.document, &document, &self.first.borrow().feed.name(), &side.feed.name())?;
                    documents.push(document);
                } else {
                    missing.get_or_insert_with(|| (side.feed.name(), side.unmatched()));
                    documents.push(unmarked(&first.document));
                }
            }
            if let Some((name, others)) = missing {
                match self.missing {
                    Missing::Error => {
                        bail!(
                            "{name}: there is no document {:?}, which {} has{others}; with --missing empty it counts as \
                             without marks, with --missing skip it is left out",
                            first.document.id(),
                            self.first.borrow().feed.name()
                        )
                    }
                    Missing::Empty => {}
                    Missing::Skip => {
                        let side = self.first.get_mut().feed.name();
                        self.leave_out(&side, first.document.id());
                        continue 'documents;
                    }
                }
            }
            documents.insert(0, first.document);
            self.origin = first.origin;
            self.matched += 1;
            return Ok(Some(documents));
        }
    }

    fn leave_out(&mut self, side: &str, id: &str) {
        self.skipped += 1;
        let named = format!("{side} has {id:?}");
        if !self.left_out.iter().any(|own| own.starts_with(&format!("{side} has "))) {
            self.left_out.push(named);
        }
    }

    /// A document that only a later side has, once the first side is through.
    fn next_extra(&mut self) -> anyhow::Result<Option<Vec<Document>>> {
        loop {
            let Some((index, extra)) = self.take_extra()? else {
                if self.matched == 0 && self.skipped > 0 {
                    bail!("no two documents have the same id: {}", self.left_out.join(", "));
                }
                return Ok(None);
            };
            match self.missing {
                Missing::Error => bail!(
                    "{}: the document {:?} is not in {}; with --missing empty it counts as without marks there, with \
                     --missing skip it is left out",
                    self.others[index].feed.name(),
                    extra.id(),
                    self.first.borrow().feed.name()
                ),
                Missing::Skip => {
                    let side = self.others[index].feed.name();
                    self.leave_out(&side, extra.id());
                }
                Missing::Empty => {
                    let mut documents = vec![unmarked(&extra)];
                    for (other, side) in self.others.iter_mut().enumerate() {
                        let own = if other == index { None } else { side.find(&extra, None, &self.first)? };
                        documents.push(own.unwrap_or_else(|| unmarked(&extra)));
                    }
                    documents[index + 1] = extra;
                    self.origin = Origin { file: self.others[index].feed.name(), line: 1 };
                    self.matched += 1;
                    return Ok(Some(documents));
                }
            }
        }
    }

    fn take_extra(&mut self) -> anyhow::Result<Option<(usize, Document)>> {
        for (index, side) in self.others.iter_mut().enumerate() {
            while let Some(fed) = side.read(&self.first)? {
                side.hold(fed);
            }
            while let Some(id) = side.order.pop_front() {
                if let Some(document) = side.held.remove(&id) {
                    return Ok(Some((index, document)));
                }
            }
        }
        Ok(None)
    }
}

impl Side {
    /// The document with the id of `wanted`, reading on as far as need be. Of two documents that have no id
    /// of their own, the one at `place` is meant.
    fn find(
        &mut self,
        wanted: &Document,
        place: Option<&str>,
        first: &RefCell<Ahead>,
    ) -> anyhow::Result<Option<Document>> {
        let unnamed = place.and_then(|place| self.unnamed.get(place));
        let id = if self.held.contains_key(wanted.id()) { Some(wanted.id()) } else { unnamed.map(String::as_str) };
        if let Some(document) = id.and_then(|id| self.held.remove(id)) {
            return Ok(Some(document));
        }
        loop {
            let text_by_id = |id: &str| text_by_id(id, wanted, first);
            let next = if self.at_end { Ok(None) } else { self.feed.next(&text_by_id) };
            // What kept the first side from lending a text is the fault to tell.
            let next = next.map_err(|error| first.borrow_mut().fault.take().unwrap_or(error))?;
            match next {
                None => {
                    self.at_end = true;
                    return Ok(None);
                }
                Some(fed) if fed.document.id() == wanted.id() => return Ok(Some(fed.document)),
                Some(fed) if place.is_some() && fed.place.as_deref() == place => return Ok(Some(fed.document)),
                Some(fed) => self.hold(fed),
            }
        }
    }

    fn read(&mut self, first: &RefCell<Ahead>) -> anyhow::Result<Option<Fed>> {
        if self.at_end {
            return Ok(None);
        }
        let text_by_id = |id: &str| {
            let ahead = first.borrow();
            let waiting = ahead.waiting.iter().find(|own| own.document.id() == id);
            waiting.map(|own| own.document.text().to_owned())
        };
        self.feed.next(&text_by_id)
    }

    /// The first document without a partner so far, for messages: ids of another shape tell what is wrong.
    fn unmatched(&self) -> String {
        let waiting = self.order.iter().find(|id| self.held.contains_key(*id));
        waiting.map_or_else(String::new, |id| format!(" (but it has {id:?})"))
    }

    fn hold(&mut self, fed: Fed) {
        let id = fed.document.id().to_owned();
        if let Some(place) = fed.place {
            self.unnamed.insert(place, id.clone());
        }
        self.order.push_back(id.clone());
        self.held.insert(id, fed.document);
    }
}

/// The text of the first side's document `id`: of the present one, or of one further on.
fn text_by_id(id: &str, present: &Document, first: &RefCell<Ahead>) -> Option<String> {
    if present.id() == id {
        return Some(present.text().to_owned());
    }
    let mut ahead = first.borrow_mut();
    if let Some(fed) = ahead.waiting.iter().find(|fed| fed.document.id() == id) {
        return Some(fed.document.text().to_owned());
    }
    while ahead.fault.is_none() {
        match ahead.feed.next(&|_| None) {
            Ok(None) => return None,
            Ok(Some(fed)) => {
                let text = (fed.document.id() == id).then(|| fed.document.text().to_owned());
                ahead.waiting.push_back(fed);
                if text.is_some() {
                    return text;
                }
            }
            // A broken record of the first side is told when its own turn comes.
            Err(fault) => ahead.fault = Some(fault),
        }
    }
    None
}

/// The same text and metadata, no marks.
fn unmarked(document: &Document) -> Document {
    let Article { meta, .. } = &document.article;
    // The text was short enough once.
    let article = Article::new(meta.clone(), document.text().to_owned()).unwrap_or_else(|| document.article.clone());
    Document::new(article)
}

/// Refuses texts that differ, naming the first difference.
fn same_text(first: &Document, other: &Document, first_name: &str, other_name: &str) -> anyhow::Result<()> {
    let (one, two) = (first.text(), other.text());
    if one == two {
        return Ok(());
    }
    let same: usize = one.chars().zip(two.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let line = one[..same].matches('\n').count() + 1;
    let mut message = format!(
        "document {:?}: the texts differ, first at code point {} (line {line}): {first_name} goes on {:?}, {other_name} \
         {:?}",
        first.id(),
        one[..same].chars().count(),
        excerpt(&one[same..]),
        excerpt(&two[same..])
    );
    if one.replace("\r\n", "\n") == two.replace("\r\n", "\n") {
        let _ = write!(message, "; they differ in their line ends only (CRLF)");
    } else if one.trim_start_matches('\u{FEFF}') == two.trim_start_matches('\u{FEFF}') {
        let _ = write!(message, "; one begins with a byte order mark, which is a character of its text");
    }
    bail!("{message}; marks can be compared on one text only")
}

fn excerpt(text: &str) -> String {
    match text.char_indices().nth(24) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

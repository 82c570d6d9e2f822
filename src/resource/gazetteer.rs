//! Lists of names: which phrases of a sentence stand in which lists.

use super::Resources;
use super::compile::{
    SEED, class_names, compile_clusters, compile_gazetteer, extend, list_rows, pieces, step, word_hash,
};
use super::table::Table;
use crate::error::{Error, Result};
use std::borrow::Cow;
use std::ops::Range;

const FOLDER: &str = "lexicons/entities";

/// How far a match in a list can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// It is marked wherever it stands alone.
    Mark,
    /// Only the trained model weighs it.
    Hint,
    /// It ends a longer name.
    Head,
    /// It begins a longer name.
    First,
    /// It stands before a person.
    Title,
    /// It ends a person's name.
    Suffix,
}

/// What a class of phrases means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// Its name in `classes.tsv`.
    pub name: String,
    /// The label of its phrases.
    pub label: String,
    /// How far to trust a match.
    pub trust: Trust,
}

/// A phrase found in the lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The tokens it covers.
    pub tokens: Range<u32>,
    /// One bit for each class that holds it.
    pub classes: u32,
}

/// The entity lists, compiled.
#[derive(Clone, Debug)]
pub struct Gazetteer {
    table: Table,
    classes: Vec<Class>,
}

/// How list phrases may begin with a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    hash: u64,
    /// The classes of the token as a whole phrase.
    classes: u32,
    /// Whether a longer phrase begins with it.
    goes_on: bool,
}

/// The most tokens of a phrase.
const LONGEST: usize = 12;

impl Gazetteer {
    /// Opens the lists: those compiled into the binary, or, where `--resources` brings entity lists,
    /// all of them compiled anew.
    pub fn new(resources: &Resources) -> Result<Self> {
        let text = resources.text(&format!("{FOLDER}/classes.tsv"))?;
        let fault = |message: String| Error::resource(format!("{FOLDER}/classes.tsv"), message);
        let mut classes = Vec::new();
        for name in class_names(&text) {
            let row = list_rows(&text).find(|row| row.get(1) == Some(&name)).unwrap_or_default();
            let [_, _, label, trust] = row.as_slice() else {
                return Err(fault(format!("{row:?} has not the four columns list, class, label, trust")));
            };
            let trust = match *trust {
                "mark" => Trust::Mark,
                "hint" => Trust::Hint,
                "head" => Trust::Head,
                "first" => Trust::First,
                "title" => Trust::Title,
                "suffix" => Trust::Suffix,
                other => {
                    return Err(fault(format!("trust {other:?} is none of mark, hint, head, first, title, suffix")));
                }
            };
            classes.push(Class { name: name.to_owned(), label: (*label).to_owned(), trust });
        }
        let bytes = if resources.overlays(FOLDER) {
            let compiled = compile_gazetteer(&text, |list| {
                resources.text(&format!("{FOLDER}/{list}.tsv")).map(Cow::into_owned).map_err(|e| e.to_string())
            });
            Cow::Owned(compiled.map_err(fault)?)
        } else {
            resources.bytes("compiled/entities.table")?
        };
        Ok(Self { table: Table::open(bytes, "compiled/entities.table")?, classes })
    }

    /// The classes, in the order of their bits.
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// The bit of the class `name`; 0 when there is none.
    pub fn bit(&self, name: &str) -> u32 {
        self.classes.iter().position(|class| class.name == name).map_or(0, |index| 1 << index)
    }

    /// The bits of all classes for which `wanted` holds.
    pub fn bits(&self, wanted: impl Fn(&Class) -> bool) -> u32 {
        self.classes.iter().enumerate().filter(|(_, class)| wanted(class)).map(|(index, _)| 1 << index).sum()
    }

    /// How phrases may begin with `token`; nothing when none does.
    pub fn opening(&self, token: &TokenHash) -> Option<Opening> {
        let mut hash = SEED;
        let (classes, goes_on) = self.walk(&mut hash, token)?;
        Some(Opening { hash, classes, goes_on })
    }

    /// Puts every phrase that begins at the token numbered `start`, with `opening`, into `found`, shorter
    /// first; `after` are the tokens behind it.
    pub fn find<'t>(
        &self,
        start: u32,
        opening: &Opening,
        after: impl Iterator<Item = &'t TokenHash>,
        found: &mut Vec<Match>,
    ) {
        if opening.classes != 0 {
            found.push(Match { tokens: start..start + 1, classes: opening.classes });
        }
        if !opening.goes_on {
            return;
        }
        let mut hash = opening.hash;
        for (end, token) in (start + 2..).zip(after.take(LONGEST - 1)) {
            let Some((classes, goes_on)) = self.walk(&mut hash, token) else { break };
            if classes != 0 {
                found.push(Match { tokens: start..end, classes });
            }
            if !goes_on {
                break;
            }
        }
    }

    /// One token more; nothing when no phrase goes on so.
    #[inline]
    fn walk(&self, hash: &mut u64, token: &TokenHash) -> Option<(u32, bool)> {
        match token {
            TokenHash::One(word) => {
                *hash = extend(*hash, *word);
                self.table.get(*hash)
            }
            TokenHash::Capitals(word, titled) => {
                let exact = extend(*hash, *word);
                let found = self.table.get(exact);
                *hash = if found.is_some() { exact } else { extend(*hash, *titled) };
                found.or_else(|| self.table.get(*hash))
            }
            TokenHash::Many(words) => {
                let mut last = None;
                for word in words {
                    *hash = extend(*hash, *word);
                    last = Some(self.table.get(*hash)?);
                }
                last
            }
        }
    }
}

/// The hashes of a token's pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenHash {
    /// A token that is one piece, as most are.
    One(u64),
    /// A word in capitals: as it is, and with one capital only (`PRAGUE`, `Prague`), which is tried next.
    Capitals(u64, u64),
    /// A token of several pieces: `U.S.`, `al-Assad`.
    Many(Vec<u64>),
}

/// The hash of a token for [`Gazetteer::find`].
pub fn token_hash(token: &str) -> TokenHash {
    if token.len() > 3 && token.chars().all(char::is_uppercase) {
        return TokenHash::Capitals(word_hash(token), titled_hash(token));
    }
    if token.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return TokenHash::One(word_hash(token));
    }
    let mut words = pieces(token).map(word_hash);
    match (words.next(), words.next()) {
        (Some(one), None) => TokenHash::One(one),
        (Some(first), Some(second)) => TokenHash::Many([first, second].into_iter().chain(words).collect()),
        (None, _) => TokenHash::Many(Vec::new()),
    }
}

/// The hash of a word in capitals written with its first one only.
fn titled_hash(token: &str) -> u64 {
    let mut letters = token.chars();
    let first = letters.next().map_or(SEED, |first| step(SEED, first as u32));
    letters.flat_map(char::to_lowercase).fold(first, |hash, letter| step(hash, letter as u32))
}

/// Opens the word clusters.
pub fn clusters(resources: &Resources) -> Result<Table> {
    let bytes = if resources.overlays("lexicons/clusters.tsv") {
        let text = resources.text("lexicons/clusters.tsv")?;
        Cow::Owned(compile_clusters(&text).map_err(|message| Error::resource("lexicons/clusters.tsv", message))?)
    } else {
        resources.bytes("compiled/clusters.table")?
    };
    Table::open(bytes, "compiled/clusters.table")
}

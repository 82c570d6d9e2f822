//! Turns lists of phrases into hash tables that are opened in place; shared with the build script.
//!
//! A table holds one slot for every phrase and for every beginning of a phrase that ends at a word's
//! edge, keyed by a 64-bit hash of the words so far: the matcher walks on as long as a slot says that
//! some phrase goes on. Words are split where letters, digits and signs meet, so that no tokenizer is
//! needed to build a table.

use std::collections::BTreeMap;

/// The first bytes of a compiled table.
pub const MAGIC: &[u8; 8] = b"glosstb1";

/// Bytes before the first slot: magic and the number of slots.
pub const HEADER_BYTES: usize = 12;

/// Bytes of a slot: fingerprint with the flag "goes on" in its lowest bit, then the payload.
pub const SLOT_BYTES: usize = 8;

/// The hash of no word yet.
pub const SEED: u64 = 0xcbf2_9ce4_8422_2325;

/// Goes on from the hash of the words before to that of one word more.
#[inline]
pub fn extend(before: u64, word: u64) -> u64 {
    let mixed = (before.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

/// The hash of one word's characters, typographic apostrophes and dashes taken for plain ones.
#[inline]
pub fn word_hash(word: &str) -> u64 {
    let mut hash = SEED;
    if word.is_ascii() {
        for byte in word.bytes() {
            hash = step(hash, u32::from(byte));
        }
    } else {
        for character in word.chars() {
            hash = step(hash, plain(character) as u32);
        }
    }
    hash
}

/// The hash of a word in lower case.
#[inline]
pub fn lower_hash(word: &str) -> u64 {
    let mut hash = SEED;
    if word.is_ascii() {
        for byte in word.bytes() {
            hash = step(hash, u32::from(byte.to_ascii_lowercase()));
        }
    } else {
        for character in word.chars().flat_map(char::to_lowercase) {
            hash = step(hash, plain(character) as u32);
        }
    }
    hash
}

/// One character more.
#[inline]
pub fn step(hash: u64, character: u32) -> u64 {
    (hash ^ u64::from(character)).wrapping_mul(0x0000_0100_0000_01b3)
}

/// The plain character for a typographic apostrophe or dash.
#[inline]
pub fn plain(character: char) -> char {
    match character {
        '\u{2018}' | '\u{2019}' | '\u{02BC}' => '\'',
        '\u{2010}'..='\u{2015}' => '-',
        other => other,
    }
}

/// The pieces of `text` between which phrases may be cut: runs of letters or of digits, and single
/// other characters; blanks fall away.
pub fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let first = rest.chars().next()?;
        let end = if first.is_alphabetic() {
            rest.find(|c: char| !c.is_alphabetic())
        } else if first.is_numeric() {
            rest.find(|c: char| !c.is_numeric())
        } else {
            Some(first.len_utf8())
        };
        let (piece, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        Some(piece)
    })
}

/// A table from `phrases` with their payloads; payloads of equal phrases are joined bit by bit.
pub fn compile<'a>(phrases: impl Iterator<Item = (&'a str, u32)>) -> Vec<u8> {
    let mut nodes: BTreeMap<u64, (u32, bool)> = BTreeMap::new();
    for (phrase, payload) in phrases {
        let mut hash = SEED;
        let mut last = None;
        for piece in pieces(phrase) {
            if let Some(last) = last {
                nodes.entry(last).or_default().1 = true;
            }
            hash = extend(hash, word_hash(piece));
            nodes.entry(hash).or_default();
            last = Some(hash);
        }
        if let Some(last) = last {
            nodes.entry(last).or_default().0 |= payload;
        }
    }
    lay_out(&nodes)
}

/// A table from single words, hashed in lower case, with their payloads.
pub fn compile_words<'a>(words: impl Iterator<Item = (&'a str, u32)>) -> Vec<u8> {
    let nodes = words.map(|(word, payload)| (extend(SEED, lower_hash(word)), (payload, false))).collect();
    lay_out(&nodes)
}

/// The bytes of a table: open addressing, at most three quarters full.
fn lay_out(nodes: &BTreeMap<u64, (u32, bool)>) -> Vec<u8> {
    let slots = (nodes.len() * 4 / 3 + 1).next_power_of_two();
    let mut table = vec![(0_u32, 0_u32); slots];
    for (hash, (payload, goes_on)) in nodes {
        let mut at = *hash as usize & (slots - 1);
        while table[at] != (0, 0) {
            at = (at + 1) & (slots - 1);
        }
        table[at] = (fingerprint(*hash) | u32::from(*goes_on), *payload);
    }
    let mut bytes = Vec::with_capacity(HEADER_BYTES + slots * SLOT_BYTES);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&(slots as u32).to_le_bytes());
    for (fingerprint, payload) in table {
        bytes.extend_from_slice(&fingerprint.to_le_bytes());
        bytes.extend_from_slice(&payload.to_le_bytes());
    }
    bytes
}

/// The upper half of a hash, its lowest bit free for the flag; never 0.
#[inline]
pub fn fingerprint(hash: u64) -> u32 {
    ((hash >> 32) as u32 & !1) | 2
}

/// Rows of a list: comments and blank lines left out, columns split at tabs.
pub fn list_rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).map(|line| line.split('\t').collect())
}

/// The classes of `classes.tsv` in the order of their bits: sorted names, each once.
pub fn class_names<'a>(classes: &'a str) -> Vec<&'a str> {
    let mut names: Vec<&'a str> = list_rows(classes).filter_map(|row| row.get(1).copied()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Compiles the entity lists that `classes` (the text of `classes.tsv`) names; `text_of` gives the text
/// of a list.
pub fn compile_gazetteer(
    classes: &str,
    mut text_of: impl FnMut(&str) -> Result<String, String>,
) -> Result<Vec<u8>, String> {
    let names = class_names(classes);
    if names.len() > 32 {
        return Err(format!("classes.tsv names {} classes; 32 fit", names.len()));
    }
    let mut lists = Vec::new();
    for row in list_rows(classes) {
        let [list, class, _, _] = row.as_slice() else {
            return Err(format!("classes.tsv: {row:?} has not the four columns list, class, label, trust"));
        };
        let bit = names.binary_search(class).map_err(|_| format!("class {class} is lost"))?;
        lists.push((1_u32 << bit, text_of(list)?));
    }
    Ok(compile(
        lists.iter().flat_map(|(bit, text)| {
            list_rows(text).filter_map(|row| row.first().copied()).map(|phrase| (phrase, *bit))
        }),
    ))
}

/// Compiles `clusters.tsv`: word, tab, four base-64 digits.
pub fn compile_clusters(text: &str) -> Result<Vec<u8>, String> {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut words = Vec::new();
    for row in list_rows(text) {
        let [word, digits] = row.as_slice() else { return Err(format!("clusters.tsv: {row:?} has not two columns")) };
        let mut bits = 0_u32;
        for digit in digits.chars() {
            let value = DIGITS.find(digit).ok_or_else(|| format!("clusters.tsv: {digit:?} is no base-64 digit"))?;
            bits = bits << 6 | value as u32;
        }
        words.push((*word, bits));
    }
    Ok(compile_words(words.into_iter()))
}

//! A checkpoint's tokenizer: text → word pieces with their bytes in the text.

use crate::error::{Error, Result};
use crate::text::Span;
use std::path::Path;
use tokenizers::Tokenizer;

/// A word piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its number in the vocabulary.
    pub(super) id: u32,
    /// The bytes of the text it stands for, white space at its ends left out; several pieces of one
    /// character share the character's bytes.
    pub(super) span: Span,
}

/// The tokenizer of one checkpoint.
pub(super) struct Pieces {
    tokenizer: Tokenizer,
    /// What stands before and behind every window.
    pub(super) before: Vec<u32>,
    pub(super) behind: Vec<u32>,
}

/// The text by which a tokenizer is tried.
const TRIAL: &str = "Ada met Bob in Rome.";

impl Pieces {
    /// Opens `tokenizer.json`; its numbers must stay below `vocabulary`.
    pub(super) fn open(path: &Path, vocabulary: usize) -> Result<Self> {
        let place = path.display().to_string();
        let fault = |message: String| Error::resource(&place, message);
        let bytes = std::fs::read(path).map_err(|cause| Error::Io { path: path.to_owned(), doing: "read", cause })?;
        let mut tokenizer = Tokenizer::from_bytes(&bytes).map_err(|error| {
            fault(format!("is no tokenizer of the tokenizers library: {error}; save the fast form"))
        })?;
        let plain = |error: tokenizers::Error| fault(error.to_string());
        // The file may ask for cutting and filling up, which windows do themselves.
        tokenizer.with_truncation(None).map_err(plain)?;
        tokenizer.with_padding(None);
        // Words like "[SEP]" in an article are words.
        tokenizer.set_encode_special_tokens(true);
        let frame = tokenizer.encode("", true).map_err(plain)?;
        let ids = frame.get_ids();
        // One piece before and the rest behind, as all of these models have it; or none at all.
        let (before, behind) = ids.split_at(ids.len().min(1));
        let pieces = Self { before: before.to_vec(), behind: behind.to_vec(), tokenizer };
        let largest = pieces.tokenizer.get_vocab(true).into_values().max().unwrap_or(0);
        if largest as usize >= vocabulary {
            let message = format!(
                "numbers pieces up to {largest}, but the model knows {vocabulary}; take both from one checkpoint"
            );
            return Err(fault(message));
        }
        let mut found = Vec::new();
        pieces.encode(TRIAL, 0..TRIAL.len(), &mut found)?;
        let starts = TRIAL.split(' ').map(|word| word.as_ptr() as usize - TRIAL.as_ptr() as usize);
        for start in starts {
            if !found.iter().any(|piece| piece.span.start() as usize == start) {
                return Err(fault(
                    "does not tell where its pieces stand in the text; save the tokenizer in its fast form, with offsets"
                        .to_owned(),
                ));
            }
        }
        Ok(pieces)
    }

    /// Number of pieces around a window.
    pub(super) fn frame(&self) -> usize {
        self.before.len() + self.behind.len()
    }

    /// Appends the pieces of `text[range]`, without those around a window.
    pub(super) fn encode(&self, text: &str, range: std::ops::Range<usize>, out: &mut Vec<Piece>) -> Result<()> {
        let part = &text[range.clone()];
        let encoding = self
            .tokenizer
            .encode(part, false)
            .map_err(|error| Error::resource("tokenizer.json", format!("cannot cut a text: {error}")))?;
        for (id, (start, end)) in encoding.get_ids().iter().zip(encoding.get_offsets()) {
            let (start, end) = whole_characters(part, *start, *end);
            let cut = &part[start..end];
            let left = cut.len() - cut.trim_start().len();
            // A piece of white space alone stands at its start, empty.
            let (start, end) = (start + left, (start + cut.trim_end().len()).max(start + left));
            let (start, end) = if cut.trim().is_empty() { (start - left, start - left) } else { (start, end) };
            let span = Span::new((range.start + start) as u32, (range.start + end) as u32);
            out.push(Piece { id: *id, span });
        }
        Ok(())
    }
}

/// The offsets widened to whole characters and held inside the text.
fn whole_characters(text: &str, start: usize, end: usize) -> (usize, usize) {
    let start = text.floor_char_boundary(start.min(text.len()));
    let end = text.ceil_char_boundary(end.min(text.len()));
    (start, end.max(start))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail")]

    use super::*;
    use proptest::prelude::*;

    const CHECKPOINTS: [&str; 7] =
        ["bert", "distilbert", "electra", "roberta", "xlm-roberta", "deberta-v2", "deberta-v3"];

    fn open(name: &str) -> Pieces {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checkpoints").join(name);
        Pieces::open(&folder.join("tokenizer.json"), 1 << 20).unwrap()
    }

    fn encode(pieces: &Pieces, text: &str) -> Vec<Piece> {
        let mut found = Vec::new();
        pieces.encode(text, 0..text.len(), &mut found).unwrap();
        found
    }

    /// Parts of a text with what a normaliser that lowers letters and strips accents makes of them.
    const PARTS: [(&str, &str); 18] = [
        ("Angela", "angela"),
        ("MERKEL", "merkel"),
        ("é", "e"),
        ("e\u{301}", "e"),
        ("E\u{323}\u{302}", "e"),
        ("ü", "u"),
        ("Å", "a"),
        ("a", "a"),
        ("paris", "paris"),
        ("7", "7"),
        (" ", " "),
        ("\n\t", " "),
        (".", "."),
        ("李", "李"),
        ("京", "京"),
        ("🙂", "🙂"),
        ("👧", "👧"),
        ("İ", "i"),
    ];

    proptest! {
        #[test]
        fn pieces_stand_in_order_on_whole_characters_and_cover_all_words(
            text in "(\\PC|[a-zA-Z ]{1,8}|🙂|👩\u{200d}🔬|e\u{301}|İ|ﬁ|½|中文|שלום|\u{feff}|\r\n|  ){0,24}"
        ) {
            for name in CHECKPOINTS {
                let found = encode(&open(name), &text);
                let mut last = 0;
                for piece in &found {
                    let (start, end) = (piece.span.start() as usize, piece.span.end() as usize);
                    prop_assert!(text.is_char_boundary(start) && text.is_char_boundary(end) && start >= last, "{name}");
                    let cut = &text[start..end];
                    prop_assert_eq!(cut.trim(), cut, "{}", name);
                    last = start;
                }
                if name == "roberta" {
                    // Bytes as pieces: nothing is lost but white space.
                    for (at, c) in text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
                        let covered = found.iter().any(|piece| {
                            piece.span.start() as usize <= at && piece.span.end() as usize >= at + c.len_utf8()
                        });
                        prop_assert!(covered, "{c:?} at {at} of {text:?}");
                    }
                }
            }
        }

        /// The words of the vocabulary are what stands at their places, small and without accents.
        #[test]
        fn a_piece_stands_for_the_text_it_covers(parts in prop::collection::vec(0..PARTS.len(), 0..20)) {
            let pieces = open("bert");
            let text: String = parts.iter().map(|part| PARTS[*part].0).collect();
            let mut starts = Vec::new();
            let mut at = 0;
            for part in &parts {
                starts.push((at, PARTS[*part]));
                at += PARTS[*part].0.len();
            }
            for piece in encode(&pieces, &text) {
                let word = pieces.tokenizer.id_to_token(piece.id).unwrap();
                if word == "[UNK]" {
                    continue;
                }
                let (start, end) = (piece.span.start() as usize, piece.span.end() as usize);
                let mut normal = String::new();
                for (at, (theirs, small)) in &starts {
                    if theirs.len() == small.len() && theirs.is_ascii() {
                        let (from, to) = (start.max(*at), end.min(at + theirs.len()));
                        normal.push_str(if from < to { &small[from - at..to - at] } else { "" });
                    } else if start <= *at && *at < end {
                        normal.push_str(small);
                    }
                }
                prop_assert_eq!(word.trim_start_matches("##"), normal.trim(), "{:?} at {}..{}", text, start, end);
            }
        }
    }
}

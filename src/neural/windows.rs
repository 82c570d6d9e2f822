//! An article cut into windows that a checkpoint can read: whole sentences, as many as fit, each window
//! beginning with a little of what came before.

use super::pieces::{Piece, Pieces};
use super::shapes;
use crate::document::Segmented;
use crate::error::Result;
use std::ops::Range;

/// A run of pieces that is read at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Window {
    /// Pieces, those around the window among them.
    pub(super) ids: Vec<u32>,
    /// The shape of each piece's word.
    pub(super) shapes: Vec<u32>,
    /// Tokens whose tags are read off this window, each with the row of its first piece.
    pub(super) rows: Vec<(u32, u32)>,
}

/// How windows are laid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// The most pieces of a window, those around it left out.
    pub(super) length: usize,
    /// The most pieces of a window that stand there for their neighbours' sake only.
    pub(super) context: usize,
}

/// One sentence as pieces.
struct Sentence {
    pieces: Vec<Piece>,
    shapes: Vec<u32>,
    /// The first piece of each token that has one.
    firsts: Vec<(u32, u32)>,
}

/// Cuts `text` into windows. Every token with a piece is in `rows` of exactly one.
pub(super) fn cut(text: &Segmented<'_>, pieces: &Pieces, layout: Layout) -> Result<Vec<Window>> {
    let mut windows = Vec::new();
    let mut open: Vec<Sentence> = Vec::new();
    // How many of the open sentences are only context.
    let mut context = 0;
    let mut end = None;
    for sentence in text.sentences() {
        // The white space between two sentences belongs to what some tokenizers see.
        let start = sentence.span.start() as usize;
        let from = if open.is_empty() { start } else { end.unwrap_or(start) };
        let tokens = sentence.tokens.start as usize..sentence.tokens.end as usize;
        let read = read(text, pieces, from..sentence.span.end() as usize, tokens)?;
        end = Some(sentence.span.end() as usize);
        let filled: usize = open.iter().map(|sentence| sentence.pieces.len()).sum();
        if filled + read.pieces.len() > layout.length && open.len() > context {
            close(&open, context, pieces, &mut windows);
            keep_context(&mut open, layout.context);
            context = open.len();
        }
        let filled: usize = open.iter().map(|sentence| sentence.pieces.len()).sum();
        if filled + read.pieces.len() > layout.length {
            open.clear();
            context = 0;
        }
        if read.pieces.len() > layout.length {
            slide(&read, layout, pieces, &mut windows);
        } else {
            open.push(read);
        }
    }
    if open.len() > context {
        close(&open, context, pieces, &mut windows);
    }
    Ok(windows)
}

/// Leaves the last sentences of `open` that fit into `length` pieces.
fn keep_context(open: &mut Vec<Sentence>, length: usize) {
    let mut kept = 0;
    let fitting = open.iter().rev().take_while(|sentence| {
        kept += sentence.pieces.len();
        kept <= length
    });
    let from = open.len() - fitting.count();
    open.drain(..from);
}

/// The pieces of one sentence.
fn read(text: &Segmented<'_>, pieces: &Pieces, bytes: Range<usize>, tokens: Range<usize>) -> Result<Sentence> {
    let mut found = Vec::new();
    pieces.encode(text.text(), bytes, &mut found)?;
    let mut shapes = vec![shapes::NONE; found.len()];
    let mut firsts = Vec::with_capacity(tokens.len());
    let mut from = 0;
    for index in tokens {
        let span = text.tokens()[index].span;
        // Pieces may share the bytes of one character, so the search never leaves a piece behind that reaches
        // into this token.
        from += found[from..].iter().take_while(|piece| piece.span.end() <= span.start()).count();
        let reaching = found[from..].iter().take_while(|piece| piece.span.start() < span.end());
        let shape = shapes::of_word(text.word(index));
        let mut first = None;
        for (at, piece) in (from..).zip(reaching) {
            if piece.span.is_empty() {
                continue;
            }
            if first.is_none() {
                first = Some(at);
            }
            if piece.span.start() >= span.start() || shapes[at] == shapes::NONE {
                shapes[at] = shapes::of_piece(shape, first == Some(at));
            }
        }
        firsts.extend(first.map(|first| (index as u32, first as u32)));
    }
    Ok(Sentence { pieces: found, shapes, firsts })
}

/// Makes a window of sentences, of which the first `context` are only context.
fn close(open: &[Sentence], context: usize, pieces: &Pieces, windows: &mut Vec<Window>) {
    let mut window = Window::default();
    window.begin(pieces);
    for (at, sentence) in open.iter().enumerate() {
        let row = window.ids.len() as u32;
        if at >= context {
            window.rows.extend(sentence.firsts.iter().map(|(token, piece)| (*token, row + piece)));
        }
        window.take(sentence, 0..sentence.pieces.len());
    }
    window.end(pieces);
    windows.push(window);
}

/// Makes windows of a sentence that is too long for one, overlapping by half; each token is read where it
/// stands farthest from the window's ends.
fn slide(sentence: &Sentence, layout: Layout, pieces: &Pieces, windows: &mut Vec<Window>) {
    let length = layout.length;
    let step = (length / 2).max(1);
    let count = (sentence.pieces.len() - length).div_ceil(step) + 1;
    for number in 0..count {
        let from = number * step;
        let to = (from + length).min(sentence.pieces.len());
        // The middle half is read here, and at the article's ends the rest too.
        let margin = (length - step) / 2;
        let first = if number == 0 { 0 } else { from + margin };
        let last = if number + 1 == count { to } else { from + margin + step };
        let mut window = Window::default();
        window.begin(pieces);
        let row = window.ids.len() as u32;
        let own = sentence.firsts.iter().filter(|(_, piece)| (first..last).contains(&(*piece as usize)));
        window.rows.extend(own.map(|(token, piece)| (*token, row + piece - from as u32)));
        window.take(sentence, from..to);
        window.end(pieces);
        windows.push(window);
    }
}

impl Window {
    /// All that it holds, as numbers.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u64> {
        let pieces = self.ids.iter().zip(&self.shapes);
        let rows = self.rows.iter();
        pieces.chain(rows.map(|(token, row)| (token, row))).map(|(a, b)| u64::from(*a) << 32 | u64::from(*b))
    }

    fn begin(&mut self, pieces: &Pieces) {
        self.ids.extend_from_slice(&pieces.before);
        self.shapes.resize(self.ids.len(), shapes::NONE);
    }

    fn take(&mut self, sentence: &Sentence, range: Range<usize>) {
        self.ids.extend(sentence.pieces[range.clone()].iter().map(|piece| piece.id));
        self.shapes.extend_from_slice(&sentence.shapes[range]);
    }

    fn end(&mut self, pieces: &Pieces) {
        self.ids.extend_from_slice(&pieces.behind);
        self.shapes.resize(self.ids.len(), shapes::NONE);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail")]

    use super::*;
    use crate::document::{Article, Meta};
    use crate::resource::Resources;
    use crate::segment::Segmenter;
    use proptest::prelude::*;
    use std::path::Path;
    use std::sync::LazyLock;

    static SEGMENTER: LazyLock<Segmenter> = LazyLock::new(|| Segmenter::new(&Resources::embedded()).unwrap());

    static PIECES: LazyLock<Vec<Pieces>> = LazyLock::new(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checkpoints");
        let open = |name: &str| Pieces::open(&folder.join(name).join("tokenizer.json"), 1 << 20).unwrap();
        ["bert", "roberta", "xlm-roberta"].map(open).into()
    });

    proptest! {
        #[test]
        fn every_token_with_a_piece_is_read_once(
            words in prop::collection::vec("[A-Z]?[a-z]{1,9}|🙂|李小龙|Café|e\u{301}|[.!?] |\n\n|\u{fe0f}", 0..120),
            length in 8_usize..40,
        ) {
            let article = Article::new(Meta::default(), words.join(" ")).unwrap();
            let text = SEGMENTER.segment(&article);
            for pieces in PIECES.iter() {
                let layout = Layout { length, context: length / 8 };
                let windows = cut(&text, pieces, layout).unwrap();
                let mut read: Vec<u32> = Vec::new();
                for window in &windows {
                    prop_assert!(window.ids.len() <= length + pieces.frame());
                    prop_assert_eq!(window.ids.len(), window.shapes.len());
                    for (token, row) in &window.rows {
                        prop_assert!((*row as usize) < window.ids.len());
                        read.push(*token);
                    }
                }
                read.sort_unstable();
                let mut seen = Vec::new();
                for sentence in text.sentences() {
                    let mut found = Vec::new();
                    let bytes = sentence.span.start() as usize..sentence.span.end() as usize;
                    pieces.encode(text.text(), bytes, &mut found).unwrap();
                    seen.extend((sentence.tokens.start..sentence.tokens.end).filter(|token| {
                        let span = text.tokens()[*token as usize].span;
                        found.iter().any(|p| !p.span.is_empty() && p.span.end() > span.start() && p.span.start() < span.end())
                    }));
                }
                prop_assert_eq!(read, seen);
            }
        }
    }

    #[test]
    fn a_window_begins_with_what_came_before() {
        let article =
            Article::new(Meta::default(), "Bob met Ada. It was in Paris. Then Bob left Paris.".into()).unwrap();
        let text = SEGMENTER.segment(&article);
        assert_eq!(text.sentences().len(), 3);
        let count = |sentence: usize| {
            let mut found = Vec::new();
            let span = text.sentences()[sentence].span;
            PIECES[0].encode(text.text(), span.start() as usize..span.end() as usize, &mut found).unwrap();
            found.len()
        };
        let length = count(1) + count(0).max(count(2));
        let windows = cut(&text, &PIECES[0], Layout { length, context: count(1) }).unwrap();
        assert_eq!(windows.len(), 2);
        assert_eq!(windows[1].ids.len(), count(1) + count(2) + PIECES[0].frame());
        assert_eq!(windows[1].rows.first().map(|(token, _)| *token), Some(text.sentences()[2].tokens.start));
    }
}

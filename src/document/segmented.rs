//! An article cut into zones, paragraphs, sentences and tokens.

use super::Article;
use crate::text::Span;
use std::ops::Range;

/// What a zone is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ZoneKind {
    /// The article's title.
    Headline,
    /// Who wrote it.
    Byline,
    /// Place and agency at the start of a wire story, standing on a line of their own.
    Dateline,
    /// A line with the day of publication or update.
    DateLine,
    /// Running text.
    Body,
    /// A heading inside the article.
    Subheading,
    /// List items.
    List,
    /// The caption of a picture.
    Caption,
    /// A block quotation.
    Quote,
    /// Rows of a table.
    Table,
    /// Navigation, sharing, cookies, newsletters, copyright, lone separators.
    Boilerplate,
    /// Who the author is.
    Bio,
}

impl ZoneKind {
    /// All kinds, in the order of [`super::label::ZONE`].
    pub const ALL: [Self; 12] = [
        Self::Headline,
        Self::Byline,
        Self::Dateline,
        Self::DateLine,
        Self::Body,
        Self::Subheading,
        Self::List,
        Self::Caption,
        Self::Quote,
        Self::Table,
        Self::Boilerplate,
        Self::Bio,
    ];

    /// The label of the zone layer.
    pub fn name(self) -> &'static str {
        super::label::ZONE[self as usize]
    }

    /// The kind with this label.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TokenKind {
    /// Letters, and clitics.
    Word,
    /// Digits with their separators, and what is glued to them.
    Number,
    /// Punctuation.
    Punctuation,
    /// Currency, mathematical and other signs.
    Symbol,
    /// A web address.
    Url,
    /// A mail address.
    Email,
    /// `@name`.
    Handle,
    /// `#topic`.
    Hashtag,
    /// A whole emoji sequence.
    Emoji,
}

impl TokenKind {
    /// The label of the token layer.
    pub fn name(self) -> &'static str {
        super::label::TOKEN[self as usize]
    }
}

/// A run of lines of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Bytes of the text; zones tile it but for white space.
    pub span: Span,
    /// What it is.
    pub kind: ZoneKind,
    /// The zone's paragraphs, as indices.
    pub paragraphs: Range<u32>,
}

/// A paragraph in one zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// Bytes of the text, no blank at either end.
    pub span: Span,
    /// Index of its zone.
    pub zone: u32,
    /// The paragraph's sentences, as indices.
    pub sentences: Range<u32>,
}

/// A sentence in one paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Bytes of the text, no blank at either end.
    pub span: Span,
    /// Index of its paragraph.
    pub paragraph: u32,
    /// The sentence's tokens, as indices.
    pub tokens: Range<u32>,
}

/// A token in one sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Bytes of the text.
    pub span: Span,
    /// What it is.
    pub kind: TokenKind,
}

/// A segmented article. Its constructor checks that the parts tile, so no tagger can meet
/// unsegmented text.
#[derive(Clone, Debug)]
pub struct Segmented<'a> {
    article: &'a Article,
    zones: Vec<Zone>,
    paragraphs: Vec<Paragraph>,
    sentences: Vec<Sentence>,
    tokens: Vec<Token>,
}

impl<'a> Segmented<'a> {
    /// Joins the cuts of `article`.
    ///
    /// # Panics
    /// When the parts do not tile: zones hold their paragraphs, paragraphs their sentences, sentences
    /// their tokens, in order, and everything outside tokens is white space. A fault of `segment`, never
    /// of the input; checked in full in debug builds, by order alone in release builds.
    #[track_caller]
    pub fn new(
        article: &'a Article,
        zones: Vec<Zone>,
        paragraphs: Vec<Paragraph>,
        sentences: Vec<Sentence>,
        tokens: Vec<Token>,
    ) -> Self {
        let segmented = Self { article, zones, paragraphs, sentences, tokens };
        if cfg!(debug_assertions)
            && let Err(fault) = segmented.check_tiling()
        {
            panic!("{fault}");
        }
        segmented
    }

    /// Names the first fault in the tiling.
    pub fn check_tiling(&self) -> Result<(), String> {
        let mut at = 0;
        for token in &self.tokens {
            let (start, end) = (token.span.start(), token.span.end());
            if start < at || token.span.is_empty() {
                return Err(format!("token {:?} overlaps the one before or is empty", token.span));
            }
            let gap =
                Span::new(at, start).get(self.text()).ok_or_else(|| format!("token at {start} cuts a character"))?;
            if !gap.chars().all(char::is_whitespace) {
                return Err(format!("{gap:?} at {at} lies outside all tokens"));
            }
            at = end;
        }
        let rest = self.text().get(at as usize..).ok_or("the last token cuts a character")?;
        if !rest.chars().all(char::is_whitespace) {
            return Err(format!("{:?} at {at} lies outside all tokens", rest.chars().take(20).collect::<String>()));
        }
        nested("sentence", self.sentences.iter().map(|s| (s.span, &s.tokens)), &self.tokens, |t| t.span)?;
        nested("paragraph", self.paragraphs.iter().map(|p| (p.span, &p.sentences)), &self.sentences, |s| s.span)?;
        nested("zone", self.zones.iter().map(|z| (z.span, &z.paragraphs)), &self.paragraphs, |p| p.span)
    }

    /// The article.
    #[inline]
    pub fn article(&self) -> &'a Article {
        self.article
    }

    /// The text.
    #[inline]
    pub fn text(&self) -> &'a str {
        self.article.text()
    }

    /// All zones, in order.
    #[inline]
    pub fn zones(&self) -> &[Zone] {
        &self.zones
    }

    /// All paragraphs, in order.
    #[inline]
    pub fn paragraphs(&self) -> &[Paragraph] {
        &self.paragraphs
    }

    /// All sentences, in order.
    #[inline]
    pub fn sentences(&self) -> &[Sentence] {
        &self.sentences
    }

    /// All tokens, in order.
    #[inline]
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The tokens of one sentence.
    #[inline]
    pub fn tokens_of(&self, sentence: &Sentence) -> &[Token] {
        &self.tokens[sentence.tokens.start as usize..sentence.tokens.end as usize]
    }

    /// The words of the token at `index`.
    #[inline]
    pub fn word(&self, index: usize) -> &'a str {
        self.tokens[index].span.of(self.text())
    }

    /// The kind of zone that a sentence lies in.
    #[inline]
    pub fn zone_of(&self, sentence: &Sentence) -> ZoneKind {
        self.zones[self.paragraphs[sentence.paragraph as usize].zone as usize].kind
    }
}

/// Checks that the children of each part follow one another without a gap and lie inside it.
fn nested<'p, T: 'p>(
    what: &str,
    parts: impl Iterator<Item = (Span, &'p Range<u32>)>,
    children: &[T],
    span_of: impl Fn(&T) -> Span,
) -> Result<(), String> {
    let (mut next, mut at) = (0, 0);
    for (span, range) in parts {
        if span.start() < at || range.start != next || range.end < range.start {
            return Err(format!("{what} {span:?} is out of order"));
        }
        let inside = children
            .get(range.start as usize..range.end as usize)
            .ok_or_else(|| format!("{what} {span:?} names parts that do not exist"))?;
        if let Some(child) = inside.iter().find(|child| !span.contains(span_of(child))) {
            return Err(format!("{:?} leaves its {what} {span:?}", span_of(child)));
        }
        (next, at) = (range.end, span.end());
    }
    if next as usize == children.len() {
        Ok(())
    } else {
        Err(format!("{} parts lie in no {what}", children.len() - next as usize))
    }
}

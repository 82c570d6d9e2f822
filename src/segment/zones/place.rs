//! What lines are by their place in the article: its head, its foot, and between paragraphs.

use super::dateline;
use super::line::Line;
use super::words::Words;
use crate::document::{Paragraph, ZoneKind};

/// The lines of the foot in which an author may be described.
const FOOT_LINES: usize = 12;

/// The longest line, in bytes, that may be a deck; a longer one is the story's first paragraph.
const DECK: usize = 160;

/// The lines of the head in which a headline may stand.
const HEAD_LINES: usize = 16;

/// The kind of each paragraph.
pub(super) fn kinds(text: &str, paragraphs: &[Paragraph], lines: &[Line], words: &Words) -> Vec<ZoneKind> {
    let mut page = Page { text, paragraphs, lines, words, kinds: lines.iter().map(|line| line.kind).collect() };
    page.repeated();
    page.counters();
    page.announced();
    page.comments();
    page.head();
    page.foot();
    page.quotes();
    page.scores();
    page.lists();
    page.foot_list();
    page.teasers();
    page.subheadings();
    page.kinds.into_iter().map(|kind| kind.unwrap_or(ZoneKind::Body)).collect()
}

/// The lines of an article, and what is known of each.
pub(super) struct Page<'t> {
    text: &'t str,
    paragraphs: &'t [Paragraph],
    pub(super) lines: &'t [Line],
    words: &'t Words,
    /// What is known of each line so far.
    pub(super) kinds: Vec<Option<ZoneKind>>,
}

impl<'t> Page<'t> {
    pub(super) fn line(&self, index: usize) -> &'t str {
        self.paragraphs[index].span.of(self.text)
    }

    /// Short lines that stand there more than once belong to the page or are captions.
    fn repeated(&mut self) {
        let mut lines: Vec<(u64, u32)> = (0..self.lines.len())
            .filter(|index| self.kinds[*index].is_none() && (30..=300).contains(&self.line(*index).len()))
            .map(|index| (hash(self.line(index).as_bytes()), index as u32))
            .collect();
        lines.sort_unstable();
        for pair in lines.windows(2) {
            let (first, second) = (pair[0].1 as usize, pair[1].1 as usize);
            let running = self.lines[second].running;
            // Prose may come back as a pull quote; a caption comes twice in a row.
            let is_page = if running { second.abs_diff(first) <= 2 } else { !self.lines[second].ends };
            if pair[0].0 == pair[1].0 && is_page && self.line(first) == self.line(second) {
                let kind = if running { ZoneKind::Caption } else { ZoneKind::Boilerplate };
                self.kinds[first] = Some(kind);
                self.kinds[second] = Some(kind);
            }
        }
    }

    /// Titles of other articles stand under the line that announces them.
    fn announced(&mut self) {
        let mut announced = false;
        for index in 0..self.lines.len() {
            let line = &self.lines[index];
            if line.announces {
                announced = true;
            } else if announced {
                let title = line.title && self.line(index).len() <= 160;
                match self.kinds[index] {
                    None | Some(ZoneKind::List) if title => self.kinds[index] = Some(ZoneKind::Boilerplate),
                    Some(ZoneKind::Boilerplate) => {}
                    _ => announced = false,
                }
            }
        }
    }

    /// The head: lines above the first running text.
    fn head(&mut self) {
        let is_text = |index: &usize| {
            let line = &self.lines[*index];
            line.running && line.ends && !line.title && self.kinds[*index].is_none()
        };
        let mut texts = (0..self.lines.len().min(HEAD_LINES)).filter(is_text);
        let mut first_text = texts.next();
        // A deck of one or two sentences, set apart before the line that names author or day.
        if let Some(deck) = first_text.filter(|deck| (1..=4).contains(deck) && self.line(*deck).len() <= DECK)
            && dateline::len(self.line(deck), self.words).is_none()
            && (deck + 1..self.lines.len().min(deck + 3)).any(|index| self.is_signature(index))
        {
            first_text = texts.next();
        }
        let end = first_text.unwrap_or(self.lines.len()).min(HEAD_LINES);
        let Some(headline) = (0..end).find(|index| self.kinds[*index].is_none() && self.could_be_headline(*index))
        else {
            return self.signatures(end, false);
        };
        let count = self.words_in(headline);
        let above: Vec<usize> = (0..headline).filter(|index| self.kinds[*index].is_none()).collect();
        let kickers = count >= 4 && above.iter().all(|index| self.lines[*index].title && self.words_in(*index) <= 2);
        if self.lines.len() == 1 && (count < 2 || self.lines[0].name && (count <= 4 || is_names(self.line(0)))) {
            self.kinds[0] = self.lines[0].name.then_some(ZoneKind::Byline);
            return;
        }
        if !(above.is_empty() || kickers) {
            return self.signatures(end, false);
        }
        for index in above {
            self.kinds[index] = Some(ZoneKind::Boilerplate);
        }
        self.kinds[headline] = Some(ZoneKind::Headline);
        // A deck stands between the headline and the line that names author or day.
        let signed = (headline + 1..end.min(headline + 4)).find(|index| self.is_signature(*index));
        if let Some(signed) = signed {
            for index in headline + 1..signed {
                let dated = dateline::len(self.line(index), self.words).is_some();
                if self.kinds[index].is_none() && !self.lines[index].name && !dated && self.could_be_deck(index) {
                    self.kinds[index] = Some(ZoneKind::Headline);
                }
            }
        } else if self.is_open_deck(headline + 1) {
            self.kinds[headline + 1] = Some(ZoneKind::Headline);
        }
        self.signatures(end, true);
    }

    /// Whether the line below the headline is display text too: some words without a stop, right above the
    /// running text.
    fn is_open_deck(&self, index: usize) -> bool {
        let Some((line, below)) = self.lines.get(index).zip(self.lines.get(index + 1)) else { return false };
        let below = below.running && below.ends && self.kinds[index + 1].is_none();
        let words = (7..=30).contains(&self.words_in(index));
        let plain = !self.line(index).contains([';', '|', '@']);
        below && words && plain && line.title && !line.ends && !line.name && self.kinds[index].is_none()
    }

    fn could_be_deck(&self, index: usize) -> bool {
        let line = self.line(index);
        line.len() <= DECK && line.contains(char::is_alphabetic)
    }

    fn could_be_headline(&self, index: usize) -> bool {
        let line = &self.lines[index];
        // A single word is a headline right above the text, else the name of a section.
        let single = self.words_in(index) < 2 && !self.lines.get(index + 1).is_some_and(|next| next.running);
        line.title && !single && !dateline::is_line(self.line(index), self.words)
    }

    pub(super) fn words_in(&self, index: usize) -> usize {
        self.line(index).split_whitespace().take(40).count()
    }

    /// Whether the line names the author or the day.
    fn is_signature(&self, index: usize) -> bool {
        matches!(self.kinds[index], Some(ZoneKind::Byline | ZoneKind::DateLine))
    }

    /// Names and datelines of the head, above line `end`.
    fn signatures(&mut self, end: usize, titled: bool) {
        let end = end.max(self.lines.len().min(6));
        for index in 0..end {
            if self.kinds[index].is_some() {
                continue;
            }
            if dateline::is_line(self.line(index), self.words) {
                self.kinds[index] = Some(ZoneKind::Dateline);
                continue;
            }
            let near = index.checked_sub(1).is_some_and(|before| self.is_signature(before))
                || (index + 1 < end && self.is_signature(index + 1));
            let above = index.checked_sub(1).and_then(|above| self.kinds[above]);
            let short = self.lines[index].title && !self.lines[index].running && self.line(index).len() <= 60;
            if short && above == Some(ZoneKind::Byline) && self.words.names_role(self.line(index)) {
                self.kinds[index] = Some(ZoneKind::Byline);
                continue;
            }
            let below_title = titled
                && index > 0
                && self.kinds[index - 1] == Some(ZoneKind::Headline)
                && (self.words_in(index) <= 3 || self.lines.get(index + 1).is_some_and(|next| next.running));
            if self.lines[index].name && (near || below_title) {
                self.kinds[index] = Some(ZoneKind::Byline);
            }
        }
    }

    /// The foot: the author, and titles of other articles under the last text.
    fn foot(&mut self) {
        let count = self.lines.len();
        for index in (count.saturating_sub(FOOT_LINES)..count).rev() {
            let open = matches!(self.kinds[index], None | Some(ZoneKind::Boilerplate));
            if open && index > 1 && self.describes_author(index) {
                self.kinds[index] = Some(ZoneKind::Bio);
                let above = index - 1;
                if self.lines[above].name && self.line(index).starts_with(self.line(above)) {
                    self.kinds[above] = Some(ZoneKind::Bio);
                }
            }
        }
        let last_text = self.lines.iter().zip(&self.kinds).rposition(|(line, kind)| line.running && kind.is_none());
        let Some(last_text) = last_text else { return };
        // A name by itself under the last text signs the article.
        let below = last_text + 1;
        let signs = below > HEAD_LINES / 2
            && below < count
            && self.kinds[below].is_none()
            && self.lines[below].name
            && self.words_in(below) <= 3
            && self.line(below).contains(char::is_lowercase)
            && self.kinds[below + 1..].iter().all(|kind| matches!(kind, Some(ZoneKind::Boilerplate | ZoneKind::Bio)));
        if signs {
            self.kinds[below] = Some(ZoneKind::Byline);
        }
        let titles: Vec<usize> = (last_text + 1..count)
            .filter(|index| matches!(self.kinds[*index], None | Some(ZoneKind::List)) && self.lines[*index].title)
            .collect();
        let capitals = titles.iter().filter(|index| is_title_case(self.line(**index))).count();
        if titles.len() >= 2 && capitals * 3 >= titles.len() * 2 {
            for index in titles {
                self.kinds[index] = Some(ZoneKind::Boilerplate);
            }
        }
    }

    /// Whether the line says who wrote the article: nothing but the page's own lines and further words
    /// about authors stand below it.
    fn describes_author(&self, index: usize) -> bool {
        let line = self.line(index);
        let below = (index + 1..self.lines.len())
            .all(|other| self.kinds[other].is_some_and(|kind| kind != ZoneKind::List) || !self.lines[other].running);
        let known = || {
            self.kinds
                .iter()
                .take(HEAD_LINES)
                .enumerate()
                .any(|(other, kind)| *kind == Some(ZoneKind::Byline) && shares_name(self.line(other), line))
        };
        line.len() <= 700 && below && (self.words.is_bio(line) || known())
    }

    /// A quotation on a line of its own with its speaker on the next.
    fn quotes(&mut self) {
        for index in 1..self.lines.len() {
            let (quote, speaker) = (self.line(index - 1), self.line(index));
            let quoted = quote.starts_with(['"', '“', '‘']) && quote.ends_with(['"', '”', '’']);
            let spoken = speaker.starts_with(['—', '–']) && speaker.len() <= 120 && !self.lines[index].running;
            if quoted && spoken && self.kinds[index - 1].is_none() {
                self.kinds[index - 1] = Some(ZoneKind::Quote);
                self.kinds[index] = Some(ZoneKind::Quote);
            }
        }
    }

    /// Short titles between paragraphs, and shouted titles of other articles.
    fn subheadings(&mut self) {
        for index in 0..self.lines.len() {
            let line = self.line(index);
            if self.kinds[index].is_some() || !self.lines[index].title || self.lines[index].running {
                continue;
            }
            let count = self.words_in(index);
            if count >= 8 && index > 0 && !line.ends_with('?') && !line.contains(char::is_lowercase) {
                self.kinds[index] = Some(ZoneKind::Boilerplate);
                continue;
            }
            let follows = self.lines.get(index + 1).is_some_and(|next| {
                next.running
                    || matches!(self.kinds[index + 1], Some(ZoneKind::List | ZoneKind::Table | ZoneKind::Boilerplate))
            });
            let ends_softly = !self.lines[index].ends || line.ends_with('?');
            if follows
                && ends_softly
                && (1..=12).contains(&count)
                && line.len() <= 90
                && !is_quoted(line)
                && !line.contains(';')
            {
                self.kinds[index] = Some(ZoneKind::Subheading);
            }
        }
    }
}

/// Whether the line lists the names of several people.
fn is_names(line: &str) -> bool {
    let names: Vec<&str> = line.split(", ").flat_map(|part| part.split(" and ")).collect();
    names.len() >= 2 && names.iter().all(|name| (2..=3).contains(&name.split_whitespace().count()))
}

/// A hash of `bytes`, eight at a time (the multiplier is that of `FxHash`).
fn hash(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(0x517C_C1B7_2722_0A95);
    let hash = words.iter().fold(bytes.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    rest.iter().fold(hash, |hash, byte| mix(hash, u64::from(*byte)))
}

/// Whether the line is a quotation from end to end.
fn is_quoted(line: &str) -> bool {
    line.starts_with(['"', '“']) && line.ends_with(['"', '”'])
}

/// Whether two lines share a name: two capitalised words in a row.
fn shares_name(byline: &str, line: &str) -> bool {
    let names: Vec<&str> = byline
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| word.len() > 1 && word.starts_with(char::is_uppercase) && !word.eq_ignore_ascii_case("by"))
        .collect();
    names.windows(2).any(|pair| line.starts_with(pair[0]) && line[pair[0].len()..].trim_start().starts_with(pair[1]))
}

/// Whether most words of the line begin with a capital, as in titles.
fn is_title_case(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().filter(|word| word.len() > 3).collect();
    let capitals = words.iter().filter(|word| !word.starts_with(char::is_lowercase)).count();
    line.split_whitespace().count() >= 3 && capitals * 10 >= words.len() * 8
}

//! What can be seen of one line by itself.

use super::phrases::{Phrases, Verdict, fold_line};
use super::words::Words;
use crate::document::ZoneKind;
use memchr::{memchr_iter, memchr3_iter};

/// Lines longer than this, in bytes, are read only at their start.
const SHORT: usize = 300;

/// The fewest bytes of a line that is running text whatever its end.
const RUNNING: usize = 160;

/// The longest row of a table, in bytes.
const ROW: usize = 200;

/// What one line shows.
#[expect(clippy::struct_excessive_bools, reason = "four independent signs of one line")]
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    /// What it is, when phrases or form say so.
    pub(super) kind: Option<ZoneKind>,
    /// Whether titles of other articles follow it.
    pub(super) announces: bool,
    /// Whether it ends as a sentence does.
    pub(super) ends: bool,
    /// Whether it is running text: long, or a sentence of some length.
    pub(super) running: bool,
    /// Whether it could be a title: short, begins large, does not end as a sentence.
    pub(super) title: bool,
    /// Whether it could be the name of a person or two.
    pub(super) name: bool,
}

impl Line {
    /// Reads a line; `buffer` is scratch.
    pub(super) fn read(line: &str, phrases: &Phrases, words: &Words, buffer: &mut String) -> Self {
        let ends = ends_sentence(line);
        if line.len() > SHORT {
            return Self { kind: long_kind(line, phrases, buffer), ends, ..Self::running() };
        }
        let running = line.len() >= RUNNING || (ends && memchr_iter(b' ', line.as_bytes()).nth(6).is_some());
        let form = form(line, words);
        let verdict = match form {
            None => {
                fold_line(line, buffer);
                judge(line, buffer, phrases, words, ends)
            }
            // Credits have bars between them as rows of tables do.
            Some(ZoneKind::Table) => {
                fold_line(line, buffer);
                phrases.judge(buffer).filter(|verdict| verdict.kind == ZoneKind::Caption)
            }
            Some(_) => None,
        };
        let kind = verdict.map(|verdict| verdict.kind).or(form);
        let title = line.len() <= 220 && !ends_with_stop(line) && opens_large(line);
        let name = title && is_name(line);
        Self { kind, announces: verdict.is_some_and(|verdict| verdict.announces), ends, running, title, name }
    }

    fn running() -> Self {
        Self { kind: None, announces: false, ends: true, running: true, title: false, name: false }
    }
}

/// What the phrases say of a short line, unless it reads as a sentence of the story.
fn judge(line: &str, folded: &str, phrases: &Phrases, words: &Words, ends: bool) -> Option<Verdict> {
    if !(ends && line.len() > 48) && words.is_date_line(folded) {
        return Some(Verdict { kind: ZoneKind::DateLine, announces: false });
    }
    if is_signed(line) {
        return Some(Verdict { kind: ZoneKind::Byline, announces: false });
    }
    let verdict = phrases.judge(folded)?;
    let sentence = ends && !folded.starts_with('(');
    // A sentence that ends in a credit's words is one of the story.
    let credit = verdict.kind != ZoneKind::Byline
        || folded.contains(';')
        || folded.contains("ing by")
        || folded.contains("contributed to this");
    (!sentence || credit).then_some(verdict)
}

/// What a long line is: the list of those who reported a story, or running text.
fn long_kind(line: &str, phrases: &Phrases, buffer: &mut String) -> Option<ZoneKind> {
    let head = line.char_indices().nth(40).map_or(line, |(end, _)| &line[..end]);
    if !head.to_ascii_lowercase().contains("eporting by") {
        return None;
    }
    fold_line(head, buffer);
    phrases.judge(buffer).map(|verdict| verdict.kind).filter(|kind| *kind == ZoneKind::Byline)
}

/// What the form of a line says: signs alone, rows of cells, items, crumbs.
fn form(line: &str, words: &Words) -> Option<ZoneKind> {
    if line.chars().all(is_separator) {
        return Some(ZoneKind::Boilerplate);
    }
    if line.starts_with("> ") {
        return Some(ZoneKind::Quote);
    }
    if is_signed_row(line) {
        return Some(ZoneKind::Byline);
    }
    let bytes = line.as_bytes();
    let repeats = |sign| line.len() <= ROW && memchr_iter(sign, bytes).nth(1).is_some();
    if repeats(b'|') && (bytes[0] == b'|' || line.contains(" | ")) && !words.is_publication(line) {
        return Some(ZoneKind::Table);
    }
    if repeats(b'\t') {
        return Some(ZoneKind::Table);
    }
    if line.len() <= 120 && is_crumbs(line) {
        return Some(ZoneKind::Boilerplate);
    }
    if only_tags(line) {
        return Some(ZoneKind::Boilerplate);
    }
    if is_credited(line) {
        return Some(ZoneKind::Caption);
    }
    is_item(line).then_some(ZoneKind::List)
}

/// Whether the character stands between parts of a page: `|`, `•`, rules of dashes; stars and emoji do not.
fn is_separator(c: char) -> bool {
    c.is_ascii_punctuation()
        || c.is_whitespace()
        || c.is_control()
        || matches!(c, '•' | '·' | '–' | '—' | '…' | '●' | '▪' | '»' | '›')
}

/// Whether the line is a name and, behind bars, the day: `Ana Ode | 10 Feb 2026 | 6 min read`.
fn is_signed_row(line: &str) -> bool {
    line.len() <= 120
        && line.split_once(" | ").is_some_and(|(name, rest)| {
            is_name(name)
                && name.split_whitespace().count() <= 3
                && rest.contains(|c: char| c.is_ascii_digit())
                && rest.contains("20")
        })
}

/// Whether the line names the page's place on its site: `Home > World > Europe`.
fn is_crumbs(line: &str) -> bool {
    let arrows = memchr3_iter(b'>', 0xC2, 0xE2, line.as_bytes()).next().is_some()
        && [" > ", " » ", " › "].iter().any(|sign| line.contains(sign));
    let slashes = line.contains(" / ") && line.matches(" / ").count() >= 2;
    ((arrows && line.len() <= 80) || slashes) && !ends_with_stop(line)
}

/// Whether the line ends in a credit with slashes: `The first map of Titan. (NASA/JPL-Caltech/ASU)`.
fn is_credited(line: &str) -> bool {
    let credit = line.strip_suffix(')').and_then(|line| line.rsplit_once(" ("));
    credit.is_some_and(|(_, credit)| {
        credit.len() <= 60 && credit.contains('/') && credit.split('/').all(|part| part.starts_with(char::is_uppercase))
    })
}

/// Whether the line holds hashtags and handles alone.
fn only_tags(line: &str) -> bool {
    line.split_whitespace().all(|word| word.len() > 1 && word.starts_with(['#', '@'])) && line.contains('#')
}

/// Whether the line begins as the item of a list: a bullet, a dash, a number.
fn is_item(line: &str) -> bool {
    let bullet = line.strip_prefix(['•', '◦', '▪', '●', '‣', '■', '·', '*', '-', '–', '—', '+', '✔', '➤', '►']);
    if let Some(rest) = bullet {
        return rest.starts_with(char::is_whitespace) && !line.starts_with(['–', '—']);
    }
    let digits = line.bytes().take(4).take_while(u8::is_ascii_digit).count();
    let rest = &line[digits..];
    (1..=2).contains(&digits) && rest.starts_with(['.', ')']) && rest[1..].starts_with(' ')
}

/// Whether the line is `By` and a name.
fn is_signed(line: &str) -> bool {
    let name = ["By ", "by ", "BY "].iter().find_map(|by| line.strip_prefix(by));
    name.is_some_and(|name| {
        let first = name.trim_start();
        line.len() <= 120
            && first.starts_with(|c: char| c.is_uppercase() || c == '@')
            && !ends_with_stop(line)
            && name_words(name) >= 1
            && name.split_whitespace().filter(|word| word.starts_with(char::is_lowercase)).count() <= 4
    })
}

/// Whether the line is the name of a person, or of a few, with nothing but capitalised words.
fn is_name(line: &str) -> bool {
    let words = line.split_whitespace().count();
    (2..=9).contains(&words)
        && line.len() <= 70
        && !line.contains(|c: char| c.is_ascii_digit() || matches!(c, '?' | '!' | ':' | '"' | '“' | '‘' | '$' | '%'))
        && name_words(line) >= 2
        && line.split_whitespace().all(|word| {
            word.starts_with(|c: char| c.is_uppercase())
                || matches!(
                    word,
                    "and" | "&" | "|" | "of" | "for" | "de" | "van" | "von" | "der" | "bin" | "al" | "da" | "di"
                )
        })
}

/// Capitalised words at the start of `text`.
fn name_words(text: &str) -> usize {
    text.split_whitespace().take_while(|word| word.starts_with(|c: char| c.is_uppercase() || c == '@')).count()
}

/// Whether the line ends as a sentence does, closing quotes and brackets aside.
fn ends_sentence(line: &str) -> bool {
    line.trim_end_matches(is_closer).ends_with(['.', '!', '?', '…'])
}

/// Whether the first letter or digit is no small letter.
fn opens_large(line: &str) -> bool {
    line.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with(|c: char| !c.is_lowercase())
}

/// Whether the line ends in a sign that no title ends in.
fn ends_with_stop(line: &str) -> bool {
    let line = line.trim_end_matches(is_closer);
    line.ends_with(['.', ',', ';', ':', '—', '–', '-']) && !line.ends_with("..") && !line.ends_with("U.S.")
}

fn is_closer(c: char) -> bool {
    matches!(c, '"' | '\'' | ')' | ']' | '’' | '”' | '»' | ' ')
}

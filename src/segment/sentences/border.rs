//! Where a sentence might end: behind closing punctuation that a blank follows.

use crate::segment::tokens::classes::{cluster, is_emoji};

/// A place where a sentence might end; bytes of the paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Border {
    /// First byte of the punctuation that might end the sentence.
    pub(super) mark: usize,
    /// The byte behind that punctuation, before closing quotes and brackets.
    pub(super) mark_end: usize,
    /// The byte behind the sentence.
    pub(super) end: usize,
    /// First byte of the next sentence.
    pub(super) next: usize,
}

/// Bytes that may begin the punctuation at a sentence's end: `.` `!` `?` `:` `;`, closing quotes and
/// brackets, and the first byte of `…`, `’`, `”`, `—`.
static STOPS: [bool; 256] = {
    let mut table = [false; 256];
    let stops = b".!?:;)]\"'>*-\xE2";
    let mut index = 0;
    while index < stops.len() {
        table[stops[index] as usize] = true;
        index += 1;
    }
    table
};

/// Words that number captions.
const CAPTION_WORDS: [&str; 4] = ["Figure ", "Fig. ", "Table ", "Photo "];

/// Calls `visit` with every place of `paragraph` where a sentence might end, in order; its very end is
/// none.
pub(super) fn borders(paragraph: &str, mut visit: impl FnMut(Border)) {
    let bytes = paragraph.as_bytes();
    let mut at = 0;
    if let Some(border) = caption_label(paragraph) {
        at = border.next;
        visit(border);
    }
    while let Some(skipped) = bytes[at..].iter().position(|byte| STOPS[*byte as usize]) {
        let mark = at + skipped;
        let mark_end = stop_end(bytes, mark);
        let end = closers_end(bytes, mark_end);
        let (mark, mark_end) = inner_stop(bytes, mark, mark_end, end);
        let strong = mark_end > mark && !matches!(bytes[mark], b':' | b';');
        let end = if strong { emoji_end(paragraph, notes_end(bytes, end)) } else { end };
        at = end.max(mark + 1);
        let next = blank_end(paragraph, end);
        if bytes[mark] == b'.' && mark_end == mark + 1 && bytes[end..].starts_with(b" . .") {
            // Four spaced stops: the first ends the sentence unless the ellipsis ends the paragraph.
            let ellipsis = stop_end(bytes, next);
            if closers_end(bytes, ellipsis) == bytes.len() {
                return;
            }
        }
        let lone = end == mark + 1 && matches!(bytes[mark], b'>' | b'*' | b'-');
        if next >= bytes.len() || end == mark || lone {
            continue;
        }
        if next > end {
            if strong || bytes[mark] == b':' || bytes[mark] == b';' || opens_sentence(&paragraph[next..]) {
                visit(Border { mark, mark_end, end, next });
            }
            if strong && let Some((end, next)) = bare_note(bytes, next) {
                at = end;
                visit(Border { mark, mark_end, end, next });
            }
        } else if strong && is_glued(paragraph, mark, end) {
            visit(Border { mark, mark_end, end, next });
        }
    }
}

/// The border behind `Figure 1.5` at the paragraph's head, when its caption follows.
fn caption_label(paragraph: &str) -> Option<Border> {
    let number = CAPTION_WORDS.iter().find_map(|word| paragraph.strip_prefix(word))?;
    let digits = number.bytes().take(8).take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let caption = number.get(digits..)?.strip_prefix(' ')?;
    let begins = caption.starts_with(|c: char| c.is_uppercase() || c == '(');
    let end = paragraph.len() - caption.len() - 1;
    (digits > 0 && begins && paragraph.as_bytes()[end - 1] != b'.').then_some(Border {
        mark: end,
        mark_end: end,
        end,
        next: end + 1,
    })
}

/// The stop behind the closers from `mark`, when there is one before `end`: in `").` it is the last sign.
fn inner_stop(bytes: &[u8], mark: usize, mark_end: usize, end: usize) -> (usize, usize) {
    if mark_end > mark {
        return (mark, mark_end);
    }
    match bytes[mark..end].iter().position(|byte| matches!(byte, b'.' | b'!' | b'?')) {
        Some(at) => (mark + at, stop_end(bytes, mark + at).min(end)),
        None => (mark, mark_end),
    }
}

/// The end of the emoji that stand behind a sentence and belong to it.
fn emoji_end(paragraph: &str, at: usize) -> usize {
    let mut end = at;
    loop {
        let start = blank_end(paragraph, end);
        // All emoji begin with one of these bytes.
        if !matches!(paragraph.as_bytes().get(start), Some(0xE2 | 0xF0)) {
            return end;
        }
        let cluster = cluster(&paragraph[start..]);
        if !is_emoji(cluster) {
            return end;
        }
        end = start + cluster.len();
    }
}

/// The end of a note's bare number at `next` and the capital behind it: `freedom. 5 At the other end`.
fn bare_note(bytes: &[u8], next: usize) -> Option<(usize, usize)> {
    let digits = bytes[next..].iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
    let end = next + digits;
    let follows = bytes.get(end) == Some(&b' ') && bytes.get(end + 1).is_some_and(u8::is_ascii_uppercase);
    ((1..=2).contains(&digits) && follows).then_some((end, end + 1))
}

/// The end of note numbers that stand apart behind a sentence: ` [18] [19]`.
fn notes_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    while bytes.get(end) == Some(&b' ') && bytes.get(end + 1) == Some(&b'[') {
        match note_len(&bytes[end + 1..]) {
            Some(len) => end += 1 + len,
            None => break,
        }
    }
    end
}

/// The end of the run of `.`, `!`, `?`, `…` from `at`, with a spaced ellipsis (`. . .`) as one; for other
/// stops one character.
fn stop_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    loop {
        match bytes.get(end) {
            Some(b'.' | b'!' | b'?') => end += 1,
            Some(0xE2) if bytes[end..].starts_with("…".as_bytes()) => end += 3,
            // Only an ellipsis that stands apart goes on over blanks; behind a word the first stop ends it.
            Some(b' ')
                if end > at
                    && (at == 0 || bytes[at - 1] == b' ')
                    && bytes[at..].starts_with(b". .")
                    && bytes.get(end + 1) == Some(&b'.') =>
            {
                end += 2;
            }
            _ => break,
        }
    }
    if end > at {
        end
    } else if bytes[at] < 0x80 {
        // A dash or star counts in runs only; other signs are closers or stand alone.
        if matches!(bytes[at], b':' | b';') { at + 1 } else { at }
    } else {
        at
    }
}

/// The end of closing quotes, brackets and note numbers (`[12]`) from `at`.
fn closers_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    loop {
        match bytes.get(end) {
            Some(b')' | b']' | b'}' | b'"' | b'\'' | b'>' | b'*' | b'-' | b'.' | b'!' | b'?' | b';' | b':') => {
                end += 1;
            }
            Some(0xE2) if ["’", "”", "…", "—", "›"].iter().any(|c| bytes[end..].starts_with(c.as_bytes())) => {
                end += 3;
            }
            // », and notes written high: ¹, ², ³, ⁴ to ⁹.
            Some(0xC2) if matches!(bytes.get(end + 1), Some(0xBB | 0xB9 | 0xB2 | 0xB3)) => end += 2,
            Some(0xE2) if matches!(bytes.get(end + 1..end + 3), Some([0x81, 0xB4..=0xB9])) => end += 3,
            Some(b'[') => match note_len(&bytes[end..]) {
                Some(len) => end += len,
                None => return end,
            },
            _ => return end,
        }
    }
}

/// Bytes of a note's number in brackets: `[12]`, `[3, 4]`, `[a]`.
fn note_len(bytes: &[u8]) -> Option<usize> {
    let inside = bytes.iter().skip(1).take(12).position(|byte| *byte == b']')?;
    let number = &bytes[1..=inside];
    let digits = number.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b',' | b' ' | b'-'));
    let letter = number.len() == 1 && number[0].is_ascii_lowercase();
    (inside > 0 && (digits || letter)).then_some(inside + 2)
}

/// The first byte behind the blanks from `at`.
fn blank_end(paragraph: &str, at: usize) -> usize {
    match paragraph.as_bytes().get(at) {
        Some(b' ') if paragraph.as_bytes().get(at + 1).is_some_and(u8::is_ascii_graphic) => at + 1,
        None => at,
        Some(byte) if byte.is_ascii_graphic() => at,
        Some(_) => paragraph.len() - paragraph[at..].trim_start().len(),
    }
}

/// Whether `rest` begins as a sentence does: with a capital, a digit, or an opening quote or bracket.
fn opens_sentence(rest: &str) -> bool {
    match rest.as_bytes()[0] {
        byte if byte.is_ascii_uppercase() || matches!(byte, b'"' | b'(' | b'[') => true,
        byte if byte < 0x80 => false,
        _ => rest.starts_with(['“', '‘', '•']) || rest.starts_with(char::is_uppercase),
    }
}

/// Whether a sentence begins at `end` without a blank: a small word, a stop, a capitalised word
/// (`it ended.Then`).
fn is_glued(paragraph: &str, mark: usize, end: usize) -> bool {
    let bytes = paragraph.as_bytes();
    let before = bytes[..mark].iter().rev().take(32).take_while(|byte| !byte.is_ascii_whitespace());
    let (mut small, mut digits) = (0, 0);
    for byte in before {
        match byte {
            b'a'..=b'z' => small += 1,
            b'0'..=b'9' => digits += 1,
            b'A'..=b'Z' | b'\'' | b',' => {}
            _ => return false,
        }
    }
    let word: Vec<u8> = bytes[end..].iter().copied().take(24).take_while(|byte| !byte.is_ascii_whitespace()).collect();
    let letters = word.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let before_fits = if digits > 0 { small == 0 && digits >= 2 } else { small >= 3 };
    before_fits
        && mark > 0
        && !bytes[mark - 1].is_ascii_uppercase()
        && letters >= 2
        && word[0].is_ascii_uppercase()
        && word[1..letters].iter().all(u8::is_ascii_lowercase)
        && !word.iter().any(|byte| matches!(byte, b'@' | b'/' | b'_'))
        && (letters == word.len() || word[letters] != b'.' || letters <= 3 || letters + 1 == word.len())
}

#[cfg(test)]
mod tests {
    use super::borders;

    fn check(text: &str, expected: &[&str]) {
        let mut found = Vec::new();
        borders(text, |border| found.push(&text[border.mark..border.end]));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn stands_behind_closers_and_before_a_blank() {
        check("He said ‘no.’ Then left.", &[".’"]);
        check("It rose 3.5 per cent.[12] Then it fell.", &[".[12]"]);
        check("Well . . . I see. . . . Yes", &[". . .", ".", ". . ."]);
        check("It ended.Then it began at example.com.", &["."]);
        check("(He left.) She came", &[".)"]);
        check("", &[]);
    }
}

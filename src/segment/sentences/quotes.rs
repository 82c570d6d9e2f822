//! Quotations inside a sentence, whose own stops do not end it.

use memchr::memmem;

/// How far the quotation reaches at most to either side of a stop, in bytes.
const REACH: usize = 400;

/// The most bytes of a cry: `“The Queen! The Queen!”`.
const CRY: usize = 60;

/// Whether the stop that ends at `end` stands in a quotation that its sentence, begun at `start`, introduces
/// and does not leave: speech that is broken off (`Two began, “You see, Miss. We try to—”`), or cries behind
/// which the sentence goes on (`called out, “The Queen! The Queen!” and fled`).
pub(super) fn holds_sentence(paragraph: &[u8], start: usize, end: usize) -> bool {
    let from = start.max(end.saturating_sub(REACH));
    let Some((quote, closer)) = opening(&paragraph[from..end]).map(|(at, closer)| (from + at, closer)) else {
        return false;
    };
    if !is_introduced(&paragraph[start..quote]) {
        return false;
    }
    let rest = &paragraph[end..paragraph.len().min(end + REACH)];
    let Some(inside) = memmem::find(rest, closer) else { return false };
    let (spoken, behind) = (&rest[..inside], &rest[inside + closer.len()..]);
    let is_cry = || {
        let cry = &paragraph[quote..end + inside];
        let goes_on = matches!(behind, [b' ', letter, ..] if letter.is_ascii_lowercase());
        goes_on && cry.len() <= CRY && spoken.ends_with(b"!") && !cry.contains(&b'.') && !cry.contains(&b'?')
    };
    spoken.ends_with(b"--") || spoken.ends_with("—".as_bytes()) || is_cry()
}

/// The place of the quote that is open at the end of `sentence`, and the sign that closes it.
fn opening(sentence: &[u8]) -> Option<(usize, &'static [u8])> {
    let (open, close) = ("“".as_bytes(), "”".as_bytes());
    if let Some(at) = memmem::rfind(sentence, open) {
        return memmem::find(&sentence[at..], close).is_none().then_some((at, close));
    }
    let at = memchr::memrchr(b'"', sentence)?;
    let opens = at > 0 && sentence[at - 1] == b' ' && sentence.get(at + 1).is_some_and(|byte| *byte != b' ');
    opens.then_some((at, b"\""))
}

/// Whether words and a comma or colon stand before the quote.
fn is_introduced(before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    before.len() > 1 && matches!(before.last(), Some(b',' | b':'))
}

#[cfg(test)]
mod tests {
    use super::holds_sentence;

    #[test]
    fn speech_that_breaks_off_and_cries_stay_whole() {
        let check = |text: &str, expected: bool| {
            let end = text.find('|').unwrap();
            let text = text.replace('|', "");
            assert_eq!(holds_sentence(text.as_bytes(), 0, end), expected, "{text}");
        };
        check("Two began, \"You see, Miss.| We try to--\" He fell.", true);
        check("Two began, “You see, Miss.| We try to—” He fell.", true);
        check("Two began, “You see, Miss.| We try.” He fell.", false);
        check("“You see, Miss.| We try to—” He fell.", false);
        check("He said, “Yes.” She left.| “You see—” he began.", false);
        check("He called, \"The Queen!| The Queen!\" and fled.", true);
        check("He called, \"The Queen!| The Queen!\" Then he fled.", false);
        check("He called, \"The Queen!| She is here.\" and fled.", false);
    }
}

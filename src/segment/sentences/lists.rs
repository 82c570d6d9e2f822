//! Lists written into one paragraph: `1. … 2. …`, `a) … b) …`, `• … • …`.

/// Where items after the first begin, when the paragraph begins with a list's first label; bytes.
pub(super) fn items(paragraph: &str) -> Vec<usize> {
    let mut items = Vec::new();
    let Some(first) = paragraph.chars().next() else { return items };
    if is_bullet(first) {
        let blank_before = |at: usize| paragraph[..at].ends_with(char::is_whitespace);
        items.extend(paragraph.match_indices(first).map(|(at, _)| at).filter(|at| *at > 0 && blank_before(*at)));
        return items;
    }
    let Some(mut last) = Label::read(paragraph) else { return items };
    let mut at = 0;
    let mut item = last.len;
    // Labels of one list count up by one and follow a blank: anything else is prose.
    while let Some(blank) = paragraph[at..].find(char::is_whitespace) {
        let start = at + blank + paragraph[at + blank..].chars().next().map_or(1, char::len_utf8);
        if let Some(label) = Label::read(&paragraph[start..]).filter(|label| label.follows(last)) {
            if label.is_initial() && !ends_item(&paragraph[item..start]) {
                return Vec::new();
            }
            items.push(start);
            last = label;
            item = start + label.len;
        }
        at = start;
    }
    items
}

/// Bytes of the label that begins `text` when it is one, blank behind it not counted.
pub(super) fn label_len(text: &str) -> Option<usize> {
    let bullet = text.chars().next().filter(|c| is_bullet(*c)).map_or(0, char::len_utf8);
    let rest = &text[bullet..];
    let blank = rest.len() - rest.trim_start().len();
    Label::read(&rest[blank..]).map(|label| bullet + blank + label.len)
}

/// Whether `text` is an item that ends as one, and not what stands between two initials.
fn ends_item(text: &str) -> bool {
    text.trim_end().ends_with(['.', ';', '!', '?']) && text.len() > 3
}

fn is_bullet(c: char) -> bool {
    matches!(c, '•' | '⁃' | '◦' | '▪' | '●' | '‣' | '■')
}

/// A number or letter that counts the items of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Label {
    value: u32,
    is_letter: bool,
    is_capital: bool,
    /// `(` before it; what stands behind it.
    style: (bool, [u8; 2]),
    len: usize,
}

impl Label {
    /// The label that begins `text` and a blank follows.
    fn read(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let open = bytes.first() == Some(&b'(');
        let start = usize::from(open);
        let digits = bytes[start..].iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
        let (value, behind, is_letter) = if (1..=3).contains(&digits) {
            (text[start..start + digits].parse().ok()?, start + digits, false)
        } else {
            let letter = bytes.get(start).filter(|byte| byte.is_ascii_alphabetic())?;
            (u32::from(letter.to_ascii_lowercase()), start + 1, true)
        };
        let stops =
            bytes[behind.min(bytes.len())..].iter().take(2).take_while(|byte| matches!(byte, b'.' | b')')).count();
        let stop = |index: usize| if index < stops { bytes[behind + index] } else { 0 };
        let len = behind + stops;
        let apart = bytes.get(len).is_none_or(u8::is_ascii_whitespace);
        let style = (open, [stop(0), stop(1)]);
        (stops > 0 && apart && (open || stop(0) != 0) && (!open || stop(0) == b')')).then_some(Self {
            value,
            is_letter,
            is_capital: is_letter && bytes[usize::from(open)].is_ascii_uppercase(),
            style,
            len,
        })
    }

    /// Whether the label looks like a person's initial: `J.`
    fn is_initial(self) -> bool {
        self.is_capital && self.style == (false, [b'.', 0])
    }

    fn follows(self, last: Self) -> bool {
        self.is_letter == last.is_letter && self.style == last.style && self.value == last.value + 1
    }
}

#[cfg(test)]
mod tests {
    use super::items;

    fn check(text: &str, expected: &[&str]) {
        let mut cuts = items(text);
        cuts.push(text.len());
        let found: Vec<&str> = cuts.windows(2).map(|pair| text[pair[0]..pair[1]].trim_end()).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn items_count_up() {
        check("1.) The first 2.) The second 3.) The third", &["2.) The second", "3.) The third"]);
        check("a. One b. Two", &["b. Two"]);
        check("• 9. One • 10. Two", &["• 10. Two"]);
        check("1. He won 3. in all", &[]);
        check("He came 2. and left", &[]);
        check("(a) One. (b) Two.", &["(b) Two."]);
        check("A. One. B. Two.", &["B. Two."]);
        check("J. K. Rowling wrote it.", &[]);
        check("A. Lee and B. Cole met.", &[]);
    }
}

//! Numbers written in digits: separators, groups, exponents, fractions and ordinal endings.

use super::Number;

/// What a run of digits says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Literal {
    /// `1,234.5`, `.08`, `2½`, `1e6`.
    Plain,
    /// `3/4`, `1 4/5`, `⅔`.
    Fraction,
    /// `21st`.
    Ordinal,
}

/// A number in digits at the start of a text.
#[derive(Clone, Copy, Debug)]
pub struct Digits {
    /// What it is worth; nothing when it outgrows 36 digits or divides by zero.
    pub value: Option<Number>,
    /// How many bytes it takes.
    pub length: usize,
    /// What kind it is.
    pub literal: Literal,
    /// Whether it is nothing but digits.
    pub bare: bool,
}

/// Reads the number in digits with which `text` begins.
///
/// Grouping is by commas, in threes or the Indian way (`12,34,567`), by points when there are several
/// (`1.234.567`), or by narrow and no-break blanks. A lone group of two behind a comma is a decimal (`5,00`).
pub fn read(text: &str) -> Option<Digits> {
    let first = text.bytes().next()?;
    if first >= 0x80 || !(first.is_ascii_digit() || first == b'.') {
        if let Some((value, length)) = vulgar(text) {
            return Some(Digits { value: Some(value), length, literal: Literal::Fraction, bare: false });
        }
        let (value, length) = of_another_script(text)?;
        return Some(Digits { value, length, literal: Literal::Plain, bare: false });
    }
    let (value, mut length) = decimal(text)?;
    let mut digits = Digits { value, length, literal: Literal::Plain, bare: text[..length].bytes().all(is_digit) };
    let rest = &text[length..];
    if let Some((fraction, more)) = vulgar(rest) {
        digits.value = value.and_then(|whole| whole.plus(fraction));
        length += more;
        digits.bare = false;
    } else if digits.bare && rest.starts_with('/') && rest[1..].starts_with(|c: char| c.is_ascii_digit()) {
        let run = rest[1..].bytes().take_while(|byte| is_digit(*byte)).count();
        let denominator = Number::from_digits(rest[1..=run].bytes(), [].into_iter());
        digits.value = value.zip(denominator).and_then(|(above, below)| above.over(below));
        digits.literal = Literal::Fraction;
        digits.bare = false;
        length += 1 + run;
    } else if let Some((power, more)) = exponent(rest) {
        digits.value = value.zip(power).and_then(|(value, power)| raised(value, power));
        digits.bare = false;
        length += more;
    } else if let Some((power, more)) = power_of(rest) {
        digits.value = value.zip(power).and_then(|(value, power)| value.power(power));
        digits.bare = false;
        length += more;
    } else if is_ordinal_ending(rest) && !is_stone(&text[..length], rest) {
        digits.literal = Literal::Ordinal;
        length += 2;
    }
    digits.length = length;
    Some(digits)
}

/// The most groups that a number in another script may have.
const MOST_GROUPS: usize = 14;

/// The first digits of the scripts besides ASCII that are read: full-width, Arabic, Persian, Devanagari, Bengali.
const ZEROS: [char; 5] = ['\u{ff10}', '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}'];

/// A number in the digits of one of the scripts of [`ZEROS`], with its separators and its length in bytes.
fn of_another_script(text: &str) -> Option<(Option<Number>, usize)> {
    let first = text.chars().next().filter(|first| !first.is_ascii())?;
    let zero = ZEROS.into_iter().find(|zero| (*zero as u32..*zero as u32 + 10).contains(&(first as u32)))?;
    let plain = |character: char| match character {
        '.' | '\u{66b}' | '\u{ff0e}' => Some('.'),
        ',' | '\u{66c}' | '\u{ff0c}' => Some(','),
        _ => (character as u32).checked_sub(zero as u32).and_then(|digit| char::from_digit(digit, 10)),
    };
    // No number has so many groups: what goes on is a list, of which not all is read at each place.
    let mut groups = 0;
    let within = |character: &char| {
        groups += usize::from(matches!(character, '.' | ','));
        groups < MOST_GROUPS
    };
    let translated: String = text.chars().map_while(plain).take_while(within).collect();
    let (value, length) = decimal(&translated)?;
    Some((value, text.chars().take(length).map(char::len_utf8).sum()))
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit()
}

/// How many digits stand at byte `at`.
fn run(text: &str, at: usize) -> usize {
    text.as_bytes()[at.min(text.len())..].iter().take_while(|byte| is_digit(**byte)).count()
}

fn is_word_end(text: &str) -> bool {
    !text.starts_with(char::is_alphanumeric)
}

/// `15st` is a weight, `21st` a rank.
fn is_stone(digits: &str, ending: &str) -> bool {
    ending.starts_with("st") && (!digits.ends_with('1') || digits.ends_with("11"))
}

fn is_ordinal_ending(text: &str) -> bool {
    let Some(ending) = text.get(..2) else { return false };
    ["st", "nd", "rd", "th"].iter().any(|known| ending.eq_ignore_ascii_case(known)) && is_word_end(&text[2..])
}

/// Digits with separators: what they are worth and how many bytes they take.
fn decimal(text: &str) -> Option<(Option<Number>, usize)> {
    let bytes = text.as_bytes();
    let run = |at: usize| run(text, at);
    let head = run(0);
    if head == 0 {
        let decimals = run(1);
        let value = Number::from_digits([].into_iter(), bytes[1..=decimals].iter().copied());
        return (decimals > 0).then_some((value, 1 + decimals));
    }
    let (whole_end, by) = grouped(text, head);
    // Where points or blanks part the groups, a comma may begin the decimals: `1.234,5`.
    let comma = matches!(by, "" | "." | "\u{a0}" | "\u{202f}" | "\u{2009}");
    let digits = || bytes[..whole_end].iter().copied().filter(u8::is_ascii_digit);
    let separator = bytes
        .get(whole_end)
        .copied()
        .filter(|byte| (*byte == b'.' && by != ".") || (*byte == b',' && comma && matches!(run(whole_end + 1), 1 | 2)));
    let decimals = separator.map_or(0, |_| run(whole_end + 1));
    if decimals == 0 {
        return Some((Number::from_digits(digits(), [].into_iter()), whole_end));
    }
    let end = whole_end + 1 + decimals;
    if bytes.get(end).is_some_and(|next| matches!(next, b'.' | b',')) && run(end + 1) > 0 {
        // `1.1.1.2`, `22,24,26`: no number that we can read.
        return Some((None, end));
    }
    Some((Number::from_digits(digits(), bytes[whole_end + 1..end].iter().copied()), end))
}

/// Where the whole part with its groups ends, and by what its groups are parted, if it has any.
fn grouped(text: &str, head: usize) -> (usize, &'static str) {
    let group_at = |at: usize, separator: &str, size: usize| {
        let Some(rest) = text.get(at..).and_then(|rest| rest.strip_prefix(separator)) else { return false };
        rest.bytes().take_while(|byte| is_digit(*byte)).count() == size
    };
    // No separator begins with another byte.
    let parted = text.as_bytes().get(head).is_some_and(|next| matches!(next, b',' | b'.' | b'\'' | 0x80..));
    if head > 3 || !parted {
        return (head, "");
    }
    for separator in [",", ".", "'", "\u{2019}", "\u{a0}", "\u{202f}", "\u{2009}"] {
        let (mut end, mut groups) = (head, 0);
        let step = separator.len();
        while group_at(end, separator, 2) && (groups > 0 || head <= 2) && separator == "," {
            // The Indian way needs a group of three in the end.
            let (mut ahead, mut pairs) = (end, 0);
            while group_at(ahead, separator, 2) {
                (ahead, pairs) = (ahead + step + 2, pairs + 1);
            }
            if !group_at(ahead, separator, 3) {
                break;
            }
            (end, groups) = (ahead, groups + pairs);
        }
        while group_at(end, separator, 3) {
            (end, groups) = (end + step + 3, groups + 1);
        }
        // One point alone may begin decimals; a comma behind it shows that it does not.
        let clear = groups > 1 || (text[end..].starts_with(',') && matches!(run(text, end + 1), 1 | 2));
        if groups > 0 && (separator != "." || clear) {
            return (end, separator);
        }
    }
    (head, "")
}

/// `e10`, `e+14`, `×10^6`, `x10-3`: the power of ten and its length in bytes.
fn exponent(text: &str) -> Option<(Option<i32>, usize)> {
    if let Some(rest) = ["\u{d7}10", " \u{d7} 10", "x10", " x 10"].into_iter().find_map(|mark| text.strip_prefix(mark))
        && let Some((power, length)) = superscript(rest)
    {
        return Some((Some(power), text.len() - rest.len() + length));
    }
    let marks = ["x10^", "\u{d7}10^", " x 10^", " \u{d7} 10^", "x10", "\u{d7}10", "e", "E"];
    let mark = marks.into_iter().find(|mark| text.starts_with(*mark))?;
    let rest = &text[mark.len()..];
    let sign = ["+", "-", "\u{2212}", "\u{2013}"].into_iter().find(|sign| rest.starts_with(*sign));
    let tail = &rest[sign.map_or(0, str::len)..];
    let run = tail.bytes().take_while(|byte| is_digit(*byte)).count();
    if run == 0 || run > 3 || !is_word_end(&tail[run..]) {
        return None;
    }
    let power = tail[..run].parse::<i32>().ok().filter(|power| *power < 1000);
    let power = power.map(|power| if sign.is_none_or(|sign| sign == "+") { power } else { -power });
    Some((power, mark.len() + sign.map_or(0, str::len) + run))
}

/// `⁵`, `⁻¹²`: the power and its length in bytes.
fn superscript(text: &str) -> Option<(i32, usize)> {
    let (sign, rest) = text.strip_prefix('\u{207b}').map_or((1, text), |rest| (-1, rest));
    let (mut power, mut length) = (0_i32, 0);
    for character in rest.chars() {
        let digit = match character {
            '\u{b9}' => 1,
            '\u{b2}' | '\u{b3}' => character as i32 - 0xb0,
            '\u{2070}' | '\u{2074}'..='\u{2079}' => character as i32 - 0x2070,
            _ => break,
        };
        power = power * 10 + digit;
        length += character.len_utf8();
        if power > 999 {
            return None;
        }
    }
    (length > 0).then_some((sign * power, text.len() - rest.len() + length))
}

/// `^23`, `^-1`: the power that is written so, and its length in bytes.
fn power_of(text: &str) -> Option<(Option<i32>, usize)> {
    let rest = text.strip_prefix('^')?;
    let sign = ["+", "-", "\u{2212}"].into_iter().find(|sign| rest.starts_with(*sign));
    let tail = &rest[sign.map_or(0, str::len)..];
    let count = run(tail, 0);
    if count == 0 || !is_word_end(&tail[count..]) {
        return None;
    }
    let power = tail[..count].parse::<i32>().ok().filter(|power| *power < 1000);
    let power = power.map(|power| if sign.is_none_or(|sign| sign == "+") { power } else { -power });
    Some((power, 1 + sign.map_or(0, str::len) + count))
}

fn raised(value: Number, power: i32) -> Option<Number> {
    if power < 0 { value.unshifted(power.unsigned_abs()) } else { value.shifted(power.unsigned_abs()) }
}

/// A fraction in one character: its value and length in bytes.
fn vulgar(text: &str) -> Option<(Number, usize)> {
    let character = text.chars().next().filter(|character| !character.is_ascii())?;
    let (above, below) = match character {
        '\u{bc}' => (1, 4),
        '\u{bd}' => (1, 2),
        '\u{be}' => (3, 4),
        '\u{2150}' => (1, 7),
        '\u{2151}' => (1, 9),
        '\u{2152}' => (1, 10),
        '\u{2153}' => (1, 3),
        '\u{2154}' => (2, 3),
        '\u{2155}'..='\u{2158}' => (character as i128 - 0x2154, 5),
        '\u{2159}' => (1, 6),
        '\u{215a}' => (5, 6),
        '\u{215b}' => (1, 8),
        '\u{215c}' => (3, 8),
        '\u{215d}' => (5, 8),
        '\u{215e}' => (7, 8),
        _ => return None,
    };
    Some((Number::whole(above).over(Number::whole(below))?, character.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::{Literal, read};

    fn check(text: &str, value: &str, length: usize) {
        let digits = read(text).unwrap_or_else(|| panic!("{text} is no number"));
        let found = digits.value.map_or("none".to_owned(), |number| match number.to_decimal() {
            Some(decimal) => decimal.to_plain_string(),
            None => number.to_fraction().map_or("wide".to_owned(), |(above, below)| format!("{above}/{below}")),
        });
        assert_eq!((found.as_str(), digits.length), (value, length), "{text}");
    }

    #[test]
    fn reads_every_writing() {
        check("1,234.5", "1234.5", 7);
        check("1.234,5 euros", "1234.5", 7);
        check("1.234.567,89", "1234567.89", 12);
        check("1\u{202f}234,5 km", "1234.5", 9);
        check("12,34,567.89 rupees", "1234567.89", 12);
        check("1.234.567", "1234567", 9);
        check("1\u{a0}234 men", "1234", 6);
        check("1.5m", "1.5", 3);
        check(".08", "0.08", 3);
        check("5,00.", "5.00", 4);
        check("4.800", "4.800", 5);
        check("2½", "2.5", 3);
        check("3/4", "0.75", 3);
        check("1/40", "0.025", 4);
        check("⅔", "2/3", 3);
        check("1e10", "10000000000", 4);
        check("2.48×10−5", "0.0000248", 12);
        check("1.3x10^6", "1300000", 8);
        check("1.3×10⁶ km", "1300000", 10);
        check("6.02 × 10^23 atoms", "602000000000000000000000", 13);
        check("2 x 10⁻³", "0.002", 11);
        check("93rd", "93", 4);
        check("1.1^3", "1.331", 5);
        check("2.5^-1", "0.4", 6);
        check("50,000th", "50000", 8);
        check("1999,", "1999", 4);
        check("12,000", "12000", 6);
        check("１２，３４５．５ km", "12345.5", 24);
        check("٣٤٫٥ km", "34.5", 8);
        check("३४", "34", 6);
    }

    #[test]
    fn what_cannot_be_said_has_no_value() {
        check("1/0", "none", 3);
        check("1e999", "none", 5);
        check("9^999", "none", 5);
        check("0^-1", "none", 4);
        check("1.1.1.2", "none", 3);
        check(&"9".repeat(500), "none", 500);
        assert!(read("x").is_none() && read("").is_none() && read("é").is_none());
    }

    #[test]
    fn tells_ordinals() {
        assert_eq!(read("21st").unwrap().literal, Literal::Ordinal);
        assert_eq!(read("21stone").unwrap().literal, Literal::Plain);
        assert_eq!(read("15st").unwrap().literal, Literal::Plain);
        assert_eq!(read("11st").unwrap().literal, Literal::Plain);
    }
}

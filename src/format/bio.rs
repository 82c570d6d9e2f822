//! Decodes token tags (BIO, IOB1, IOE, BILOU, IOBES) into spans.
//!
//! Strict decoding takes what the scheme allows and leaves the rest out; lenient decoding is that of the
//! `conlleval` script, which makes a mark of every run of tags. Both give what seqeval 1.2.2 gives.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// A tagging scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `B-` only where a mark touches another of its label.
    Iob1,
    /// `B-` begins every mark (BIO).
    Iob2,
    /// `E-` only where a mark touches another of its label.
    Ioe1,
    /// `E-` ends every mark.
    Ioe2,
    /// `B-`, `I-`, `E-`, and `S-` for a mark of one token.
    Iobes,
    /// `B-`, `I-`, `L-`, and `U-` for a mark of one token.
    Bilou,
    /// Any of these, read as `conlleval` reads them.
    Lenient,
}

impl Scheme {
    /// All schemes.
    pub const ALL: [Self; 7] =
        [Self::Iob1, Self::Iob2, Self::Ioe1, Self::Ioe2, Self::Iobes, Self::Bilou, Self::Lenient];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Iob1 => "iob1",
            Self::Iob2 => "iob2",
            Self::Ioe1 => "ioe1",
            Self::Ioe2 => "ioe2",
            Self::Iobes => "iobes",
            Self::Bilou => "bilou",
            Self::Lenient => "lenient",
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Scheme {
    type Err = String;

    fn from_str(name: &str) -> std::result::Result<Self, String> {
        let wanted = name.to_ascii_lowercase();
        let wanted = if wanted == "bio" { "iob2" } else { wanted.as_str() };
        Self::ALL.into_iter().find(|scheme| scheme.name() == wanted).ok_or_else(|| {
            format!("tagging scheme {name:?} is none of iob1, iob2 (bio), ioe1, ioe2, iobes, bilou, lenient")
        })
    }
}

/// A tag: its letter, and the label behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tag<'t> {
    letter: char,
    label: &'t str,
}

impl<'t> Tag<'t> {
    const OUTSIDE: Self = Self { letter: 'O', label: NO_LABEL };

    /// The tag as strict decoding reads it: hyphens around the label are none of its letters.
    fn strict(tag: &'t str) -> Self {
        let (letter, rest) = split_letter(tag);
        Self { letter, label: or_no_label(rest.trim_matches('-')) }
    }

    /// The tag as `conlleval` reads it: the label is what stands behind the first hyphen.
    fn lenient(tag: &'t str) -> Self {
        let (letter, rest) = split_letter(tag);
        Self { letter, label: or_no_label(rest.split_once('-').map_or(rest, |(_, label)| label)) }
    }

    /// Whether no mark holds the token.
    fn is_outside(self) -> bool {
        matches!(self.letter, 'O' | '.')
    }
}

/// The label of tags that have none: `B`, `I`, `O`.
const NO_LABEL: &str = "_";

fn or_no_label(label: &str) -> &str {
    if label.is_empty() { NO_LABEL } else { label }
}

fn split_letter(tag: &str) -> (char, &str) {
    let mut characters = tag.chars();
    (characters.next().unwrap_or('O'), characters.as_str())
}

impl fmt::Display for Tag<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.letter, self.label)
    }
}

/// A mark among tokens: from and up to which, and its label.
pub type Mark<'t> = (Range<usize>, &'t str);

/// The marks in a sentence's tags; a message when a tag has a letter that the scheme does not know.
pub fn decode<'t>(tags: &[&'t str], scheme: Scheme) -> std::result::Result<Vec<Mark<'t>>, String> {
    let Some(grammar) = Grammar::of(scheme) else {
        let tags: Vec<Tag<'t>> = tags.iter().map(|tag| Tag::lenient(tag)).collect();
        return Ok(lenient(&tags));
    };
    let tags: Vec<Tag<'t>> = tags.iter().map(|tag| Tag::strict(tag)).collect();
    if let Some(tag) = tags.iter().find(|tag| !grammar.letters.contains(tag.letter)) {
        let known: Vec<String> = grammar.letters.chars().map(String::from).collect();
        return Err(format!("tag {tag} begins with none of {}, the letters of {scheme}", known.join(", ")));
    }
    Ok(strict(&tags, &grammar))
}

/// What a transition asks of the labels of two tags.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Labels {
    Any,
    Same,
    Different,
}

/// Letters of the tag before, letters of the tag, and what their labels must be.
type Transition = (&'static str, &'static str, Labels);

/// What a scheme allows.
struct Grammar {
    letters: &'static str,
    /// Between which tags a mark begins.
    begins: &'static [Transition],
    /// Between which tags it goes on.
    goes_on: &'static [Transition],
    /// Between which tags it has properly ended.
    ends: &'static [Transition],
}

impl Grammar {
    /// The transitions of seqeval 1.2.2, its gaps in IOB1 and IOE1 included: figures from it stay comparable.
    fn of(scheme: Scheme) -> Option<Self> {
        use Labels::{Any, Different, Same};
        Some(match scheme {
            Scheme::Iob1 => Self {
                letters: "IOB",
                begins: &[("OB", "I", Any), ("I", "I", Different), ("IB", "B", Same)],
                goes_on: &[("BI", "I", Same)],
                ends: &[("IB", "O", Any), ("IB", "I", Different), ("I", "B", Any), ("B", "B", Same)],
            },
            Scheme::Iob2 => Self {
                letters: "IOB",
                begins: &[("IOB", "B", Any)],
                goes_on: &[("BI", "I", Same)],
                ends: &[("IB", "OB", Any), ("IB", "I", Different)],
            },
            Scheme::Ioe1 => Self {
                letters: "IOE",
                begins: &[("OE", "I", Any), ("I", "I", Different), ("E", "E", Same)],
                goes_on: &[("I", "IE", Same)],
                ends: &[("I", "IE", Different), ("I", "O", Any), ("E", "IE", Same)],
            },
            Scheme::Ioe2 => Self {
                letters: "IOE",
                begins: &[("OE", "IE", Any), ("I", "IE", Different)],
                goes_on: &[("I", "IE", Same)],
                ends: &[("E", "IOE", Any)],
            },
            Scheme::Iobes => Self {
                letters: "IOBES",
                begins: &[("IOBES", "BS", Any)],
                goes_on: &[("BI", "IE", Same)],
                ends: &[("SE", "IOBES", Any)],
            },
            Scheme::Bilou => Self {
                letters: "BILOU",
                begins: &[("BILOU", "BU", Any)],
                goes_on: &[("BI", "IL", Same)],
                ends: &[("UL", "BILOU", Any)],
            },
            Scheme::Lenient => return None,
        })
    }
}

fn holds(transitions: &[Transition], before: Tag<'_>, tag: Tag<'_>) -> bool {
    transitions.iter().any(|(from, to, labels)| {
        let fits = match labels {
            Labels::Any => true,
            Labels::Same => before.label == tag.label,
            Labels::Different => before.label != tag.label,
        };
        fits && from.contains(before.letter) && to.contains(tag.letter)
    })
}

fn strict<'t>(tags: &[Tag<'t>], grammar: &Grammar) -> Vec<Mark<'t>> {
    let at = |index: usize| tags.get(index).copied().unwrap_or(Tag::OUTSIDE);
    let (mut marks, mut index, mut before) = (Vec::new(), 0, Tag::OUTSIDE);
    while index < tags.len() {
        let start = index;
        index += 1;
        if holds(grammar.begins, before, at(start)) {
            while index < tags.len() && holds(grammar.goes_on, at(index - 1), at(index)) {
                index += 1;
            }
            if holds(grammar.ends, at(index - 1), at(index)) {
                marks.push((start..index, at(start).label));
            }
        }
        before = at(index - 1);
    }
    marks
}

fn lenient<'t>(tags: &[Tag<'t>]) -> Vec<Mark<'t>> {
    let (mut marks, mut start, mut before) = (Vec::new(), 0, Tag { label: "", ..Tag::OUTSIDE });
    for (index, tag) in tags.iter().copied().chain([Tag::OUTSIDE]).enumerate() {
        let label_changes = before.label != tag.label;
        let ends = match before.letter {
            'E' | 'S' => true,
            'B' | 'I' => matches!(tag.letter, 'B' | 'S' | 'O') || label_changes,
            _ => !before.is_outside() && label_changes,
        };
        if ends {
            marks.push((start..index, before.label));
        }
        let begins = match tag.letter {
            'B' | 'S' => true,
            'I' | 'E' => matches!(before.letter, 'E' | 'S' | 'O') || label_changes,
            _ => !tag.is_outside() && label_changes,
        };
        if begins {
            start = index;
        }
        before = tag;
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_decode_what_they_allow() {
        let check = |scheme, tags: &str, expected: &[(usize, usize, &str)]| {
            let tags: Vec<&str> = tags.split(' ').collect();
            let found: Vec<_> =
                decode(&tags, scheme).unwrap().into_iter().map(|(r, label)| (r.start, r.end, label)).collect();
            assert_eq!(found, expected, "{scheme} {tags:?}");
        };
        check(Scheme::Iob2, "B-PER I-PER O I-LOC", &[(0, 2, "PER")]);
        check(Scheme::Lenient, "B-PER I-PER O I-LOC", &[(0, 2, "PER"), (3, 4, "LOC")]);
        check(Scheme::Bilou, "B-PER L-PER U-LOC B-ORG", &[(0, 2, "PER"), (2, 3, "LOC")]);
        check(Scheme::Ioe2, "I-PER E-PER E-LOC I-ORG", &[(0, 2, "PER"), (2, 3, "LOC")]);
        check(Scheme::Lenient, "B I O", &[(0, 2, "_")]);
        check(Scheme::Lenient, "B-PER . . I-PER", &[(0, 1, "PER"), (3, 4, "PER")]);
        check(Scheme::Lenient, "U-PER U-PER L-LOC", &[(0, 2, "PER"), (2, 3, "LOC")]);
        check(Scheme::Lenient, "BX-PER I-PER", &[(0, 2, "PER")]);
        check(Scheme::Iob2, "BX-PER I-PER", &[(0, 1, "X-PER")]);
        check(Scheme::Iob1, "I-PER I-PER B-PER I-LOC", &[(0, 2, "PER"), (2, 3, "PER"), (3, 4, "LOC")]);
    }

    #[test]
    fn foreign_letters_are_named() {
        let message = decode(&["U-PER"], Scheme::Iob2).unwrap_err();
        assert_eq!(message, "tag U-PER begins with none of I, O, B, the letters of iob2");
    }
}

//! The dateline of a wire story: place, date and agency before a dash.

use super::words::Words;

/// The farthest that a dateline reaches, in bytes.
const LONGEST: usize = 110;

/// Bytes of the dateline that opens `paragraph` with its dash or colon, when it has one.
pub(super) fn len(paragraph: &str, words: &Words) -> Option<usize> {
    let window = paragraph.char_indices().take(LONGEST).last().map_or("", |(at, c)| &paragraph[..at + c.len_utf8()]);
    // A place in capitals, or an agency in brackets: most paragraphs have neither.
    let mut letters = window.chars().filter(|c| c.is_alphabetic()).take(2);
    if !(window.contains('(') || letters.all(char::is_uppercase)) {
        return None;
    }
    let (before, len) = [" — ", " – ", " - ", " -- ", "— ", "– ", "-- ", ": "]
        .iter()
        .filter_map(|dash| window.find(dash).map(|at| (at, dash.trim_end().len(), *dash)))
        .min_by_key(|(at, ..)| *at)
        .map(|(at, dash_len, dash)| ((&window[..at], dash), at + dash_len))?;
    let (place, dash) = before;
    let rest = paragraph[len..].trim_start();
    let opens =
        rest.starts_with(|c: char| c.is_uppercase() || matches!(c, '"' | '“' | '‘' | '\'') || c.is_ascii_digit());
    (opens && is_place(place, dash == ": ", words)).then_some(len)
}

/// Whether the line is a dateline by itself: a place in capitals, then a date.
pub(super) fn is_line(line: &str, words: &Words) -> bool {
    let line = line.trim_end_matches([' ', '—', '–', '-', ':']);
    line.len() <= LONGEST
        && line.split_once(',').is_some_and(|(place, rest)| {
            let places = shouts(rest) && line.split_whitespace().count() <= 4;
            shouts(place)
                && (places
                    || words.are_date(rest)
                    || rest.split_once(',').is_some_and(|(_, date)| words.are_date(date)))
        })
}

/// Whether `text` names a place as datelines do: in capitals, or before an agency in brackets.
fn is_place(text: &str, colon: bool, words: &Words) -> bool {
    let (place, agency) = match text.rsplit_once('(') {
        Some((place, agency)) => match agency.trim_end().strip_suffix(')') {
            Some(agency) => (place.trim_end(), Some(agency)),
            None => return false,
        },
        None => (text, None),
    };
    let agency_fits =
        agency.is_some_and(|name| name.starts_with(char::is_uppercase) && name.split_whitespace().count() <= 4);
    if agency.is_some() && !agency_fits {
        return false;
    }
    if place.is_empty() {
        return agency_fits && !colon;
    }
    let mut parts = place.split([',', '/']).map(str::trim);
    let head = parts.next().unwrap_or_default();
    let rest_fits = parts.all(|part| {
        words.are_date(part)
            || (part.split_whitespace().count() <= 3 && part.starts_with(char::is_uppercase) && part.len() <= 24)
    });
    let words_of_head = head.split_whitespace().count();
    let name = shouts(head)
        || (agency_fits
            && words_of_head <= 3
            && head.split_whitespace().all(|word| word.starts_with(char::is_uppercase)));
    name && rest_fits && words_of_head <= 4 && (!colon || agency_fits || place.contains(','))
}

/// Whether every letter is a capital, and there are at least three.
fn shouts(place: &str) -> bool {
    let letters = place.chars().filter(|c| c.is_alphabetic());
    letters.clone().count() >= 3
        && letters.clone().all(char::is_uppercase)
        && !place.contains(|c: char| c.is_ascii_digit() || matches!(c, '?' | '!' | '"'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::Resources;

    fn check(paragraph: &str, expected: Option<&str>) {
        let words = Words::new(&Resources::embedded()).unwrap();
        assert_eq!(len(paragraph, &words).map(|len| &paragraph[..len]), expected, "{paragraph}");
    }

    #[test]
    fn a_dateline_ends_with_its_dash() {
        check("TROMSØ, Norway, 4 March 2025 (Nordlys) — A ferry", Some("TROMSØ, Norway, 4 March 2025 (Nordlys) —"));
        check("LYON – The bakery", Some("LYON –"));
        check("(Reuters) — The attorney", Some("(Reuters) —"));
        check("Baku (AFP) - Talks", Some("Baku (AFP) -"));
        check("NEW DELHI, May 5: The minister", Some("NEW DELHI, May 5:"));
        check("WARNING: The road is closed", None);
        check("Baku — The city", None);
        check("He said – and meant it – that", None);
        check("NATO (the alliance) – The pact", None);
    }
}

//! The name that was probably meant.

/// The one of `names` nearest to `word`: the same but for case and signs, or a few letters apart.
pub fn nearest<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let wanted = letters(word);
    let most = (wanted.len() / 3).max(1);
    let ranked = names.into_iter().map(|name| (distance(&wanted, &letters(name)), name));
    ranked.filter(|(distance, _)| *distance <= most).min().map(|(_, name)| name)
}

/// A question that offers the nearest of `names`; empty where none is near.
pub fn did_you_mean<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    nearest(word, names).map_or_else(String::new, |name| format!("; did you mean {name}?"))
}

/// The letters and digits of a name, in lower case; long names are told by their beginning.
fn letters(name: &str) -> Vec<char> {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(64).collect()
}

/// How many letters must be put in, left out or changed (Levenshtein 1966), two that change places counting once.
fn distance(one: &[char], two: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=two.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(i + 1);
        for (j, b) in two.iter().enumerate() {
            let mut least = (row[j] + usize::from(a != b)).min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && *a == two[j - 1] && one[i - 1] == *b {
                least = least.min(before[j - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered() {
        let labels = ["PERSON", "ORG", "GPE", "WORK_OF_ART", "too_short"];
        let check = |word, expected| assert_eq!(nearest(word, labels), expected, "{word}");
        check("PERSN", Some("PERSON"));
        check("person", Some("PERSON"));
        check("GEP", Some("GPE"));
        check("too-short", Some("too_short"));
        check("workofart", Some("WORK_OF_ART"));
        check("WEAPON", None);
        check("", None);
        assert_eq!(did_you_mean("orgs", labels), "; did you mean ORG?");
        assert_eq!(did_you_mean("xyzzy", labels), "");
    }
}

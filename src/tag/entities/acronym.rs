//! Whether a short form is made of the letters of a long one: SDF and Syrian Democratic Forces.

/// Whether `short` is made of first letters of `long`, in order, the first one first; words in small letters
/// are passed over, or give a letter too (ECOWAS: Economic Community of West African States), and a letter or
/// two may come from inside a word (SOCAR: Azerbaijan Republic).
pub(super) fn abbreviates(short: &str, long: &[&str]) -> bool {
    let letters: Vec<char> = short.chars().filter(|c| c.is_alphanumeric()).collect();
    let capitals = letters.iter().filter(|c| c.is_uppercase()).count();
    if capitals < 2 || capitals * 2 < letters.len() || short.contains(' ') {
        return false;
    }
    let words: Vec<&str> =
        long.iter().flat_map(|word| word.split([' ', '-'])).filter(|word| !word.is_empty()).collect();
    let is_small = |word: &str| word.starts_with(|c: char| !c.is_uppercase() && !c.is_numeric());
    let counted: Vec<&str> = words.iter().copied().filter(|word| !is_small(word)).collect();
    words.len() > 1 && (is_made_of(&letters, &counted) || is_made_of(&letters, &words))
}

/// Whether the capitals of `letters` are first letters of `counted`, in order, the first one first.
fn is_made_of(letters: &[char], counted: &[&str]) -> bool {
    let starts =
        |word: &str, letter: char| word.chars().next().is_some_and(|c| c.to_uppercase().eq(letter.to_uppercase()));
    let Some((first, rest)) = counted.split_first() else { return false };
    let mut wanted = letters.iter().filter(|c| c.is_uppercase()).copied().peekable();
    if !wanted.next().is_some_and(|letter| starts(first, letter)) {
        return false;
    }
    let mut unused = 0;
    for word in rest {
        if wanted.peek().is_some_and(|letter| starts(word, *letter)) {
            wanted.next();
        } else {
            unused += 1;
        }
    }
    wanted.count() * 3 <= letters.len() && unused * 2 <= counted.len()
}

/// The first letters of the words of a name but for those in small letters; nothing when fewer than three.
pub(super) fn initials(name: &str) -> String {
    let letters: String =
        name.split([' ', '-']).filter_map(|word| word.chars().next()).filter(|c| c.is_uppercase()).collect();
    if letters.chars().count() >= 3 { letters } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(short: &str, long: &str, expected: bool) {
        let words: Vec<&str> = long.split(' ').collect();
        assert_eq!(abbreviates(short, &words), expected, "{short} {long}");
    }

    #[test]
    fn acronyms_are_known_by_their_letters() {
        check("SDF", "Syrian Democratic Forces", true);
        check("IAEA", "International Atomic Energy Agency", true);
        check("OSCE", "Organization for Security and Co-operation in Europe", true);
        check("SOCAR", "State Oil Company of Azerbaijan Republic", true);
        check("ECOWAS", "Economic Community of West African States", true);
        check("DoJ", "Department of Justice", true);
        check("RSF", "Syrian Democratic Forces", false);
        check("US", "Netanyahu", false);
        check("Forces", "Syrian Democratic Forces", false);
        check("", "", false);
    }
}

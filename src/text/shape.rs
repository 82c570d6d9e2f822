//! Word shapes, the pattern of a word's character classes.

/// The shape of `word`: capitals `X`, other letters `x`, digits `d`, all else as it is; runs longer
/// than two are cut to two, so that the set stays small (`Xxx-d` becomes `Xxx-d`, `1,234` `d,dd`).
pub fn shape(word: &str) -> String {
    let mut shape = String::with_capacity(word.len().min(16));
    let (mut last, mut run) = ('\0', 0);
    for character in word.chars() {
        let class = match character {
            c if c.is_uppercase() => 'X',
            c if c.is_alphabetic() => 'x',
            c if c.is_numeric() => 'd',
            c => c,
        };
        run = if class == last { run + 1 } else { 1 };
        last = class;
        if run <= 2 {
            shape.push(class);
        }
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::shape;

    #[test]
    fn cuts_long_runs() {
        assert_eq!(shape("Azerbaijan-2020"), "Xxx-dd");
        assert_eq!(shape("NATO"), "XX");
        assert_eq!(shape("1,234"), "d,dd");
    }
}

//! The shape of a word, for checkpoints that read text in small letters: a number from a closed set, learned
//! as an embedding of its own.

/// The number of a piece that belongs to no word.
pub(super) const NONE: u32 = 0;

/// How many numbers there are; those not in use yet are kept for later shapes.
pub(super) const COUNT: usize = 32;

/// Distance between the number of a word's first piece and of its others.
const FURTHER: u32 = 16;

/// The shape of a word, from 1.
pub(super) fn of_word(word: &str) -> u32 {
    let mut letters = 0_u32;
    let (mut capitals, mut digits, mut others) = (0_u32, 0_u32, 0_u32);
    let mut first_capital = false;
    for (at, c) in word.chars().enumerate() {
        if c.is_alphabetic() {
            letters += 1;
            let capital = c.is_uppercase();
            capitals += u32::from(capital);
            first_capital |= at == 0 && capital;
        } else if c.is_numeric() {
            digits += 1;
        } else {
            others += 1;
        }
    }
    match (letters, capitals, digits) {
        (0, _, 0) => 1,
        (0, _, _) => 2,
        (_, 0, 0) if others == 0 => 3,
        (_, 0, 0) => 4,
        (_, 0, _) => 5,
        (1, 1, 0) if others == 0 => 6,
        // Initials: one letter and a full stop.
        (1, 1, 0) => 7,
        (_, _, 0) if capitals == letters && others == 0 => {
            if letters <= 3 {
                8
            } else {
                9
            }
        }
        (_, _, 0) if capitals == letters => 10,
        (_, 1, 0) if first_capital && others == 0 => 11,
        (_, 1, 0) if first_capital => 12,
        (_, _, 0) if first_capital => 13,
        (_, _, 0) => 14,
        _ => 15,
    }
}

/// The number of a piece of a word of this shape.
pub(super) fn of_piece(shape: u32, first: bool) -> u32 {
    if first { shape } else { shape + FURTHER }
}

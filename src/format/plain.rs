//! Reads plain text: the bytes as they are, decoded.

use super::encoding::decode;
use crate::document::{Article, Meta};
use crate::error::{Error, Result};
use encoding_rs::Encoding;

/// Reads one text. A byte order mark is not part of it; line ends stay as they are.
pub fn read_text(bytes: Vec<u8>, named: Option<&'static Encoding>, meta: Meta, place: &str) -> Result<Article> {
    Article::new(meta, decode(bytes, named, place)?)
        .ok_or_else(|| Error::input(place, "the text is longer than 4 GiB; split it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_goes_and_line_ends_stay() {
        let article = read_text("\u{feff}a\r\nb\n".into(), None, Meta::default(), "a.txt").unwrap();
        assert_eq!(article.text(), "a\r\nb\n");
    }
}

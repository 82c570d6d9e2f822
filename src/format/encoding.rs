//! Bytes to text: UTF-8 unless a byte order mark, the page or the user names another encoding.

use crate::error::{Error, Result};
use encoding_rs::{CoderResult, DecoderResult, Encoding, UTF_8};

/// The encoding that a label of the web (`latin1`, `windows-1252`, `utf-16le`) names.
pub fn encoding(label: &str) -> Result<&'static Encoding> {
    Encoding::for_label(label.trim().as_bytes()).ok_or_else(|| {
        Error::input("--encoding", format!("{label:?} is no encoding of the web; try utf-8, windows-1252 or utf-16le"))
    })
}

/// The text of `bytes`. A byte order mark decides before `named`, and is not part of the text; where
/// neither is given the bytes must be UTF-8. `place` names the file in errors.
pub fn decode(bytes: Vec<u8>, named: Option<&'static Encoding>, place: &str) -> Result<String> {
    let (encoding, skip) = match Encoding::for_bom(&bytes) {
        Some((encoding, length)) => (encoding, length),
        None => (named.unwrap_or(UTF_8), 0),
    };
    if encoding == UTF_8 {
        return match String::from_utf8(bytes) {
            Ok(mut text) => {
                text.drain(..skip);
                Ok(text)
            }
            Err(error) => Err(not_text(place, error.utf8_error().valid_up_to(), error.as_bytes(), encoding)),
        };
    }
    let mut text = String::new();
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut at = skip;
    loop {
        let wanted = decoder.max_utf8_buffer_length_without_replacement(bytes.len() - at);
        text.reserve(wanted.unwrap_or(bytes.len() - at));
        match decoder.decode_to_string_without_replacement(&bytes[at..], &mut text, true) {
            (DecoderResult::InputEmpty, _) => return Ok(text),
            (DecoderResult::OutputFull, read) => at += read,
            (DecoderResult::Malformed(length, after), read) => {
                let end = (at + read).saturating_sub(usize::from(after));
                return Err(not_text(place, end.saturating_sub(usize::from(length)), &bytes, encoding));
            }
        }
    }
}

/// Decodes what can be decoded, for reading ASCII markup in bytes of any encoding.
pub(super) fn ascii_of(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    // Windows-1252 maps every byte to one character.
    let _: (CoderResult, _, _) = {
        out.reserve(bytes.len() * 3);
        encoding_rs::WINDOWS_1252.new_decoder_without_bom_handling().decode_to_string(bytes, &mut out, true)
    };
    out
}

fn not_text(place: &str, at: usize, bytes: &[u8], encoding: &'static Encoding) -> Error {
    let byte = bytes.get(at).map(|byte| format!(" (0x{byte:02X})")).unwrap_or_default();
    Error::input(
        format!("{place}: byte {at}"),
        format!("{byte} is no {}; name the file's encoding with --encoding, or leave the file out", encoding.name())
            .trim_start()
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], named: Option<&str>, expected: &str) {
        let named = named.map(|label| encoding(label).unwrap());
        let found = decode(bytes.to_vec(), named, "a.txt").unwrap_or_else(|error| error.to_string());
        assert_eq!(found, expected);
    }

    #[test]
    fn a_mark_decides_before_the_name_and_the_name_before_utf8() {
        check("\u{feff}é\r\n".as_bytes(), Some("windows-1252"), "é\r\n");
        check(b"\xFF\xFEh\0i\0", None, "hi");
        check(b"caf\xE9 \x80", Some("latin1"), "café €");
        check("a\0b".as_bytes(), None, "a\0b");
        check(b"", None, "");
    }

    #[test]
    fn what_is_no_text_names_its_byte() {
        let mend = "name the file's encoding with --encoding, or leave the file out";
        check(b"ab\xFFc", None, &format!("a.txt: byte 2: (0xFF) is no UTF-8; {mend}"));
        check(b"ab\x82", Some("shift_jis"), &format!("a.txt: byte 2: (0x82) is no Shift_JIS; {mend}"));
        check(b"\xFF\xFEh\0\0\xD8h\0", None, &format!("a.txt: byte 4: (0x00) is no UTF-16LE; {mend}"));
        assert!(encoding("klingon").is_err());
    }
}

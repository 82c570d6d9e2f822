//! Bytes to text: UTF-8 unless a byte order mark, the page or the user names another encoding.

use crate::error::{Error, Result};
use encoding_rs::{CoderResult, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// The encoding that a label of the web (`latin1`, `windows-1252`, `utf-16le`) names.
pub fn encoding(label: &str) -> Result<&'static Encoding> {
    Encoding::for_label(label.trim().as_bytes()).ok_or_else(|| {
        Error::input("--encoding", format!("{label:?} is no encoding of the web; try utf-8, windows-1252 or utf-16le"))
    })
}

/// The text of `bytes`. A byte order mark decides before `named`, and is not part of the text; where
/// neither is given the bytes must be UTF-8. `place` names the file in errors.
///
/// Most old encodings have a character for every byte, so that a picture would pass for text: there a
/// control byte that no text holds is an error. So is UTF-16 without its mark, which passes for UTF-8.
pub fn decode(bytes: Vec<u8>, named: Option<&'static Encoding>, place: &str) -> Result<String> {
    let (encoding, skip) = match Encoding::for_bom(&bytes) {
        Some((encoding, length)) => (encoding, length),
        None => (named.unwrap_or(UTF_8), 0),
    };
    if encoding == UTF_8 {
        if let Some(likely) = utf16_without_mark(&bytes) {
            let message = format!(
                "every other byte is zero: this is {likely} without its mark; read it with --encoding {}",
                likely.to_ascii_lowercase()
            );
            return Err(Error::input(place, message));
        }
        return match String::from_utf8(bytes) {
            Ok(mut text) => {
                text.drain(..skip);
                Ok(text)
            }
            Err(error) => Err(not_text(place, error.utf8_error().valid_up_to(), error.as_bytes(), encoding)),
        };
    }
    if let Some(at) = control_byte(&bytes[skip..], encoding) {
        return Err(not_text(place, skip + at, &bytes, encoding));
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

/// The first control character in `bytes` that no text holds, where `encoding` is an old one.
fn control_byte(bytes: &[u8], encoding: &'static Encoding) -> Option<usize> {
    // White space, the end-of-file mark of DOS, and the shifts of the encodings of seven bits.
    let is_control = |byte: u8| byte < 0x20 && !matches!(byte, 0x09..=0x0D | 0x0E | 0x0F | 0x1A | 0x1B);
    if encoding == UTF_16LE || encoding == UTF_16BE {
        let (low, high) = if encoding == UTF_16LE { (0, 1) } else { (1, 0) };
        let at = bytes.chunks_exact(2).position(|unit| unit[high] == 0 && is_control(unit[low]));
        return at.map(|at| 2 * at);
    }
    // No byte of a longer character lies below 0x20 in the encodings of the web.
    bytes.iter().position(|byte| is_control(*byte))
}

/// How many bytes are looked at to tell UTF-16.
const SAMPLE_BYTES: usize = 512;

/// The form of UTF-16 that `bytes` look like: every other byte of the first ones is zero, and no other.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static str> {
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let half = sample.len() / 2;
    match (zeros(0), zeros(1)) {
        _ if half < 2 => None,
        (0, high) if 10 * high >= 9 * half => Some("UTF-16LE"),
        (high, 0) if 10 * high >= 9 * half => Some("UTF-16BE"),
        _ => None,
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

    #[test]
    fn binary_files_are_no_text_in_any_encoding() {
        let mend = "name the file's encoding with --encoding, or leave the file out";
        let picture = b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR";
        check(picture, Some("latin1"), &format!("a.txt: byte 8: (0x00) is no windows-1252; {mend}"));
        check(b"\xFF\xFEa\0\0\0", None, &format!("a.txt: byte 4: (0x00) is no UTF-16LE; {mend}"));
        check(b"\x1B$B4A;z\x1B(B", Some("iso-2022-jp"), "漢字");
        check(b"tab\tend\x1A", Some("latin1"), "tab\tend\x1A");
        let told = "without its mark; read it with --encoding";
        check(b"h\0i\0!\0", None, &format!("a.txt: every other byte is zero: this is UTF-16LE {told} utf-16le"));
        check(b"\0h\0i\0!", None, &format!("a.txt: every other byte is zero: this is UTF-16BE {told} utf-16be"));
    }
}

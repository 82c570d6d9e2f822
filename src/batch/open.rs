//! Opens files as they are and unpacked, told by their first bytes.

use super::inputs::{Input, Kind};
use crate::error::{Error, Result};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many bytes were read from files so far, packed as they are; shared with those who show progress.
pub type Meter = Arc<AtomicU64>;

/// A reader that counts what it reads.
struct Metered<R> {
    inner: R,
    meter: Meter,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.meter.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// A reader of `input`'s bytes, unpacked when they are gzip (of any number of members) or zstd.
pub fn open(input: &Input, meter: &Meter) -> Result<Box<dyn BufRead + Send>> {
    let io = |cause| Error::Io { path: input.name.clone().into(), doing: "read", cause };
    let inner: Box<dyn Read + Send> = match &input.path {
        Some(path) => Box::new(File::open(path).map_err(io)?),
        None => Box::new(io::stdin()),
    };
    unpack(Metered { inner, meter: meter.clone() }).map_err(io)
}

/// The most bytes that are read before a stream is judged.
const HEAD_BYTES: usize = 512;

/// The longest beginning that tells something, `<!doctype html`, and one byte more.
const TELLING_BYTES: usize = 15;

/// The first bytes of `raw`, enough to judge it by: a pipe may hand over one at a time, and one that
/// pauses behind its first words is not waited for.
fn head_of(raw: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = vec![0; HEAD_BYTES];
    let mut length = 0;
    while length < HEAD_BYTES && without_blanks(&head[..length]).len() < TELLING_BYTES {
        match raw.read(&mut head[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    head.truncate(length);
    Ok(head)
}

/// The bytes behind a byte order mark and white space.
fn without_blanks(head: &[u8]) -> &[u8] {
    head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start()
}

fn unpack(mut raw: impl Read + Send + 'static) -> io::Result<Box<dyn BufRead + Send>> {
    let head = head_of(&mut raw)?;
    let (packed_gzip, packed_zstd) = (head.starts_with(&[0x1F, 0x8B]), head.starts_with(&[0x28, 0xB5, 0x2F, 0xFD]));
    let raw = BufReader::with_capacity(1 << 16, io::Cursor::new(head).chain(raw));
    Ok(if packed_gzip {
        Box::new(BufReader::with_capacity(1 << 16, flate2::bufread::MultiGzDecoder::new(raw)))
    } else if packed_zstd {
        Box::new(BufReader::with_capacity(1 << 16, zstd::stream::read::Decoder::with_buffer(raw)?))
    } else {
        Box::new(raw)
    })
}

/// What the first bytes of a stream without a telling name hold.
pub fn sniff(reader: &mut dyn BufRead) -> io::Result<Kind> {
    let head = without_blanks(reader.fill_buf()?);
    let begins = |tag: &[u8]| head.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
    Ok(if [b"<!doctype html".as_slice(), b"<html", b"<?xml"].into_iter().any(begins) {
        Kind::Html
    } else if head.starts_with(b"{")
        || head.strip_prefix(b"[").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"{"))
    {
        // An array is no JSON Lines, but its reader says so and names the mend.
        Kind::Json
    } else {
        Kind::Plain
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn text_of(packed: Vec<u8>) -> String {
        let mut text = String::new();
        unpack(io::Cursor::new(packed)).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    fn gzip(text: &str) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(text.as_bytes()).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn first_bytes_tell_how_a_file_is_packed() {
        assert_eq!(text_of(b"plain".to_vec()), "plain");
        assert_eq!(text_of(Vec::new()), "");
        assert_eq!(text_of([gzip("one, "), gzip("two")].concat()), "one, two");
        assert_eq!(text_of(zstd::encode_all("three".as_bytes(), 1).unwrap()), "three");
    }

    /// Hands over one byte at a time, as a slow pipe does.
    struct Drip(io::Cursor<Vec<u8>>);

    impl Read for Drip {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = buffer.len().min(1);
            self.0.read(&mut buffer[..length])
        }
    }

    #[test]
    fn a_slow_pipe_is_judged_by_all_of_its_first_bytes() {
        let mut text = String::new();
        unpack(Drip(io::Cursor::new(gzip("drop by drop")))).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "drop by drop");
        let mut page = unpack(Drip(io::Cursor::new(b"<!doctype html><p>x".to_vec()))).unwrap();
        assert_eq!(sniff(&mut page).unwrap(), Kind::Html);
    }

    #[test]
    fn first_bytes_tell_what_a_stream_holds() {
        let check = |head: &str, kind| assert_eq!(sniff(&mut head.as_bytes()).unwrap(), kind, "{head:?}");
        check("\u{feff}\n <!DOCTYPE HTML>", Kind::Html);
        check("<html lang=en>", Kind::Html);
        check(" {\"text\":", Kind::Json);
        check("[\n{\"text\":", Kind::Json);
        check("[1] is a footnote", Kind::Plain);
        check("<3 is a heart", Kind::Plain);
        check("", Kind::Plain);
    }
}

//! Splits a stream of JSON Lines, or one JSON object over many lines, into records.

use serde::de::IgnoredAny;
use std::io::{self, BufRead};

/// One record, still bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its line, from 1; nothing when the whole stream is one object.
    pub line: Option<u64>,
    /// The record without byte order mark and line end.
    pub bytes: Vec<u8>,
}

/// Reads records one by one; holds no more than one of them.
pub struct Records<R> {
    input: R,
    line: u64,
    /// Whether a record was read already.
    begun: bool,
    /// Whether a stream of a single line is one object.
    lone: bool,
}

impl<R: BufRead> Records<R> {
    /// The records of `input`.
    pub fn new(input: R) -> Self {
        Self { input, line: 0, begun: false, lone: false }
    }

    /// The same, but a single line is one object, not a batch of one: what a file `a.json` means by it.
    #[must_use]
    pub fn lone(mut self) -> Self {
        self.lone = true;
        self
    }

    fn read(&mut self) -> io::Result<Option<Record>> {
        loop {
            let mut bytes = Vec::new();
            if self.input.read_until(b'\n', &mut bytes)? == 0 {
                return Ok(None);
            }
            self.line += 1;
            if self.line == 1 && bytes.starts_with(b"\xEF\xBB\xBF") {
                bytes.drain(..3);
            }
            if bytes.trim_ascii().is_empty() {
                continue;
            }
            let first = !std::mem::replace(&mut self.begun, true);
            if first && goes_on(&bytes) {
                self.input.read_to_end(&mut bytes)?;
                return Ok(Some(Record { line: None, bytes }));
            }
            while bytes.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
                bytes.pop();
            }
            let line = Some(self.line);
            let alone = first && self.lone && self.rest_is_blank()?;
            return Ok(Some(Record { line: line.filter(|_| !alone), bytes }));
        }
    }

    /// Whether nothing but white space follows; passes over the white space.
    fn rest_is_blank(&mut self) -> io::Result<bool> {
        loop {
            let rest = self.input.fill_buf()?;
            if rest.is_empty() {
                return Ok(true);
            }
            let blank = rest.len() - rest.trim_ascii_start().len();
            let whole = blank == rest.len();
            self.line += memchr::memchr_iter(b'\n', &rest[..blank]).count() as u64;
            self.input.consume(blank);
            if !whole {
                return Ok(false);
            }
        }
    }
}

impl<R: BufRead> Iterator for Records<R> {
    type Item = io::Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

/// Whether the first line with words begins an object that goes on over further lines.
fn goes_on(line: &[u8]) -> bool {
    let open = line.trim_ascii();
    // A long line that ends its object is a record; it need not be parsed twice.
    let is_record = open.ends_with(b"}") && open.len() > 4096;
    !is_record && serde_json::from_slice::<IgnoredAny>(open).is_err_and(|error| error.is_eof())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: &[(Option<u64>, &str)]) {
        let records: Vec<_> = Records::new(input.as_bytes()).map(Result::unwrap).collect();
        let found: Vec<_> = records.iter().map(|r| (r.line, std::str::from_utf8(&r.bytes).unwrap())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn lines_are_records_and_blank_lines_are_none() {
        check("\u{feff}{\"a\":1}\r\n\n {}\n", &[(Some(1), "{\"a\":1}"), (Some(3), " {}")]);
        check("{broken\n{}", &[(Some(1), "{broken"), (Some(2), "{}")]);
        check("", &[]);
    }

    #[test]
    fn an_object_over_many_lines_is_one_record() {
        check("{\n \"a\": 1\n}\n", &[(None, "{\n \"a\": 1\n}\n")]);
        check("{\"a\": [\n1]}", &[(None, "{\"a\": [\n1]}")]);
        check("\n \n{\n}", &[(None, "{\n}")]);
    }

    #[test]
    fn a_lone_line_is_a_batch_of_one_or_an_object() {
        let read = |input: &str| -> Vec<_> {
            Records::new(input.as_bytes()).lone().map(|record| record.unwrap().line).collect()
        };
        assert_eq!(read("{}\n\n \n"), [None]);
        assert_eq!(read("\n{}"), [None]);
        assert_eq!(read("{}\n\n\n {}\n\n{}"), [Some(1), Some(4), Some(6)]);
        check("{}\n", &[(Some(1), "{}")]);
    }
}

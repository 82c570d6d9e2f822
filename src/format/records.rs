//! Splits a stream of JSON Lines, or one JSON object over many lines, into records.

use serde::de::IgnoredAny;
use std::io::{self, BufRead};

/// One record, still bytes.
#[derive(Debug, PartialEq, Eq)]
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
}

impl<R: BufRead> Records<R> {
    /// The records of `input`.
    pub fn new(input: R) -> Self {
        Self { input, line: 0 }
    }

    fn read(&mut self) -> io::Result<Option<Record>> {
        loop {
            let mut bytes = Vec::new();
            if self.input.read_until(b'\n', &mut bytes)? == 0 {
                return Ok(None);
            }
            self.line += 1;
            if self.line == 1 {
                if bytes.starts_with(b"\xEF\xBB\xBF") {
                    bytes.drain(..3);
                }
                if goes_on(&bytes) {
                    self.input.read_to_end(&mut bytes)?;
                    return Ok(Some(Record { line: None, bytes }));
                }
            }
            if !bytes.trim_ascii().is_empty() {
                while bytes.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
                    bytes.pop();
                }
                return Ok(Some(Record { line: Some(self.line), bytes }));
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

/// Whether the first line begins an object that goes on over further lines.
fn goes_on(line: &[u8]) -> bool {
    let open = line.trim_ascii();
    // A long line that ends its object is a record; it need not be parsed twice.
    let is_record = open.is_empty() || (open.ends_with(b"}") && open.len() > 4096);
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
    }
}

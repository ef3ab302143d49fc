//! Lines of a stream, of bounded length and without copies.

use std::io::{self, Read};

/// The longest line that is read; the exchange's have 60 bytes.
pub(super) const LINE_MAX: usize = 1_024;
const BUFFER: usize = 64 * 1_024;

/// A line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// Its bytes, without the line's end.
    Text(&'a [u8]),
    /// More bytes than a line has; they were passed over.
    TooLong,
}

/// Cuts a stream into lines; holds one buffer however long they are.
pub(super) struct Lines<R> {
    stream: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    is_over: bool,
    number: u64,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(stream: R) -> Lines<R> {
        let buffer = vec![0; BUFFER];
        Lines { stream, buffer, start: 0, end: 0, is_over: false, number: 0 }
    }

    /// The number of the line that was given last, from 1.
    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    /// The next line; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        let mut is_too_long = false;
        let (from, to) = loop {
            let held = self.buffer.get(self.start..self.end).unwrap_or_default();
            if let Some(length) = memchr::memchr(b'\n', held) {
                let from = self.start;
                self.start += length + 1;
                break (from, from + length);
            }
            if self.is_over {
                let from = std::mem::replace(&mut self.start, self.end);
                if from == self.end && !is_too_long {
                    return Ok(None);
                }
                break (from, self.end);
            }
            if held.len() > LINE_MAX {
                // Its end is not in sight: let go of what is held.
                is_too_long = true;
                self.start = self.end;
            }
            self.fill()?;
        };
        self.number += 1;
        let line = self.buffer.get(from..to).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let is_too_long = is_too_long || line.len() > LINE_MAX;
        Ok(Some(if is_too_long { Line::TooLong } else { Line::Text(line) }))
    }

    /// Moves what is held to the front and reads behind it.
    fn fill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        let read = loop {
            match self.stream.read(room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.end += read;
        self.is_over = read == 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes at a time, as a pipe or an inflater may.
    struct Drops<'a>(&'a [u8], usize);

    impl Read for Drops<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let take = self.1.min(self.0.len()).min(into.len());
            self.0.read(into.get_mut(..take).unwrap_or_default())
        }
    }

    #[allow(clippy::unwrap_used)]
    fn read(text: &[u8], at_a_time: usize) -> Vec<Option<Vec<u8>>> {
        let mut lines = Lines::new(Drops(text, at_a_time));
        let mut all = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            all.push(match line {
                Line::Text(text) => Some(text.to_vec()),
                Line::TooLong => None,
            });
        }
        assert_eq!(lines.number(), u64::try_from(all.len()).unwrap());
        all
    }

    #[test]
    fn lines_are_the_same_however_the_stream_is_cut() {
        let long = [b'x'; 200_000];
        let edge = [b'y'; LINE_MAX];
        let text =
            [b"one\r\n\ntwo\n", &edge[..], b"\n", &edge[..], b"y\n", &long[..], b"\nend"].concat();
        let expected = vec![
            Some(b"one".to_vec()),
            Some(vec![]),
            Some(b"two".to_vec()),
            Some(edge.to_vec()),
            None,
            None,
            Some(b"end".to_vec()),
        ];
        for at_a_time in [1, 3, 1_000, 1_025, 60_000, 1_000_000] {
            assert_eq!(read(&text, at_a_time), expected, "{at_a_time} bytes at a time");
        }
    }

    #[test]
    fn a_file_may_end_without_a_line_s_end_and_within_a_long_line() {
        assert_eq!(read(b"", 9), [None::<Vec<u8>>; 0]);
        assert_eq!(read(b"a\n", 9), [Some(b"a".to_vec())]);
        assert_eq!(read(&[b'x'; 100_000], 50_000), [None]);
    }
}

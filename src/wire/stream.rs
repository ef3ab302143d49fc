//! Records over a stream: between the gateway and the process of a venue.
//!
//! A record is its length in four bytes, most significant first, and a frame. Nothing waits: what
//! cannot be written now is kept, within bounds, and written with what follows.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::os::unix::net::UnixStream;

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroize as _;

use super::frame::{FRAME_BYTES_MAX, WireError, decode, encode_into};

/// Bytes that wait to be written before the other end counts as gone.
const OUTBOX_MAX: usize = 8 << 20;
/// Bytes that wait while there is room for more: some thousand rows of a list.
const ROOM_MAX: usize = 1 << 20;
/// Bytes that are read at a time.
const READ_BYTES: usize = 16 << 10;
/// Reads in one turn, so that a flood keeps nobody else waiting.
const READS_MAX: usize = 64;
/// The length before each frame.
const HEAD: usize = 4;

/// Why a stream cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// The other end closed it.
    #[error("the other end is closed")]
    Closed,
    /// The system says why.
    #[error(transparent)]
    System(#[from] io::Error),
    /// What came is no record.
    #[error("a record cannot be read: {0}")]
    Record(#[from] WireError),
    /// The other end takes nothing.
    #[error("{OUTBOX_MAX} bytes wait for the other end, which takes nothing")]
    Full,
}

/// One end of a stream of records.
pub struct Stream {
    socket: UnixStream,
    frame: Vec<u8>,
    outbox: Vec<u8>,
    /// How much of the outbox is written.
    written: usize,
    inbox: Vec<u8>,
    /// How much of the inbox is taken.
    taken: usize,
    /// How often it may still be read in this turn.
    reads: usize,
    is_closed: bool,
}

impl Stream {
    /// Takes over one end of a pair.
    ///
    /// # Errors
    ///
    /// Where the system cannot make it return at once.
    pub fn new(socket: UnixStream) -> io::Result<Stream> {
        socket.set_nonblocking(true)?;
        let frame = Vec::with_capacity(1_024);
        let (outbox, inbox) = (Vec::new(), Vec::new());
        Ok(Stream {
            socket,
            frame,
            outbox,
            written: 0,
            inbox,
            taken: 0,
            reads: READS_MAX,
            is_closed: false,
        })
    }

    /// Puts a record behind those that wait.
    ///
    /// # Errors
    ///
    /// Where too much waits already, or the record is larger than the other end takes.
    pub fn push<T: Serialize>(&mut self, record: &T) -> Result<(), StreamError> {
        encode_into(&mut self.frame, record);
        let bytes = self.frame.len();
        let length = u32::try_from(bytes).ok().filter(|_| bytes <= FRAME_BYTES_MAX);
        let Some(length) = length else { return Err(WireError::Length { bytes }.into()) };
        if self.outbox.len() - self.written > OUTBOX_MAX {
            return Err(StreamError::Full);
        }
        self.outbox.extend_from_slice(&length.to_be_bytes());
        self.outbox.extend_from_slice(&self.frame);
        Ok(())
    }

    /// Writes what waits, as far as the other end takes it now.
    ///
    /// # Errors
    ///
    /// Where the other end is gone.
    pub fn flush(&mut self) -> Result<(), StreamError> {
        while let Some(rest) = self.outbox.get(self.written..).filter(|it| !it.is_empty()) {
            match self.socket.write(rest) {
                Ok(0) => return Err(StreamError::Closed),
                Ok(count) => self.written += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
                Err(error) => return Err(error.into()),
            }
        }
        self.outbox.clear();
        self.written = 0;
        Ok(())
    }

    /// Whether something waits to be written.
    pub fn is_full(&self) -> bool {
        self.written < self.outbox.len()
    }

    /// Whether what is put behind those that wait will be written soon. Who has much to tell keeps
    /// the rest until then.
    pub fn has_room(&self) -> bool {
        self.outbox.len() - self.written < ROOM_MAX
    }

    /// Another turn begins: so much may be read again.
    pub fn turn(&mut self) {
        self.reads = READS_MAX;
    }

    /// The next record that has come whole; `None` where none has, or enough was read in this turn.
    ///
    /// # Errors
    ///
    /// Where the other end is gone and everything it sent was taken, or what came is no record.
    pub fn record<T: DeserializeOwned>(&mut self) -> Result<Option<T>, StreamError> {
        loop {
            if let Some(record) = self.take()? {
                return Ok(Some(record));
            }
            if self.is_closed {
                return Err(StreamError::Closed);
            }
            if self.reads == 0 || !self.read()? {
                return Ok(None);
            }
            self.reads -= 1;
        }
    }

    /// Wipes what was written and what was taken: there was a secret among it.
    pub fn wipe(&mut self) {
        self.frame.as_mut_slice().zeroize();
        if !self.is_full() {
            // All of its room, which held what was written.
            self.outbox.zeroize();
            self.written = 0;
        }
        if self.inbox.is_empty() {
            self.inbox.zeroize();
        } else if let Some(taken) = self.inbox.get_mut(..self.taken) {
            taken.zeroize();
        }
    }

    fn take<T: DeserializeOwned>(&mut self) -> Result<Option<T>, StreamError> {
        let rest = self.inbox.get(self.taken..).unwrap_or_default();
        let Some((head, body)) = rest.split_first_chunk::<HEAD>() else { return Ok(None) };
        let bytes = usize::try_from(u32::from_be_bytes(*head)).unwrap_or(usize::MAX);
        if bytes > FRAME_BYTES_MAX {
            return Err(WireError::Length { bytes }.into());
        }
        let Some(frame) = body.get(..bytes) else { return Ok(None) };
        let record = decode(frame)?;
        self.taken += HEAD + bytes;
        if self.taken == self.inbox.len() {
            self.inbox.clear();
            self.taken = 0;
        }
        Ok(Some(record))
    }

    /// Reads what has come; false where nothing has.
    fn read(&mut self) -> Result<bool, StreamError> {
        self.inbox.drain(..self.taken);
        self.taken = 0;
        let had = self.inbox.len();
        self.inbox.resize(had + READ_BYTES, 0);
        let room = self.inbox.get_mut(had..).unwrap_or_default();
        let read = self.socket.read(room);
        let count = *read.as_ref().unwrap_or(&0);
        self.inbox.truncate(had + count);
        match read {
            Ok(0) => {
                self.is_closed = true;
                Ok(true)
            }
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(true),
            // What it sent before it broke is still taken.
            Err(_) => {
                self.is_closed = true;
                Ok(true)
            }
        }
    }
}

impl AsFd for Stream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl AsRawFd for Stream {
    fn as_raw_fd(&self) -> RawFd {
        self.socket.as_raw_fd()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn pair() -> (Stream, Stream, UnixStream) {
        let (one, other) = UnixStream::pair().unwrap();
        let raw = one.try_clone().unwrap();
        (Stream::new(one).unwrap(), Stream::new(other).unwrap(), raw)
    }

    #[test]
    fn records_come_whole_and_in_order_however_they_were_cut() {
        let (mut one, mut other, _raw) = pair();
        let sent: Vec<String> = (0..2_000).map(|it| format!("{it}").repeat(it % 50 + 1)).collect();
        let mut heard: Vec<String> = Vec::new();
        for text in &sent {
            one.push(text).unwrap();
            one.flush().unwrap();
            other.turn();
            while let Some(text) = other.record().unwrap() {
                heard.push(text);
            }
        }
        assert_eq!(heard, sent);
    }

    #[test]
    fn what_the_other_end_does_not_take_now_is_kept_and_written_later() {
        let (mut one, mut other, _raw) = pair();
        let text = "x".repeat(60_000);
        for _ in 0..30 {
            one.push(&text).unwrap();
            one.flush().unwrap();
        }
        assert!(one.is_full(), "a socket holds less than 1.8 MB");
        let mut heard = 0;
        while heard < 30 {
            other.turn();
            while other.record::<String>().unwrap().is_some() {
                heard += 1;
            }
            one.flush().unwrap();
        }
        assert!(!one.is_full());
    }

    #[test]
    fn an_end_that_takes_nothing_is_given_up_before_memory_is() {
        let (mut one, _other, _raw) = pair();
        let text = "x".repeat(60_000);
        let refused = (0..10_000).find_map(|_| one.push(&text).and_then(|()| one.flush()).err());
        assert!(matches!(refused, Some(StreamError::Full)), "{refused:?}");
    }

    #[test]
    fn everything_that_was_sent_before_the_end_is_taken_before_the_end_is_told() {
        let (mut one, mut other, raw) = pair();
        one.push(&"last words").unwrap();
        one.flush().unwrap();
        drop((one, raw));
        assert_eq!(other.record::<String>().unwrap().unwrap(), "last words");
        assert!(matches!(other.record::<String>(), Err(StreamError::Closed)));
    }

    #[test]
    fn a_secret_is_wiped_where_it_was_written_and_where_it_was_taken() {
        let (mut one, mut other, _raw) = pair();
        let has_it = |bytes: &[u8]| bytes.windows(6).any(|it| it == b"sesame");
        one.push(&"open sesame").unwrap();
        assert!(has_it(&one.frame));
        one.flush().unwrap();
        one.wipe();
        assert!(!has_it(&one.frame) && !has_it(&one.outbox));
        one.push(&"the next").unwrap();
        one.flush().unwrap();
        assert_eq!(other.record::<String>().unwrap().unwrap(), "open sesame");
        assert!(has_it(&other.inbox));
        other.wipe();
        assert!(!has_it(&other.inbox));
        assert_eq!(other.record::<String>().unwrap().unwrap(), "the next");
    }

    #[test]
    fn a_length_beyond_the_bound_is_refused_before_anything_is_read_for_it() {
        let (_one, mut other, mut raw) = pair();
        raw.write_all(&u32::MAX.to_be_bytes()).unwrap();
        assert!(matches!(other.record::<String>(), Err(StreamError::Record(_))));
    }
}

//! The way to a plug-in in a process of its own: a socket that is the child's standard input.

use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::mpsc::Receiver;

use crate::gateway::{Way, WayEnded};
use crate::wire::stream::{Stream, StreamError};
use crate::wire::{VenueCall, VenueWord};

/// Main's end.
pub(crate) struct Apart {
    /// Main's end of each process that is started, as it is.
    started: Receiver<UnixStream>,
    stream: Option<Stream>,
}

impl Apart {
    /// Nobody is there before the first process is.
    pub(crate) const fn new(started: Receiver<UnixStream>) -> Apart {
        Apart { started, stream: None }
    }

    fn listen(&mut self, words: &mut Vec<VenueWord>) -> Result<(), StreamError> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        stream.flush()?;
        stream.turn();
        while let Some(word) = stream.record()? {
            words.push(word);
        }
        Ok(())
    }
}

impl Way for Apart {
    fn is_open(&self) -> bool {
        self.stream.is_some()
    }

    fn call(&mut self, call: VenueCall, _: &mut Vec<VenueWord>) -> Result<(), WayEnded> {
        let Some(stream) = &mut self.stream else {
            return Err(WayEnded("the exchange's process is not there".to_owned()));
        };
        let written = stream.push(&call).and_then(|()| stream.flush());
        if matches!(call, VenueCall::Login { .. }) {
            stream.wipe();
        }
        written.map_err(|error| ended(&error))
    }

    fn take(&mut self, words: &mut Vec<VenueWord>) -> Result<(), WayEnded> {
        let listened = self.listen(words);
        if let Err(error) = &listened {
            self.stream = None;
            return Err(ended(error));
        }
        // Another process is heard only after the end of the one before was told.
        if self.stream.is_none()
            && let Ok(socket) = self.started.try_recv()
        {
            self.stream = Stream::new(socket).ok();
            return self.listen(words).map_err(|error| ended(&error));
        }
        Ok(())
    }

    fn descriptor(&self) -> Option<RawFd> {
        self.stream.as_ref().map(AsRawFd::as_raw_fd)
    }

    fn drop_peer(&mut self) {
        self.stream = None;
    }
}

fn ended(error: &StreamError) -> WayEnded {
    WayEnded(match error {
        StreamError::Closed => "the exchange's process ended".to_owned(),
        other => format!("the exchange's process is of no use any more: {other}"),
    })
}

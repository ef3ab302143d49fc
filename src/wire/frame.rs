//! A frame: one version byte, then one msgpack map, nothing else.

use rmp_serde::Deserializer;
use rmp_serde::decode::Error;
use serde::de::DeserializeOwned;
use serde::{Deserialize as _, Serialize};

/// The first byte of each of our frames. Anything else on the order port is v1.
pub const VERSION: u8 = 0x01;

/// The protocol that children and main must share; told in the hello.
pub const PROTOCOL: u32 = 10;

/// The largest frame that is sent or taken, in bytes.
pub const FRAME_BYTES_MAX: usize = 65_536;

/// Why a frame is not a message.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// Empty or too large.
    #[error("a frame of {bytes} bytes is not between 2 and {FRAME_BYTES_MAX}")]
    Length {
        /// How long it is.
        bytes: usize,
    },
    /// Not ours, or of another version.
    #[error("the frame's version is {theirs}, but this program speaks {VERSION}")]
    Version {
        /// What its first byte says.
        theirs: u8,
    },
    /// Bytes after the message.
    #[error("something follows the message")]
    Trailing,
    /// Not the message that was expected.
    #[error("the message cannot be read: {0}")]
    Content(#[from] Error),
}

/// A frame of its own.
pub fn encode<T: Serialize>(message: &T) -> Vec<u8> {
    let mut frame = Vec::with_capacity(128);
    encode_into(&mut frame, message);
    frame
}

/// A frame in a buffer that is used again and again.
pub fn encode_into<T: Serialize>(frame: &mut Vec<u8>, message: &T) {
    frame.clear();
    frame.push(VERSION);
    #[allow(clippy::expect_used)] // Our own types always serialize, and memory takes every byte.
    rmp_serde::encode::write_named(frame, message).expect("a message of ours serializes");
}

/// The message in a frame; every truncation, trailing byte and unknown version is refused.
pub fn decode<T: DeserializeOwned>(frame: &[u8]) -> Result<T, WireError> {
    match frame {
        [VERSION, body @ ..] if !body.is_empty() && frame.len() <= FRAME_BYTES_MAX => {
            // Over a slice, texts are read where they lie.
            let mut rest = Deserializer::from_read_ref(body);
            let message = T::deserialize(&mut rest)?;
            // It does not tell how far it came, but where nothing is left it finds no beginning of
            // anything. Whatever begins, a bool reads no further than that.
            match bool::deserialize(&mut rest) {
                Err(Error::InvalidMarkerRead(_)) => Ok(message),
                _ => Err(WireError::Trailing),
            }
        }
        [VERSION, ..] | [] => Err(WireError::Length { bytes: frame.len() }),
        [theirs, ..] => Err(WireError::Version { theirs: *theirs }),
    }
}

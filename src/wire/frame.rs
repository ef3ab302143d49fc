//! A frame: one version byte, then one msgpack map, nothing else.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The first byte of each of our frames. Anything else on the order port is v1.
pub const VERSION: u8 = 0x01;

/// The protocol that children and main must share; told in the hello.
pub const PROTOCOL: u32 = 8;

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
    #[error("{bytes} bytes follow the message")]
    Trailing {
        /// How many.
        bytes: usize,
    },
    /// Not the message that was expected.
    #[error("the message cannot be read: {0}")]
    Content(#[from] rmp_serde::decode::Error),
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
            // `from_slice` would ignore what follows the message.
            let mut rest = body;
            let message = rmp_serde::from_read(&mut rest)?;
            if rest.is_empty() {
                Ok(message)
            } else {
                Err(WireError::Trailing { bytes: rest.len() })
            }
        }
        [VERSION, ..] | [] => Err(WireError::Length { bytes: frame.len() }),
        [theirs, ..] => Err(WireError::Version { theirs: *theirs }),
    }
}

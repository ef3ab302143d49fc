//! Taking and sending without ever waiting.

use zmq::{DONTWAIT, SNDMORE, Socket};

use crate::wire::event::Topic;
use crate::wire::guard::{Who, sender};

/// A message that is there, or `None`; an interrupted call is no message.
pub(super) fn receive(socket: &Socket) -> zmq::Result<Option<Vec<Vec<u8>>>> {
    match socket.recv_multipart(DONTWAIT) {
        Ok(frames) => Ok(Some(frames)),
        Err(zmq::Error::EAGAIN | zmq::Error::EINTR) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Who sent a message, as the guard found, and its frames.
type Sent = (Option<Who>, Vec<Vec<u8>>);

/// A message that is there, and who sent it.
pub(super) fn receive_from(socket: &Socket) -> zmq::Result<Option<Sent>> {
    let mut frames = Vec::with_capacity(3);
    loop {
        let mut part = match socket.recv_msg(DONTWAIT) {
            Err(zmq::Error::EAGAIN | zmq::Error::EINTR) => return Ok(None),
            part => part?,
        };
        frames.push(part.to_vec());
        // A message comes whole or not at all.
        if !part.get_more() {
            return Ok(Some((sender(&mut part), frames)));
        }
    }
}

pub(super) fn again<T: Default>(error: zmq::Error) -> zmq::Result<T> {
    match error {
        zmq::Error::EAGAIN | zmq::Error::EINTR => Ok(T::default()),
        error => Err(error),
    }
}

/// Sends frames the way back; false where nobody is there any more.
pub(super) fn send_back(socket: &Socket, way: &[Vec<u8>], body: &[u8]) -> bool {
    let sent = way.iter().try_for_each(|part| socket.send(part, SNDMORE | DONTWAIT));
    sent.and_then(|()| socket.send(body, DONTWAIT)).is_ok()
}

pub(super) fn send_topic(
    socket: &Socket,
    topic: Topic,
    frame: &[u8],
    dropped: &mut u64,
) -> zmq::Result<()> {
    let sent = socket.send(topic.bytes(), SNDMORE | DONTWAIT);
    sent_or_dropped(sent.and_then(|()| socket.send(frame, DONTWAIT)), dropped)
}

/// What could not be sent is counted.
pub(super) fn sent_or_dropped(sent: zmq::Result<()>, dropped: &mut u64) -> zmq::Result<()> {
    match sent {
        Err(zmq::Error::EAGAIN | zmq::Error::EINTR) => {
            *dropped += 1;
            Ok(())
        }
        other => other,
    }
}

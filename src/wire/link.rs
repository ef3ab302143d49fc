//! A client's side of the order port: numbered requests out, answers in.

use aftm_domain::Stamp;
use zmq::{Context, DONTWAIT, POLLIN, Socket, SocketType};

use super::request::{Answer, Ask, Refused, Reply, Request};
use super::socket::{self, Bound};
use super::{decode, encode_into};

/// Why a request has no answer.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The socket failed.
    #[error("the socket to the gateway failed: {0}")]
    Socket(#[from] zmq::Error),
    /// Nobody answered.
    #[error("the gateway did not answer within {0} ms")]
    Silence(i64),
    /// The gateway refused.
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// A connection to the gateway's order port.
pub struct Link {
    context: Context,
    endpoint: String,
    socket: Socket,
    last_id: u64,
    frame: Vec<u8>,
}

impl Link {
    /// Connects; the gateway need not be there yet.
    pub fn new(context: &Context, endpoint: &str) -> zmq::Result<Link> {
        let socket = socket::connect(context, SocketType::DEALER, Bound::Orders, endpoint)?;
        let (context, endpoint) = (context.clone(), endpoint.to_owned());
        Ok(Link { context, endpoint, socket, last_id: 0, frame: Vec::with_capacity(1_024) })
    }

    /// A fresh connection: nothing that was asked on the old one is sent any more.
    pub fn rebuild(&mut self) -> zmq::Result<()> {
        self.socket =
            socket::connect(&self.context, SocketType::DEALER, Bound::Orders, &self.endpoint)?;
        Ok(())
    }

    /// The socket, to be polled.
    pub const fn socket(&self) -> &Socket {
        &self.socket
    }

    /// Sends a request; its number, which the answer will carry.
    pub fn send(&mut self, request: Request) -> zmq::Result<u64> {
        self.last_id += 1;
        encode_into(&mut self.frame, &Ask { id: self.last_id, request });
        self.socket.send(&self.frame, DONTWAIT)?;
        Ok(self.last_id)
    }

    /// An answer that has come. What cannot be read is no answer.
    pub fn take(&mut self) -> zmq::Result<Option<Answer>> {
        loop {
            match self.socket.recv_bytes(DONTWAIT) {
                Err(zmq::Error::EAGAIN | zmq::Error::EINTR) => return Ok(None),
                Err(error) => return Err(error),
                Ok(frame) => {
                    if let Ok(answer) = decode(&frame) {
                        return Ok(Some(answer));
                    }
                }
            }
        }
    }

    /// Asks and waits for the answer; other answers that come meanwhile are dropped.
    pub fn ask(
        &mut self,
        request: Request,
        timeout_ms: i64,
        clock: &impl Fn() -> Stamp,
    ) -> Result<Reply, LinkError> {
        let id = self.send(request)?;
        let deadline = clock().after(timeout_ms * Stamp::MILLISECOND);
        loop {
            while let Some(answer) = self.take()? {
                if answer.id == id {
                    return answer.reply.map_err(LinkError::Refused);
                }
            }
            let left = deadline.since(clock()) / Stamp::MILLISECOND;
            if left <= 0 {
                return Err(LinkError::Silence(timeout_ms));
            }
            match self.socket.poll(POLLIN, left) {
                Ok(_) | Err(zmq::Error::EINTR) => (),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

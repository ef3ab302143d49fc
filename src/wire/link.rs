//! A client's side of the order port: numbered requests out, answers in.

use std::collections::VecDeque;

use aftm_domain::Stamp;
use zeroize::{Zeroize as _, Zeroizing};
use zmq::{Context, DONTWAIT, POLLIN, Socket, SocketType};

use super::frame::FRAME_BYTES_MAX;
use super::guard::{Domain, Guard};
use super::request::{Answer, Ask, Refused, Reply, Request};
use super::socket::{self, Bound};
use super::token::Token;
use super::{decode, encode_into};
use crate::failpoint::Failed;

/// Why a request has no answer.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The socket failed.
    #[error("the socket to the gateway failed: {0}")]
    Socket(#[from] zmq::Error),
    /// The request is larger than a peer takes: sent, it would cost the connection.
    #[error("a request of {bytes} bytes was not sent; at most {FRAME_BYTES_MAX} are taken")]
    TooLarge {
        /// How large it is.
        bytes: usize,
    },
    /// Nobody answered.
    #[error("the gateway did not answer within {0} ms")]
    Silence(i64),
    /// The gateway refused.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// A test wanted it.
    #[error(transparent)]
    Failpoint(#[from] Failed),
}

/// A connection to the gateway's order port.
pub struct Link {
    context: Context,
    endpoint: String,
    socket: Socket,
    last_id: u64,
    frame: Zeroizing<Vec<u8>>,
    /// Answers that came while another one was waited for.
    kept: VecDeque<Answer>,
    /// Who looks whom it speaks to, and what it shows there; nothing within the gateway's process.
    /// The socket closes before it.
    proof: Option<(Guard, Token)>,
}

impl Link {
    /// Connects within the gateway's process; the gateway need not be there yet.
    pub fn new(context: &Context, endpoint: &str) -> zmq::Result<Link> {
        Link::open(context, endpoint, None)
    }

    /// Connects to the gateway of the machine that started this process, and to nobody else. What it
    /// shows there is said first.
    pub fn to_machine(guard: &Guard, endpoint: &str, token: &Token) -> zmq::Result<Link> {
        let proof = (guard.clone(), token.clone());
        let mut link = Link::open(guard.context(), endpoint, Some(proof))?;
        link.prove()?;
        Ok(link)
    }

    fn open(context: &Context, endpoint: &str, proof: Option<(Guard, Token)>) -> zmq::Result<Link> {
        let socket = dial(context, endpoint, proof.as_ref().map(|it| &it.0))?;
        let (context, endpoint) = (context.clone(), endpoint.to_owned());
        let frame = Zeroizing::new(Vec::with_capacity(1_024));
        Ok(Link { context, endpoint, proof, socket, last_id: 0, frame, kept: VecDeque::new() })
    }

    fn prove(&mut self) -> zmq::Result<()> {
        let Some((_, token)) = &self.proof else { return Ok(()) };
        self.last_id += 1;
        let request = Request::Prove { token: token.clone() };
        encode_into(&mut self.frame, &Ask { id: self.last_id, request });
        let sent = self.socket.send(self.frame.as_slice(), DONTWAIT);
        self.frame.zeroize();
        sent
    }

    /// A fresh connection: nothing that was asked on the old one is sent any more.
    pub fn rebuild(&mut self) -> zmq::Result<()> {
        self.socket = dial(&self.context, &self.endpoint, self.proof.as_ref().map(|it| &it.0))?;
        self.prove()
    }

    /// The socket, to be polled.
    pub const fn socket(&self) -> &Socket {
        &self.socket
    }

    /// Sends a request; its number, which the answer will carry.
    pub fn send(&mut self, request: Request) -> Result<u64, LinkError> {
        self.last_id += 1;
        let is_secret = matches!(request, Request::Login { .. });
        encode_into(&mut self.frame, &Ask { id: self.last_id, request });
        if self.frame.len() > FRAME_BYTES_MAX {
            return Err(LinkError::TooLarge { bytes: self.frame.len() });
        }
        let sent = self.socket.send(self.frame.as_slice(), DONTWAIT);
        if is_secret {
            self.frame.zeroize();
        }
        sent?;
        Ok(self.last_id)
    }

    /// An answer that has come, oldest first. What cannot be read is no answer.
    pub fn take(&mut self) -> zmq::Result<Option<Answer>> {
        match self.kept.pop_front() {
            Some(answer) => Ok(Some(answer)),
            None => self.receive(),
        }
    }

    fn receive(&self) -> zmq::Result<Option<Answer>> {
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

    /// Asks and waits for the answer; other answers that come meanwhile are kept for `take`.
    pub fn ask(
        &mut self,
        request: Request,
        timeout_ms: i64,
        clock: &impl Fn() -> Stamp,
    ) -> Result<Reply, LinkError> {
        let id = self.send(request)?;
        self.wait_for(id, timeout_ms, clock)
    }

    /// Waits for the answer to a request that was sent just now.
    pub fn wait_for(
        &mut self,
        id: u64,
        timeout_ms: i64,
        clock: &impl Fn() -> Stamp,
    ) -> Result<Reply, LinkError> {
        let deadline = clock().after(timeout_ms * Stamp::MILLISECOND);
        loop {
            while let Some(answer) = self.receive()? {
                if answer.id == id {
                    return answer.reply.map_err(LinkError::Refused);
                }
                self.kept.push_back(answer);
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

fn dial(context: &Context, endpoint: &str, guard: Option<&Guard>) -> zmq::Result<Socket> {
    let (kind, bound) = (SocketType::DEALER, Bound::Orders);
    match guard {
        Some(guard) => socket::call(guard, kind, bound, Domain::Machine, endpoint),
        None => socket::connect(context, kind, bound, endpoint),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::wire::encode;

    /// A gateway's end of a link, which says what the test says.
    fn pair(endpoint: &str) -> (Link, Socket) {
        let context = Context::new();
        let far = socket::bind(&context, SocketType::ROUTER, Bound::Orders, endpoint).unwrap();
        (Link::new(&context, endpoint).unwrap(), far)
    }

    fn answer(far: &Socket, way: &[u8], id: u64, reply: Reply) {
        far.send(way, zmq::SNDMORE).unwrap();
        far.send(encode(&Answer { id, reply: Ok(reply) }), 0).unwrap();
    }

    #[test]
    fn an_answer_that_comes_while_another_is_waited_for_is_kept() {
        let (mut link, far) = pair("inproc://kept");
        let report = link.send(Request::Items {}).unwrap();
        let way = far.recv_multipart(0).unwrap().remove(0);
        answer(&far, &way, report, Reply::Known { signals: Vec::new() });
        // The next number: `ask` sends it and finds its answer behind the one above.
        answer(&far, &way, report + 1, Reply::Done {});
        let reply = link.ask(Request::Items {}, 10_000, &|| Stamp(0)).unwrap();
        assert_eq!(reply, Reply::Done {});
        let kept = link.take().unwrap().unwrap();
        assert_eq!((kept.id, kept.reply), (report, Ok(Reply::Known { signals: Vec::new() })));
        assert!(link.take().unwrap().is_none());
    }

    #[test]
    fn a_request_that_is_too_large_is_refused_before_it_is_sent() {
        let (mut link, far) = pair("inproc://large");
        let (code, text) = ("LARGE".to_owned(), "x".repeat(FRAME_BYTES_MAX));
        let refused = link.send(Request::Alert { code, text }).unwrap_err();
        let LinkError::TooLarge { bytes } = refused else { panic!("{refused}") };
        assert!(refused.to_string().contains(&bytes.to_string()), "{refused}");
        assert!(bytes > FRAME_BYTES_MAX);
        link.send(Request::Items {}).unwrap();
        let asked: Ask = decode(&far.recv_multipart(0).unwrap()[1]).unwrap();
        assert_eq!(asked.request, Request::Items {});
    }
}

//! The desk's own thread at the sockets: requests to the gateway, its events, and `ctl`.
//!
//! ZeroMQ sockets belong to one thread; the desk's tasks reach this one through channels and a bell.

use std::collections::HashMap;
use std::sync::mpsc;

use tokio::sync::{mpsc as tasks, oneshot};
use zmq::{Context, DONTWAIT, POLLIN, SNDMORE, Socket, SocketType};

use crate::wire::event::{Numbered, Topic};
use crate::wire::socket::{self, Bound};
use crate::wire::{Event, Link, LinkError, Refused, Reply, Request, decode};

/// Where the line is woken.
const BELL: &str = "inproc://desk-bell";
/// How long the last answer of `ctl`, that of quitting, may take on its way, in milliseconds.
const LINGER_MS: i32 = 500;
/// Messages taken before the others have their turn.
const TURN_MAX: usize = 256;

/// Who asked over `ctl`: the way back.
pub type Caller = Vec<Vec<u8>>;

/// What the line hears.
#[derive(Debug)]
pub enum Heard {
    /// The gateway tells.
    Event(Box<Event>),
    /// Somebody says a command over `ctl`.
    Command {
        /// Who.
        caller: Caller,
        /// The line.
        line: String,
    },
}

/// What the line is to do.
enum Order {
    Ask(Box<Request>, oneshot::Sender<Result<Reply, Refused>>),
    Reply(Caller, Vec<u8>),
    End,
}

/// The desk's end of the line. Clones share it.
#[derive(Clone)]
pub struct Line {
    orders: mpsc::Sender<Order>,
    bell: std::rc::Rc<Socket>,
}

impl Line {
    /// Asks the gateway.
    pub async fn ask(&self, request: Request) -> Result<Reply, Refused> {
        let (tell, told) = oneshot::channel();
        self.order(Order::Ask(Box::new(request), tell));
        told.await.unwrap_or_else(|_| Err(Refused::new("ENDED", "the gateway has ended")))
    }

    /// Answers a command that came over `ctl`.
    pub fn reply(&self, caller: Caller, body: Vec<u8>) {
        self.order(Order::Reply(caller, body));
    }

    /// Ends the line.
    pub fn end(&self) {
        self.order(Order::End);
    }

    fn order(&self, order: Order) {
        // Where the line has ended, the oneshot of an ask says so.
        let _ = self.orders.send(order);
        let _ = self.bell.send("", DONTWAIT);
    }
}

/// The line's sockets, to be handed to its thread.
pub struct Sockets {
    link: Link,
    events: Socket,
    ctl: Socket,
    bell: Socket,
    orders: mpsc::Receiver<Order>,
}

/// Opens the line: the desk's end, and what its thread runs with.
pub fn open(
    context: &Context,
    orders: &str,
    events: &str,
    ctl: &str,
) -> zmq::Result<(Line, Sockets)> {
    let bell = socket::bind(context, SocketType::PULL, Bound::Orders, BELL)?;
    let ring = socket::connect(context, SocketType::PUSH, Bound::Orders, BELL)?;
    let heard = socket::connect(context, SocketType::SUB, Bound::Events, events)?;
    for topic in [Topic::Trade, Topic::News, Topic::Beat] {
        heard.set_subscribe(topic.bytes())?;
    }
    let ctl = socket::bind(context, SocketType::ROUTER, Bound::Orders, ctl)?;
    ctl.set_linger(LINGER_MS)?;
    let link = Link::new(context, orders)?;
    let (send, receive) = mpsc::channel();
    let line = Line { orders: send, bell: std::rc::Rc::new(ring) };
    Ok((line, Sockets { link, events: heard, ctl, bell, orders: receive }))
}

impl Sockets {
    /// Serves until the desk ends the line or is gone.
    pub fn run(mut self, heard: &tasks::UnboundedSender<Heard>) -> zmq::Result<()> {
        let mut asked = HashMap::new();
        loop {
            let mut items = [
                self.bell.as_poll_item(POLLIN),
                self.events.as_poll_item(POLLIN),
                self.ctl.as_poll_item(POLLIN),
                self.link.socket().as_poll_item(POLLIN),
            ];
            match zmq::poll(&mut items, -1) {
                Ok(_) | Err(zmq::Error::EINTR) => (),
                Err(error) => return Err(error),
            }
            while self.bell.recv_bytes(DONTWAIT).is_ok() {}
            if !self.follow(&mut asked)? {
                return Ok(());
            }
            while let Some(answer) = self.link.take()? {
                let waiting: Option<oneshot::Sender<_>> = asked.remove(&answer.id);
                // Whoever asked may have stopped waiting.
                waiting.map(|it| it.send(answer.reply));
            }
            if !self.hear(heard) {
                return Ok(());
            }
        }
    }

    /// Does what the desk ordered; false when it is over.
    fn follow(
        &mut self,
        asked: &mut HashMap<u64, oneshot::Sender<Result<Reply, Refused>>>,
    ) -> zmq::Result<bool> {
        loop {
            match self.orders.try_recv() {
                Ok(Order::Ask(request, tell)) => match self.link.send(*request) {
                    Ok(number) => {
                        asked.insert(number, tell);
                    }
                    Err(LinkError::Socket(error)) => return Err(error),
                    Err(error) => {
                        // Whoever asked may have stopped waiting.
                        let _ = tell.send(Err(Refused::new("TOO_LARGE", error.to_string())));
                    }
                },
                Ok(Order::Reply(caller, body)) => {
                    let way = caller.iter();
                    let sent = way.map(|it| self.ctl.send(it, SNDMORE | DONTWAIT));
                    // Who asked may be gone.
                    let _ = sent
                        .collect::<zmq::Result<()>>()
                        .and_then(|()| self.ctl.send(body, DONTWAIT));
                }
                Err(mpsc::TryRecvError::Empty) => return Ok(true),
                Ok(Order::End) | Err(mpsc::TryRecvError::Disconnected) => return Ok(false),
            }
        }
    }

    /// Passes on what was heard; false where nobody listens any more.
    fn hear(&self, heard: &tasks::UnboundedSender<Heard>) -> bool {
        for _ in 0..TURN_MAX {
            let Ok(frames) = self.events.recv_multipart(DONTWAIT) else { break };
            let event = frames.last().and_then(|it| decode::<Numbered<Event>>(it).ok());
            if let Some(Numbered { event, .. }) = event
                && heard.send(Heard::Event(Box::new(event))).is_err()
            {
                return false;
            }
        }
        for _ in 0..TURN_MAX {
            let Ok(mut frames) = self.ctl.recv_multipart(DONTWAIT) else { break };
            let body = frames.pop().unwrap_or_default();
            let Ok(line) = String::from_utf8(body) else { continue };
            if heard.send(Heard::Command { caller: frames, line }).is_err() {
                return false;
            }
        }
        true
    }
}

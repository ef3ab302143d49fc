//! The desk's own thread at the sockets: requests to the gateway, its events, and `ctl`.
//!
//! ZeroMQ sockets belong to one thread; the desk's tasks reach this one through channels and a bell.

use std::collections::HashMap;
use std::sync::mpsc;

use aftm_domain::Tick;
use arrayvec::ArrayVec;
use tokio::sync::{mpsc as tasks, oneshot};
use zmq::{Context, DONTWAIT, POLLIN, SNDMORE, Socket, SocketType};

use super::Exit;
use crate::wire::event::{BookRow, Numbered, Topic};
use crate::wire::socket::{self, Bound};
use crate::wire::{Event, Link, LinkError, Refused, Reply, Request, decode};

/// Where the line is woken.
const BELL: &str = "inproc://desk-bell";
/// How long the last answer of `ctl`, that of quitting, may take on its way, in milliseconds.
const LINGER_MS: i32 = 500;
/// What is told of the market.
const MARKET: [Topic; 2] = [Topic::Tick, Topic::Book];
/// Messages taken before the others have their turn.
const TURN_MAX: usize = 256;
/// How long further events gather after some were heard, in milliseconds. The desk shows and watches;
/// to wake it for each event of an order would take a processor from the next one.
const GATHER_MS: i64 = 4;
/// Turns after the end: enough for every event that can be kept, and no more where one still comes
/// after another.
const LAST_TURNS_MAX: usize = socket::EVENTS_KEPT_MAX as usize / TURN_MAX + 1;

/// Bytes of a message of an answer to `ctl`, well below the largest that is taken.
const PIECE_BYTES_MAX: usize = 60 * 1_024;
/// The first frame of a message that holds a piece of what is shown.
pub const SHOWN: &[u8] = b"shown";
/// The first frame of the last message: the exit code follows.
pub const EXIT: &[u8] = b"exit";

/// Who asked over `ctl`: the way back.
pub type Caller = Vec<Vec<u8>>;

/// What the market says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::large_enum_variant)] // A box each would cost more than the room it saves.
pub enum Market {
    /// A trade.
    Tick(Tick),
    /// A book.
    Book(BookRow),
}

impl Market {
    fn read(topic: &[u8], body: &[u8]) -> Option<Market> {
        if topic == Topic::Tick.bytes() {
            return decode(body).ok().map(Market::Tick);
        }
        decode(body).ok().map(Market::Book)
    }
}

/// What the line hears.
#[derive(Debug)]
pub enum Heard {
    /// The gateway tells, in order.
    Events(Vec<Numbered<Event>>),
    /// Ticks and books, in the order they were told; only while they are watched.
    Market(Vec<Market>),
    /// Somebody says a command over `ctl`.
    Command {
        /// Who.
        caller: Caller,
        /// The line.
        line: String,
    },
}

/// A message of an answer: what it holds, and that.
type Piece = (&'static [u8], Vec<u8>);

/// The messages of an answer. Lines are parted wherever a message is full: who reads joins them.
fn answer(shown: &[String], exit: Exit) -> Vec<Piece> {
    let mut text = shown.join("\n").into_bytes();
    if !text.is_empty() {
        text.push(b'\n');
    }
    let pieces = text.chunks(PIECE_BYTES_MAX).map(|it| (SHOWN, it.to_vec()));
    pieces.chain([(EXIT, exit.code().to_string().into_bytes())]).collect()
}

/// What the line is to do.
enum Order {
    Ask(Box<Request>, oneshot::Sender<Result<Reply, Refused>>),
    Reply(Caller, Vec<Piece>),
    Watch(bool),
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

    /// Answers a command that came over `ctl`: what is shown, and how it ended.
    pub fn reply(&self, caller: Caller, shown: &[String], exit: Exit) {
        self.order(Order::Reply(caller, answer(shown, exit)));
    }

    /// Hears ticks and books from now on, or no longer.
    pub fn watch_market(&self, is_watched: bool) {
        self.order(Order::Watch(is_watched));
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

/// Opens the line: the desk's end, and what its thread runs with. `ctl` is a bound ROUTER that only
/// the operator reaches.
pub fn open(
    context: &Context,
    orders: &str,
    events: &str,
    ctl: Socket,
) -> zmq::Result<(Line, Sockets)> {
    let bell = socket::bind(context, SocketType::PULL, Bound::Orders, BELL)?;
    let ring = socket::connect(context, SocketType::PUSH, Bound::Orders, BELL)?;
    let heard = socket::connect(context, SocketType::SUB, Bound::Events, events)?;
    for topic in [Topic::Trade, Topic::News, Topic::Beat] {
        heard.set_subscribe(topic.bytes())?;
    }
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
        let mut gathers = false;
        loop {
            self.wait(gathers)?;
            while self.bell.recv_bytes(DONTWAIT).is_ok() {}
            if !self.follow(&mut asked)? {
                return self.hear_out(heard);
            }
            while let Some(answer) = self.link.take()? {
                let waiting: Option<oneshot::Sender<_>> = asked.remove(&answer.id);
                // Whoever asked may have stopped waiting.
                waiting.map(|it| it.send(answer.reply));
            }
            match self.hear(heard) {
                Some(has_heard) => gathers = has_heard,
                None => return Ok(()),
            }
        }
    }

    /// Sleeps until somebody speaks; while events gather, for them only so long.
    fn wait(&self, gathers: bool) -> zmq::Result<()> {
        let always = [&self.bell, &self.ctl, self.link.socket()];
        let mut items: ArrayVec<_, 4> = always.iter().map(|it| it.as_poll_item(POLLIN)).collect();
        if !gathers {
            items.push(self.events.as_poll_item(POLLIN));
        }
        match zmq::poll(&mut items, if gathers { GATHER_MS } else { -1 }) {
            Ok(_) | Err(zmq::Error::EINTR) => Ok(()),
            Err(error) => Err(error),
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
                Ok(Order::Reply(caller, pieces)) => {
                    // Who asked may be gone.
                    let _ = pieces.iter().try_for_each(|it| self.reply(&caller, it));
                }
                Ok(Order::Watch(is_watched)) => self.watch(is_watched)?,
                Err(mpsc::TryRecvError::Empty) => return Ok(true),
                Ok(Order::End) | Err(mpsc::TryRecvError::Disconnected) => return Ok(false),
            }
        }
    }

    fn watch(&self, is_watched: bool) -> zmq::Result<()> {
        MARKET.into_iter().try_for_each(|topic| match is_watched {
            true => self.events.set_subscribe(topic.bytes()),
            false => self.events.set_unsubscribe(topic.bytes()),
        })
    }

    fn reply(&self, caller: &Caller, (kind, body): &Piece) -> zmq::Result<()> {
        for frame in caller.iter().map(Vec::as_slice).chain([*kind]) {
            self.ctl.send(frame, SNDMORE | DONTWAIT)?;
        }
        self.ctl.send(body.as_slice(), DONTWAIT)
    }

    /// Passes on what the gateway told before the end: a fill that was journaled is shown, too.
    fn hear_out(&self, heard: &tasks::UnboundedSender<Heard>) -> zmq::Result<()> {
        for _ in 0..LAST_TURNS_MAX {
            if self.events.poll(POLLIN, 0)? == 0 || self.hear(heard).is_none() {
                break;
            }
        }
        Ok(())
    }

    /// Passes on what was heard, and says whether events were; `None` where nobody listens any more.
    fn hear(&self, heard: &tasks::UnboundedSender<Heard>) -> Option<bool> {
        let (mut market, mut events) = (Vec::new(), Vec::new());
        for _ in 0..TURN_MAX {
            let Ok(frames) = self.events.recv_multipart(DONTWAIT) else { break };
            if let [topic, body] = frames.as_slice()
                && MARKET.iter().any(|it| it.bytes() == topic)
            {
                market.extend(Market::read(topic, body));
                continue;
            }
            // The first frame is the topic.
            events.extend(frames.iter().skip(1).filter_map(|it| decode(it).ok()));
        }
        let has_heard = !events.is_empty() || !market.is_empty();
        if !events.is_empty() {
            heard.send(Heard::Events(events)).ok()?;
        }
        if !market.is_empty() {
            heard.send(Heard::Market(market)).ok()?;
        }
        for _ in 0..TURN_MAX {
            let Ok(mut frames) = self.ctl.recv_multipart(DONTWAIT) else { break };
            let body = frames.pop().unwrap_or_default();
            let Ok(line) = String::from_utf8(body) else { continue };
            heard.send(Heard::Command { caller: frames, line }).ok()?;
        }
        Some(has_heard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_answer_comes_in_pieces_that_every_socket_takes() {
        let lines: Vec<_> = (0..5_000).map(|at| format!("line {at} of a long answer")).collect();
        let pieces = answer(&lines, Exit::Halted);
        assert!(pieces.len() > 2);
        assert!(pieces.iter().all(|(_, body)| body.len() <= PIECE_BYTES_MAX));
        let (last, shown) = pieces.split_last().unwrap();
        assert_eq!(*last, (EXIT, b"6".to_vec()));
        let joined: Vec<u8> = shown.iter().flat_map(|(_, body)| body.clone()).collect();
        assert_eq!(String::from_utf8(joined).unwrap(), lines.join("\n") + "\n");
    }

    #[test]
    fn an_answer_without_lines_is_its_exit_code() {
        assert_eq!(answer(&[], Exit::Ok), [(EXIT, b"0".to_vec())]);
    }
}

//! The port on which ticks are published to programs of others, served by a thread of its own.
//!
//! Owns the subscriptions: libzmq keeps a tree of them for each subscriber, a node for each byte, and
//! takes them in and out on the thread that owns the socket. Whoever may connect, which is anybody of
//! this computer, could fill memory that way and hold that thread up; so it is not the one that
//! trades, and topics that are not published have a budget.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use zmq::{DONTWAIT, POLLIN, SNDMORE, Socket, SocketType};

use crate::wire::socket::{self, Bound, Entrance};
use crate::wire::v1::ticks::TOPIC;
use crate::wire::{Domain, Guard, KeyPair};

/// Where ticks come from the thread that trades.
const LINE: &str = "inproc://board";
/// Bytes of topics that are not published, over all subscribers, before the port is opened anew.
const ODD_BYTES_MAX: usize = 16 * 1_024;
/// How often and how long after each other the port is tried again, until it is free.
const TRIES: u32 = 400;
const PAUSE: Duration = Duration::from_millis(5);
/// How long the thread may take to hear that it is over, in milliseconds.
const PATIENCE_MS: i32 = 500;

/// The port, as the thread that trades holds it. The thread that serves it ends with it.
pub struct Board {
    line: Socket,
    port: Option<u16>,
    is_heard: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Board {
    /// Binds the port, and starts the thread that serves it. A port of 0 picks a free one.
    pub fn open(guard: &Guard, key: Option<&KeyPair>, endpoint: &str) -> zmq::Result<Board> {
        let door = serve(guard, key, endpoint)?;
        let port = socket::port(&door);
        let endpoint = door.get_last_endpoint()?.map_err(|_| zmq::Error::EINVAL)?;
        let far = socket::bind(guard.context(), SocketType::PULL, Bound::Events, LINE)?;
        let line = socket::connect(guard.context(), SocketType::PUSH, Bound::Events, LINE)?;
        line.set_sndtimeo(PATIENCE_MS)?;
        let is_heard = Arc::new(AtomicBool::new(false));
        let (guard, key) = (guard.clone(), key.cloned());
        let heard = Topics { is_heard: is_heard.clone(), ..Topics::default() };
        let desk = Desk { guard, key, endpoint, line: far, topics: heard };
        let work = move || desk.work(door);
        let thread = thread::Builder::new().name("ticks".to_owned()).spawn(work);
        let thread = Some(thread.map_err(|_| zmq::Error::EAGAIN)?);
        Ok(Board { line, port, is_heard, thread })
    }

    /// The port that it got.
    pub const fn port(&self) -> Option<u16> {
        self.port
    }

    /// Publishes a tick, where anybody listens. It never waits: who cannot keep up misses ticks.
    pub fn publish(&self, tick: &[u8]) -> zmq::Result<()> {
        if !self.is_heard.load(Ordering::Relaxed) {
            return Ok(());
        }
        match self.line.send(tick, DONTWAIT) {
            Err(zmq::Error::EAGAIN | zmq::Error::EINTR) => Ok(()),
            sent => sent,
        }
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        // An empty message is the end; behind what was published, so that it still goes out.
        let is_told = self.line.send("", 0).is_ok();
        if let Some(thread) = self.thread.take().filter(|_| is_told) {
            // One that has panicked is gone, too.
            let _ = thread.join();
        }
    }
}

fn serve(guard: &Guard, key: Option<&KeyPair>, endpoint: &str) -> zmq::Result<Socket> {
    let entrance = Entrance { domain: Domain::Ticks, key };
    socket::serve(guard, SocketType::XPUB, Bound::Events, entrance, endpoint)
}

/// The thread's side.
struct Desk {
    guard: Guard,
    key: Option<KeyPair>,
    /// Where it is bound, with the port that it got.
    endpoint: String,
    line: Socket,
    topics: Topics,
}

impl Desk {
    fn work(mut self, mut door: Socket) {
        loop {
            match self.serve(&door) {
                Ok(Next::End) | Err(_) => return,
                Ok(Next::OpenAnew) => {
                    log::warn!(
                        "the tick port was opened anew: more than {ODD_BYTES_MAX} bytes of topics \
                         were asked for that are not published"
                    );
                    // Who listened is let go with its topics, and comes again by itself.
                    drop(door);
                    self.topics.clear();
                    let Some(opened) = self.open_anew() else { return };
                    door = opened;
                }
            }
        }
    }

    fn serve(&mut self, door: &Socket) -> zmq::Result<Next> {
        loop {
            let mut items = [self.line.as_poll_item(POLLIN), door.as_poll_item(POLLIN)];
            match zmq::poll(&mut items, -1) {
                Ok(_) | Err(zmq::Error::EINTR) => (),
                Err(error) => return Err(error),
            }
            while let Ok(message) = door.recv_bytes(DONTWAIT) {
                self.topics.note(&message);
                if self.topics.odd > ODD_BYTES_MAX {
                    return Ok(Next::OpenAnew);
                }
            }
            while let Ok(tick) = self.line.recv_msg(DONTWAIT) {
                if tick.is_empty() {
                    return Ok(Next::End);
                }
                door.send(TOPIC, SNDMORE | DONTWAIT)?;
                door.send(tick, DONTWAIT)?;
            }
        }
    }

    /// The system gives the port back a moment after the socket is closed.
    fn open_anew(&self) -> Option<Socket> {
        for _ in 0..TRIES {
            match serve(&self.guard, self.key.as_ref(), &self.endpoint) {
                Ok(door) => return Some(door),
                Err(zmq::Error::EADDRINUSE) => thread::park_timeout(PAUSE),
                Err(error) => {
                    log::error!("the tick port {} cannot be opened anew: {error}", self.endpoint);
                    return None;
                }
            }
        }
        log::error!("the tick port {} was taken by another program", self.endpoint);
        None
    }
}

enum Next {
    End,
    OpenAnew,
}

/// What is subscribed to.
#[derive(Default)]
struct Topics {
    /// Those that ticks are published on.
    good: BTreeSet<Vec<u8>>,
    /// Bytes of all others, and one for each.
    odd: usize,
    is_heard: Arc<AtomicBool>,
}

impl Topics {
    /// A topic that somebody asks for first, or that nobody wants any more.
    fn note(&mut self, message: &[u8]) {
        let Some((mark, topic)) = message.split_first() else { return };
        let is_wanted = *mark == 1;
        match (TOPIC.starts_with(topic), is_wanted) {
            (true, true) => drop(self.good.insert(topic.to_vec())),
            (true, false) => drop(self.good.remove(topic)),
            (false, true) => self.odd += topic.len() + 1,
            (false, false) => self.odd = self.odd.saturating_sub(topic.len() + 1),
        }
        self.is_heard.store(!self.good.is_empty(), Ordering::Relaxed);
    }

    fn clear(&mut self) {
        self.good.clear();
        self.odd = 0;
        self.is_heard.store(false, Ordering::Relaxed);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use aftm_domain::Stamp;
    use zmq::Context;

    use super::*;
    use crate::wire::guard::Rules;

    const PATIENCE_MS: i32 = 30_000;

    fn open() -> (Context, Board) {
        let context = Context::new();
        let open = vec![Domain::Ticks];
        let clock = Box::new(|| Stamp(0));
        let rules = Rules { open, passes: Vec::new(), clients: None, clock };
        let guard = Guard::start(&context, rules).unwrap();
        let board = Board::open(&guard, None, "tcp://127.0.0.1:*").unwrap();
        (context, board)
    }

    fn connect(context: &Context, kind: SocketType, board: &Board) -> Socket {
        let socket = context.socket(kind).unwrap();
        socket.set_linger(0).unwrap();
        // Nothing of what it asks for is dropped here.
        socket.set_sndhwm(0).unwrap();
        socket.set_rcvtimeo(PATIENCE_MS).unwrap();
        socket.connect(&format!("tcp://127.0.0.1:{}", board.port().unwrap())).unwrap();
        socket
    }

    /// Publishes until the subscriber hears it.
    fn hear(board: &Board, subscriber: &Socket, tick: &str) {
        for _ in 0..PATIENCE_MS / 5 {
            board.publish(tick.as_bytes()).unwrap();
            if subscriber.poll(POLLIN, 5).unwrap() == 0 {
                continue;
            }
            let frames = subscriber.recv_multipart(0).unwrap();
            if frames == [TOPIC, tick.as_bytes()] {
                return;
            }
        }
        panic!("{tick} was not heard");
    }

    #[test]
    fn every_tick_reaches_who_subscribed_in_its_order() {
        let (context, board) = open();
        let subscriber = connect(&context, SocketType::SUB, &board);
        subscriber.set_subscribe(b"TICK").unwrap();
        hear(&board, &subscriber, "first");
        (0..1_000).for_each(|it| board.publish(format!("{it}").as_bytes()).unwrap());
        let mut due = 0;
        while due < 1_000 {
            let frames = subscriber.recv_multipart(0).unwrap();
            if frames[1] != b"first" {
                assert_eq!(frames[1], format!("{due}").as_bytes());
                due += 1;
            }
        }
    }

    #[test]
    fn what_is_asked_for_without_end_is_forgotten_and_listeners_come_again() {
        let (context, board) = open();
        let subscriber = connect(&context, SocketType::SUB, &board);
        subscriber.set_subscribe(b"TICK").unwrap();
        hear(&board, &subscriber, "before");
        let greedy = connect(&context, SocketType::XSUB, &board);
        let watch = "inproc://greedy";
        greedy.monitor(watch, i32::from(zmq::SocketEvent::DISCONNECTED.to_raw())).unwrap();
        let events = context.socket(SocketType::PAIR).unwrap();
        events.set_rcvtimeo(PATIENCE_MS).unwrap();
        events.connect(watch).unwrap();
        for number in 0..10_000 {
            greedy.send(format!("\u{1}topic-{number}").as_bytes(), 0).unwrap();
        }
        events.recv_multipart(0).unwrap();
        drop(greedy);
        hear(&board, &subscriber, "after");
    }

    #[test]
    fn topics_are_counted_by_their_bytes() {
        let mut topics = Topics::default();
        for wanted in [&b"\x01"[..], b"\x01TICK", b"\x01TI"] {
            topics.note(wanted);
        }
        assert!(topics.is_heard.load(Ordering::Relaxed) && topics.odd == 0);
        topics.note(b"\x01BOOK");
        topics.note(b"\x01TICKS");
        assert_eq!(topics.odd, 11);
        for unwanted in [&b"\x00TICKS"[..], b"\x00", b"\x00TICK", b"\x00TI"] {
            topics.note(unwanted);
        }
        assert!(!topics.is_heard.load(Ordering::Relaxed));
        assert_eq!(topics.odd, 5);
        topics.note(b"");
        topics.clear();
        assert_eq!(topics.odd, 0);
    }
}

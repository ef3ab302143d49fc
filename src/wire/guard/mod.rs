//! The guard at the door: everybody who connects to a socket that other processes can reach is
//! judged here before a message of theirs is read (ZAP, RFC 27).
//!
//! It is there before any socket is bound: a socket for others takes the guard to be made.

mod crowd;
mod process;
mod table;
mod who;

use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread;

use aftm_domain::Stamp;
use zmq::{Context, DONTWAIT, POLLIN, SNDMORE, Socket, SocketType};

use self::crowd::Crowd;
use self::table::{Asked, Refusal, Table};
use super::clients::ClientKeys;
use super::socket::{self, Bound};

pub use self::process::Process;
pub use self::table::{Pass, Proof};
pub use self::who::{ClientName, Domain, Who, sender};

/// Where the library asks; the protocol fixes it.
const ENDPOINT: &str = "inproc://zeromq.zap.01";
/// How often the guard looks whether it is still needed, in milliseconds.
const LOOK_MS: i64 = 500;
/// The shortest time between two lines of the log on who was refused: a flood of strangers must not
/// become a flood of lines.
const TELL_EVERY: i64 = Stamp::SECOND;

/// Who is let in from the beginning.
pub struct Rules {
    /// Sockets that anybody of this computer may use without a key.
    pub open: Vec<Domain>,
    /// Passes that are good as long as the guard.
    pub passes: Vec<Pass>,
    /// Programs with keys of their own.
    pub clients: Option<ClientKeys>,
    /// Our clock.
    pub clock: Box<dyn Fn() -> Stamp + Send>,
}

/// A hold on the guard of a context. It must outlive the sockets that it guards: when the last clone
/// is gone, the guard leaves.
#[derive(Clone)]
pub struct Guard {
    context: Context,
    passes: Sender<Pass>,
}

impl Guard {
    /// Puts a guard at the door of a context, on a thread of its own.
    pub fn start(context: &Context, rules: Rules) -> std::io::Result<Guard> {
        let socket = socket::bind(context, SocketType::REP, Bound::Orders, ENDPOINT)?;
        let (sender, admitted) = channel();
        let Rules { open, passes, clients, clock } = rules;
        let table = Table { open, passes, clients };
        let crowd = Crowd::default();
        let post = Post {
            socket,
            admitted,
            table,
            crowd,
            connections: 0,
            clock,
            refused: 0,
            told: Stamp(0),
        };
        thread::Builder::new().name("guard".to_owned()).spawn(move || {
            let mut post = post;
            // It falls before the guard's own end of the door does.
            let unguarded = Unguarded;
            match post.stand() {
                Ok(()) => std::mem::forget(unguarded),
                Err(error) => log::error!("the guard at the sockets cannot go on: {error}"),
            }
        })?;
        Ok(Guard { context: context.clone(), passes: sender })
    }

    /// The context whose sockets it guards.
    pub const fn context(&self) -> &Context {
        &self.context
    }

    /// Lets somebody in from now on: whoever connects after this call finds the pass. That of a
    /// process is void when it ends.
    pub fn admit(&self, pass: Pass) {
        // The guard is there as long as somebody has a hold on it.
        let _ = self.passes.send(pass);
    }
}

/// Where a guard falls, by a panic too, the library would let everybody in: the process ends instead,
/// and what it was doing is taken up by the next.
struct Unguarded;

impl Drop for Unguarded {
    fn drop(&mut self) {
        // Why it fell was said; to say more could take a while.
        std::process::abort();
    }
}

/// The guard at work.
struct Post {
    socket: Socket,
    admitted: Receiver<Pass>,
    table: Table,
    crowd: Crowd,
    /// Connections of children that were let in.
    connections: u64,
    clock: Box<dyn Fn() -> Stamp + Send>,
    /// Refusals that the log has not been told.
    refused: u64,
    told: Stamp,
}

impl Post {
    /// Until nobody needs it, or the context ends and all sockets with it.
    fn stand(&mut self) -> zmq::Result<()> {
        loop {
            match self.socket.poll(POLLIN, LOOK_MS) {
                Ok(_) | Err(zmq::Error::EINTR) => (),
                Err(zmq::Error::ETERM) => return Ok(()),
                Err(error) => return Err(error),
            }
            if !self.take_passes() {
                return Ok(());
            }
            while let Ok(frames) = self.socket.recv_multipart(DONTWAIT) {
                // Whoever asks now may have been admitted a moment ago.
                self.take_passes();
                let reply = self.answer(&frames);
                self.say(&reply)?;
            }
        }
    }

    fn say(&self, reply: &[Vec<u8>]) -> zmq::Result<()> {
        for (left, frame) in (0..reply.len()).rev().zip(reply) {
            let flags = if left > 0 { SNDMORE } else { 0 };
            while let Err(error) = self.socket.send(frame, flags) {
                match error {
                    zmq::Error::EINTR => (),
                    zmq::Error::ETERM => return Ok(()),
                    error => return Err(error),
                }
            }
        }
        Ok(())
    }

    /// Takes new passes in; whether anybody has a hold on the guard.
    fn take_passes(&mut self) -> bool {
        loop {
            match self.admitted.try_recv() {
                Ok(pass) => self.table.admit(pass),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }

    /// Version, the asker's number, status, a text, who it is, and nothing more.
    fn answer(&mut self, frames: &[Vec<u8>]) -> [Vec<u8>; 6] {
        let number = frames.get(1).cloned().unwrap_or_default();
        let judged = self.judge(frames);
        let (status, text, who) = match judged {
            Ok(who) => ("200", "OK", self.number(who).to_user_id()),
            // It is cut off without a word, and tries again.
            Err(Refusal::Crowd) => ("300", "come again", String::new()),
            // Why is for our log, not for a stranger.
            Err(_) => ("400", "refused", String::new()),
        };
        [b"1.0".to_vec(), number, status.into(), text.into(), who.into_bytes(), Vec::new()]
    }

    /// A child's connections are told apart: what was shown on one is good there alone.
    fn number(&mut self, mut who: Who) -> Who {
        if let Who::Child { connection, .. } = &mut who {
            self.connections += 1;
            *connection = self.connections;
        }
        who
    }

    fn judge(&mut self, frames: &[Vec<u8>]) -> Result<Who, Refusal> {
        let [version, _, domain, address, _, mechanism, rest @ ..] = frames else {
            return Err(Refusal::UnknownDomain);
        };
        if version != b"1.0" {
            return Err(Refusal::UnknownDomain);
        }
        let credentials = rest.first().map(Vec::as_slice).unwrap_or_default();
        let asked = Asked { domain, address, mechanism, credentials };
        let now = (self.clock)();
        let judged = self.table.judge(&asked, now).and_then(|who| match who {
            Who::Anyone if !self.crowd.has_room(now) => Err(Refusal::Crowd),
            who => Ok(who),
        });
        if let Err(refusal) = judged {
            self.tell(domain, address, refusal, now);
        }
        judged
    }

    fn tell(&mut self, domain: &[u8], address: &[u8], refusal: Refusal, now: Stamp) {
        self.refused += 1;
        if now.since(self.told) < TELL_EVERY {
            return;
        }
        self.told = now;
        let count = std::mem::take(&mut self.refused);
        let [domain, address] = [domain, address].map(String::from_utf8_lossy);
        let more = if count > 1 { format!(" ({count} were refused)") } else { String::new() };
        let what = match Domain::of(domain.as_bytes()) {
            Some(Domain::Machine | Domain::Executor) => "a connection to what has the place of the",
            _ => "a connection to",
        };
        log::warn!("{what} {domain} was refused, at the other end is {address}: {refusal}{more}");
    }
}

#[cfg(test)]
mod tests;

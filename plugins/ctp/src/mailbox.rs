//! Where the vendor's threads leave what they say: they copy, wake the reader and return.
//!
//! Everything is kept in order, but of the market data of an instrument only the newest.

use std::collections::{HashMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::counter::{Quoted, Said};
use crate::rows::Depth;

/// What a connection said, with the number of the connection.
#[derive(Debug)]
pub(crate) enum Letter {
    Trading(u32, Said),
    Quote(u32, Quoted),
}

#[derive(Debug, Default)]
struct Post {
    letters: VecDeque<Letter>,
    depths: HashMap<String, (u32, Box<Depth>)>,
    is_knocked: bool,
    is_closed: bool,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Mailbox {
    post: Mutex<Post>,
    came: Condvar,
}

/// What a reader finds.
#[derive(Debug, Default)]
pub(crate) struct Delivery {
    pub(crate) letters: VecDeque<Letter>,
    /// Whether nothing more will be read.
    pub(crate) is_closed: bool,
}

impl Mailbox {
    pub(crate) fn said(&self, generation: u32, said: Said) {
        self.post().letters.push_back(Letter::Trading(generation, said));
        self.came.notify_one();
    }

    pub(crate) fn quoted(&self, generation: u32, quoted: Quoted) {
        let mut post = self.post();
        match quoted {
            Quoted::Depth(depth) => {
                post.depths.insert(depth.symbol.clone(), (generation, depth));
            }
            other => post.letters.push_back(Letter::Quote(generation, other)),
        }
        drop(post);
        self.came.notify_one();
    }

    /// Waits for a letter, at most so long.
    pub(crate) fn wait(&self, wait: Duration) -> Delivery {
        let is_idle = |post: &mut Post| {
            let has_mail = !post.letters.is_empty() || !post.depths.is_empty();
            !has_mail && !post.is_closed && !post.is_knocked
        };
        let waited = self.came.wait_timeout_while(self.post(), wait, is_idle);
        let mut post = waited.unwrap_or_else(PoisonError::into_inner).0;
        post.is_knocked = false;
        let depths = std::mem::take(&mut post.depths).into_values();
        let depths: Vec<_> =
            depths.map(|(at, depth)| Letter::Quote(at, Quoted::Depth(depth))).collect();
        let mut letters = std::mem::take(&mut post.letters);
        letters.extend(depths);
        Delivery { letters, is_closed: post.is_closed }
    }

    /// The reader is to look at its clock.
    pub(crate) fn knock(&self) {
        self.post().is_knocked = true;
        self.came.notify_all();
    }

    /// The reader is to end.
    pub(crate) fn close(&self) {
        self.post().is_closed = true;
        self.came.notify_all();
    }

    fn post(&self) -> MutexGuard<'_, Post> {
        self.post.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_kept_and_quotes_are_the_newest() {
        let mailbox = Mailbox::default();
        for volume in 1..=3 {
            mailbox.said(1, Said::Lost(volume));
            let depth = Depth { symbol: "rb2510".to_owned(), volume, ..Depth::default() };
            mailbox.quoted(1, Quoted::Depth(Box::new(depth)));
        }
        let found = mailbox.wait(Duration::ZERO);
        assert_eq!((found.letters.len(), found.is_closed), (4, false));
        let Some(Letter::Quote(1, Quoted::Depth(depth))) = found.letters.back() else { panic!() };
        assert_eq!(depth.volume, 3);
        assert!(mailbox.wait(Duration::ZERO).letters.is_empty());
        mailbox.close();
        assert!(mailbox.wait(Duration::from_secs(60)).is_closed);
    }
}

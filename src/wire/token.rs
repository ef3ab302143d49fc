//! What a child shows besides being the process that it is. The kernel's word on a connection is
//! from the moment at which it was made, and numbers of processes are given away again: a connection
//! that is older than a child may carry the child's number.

use std::fmt;
use std::io;
use std::num::ParseIntError;
use std::str::FromStr;

use rustix::io::retry_on_intr;
use rustix::rand::{GetRandomFlags, getrandom};
use serde::{Deserialize, Serialize};
use zeroize::Zeroize as _;

/// 128 bits that nobody can guess, made for one process; wiped when they are no longer needed.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Token(u128);

impl Token {
    /// One that nobody had before.
    ///
    /// # Errors
    ///
    /// Where the system gives no random bits.
    pub fn new() -> io::Result<Token> {
        let mut bits = random()?;
        let token = Token(u128::from_ne_bytes(bits));
        bits.zeroize();
        Ok(token)
    }

    /// As the guard hands it on with a connection; never for a log.
    pub(super) fn to_text(&self) -> String {
        format!("{:032x}", self.0)
    }
}

/// A number that nobody can guess.
///
/// # Errors
///
/// Where the system gives no random bits.
pub fn nonce() -> io::Result<u64> {
    random().map(u64::from_ne_bytes)
}

fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bits = [0; N];
    let count = retry_on_intr(|| getrandom(&mut bits, GetRandomFlags::empty()))?;
    // So few come at once, or not at all.
    if count == N {
        Ok(bits)
    } else {
        Err(io::Error::new(io::ErrorKind::UnexpectedEof, "too few random bits came"))
    }
}

impl FromStr for Token {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Token, ParseIntError> {
        u128::from_str_radix(text, 16).map(Token)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn no_two_are_the_same_and_none_shows_itself() {
        let tokens = [Token::new().unwrap(), Token::new().unwrap()];
        assert_ne!(tokens[0], tokens[1]);
        assert_eq!(tokens[0].to_text().parse(), Ok(tokens[0].clone()));
        assert_eq!(tokens[0].to_text().len(), 32);
        assert!(!format!("{:?}", tokens[0]).contains(&tokens[0].to_text()));
        assert_eq!(Token(5).to_text().parse(), Ok(Token(5)));
    }
}

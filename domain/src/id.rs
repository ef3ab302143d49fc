//! Ids: one type each, inline, so that copying one never allocates.

use std::fmt;
use std::str::FromStr;

use arrayvec::ArrayString;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why a text is not an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing was said.
    #[error("the {what} is empty")]
    Empty {
        /// Which id.
        what: &'static str,
    },
    /// Too long.
    #[error("the {what} {text:?} is longer than {max} bytes")]
    TooLong {
        /// Which id.
        what: &'static str,
        /// What was said.
        text: String,
        /// How long it may be.
        max: usize,
    },
    /// A character that an id cannot have.
    #[error("the {what} {text:?} has a character other than printable ASCII without {without}")]
    Character {
        /// Which id.
        what: &'static str,
        /// What was said.
        text: String,
        /// Which printable characters are refused, too.
        without: &'static str,
    },
    /// Not of the form that the id is written in.
    #[error("{text:?} is not {what}, which is written like {like}")]
    Malformed {
        /// Which id.
        what: &'static str,
        /// What was said.
        text: String,
        /// An example.
        like: &'static str,
    },
}

// One for all ids of a length: an order names five of them, and its way is as fast as its code is
// short.
#[inline(never)]
fn held<const MAX: usize>(what: &'static str, text: &str) -> Result<ArrayString<MAX>, IdError> {
    let is_allowed = |it: u8| it.is_ascii_graphic() && it != b'"' && it != b'\\';
    if !text.is_empty()
        && text.bytes().all(is_allowed)
        && let Ok(held) = ArrayString::from(text)
    {
        return Ok(held);
    }
    Err(fault(what, text, MAX))
}

#[cold]
fn fault(what: &'static str, text: &str, max: usize) -> IdError {
    if text.is_empty() {
        return IdError::Empty { what };
    }
    if text.len() > max {
        let text = text.chars().take(max).collect();
        return IdError::TooLong { what, text, max };
    }
    let text = text.to_owned();
    IdError::Character { what, text, without: "spaces, quotes and backslashes" }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(ArrayString<$max>);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl TryFrom<&str> for $name {
            type Error = IdError;

            fn try_from(text: &str) -> Result<$name, IdError> {
                held($what, text).map($name)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<$name, IdError> {
                $name::try_from(text)
            }
        }

        text_serde!($name);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

/// Serde through the text form, so that a bad id cannot be decoded.
macro_rules! text_serde {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(source: D) -> Result<$name, D::Error> {
                struct Text;
                impl serde::de::Visitor<'_> for Text {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("text")
                    }

                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$name, E> {
                        text.parse().map_err(E::custom)
                    }
                }
                source.deserialize_str(Text)
            }
        }
    };
}

id! {
    /// An instrument's code at its venue: `TXFH1`.
    Code, "item code", 32
}
id! {
    /// An order account: `SIM-1`.
    AccountId, "account", 32
}
id! {
    /// Who logs in at the venue.
    UserId, "user", 32
}
id! {
    /// The client's own name for a request: the same id is the same request for ever.
    RequestId, "request id", 64
}
id! {
    /// The venue's name for an order.
    VenueOrderId, "venue order id", 64
}
id! {
    /// The venue's name for a fill; a fill is counted once per order and trade.
    TradeId, "trade id", 64
}

/// The trader's name for a condition: printable ASCII without `#` and `/`, which part a signal's
/// id, and without a leading `-`, which starts a flag.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConditionId(ArrayString<32>);

impl ConditionId {
    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for ConditionId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<ConditionId, IdError> {
        let held = held("condition id", text)?;
        if text.contains(['#', '/', ',']) || text.starts_with('-') {
            let without = "spaces, quotes, backslashes, #, /, commas and a leading -";
            return Err(IdError::Character {
                what: "condition id",
                text: text.to_owned(),
                without,
            });
        }
        Ok(ConditionId(held))
    }
}

impl fmt::Display for ConditionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for ConditionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

text_serde!(ConditionId);

/// Our own number of an order: rises for the life of the data folder, is chosen before the order is
/// sent, and is written `A123`.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(pub u64);

impl FromStr for OrderId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<OrderId, IdError> {
        let digits = text.strip_prefix(['A', 'a']).filter(|it| !it.starts_with('+'));
        let number = digits.and_then(|it| it.parse().ok()).filter(|it| *it > 0).map(OrderId);
        number.ok_or_else(|| IdError::Malformed {
            what: "an order id",
            text: text.to_owned(),
            like: "A123",
        })
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = ArrayString::<24>::new();
        fmt::write(&mut text, format_args!("A{}", self.0))?;
        f.pad(&text)
    }
}

impl fmt::Debug for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

text_serde!(OrderId);

/// Whether a signal enters a position or leaves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SignalKind {
    /// Opens the condition's position.
    Entry,
    /// Closes it.
    Exit,
}

impl SignalKind {
    /// The word, in lower case.
    pub const fn word(self) -> &'static str {
        match self {
            SignalKind::Entry => "entry",
            SignalKind::Exit => "exit",
        }
    }
}

impl fmt::Display for SignalKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A signal's id, `a#1/entry`: the same after a crash, because it is made of what the condition is,
/// not of when it was said.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignalId {
    /// The condition that speaks.
    pub condition: ConditionId,
    /// Which life of the condition: an edit that arms it anew counts one up.
    pub generation: u32,
    /// Entry or exit.
    pub kind: SignalKind,
}

impl SignalId {
    /// The signal's id as the request id of its order.
    pub fn request(&self) -> RequestId {
        let mut text = ArrayString::<64>::new();
        // At most 32 + 1 + 10 + 6 bytes.
        let _ = fmt::write(&mut text, format_args!("{self}"));
        RequestId(text)
    }
}

impl FromStr for SignalId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<SignalId, IdError> {
        let malformed =
            || IdError::Malformed { what: "a signal id", text: text.to_owned(), like: "a#1/entry" };
        let (condition, rest) = text.split_once('#').ok_or_else(malformed)?;
        let (generation, kind) = rest.split_once('/').ok_or_else(malformed)?;
        let kind = match kind {
            "entry" => SignalKind::Entry,
            "exit" => SignalKind::Exit,
            _ => return Err(malformed()),
        };
        let generation = generation.parse().map_err(|_| malformed())?;
        Ok(SignalId { condition: condition.parse()?, generation, kind })
    }
}

impl fmt::Display for SignalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}/{}", self.condition, self.generation, self.kind)
    }
}

impl fmt::Debug for SignalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

text_serde!(SignalId);

/// A free remark on an order: at most 32 characters, none of them a control character. May be empty.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Note(ArrayString<128>);

impl Note {
    /// The longest note, in characters.
    pub const CHARACTERS_MAX: usize = 32;

    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for Note {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Note, IdError> {
        // Nearly every note is plain, and an order is read again on each of its ways.
        let is_plain = text.bytes().all(|it| matches!(it, b' '..=b'~'));
        if !is_plain || text.len() > Note::CHARACTERS_MAX {
            check_note(text)?;
        }
        // 32 characters of at most 4 bytes each always fit.
        ArrayString::from(text).map(Note).map_err(|_| IdError::Empty { what: "note" })
    }
}

#[cold]
fn check_note(text: &str) -> Result<(), IdError> {
    let max = Note::CHARACTERS_MAX;
    if text.chars().count() > max {
        let text = text.chars().take(max).collect();
        return Err(IdError::TooLong { what: "note", text, max });
    }
    if text.chars().any(crate::text::acts) {
        let text = text.escape_default().collect();
        return Err(IdError::Character { what: "note", text, without: "control characters" });
    }
    Ok(())
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

text_serde!(Note);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_printable_and_bounded() {
        assert_eq!("TXFH1".parse::<Code>().unwrap().as_str(), "TXFH1");
        for text in ["", "TX FH1", "TXFH1\n", "台指", "a\"b", &"x".repeat(33)] {
            assert!(text.parse::<Code>().is_err(), "{text:?} was taken");
        }
        for text in ["a#1", "a/b", "-a", "a,b", ""] {
            assert!(text.parse::<ConditionId>().is_err(), "{text:?} was taken");
        }
    }

    #[test]
    fn an_order_id_is_written_with_its_letter() {
        assert_eq!("A123".parse::<OrderId>().unwrap().to_string(), "A123");
        for text in ["123", "A", "A-1", "A+1", "A0", "AA1", "A18446744073709551616", ""] {
            assert!(text.parse::<OrderId>().is_err(), "{text:?} was taken");
        }
    }

    #[test]
    fn a_signal_id_reads_back_and_names_a_request() {
        let text = "support-1#4294967295/entry";
        let id: SignalId = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(id.request().as_str(), text);
        for text in ["a", "a#1", "a#x/entry", "#1/entry", "a#1/Entry", "a#-1/exit"] {
            assert!(text.parse::<SignalId>().is_err(), "{text:?} was taken");
        }
    }

    #[test]
    fn a_note_holds_thirty_two_characters_of_any_script() {
        assert!("停".repeat(32).parse::<Note>().is_ok());
        assert!("停".repeat(33).parse::<Note>().is_err());
        assert!("a\u{1b}[31m".parse::<Note>().is_err());
        assert!("".parse::<Note>().is_ok());
    }
}

//! What crosses a process boundary: the only message types with serde, their bytes, and the one
//! place that makes sockets.
//!
//! Owns formats and their versions. Refuses oversize, trailing bytes, unknown fields and unknown
//! versions before anything acts on a message.

pub mod birth;
pub mod clients;
pub mod event;
pub mod frame;
#[cfg(test)]
pub(crate) mod golden;
pub mod guard;
pub mod keys;
pub mod link;
pub mod order;
pub mod protect;
pub mod request;
mod role;
mod rows;
mod scope;
pub mod secret;
pub mod signal;
pub mod socket;
pub mod stream;
pub mod token;
pub mod v1;
pub mod venue;
mod z85;

pub use birth::{Birth, Endpoints, Neighbor};
pub use event::Event;
pub use frame::{WireError, decode, encode, encode_into};
pub use guard::{Domain, Guard, Who};
pub use keys::{Badge, KeyPair, PublicKey};
pub use link::{Link, LinkError};
pub use order::{FillRow, Intent, OrderRow, PositionRow};
pub use protect::{ProtectionRow, ProtectionState, Target};
pub use request::{Answer, Ask, Refused, Reply, Request};
pub use role::Role;
pub use scope::Scope;
pub use secret::Secret;
pub use signal::{Outcome, Signal, Signed};
pub use token::Token;
pub use venue::{VenueCall, VenueWord};

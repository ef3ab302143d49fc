//! Text that is shown nowhere and wiped from memory when it is no longer needed.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

/// A secret: a password or a key. `Debug` shows nothing of it, and every copy wipes itself.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text as the secret; nothing else may keep it.
    pub fn new(text: String) -> Secret {
        Secret(Zeroizing::new(text))
    }

    /// The text, for whoever needs it to prove something, and for nobody else.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
        String::deserialize(deserializer).map(Secret::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{decode, encode};

    #[test]
    fn a_secret_travels_and_is_never_shown() {
        let secret = Secret::new("S3NT1NEL".to_owned());
        assert_eq!(decode::<Secret>(&encode(&secret)).unwrap().reveal(), "S3NT1NEL");
        assert!(!format!("{:?} {:#?}", Some(&secret), secret).contains("S3NT1NEL"));
    }
}

//! Keys of CURVE: who a socket is, and how it is kept in a file.
//!
//! A key is 32 bytes, written as 40 printable characters (Z85). A file of one is a certificate as
//! the libraries of other languages read it: sections by indentation, `name = "value"` a line.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::Zeroizing;

use super::z85;

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;

/// Why text is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key is 40 characters of Z85, as aftm key writes them")]
pub struct KeyError;

/// The half of a pair that everybody may know; whoever has it can be told apart from all others.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey([u8; KEY_BYTES]);

/// The half of a pair that proves it; wiped when it is no longer needed.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey(Zeroizing<[u8; KEY_BYTES]>);

/// Both halves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyPair {
    /// What others know it by.
    pub public: PublicKey,
    /// What proves it.
    pub secret: SecretKey,
}

/// What a socket shows that connects, and whom it expects at the other end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badge {
    /// The only one it speaks to.
    pub server: PublicKey,
    /// Its own.
    pub own: KeyPair,
}

impl PublicKey {
    /// The bytes.
    pub const fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

impl From<[u8; KEY_BYTES]> for PublicKey {
    fn from(bytes: [u8; KEY_BYTES]) -> PublicKey {
        PublicKey(bytes)
    }
}

impl SecretKey {
    /// The bytes, for the library alone.
    pub fn reveal(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// As text, for a file that only its owner may read.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(z85::encode(&self.0))
    }
}

impl KeyPair {
    /// A pair that nobody had before.
    pub fn new() -> zmq::Result<KeyPair> {
        let zmq::CurveKeyPair { public_key, secret_key } = zmq::CurveKeyPair::new()?;
        let secret = SecretKey(Zeroizing::new(secret_key));
        Ok(KeyPair { public: PublicKey(public_key), secret })
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&z85::encode(&self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<PublicKey, KeyError> {
        z85::decode(text).map(|it| PublicKey(*it)).ok_or(KeyError)
    }
}

impl FromStr for SecretKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<SecretKey, KeyError> {
        z85::decode(text).map(SecretKey).ok_or(KeyError)
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for SecretKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PublicKey, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for SecretKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SecretKey, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        text.parse().map_err(de::Error::custom)
    }
}

/// The value of a name in a certificate, wherever it stands.
pub fn field<'a>(certificate: &'a str, name: &str) -> Option<&'a str> {
    certificate.lines().find_map(|line| {
        let (key, value) = line.trim().split_once('=')?;
        let value = value.trim().strip_prefix('"')?.strip_suffix('"')?;
        (key.trim() == name).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_its_text_and_a_secret_one_shows_nothing() {
        let pair = KeyPair::new().unwrap();
        assert_eq!(pair.public.to_string().parse(), Ok(pair.public));
        assert_eq!(pair.secret.to_text().parse().as_ref(), Ok(&pair.secret));
        assert!(!format!("{pair:?}").contains(pair.secret.to_text().as_str()));
        assert_ne!(pair, KeyPair::new().unwrap());
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let forty = |it: &str| it.repeat(40);
        for text in [
            "",
            "x",
            "12345",
            &forty("\u{e9}"),
            &forty(" "),
            &forty("\""),
            &forty("~"),
            &forty("#"),
            &"0".repeat(39),
            &"0".repeat(41),
        ] {
            assert_eq!(text.parse::<PublicKey>(), Err(KeyError), "{text:?}");
            assert_eq!(text.parse::<SecretKey>(), Err(KeyError), "{text:?}");
        }
        assert!(forty("0").parse::<PublicKey>().is_ok());
    }

    #[test]
    fn a_certificate_is_read_by_name() {
        let text = "# comment\nmetadata\n    name = \"mt5\"\ncurve\n    public-key = \"ab=c\"\n";
        assert_eq!(field(text, "name"), Some("mt5"));
        assert_eq!(field(text, "public-key"), Some("ab=c"));
        assert_eq!(field(text, "secret-key"), None);
        assert_eq!(field("public-key = bare\n", "public-key"), None);
    }
}

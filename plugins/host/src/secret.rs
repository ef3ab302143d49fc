//! What is needed to log in, and must not be seen.

use std::fmt;

use zeroize::Zeroizing;

/// A text that is wiped from memory when it goes, and never printed.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a text over.
    pub fn new(text: String) -> Secret {
        Secret(Zeroizing::new(text))
    }

    pub(crate) fn shown(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Keys and values of a login: `user`, `password`, and what else the venue asks for. Every value is
/// treated as a secret.
#[derive(Clone, Debug, Default)]
pub struct Credentials(Vec<(String, Secret)>);

impl Credentials {
    /// None yet.
    pub fn new() -> Credentials {
        Credentials::default()
    }

    /// With one more.
    #[must_use]
    pub fn with(mut self, key: &str, value: Secret) -> Credentials {
        self.0.push((key.to_owned(), value));
        self
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &Secret)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_printed() {
        let credentials = Credentials::new().with("password", Secret::new("hunter2".to_owned()));
        let printed = format!("{credentials:?} {credentials:#?}");
        assert!(printed.contains("password") && !printed.contains("hunter2"), "{printed}");
    }
}

//! Further credentials of a plug-in, in a file that only its owner can read.

use std::path::{Path, PathBuf};

use super::password::{self, PasswordError};
use super::plugins::is_option;
use crate::document::{self, Shape};
use crate::wire::Secret;

/// More than any venue asks for.
const COUNT_MAX: usize = 32;

/// Why a file of credentials cannot be used. What stands in it is never repeated.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// It cannot be read, or others can read it.
    #[error("credentials: {0}")]
    File(#[from] PasswordError),
    /// A line is not `key = "value"`.
    #[error("credentials file {}:{line}: {reason}", .path.display())]
    Line {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// There are too many.
    #[error("credentials file {} has {count} credentials, more than {COUNT_MAX}", .path.display())]
    Many {
        /// Which file.
        path: PathBuf,
        /// How many.
        count: usize,
    },
}

/// Reads `key = "value"` lines from a file with mode 0600 or 0400. `user` and `password` are what
/// the trader logs in with, and never stand there.
pub fn credentials(path: &Path) -> Result<Vec<(String, Secret)>, CredentialsError> {
    let text = password::read_whole(path)?;
    let at = |line, reason| CredentialsError::Line { path: path.to_owned(), line, reason };
    let form = "the line is not of the form key = \"value\"";
    let entries = document::parse(&text)
        .map_err(|errors| at(errors.first().map_or(1, |it| it.line), form))?;
    if entries.len() > COUNT_MAX {
        return Err(CredentialsError::Many { path: path.to_owned(), count: entries.len() });
    }
    let mut credentials = Vec::with_capacity(entries.len());
    for entry in entries {
        let value = entry.node.as_value();
        let reason = match entry.key.as_str() {
            "user" | "password" => Some("user and password come with the login, not from a file"),
            key if !is_option(key) => Some("the key is not 1 to 32 letters, digits, - and _"),
            _ if value.shape != Shape::Text => Some(form),
            _ if value.text.is_empty() => Some("the value is empty"),
            _ if value.text.contains('\0') => Some("the value has a character 0"),
            _ => None,
        };
        match reason {
            Some(reason) => return Err(at(entry.line, reason)),
            None => credentials.push((entry.key, Secret::new(value.text))),
        }
    }
    Ok(credentials)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    #[allow(clippy::unwrap_used)] // A helper of tests may fail as they do.
    fn read(text: &str, mode: u32) -> Result<Vec<(String, Secret)>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("credentials");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        credentials(&path).map_err(|it| it.to_string())
    }

    #[test]
    fn each_line_is_a_credential() {
        let read = read("# from the broker\nauth_code = \"S3NT1NEL\"\napp_id = \"a b\"\n", 0o600);
        let read = read.unwrap();
        assert!(!format!("{read:?}").contains("S3NT1NEL"));
        let read: Vec<_> = read.iter().map(|(key, it)| (key.as_str(), it.reveal())).collect();
        assert_eq!(read, [("auth_code", "S3NT1NEL"), ("app_id", "a b")]);
    }

    #[test]
    fn a_file_that_is_wrong_is_refused_and_never_repeated() {
        for (text, mode, part) in [
            ("a = \"S3NT1NEL\"\n", 0o640, "must have 0600; run chmod 600"),
            ("a = \"x\"\nb = S3NT1NEL\n", 0o600, "credentials:2: the line is not of the form"),
            ("a = 1\n", 0o600, ":1: the line is not of the form key = \"value\""),
            ("[S3NT1NEL]\na = \"x\"\n", 0o600, ":1: the line is not of the form"),
            ("a = \"\"\n", 0o600, ":1: the value is empty"),
            ("\"S3NT 1NEL\" = \"x\"\n", 0o600, ":1: the key is not"),
            ("password = \"S3NT1NEL\"\n", 0o600, "come with the login"),
        ] {
            let said = read(text, mode).unwrap_err();
            assert!(said.contains(part), "{text:?}: {said}");
            assert!(!said.contains("S3NT1NEL"), "{said}");
        }
        let many: String = (0..33).map(|it| format!("k{it} = \"x\"\n")).collect();
        assert!(read(&many, 0o600).unwrap_err().contains("33 credentials, more than 32"));
        let missing = credentials(Path::new("/nowhere/at/all")).unwrap_err();
        assert!(missing.to_string().contains("/nowhere/at/all"));
    }
}

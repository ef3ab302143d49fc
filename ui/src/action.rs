//! What the screen wants done.

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Commands of the command language, in order; the first that is refused stops the rest.
    Perform {
        /// What its answer carries.
        id: u64,
        /// A command each, like `order buy TXFH1 1 --limit 17300`.
        lines: Vec<String>,
        /// The password of a login, which is never part of a line.
        password: Option<Secret>,
    },
    /// Put a text into the terminal's clipboard.
    Copy(String),
    /// Write a table as comma-separated values.
    Save {
        /// What its answer carries.
        id: u64,
        /// The pane's name, the beginning of the file's.
        name: String,
        /// Names of the columns.
        header: Vec<String>,
        /// The rows as they are shown.
        rows: Vec<Vec<String>>,
    },
    /// Write the last frame to a file.
    Screenshot {
        /// What its answer carries.
        id: u64,
        /// As what.
        kind: Picture,
    },
    /// Ring the terminal's bell, and tell the desktop where the terminal can.
    Notify(String),
    /// Give the terminal back to the shell until the trader comes back.
    Suspend,
    /// Draw every cell anew: something else wrote on the terminal.
    Redraw,
    /// Leave: everything that runs was dealt with.
    Leave,
}

/// Text that must not be shown, logged or kept; it is wiped from memory when it goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(zeroize::Zeroizing<String>);

impl Secret {
    /// Wraps a text.
    pub fn new(text: String) -> Secret {
        Secret(zeroize::Zeroizing::new(text))
    }

    /// The text.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// What a picture of the screen is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// Scalable vector graphics.
    Svg,
    /// Plain text.
    Text,
    /// Text with the terminal's colours.
    Ansi,
}

//! Somebody at the keyboard: a key, its effect on the screen, the next key.

use std::time::Duration;

use super::Terminal;

/// A form takes Enter only when it has been open for 250 ms: nobody reads faster.
const READ: Duration = Duration::from_millis(260);
/// A key that comes again within 150 ms is being held down.
const LIFT: Duration = Duration::from_millis(160);

/// What a form is called, what is answered to its questions in their order (nothing takes what is
/// offered), and what its button says.
pub(crate) struct Form<'a> {
    pub(crate) number: &'a str,
    pub(crate) title: &'a str,
    pub(crate) answers: &'a [&'a str],
    pub(crate) button: &'a str,
}

impl Terminal {
    /// The line of the dialog that has the focus, without its border.
    pub(crate) fn focused(&self) -> Option<String> {
        let text = self.text();
        let at = text.lines().find_map(|it| it.split_once("│ ▸ "))?.1;
        Some(at.split('│').next().unwrap_or(at).trim_end().to_owned())
    }

    /// Waits for something that is not to come before so long; nothing is expected of the screen.
    fn pass(&self, time: Duration) {
        self.within(time, &|_| false);
    }

    /// Presses Enter on what has just opened, after reading it.
    pub(crate) fn enter(&mut self) {
        self.pass(READ);
        self.press("\r");
    }

    /// Lets go of a key before it is pressed again.
    pub(crate) fn lift(&self) {
        self.pass(LIFT);
    }

    /// Opens an entry of the menu by its number, digit by digit, as the bottom line shows it.
    #[track_caller]
    pub(crate) fn choose(&mut self, number: &str) {
        for end in 1..=number.len() {
            self.press(&number[end - 1..end]);
            self.see(&format!("> {}_", &number[..end]));
        }
        self.press("\r");
    }

    /// Fills a form in from its first question to its button, and presses that.
    #[track_caller]
    pub(crate) fn fill_in(&mut self, form: &Form<'_>) {
        self.choose(form.number);
        self.see(&format!("╭ {} ─", form.title));
        self.pass(READ);
        for answer in form.answers {
            let before = self.focused().unwrap_or_else(|| panic!("no question:\n{}", self.text()));
            let label = before.chars().take(6).collect::<String>();
            if !answer.is_empty() {
                self.press(answer);
                self.wait_for(answer, &|it| it.focused().is_some_and(|it| it.contains(answer)));
            }
            self.press("\r");
            let is_past = |it: &Terminal| it.focused().is_some_and(|it| !it.starts_with(&label));
            self.wait_for(&format!("the question after {before}"), &is_past);
        }
        // What is read here may be half of a picture: a button is one only when all of it is there.
        let is_button = |it: &Terminal| it.focused().as_deref() == Some(form.button);
        self.wait_for(&format!("the button {}", form.button), &is_button);
        self.lift();
        self.press("\r");
        // While it waits for its answer it has no question any more, and takes keys all the same.
        self.see_no(&format!("╭ {} ─", form.title));
    }
}

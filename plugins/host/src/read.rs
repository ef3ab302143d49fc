//! What a plug-in tells, made safe to look at: names that are whole, sentences that are readable,
//! and no number that money cannot be reckoned with.

use aftm_exchange_abi::{
    ABSENT, Account, Book, Connection, Fill, Instrument, OrderUpdate, Position, SIDE_BUY,
    SIDE_SELL, Tick, Versioned, name, put_text, text,
};

/// A struct of the plug-in, copied, that is checked before anyone looks at it.
pub(crate) trait Told: Versioned {
    /// Makes its sentences readable.
    ///
    /// # Errors
    ///
    /// Where a name or a number of it cannot be used, and then which and why.
    fn tidy(&mut self) -> Result<(), String>;
}

/// The sentence of a field in one line: what is no UTF-8 becomes the replacement character, and what
/// would move a terminal's cursor becomes a space.
pub(crate) fn repaired(field: &[u8]) -> String {
    line(&text(field))
}

/// A text in one line, without anything that a terminal would obey.
pub(crate) fn line(text: &str) -> String {
    let plain = text.chars().map(|it| if it.is_control() { ' ' } else { it });
    plain.collect::<String>().trim().to_owned()
}

/// Repairs the sentence of a field in place; what no longer fits is cut between characters.
fn repair(field: &mut [u8]) {
    if field.first() == Some(&0) {
        // Nearly all news comes without a sentence.
        return;
    }
    let sentence = repaired(field);
    put_text(field, &sentence);
}

/// Whether a field holds a name, which may be empty. A guess would name something else.
// One for all names, because an order has several and its way is as fast as its code is short.
#[inline(never)]
fn check_name(what: &str, field: &[u8]) -> Result<(), String> {
    // Nearly every name is plain, and every order has several.
    let end = field.iter().find(|byte| !matches!(byte, b' '..=b'~'));
    if end == Some(&0) { Ok(()) } else { check_further(what, field) }
}

#[cold]
fn check_further(what: &str, field: &[u8]) -> Result<(), String> {
    let shown = || repaired(field);
    let Some(name) = name(field) else {
        return Err(format!("its {what} {:?} is not terminated or no UTF-8", shown()));
    };
    if name.chars().any(char::is_control) {
        return Err(format!("its {what} {:?} has control characters", shown()));
    }
    Ok(())
}

macro_rules! check_names {
    ($told:ident: $($field:ident),*) => {
        $(check_name(stringify!($field), &$told.$field)?;)*
    };
}

fn require(holds: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(why()) }
}

impl Told for OrderUpdate {
    fn tidy(&mut self) -> Result<(), String> {
        check_names!(self: account, exchange, symbol, broker_order_id);
        repair(&mut self.vendor_code);
        repair(&mut self.text);
        let is_named = self.client_order_id != 0 || self.broker_order_id.first() != Some(&0);
        require(is_named, || "it has neither a client_order_id nor a broker_order_id".to_owned())?;
        require(self.filled_e9 >= 0, || format!("its filled_e9 is {}", self.filled_e9))
    }
}

impl Told for Fill {
    fn tidy(&mut self) -> Result<(), String> {
        check_names!(self: account, exchange, symbol, broker_order_id, fill_id);
        let is_named = self.client_order_id != 0 || self.broker_order_id.first() != Some(&0);
        require(is_named, || "it has neither a client_order_id nor a broker_order_id".to_owned())?;
        require(self.fill_id.first() != Some(&0), || "it has no fill_id".to_owned())?;
        require(self.qty_e9 > 0, || format!("its qty_e9 is {}", self.qty_e9))?;
        require(self.price_e9 != ABSENT, || "it has no price".to_owned())?;
        let is_sided = self.side == SIDE_BUY || self.side == SIDE_SELL;
        require(is_sided, || format!("its side is {}", self.side))
    }
}

impl Told for Position {
    fn tidy(&mut self) -> Result<(), String> {
        check_names!(self: account, exchange, symbol);
        require(self.qty_e9 >= 0, || format!("its qty_e9 is {}", self.qty_e9))?;
        let is_sided = self.side == SIDE_BUY || self.side == SIDE_SELL;
        require(is_sided, || format!("its side is {}", self.side))
    }
}

impl Told for Account {
    fn tidy(&mut self) -> Result<(), String> {
        check_names!(self: account, currency);
        require(self.account.first() != Some(&0), || "it has no account".to_owned())
    }
}

impl Told for Instrument {
    fn tidy(&mut self) -> Result<(), String> {
        check_names!(self: exchange, symbol, product, month, currency);
        repair(&mut self.name);
        require(self.symbol.first() != Some(&0), || "it has no symbol".to_owned())
    }
}

impl Told for Connection {
    fn tidy(&mut self) -> Result<(), String> {
        repair(&mut self.vendor_code);
        repair(&mut self.text);
        Ok(())
    }
}

impl Told for Tick {
    fn tidy(&mut self) -> Result<(), String> {
        check_names!(self: exchange, symbol);
        require(self.symbol.first() != Some(&0), || "it has no symbol".to_owned())
    }
}

impl Told for Book {
    fn tidy(&mut self) -> Result<(), String> {
        check_names!(self: exchange, symbol);
        require(self.symbol.first() != Some(&0), || "it has no symbol".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use aftm_exchange_abi::{Blank, put_name};

    use super::*;

    fn order() -> OrderUpdate {
        OrderUpdate { client_order_id: 1, filled_e9: 0, ..OrderUpdate::blank() }
    }

    #[test]
    fn a_sentence_is_repaired_and_cut_between_characters() {
        let mut told = order();
        told.text = [0xFF; 240];
        told.vendor_code[..5].copy_from_slice(b"\x1b[2Jx");
        told.tidy().unwrap();
        assert_eq!(text(&told.text), "\u{FFFD}".repeat(79));
        assert_eq!(text(&told.vendor_code), "[2Jx");
        assert_eq!(repaired(b"a\nb\x07\0c"), "a b");
    }

    #[test]
    fn a_name_is_never_repaired() {
        let mut told = order();
        told.account[..3].copy_from_slice(b"A\xFFB");
        let why = told.tidy().unwrap_err();
        assert_eq!(why, "its account \"A\u{FFFD}B\" is not terminated or no UTF-8");
        let mut told = OrderUpdate { symbol: [b'X'; 64], ..order() };
        assert!(told.tidy().unwrap_err().starts_with("its symbol \"XXXX"));
        let mut told = order();
        put_name(&mut told.account, "A\x1b[2J").unwrap();
        assert_eq!(told.tidy().unwrap_err(), "its account \"A [2J\" has control characters");
    }

    #[test]
    fn money_needs_whole_numbers() {
        let mut fill =
            Fill { client_order_id: 1, qty_e9: 5, price_e9: 7, side: 1, ..Fill::blank() };
        assert_eq!(fill.tidy().unwrap_err(), "it has no fill_id");
        put_name(&mut fill.fill_id, "T1").unwrap();
        assert_eq!(fill.tidy(), Ok(()));
        assert_eq!(Fill { qty_e9: -5, ..fill }.tidy().unwrap_err(), "its qty_e9 is -5");
        assert_eq!(Fill { side: 9, ..fill }.tidy().unwrap_err(), "its side is 9");
        let unnamed = "it has neither a client_order_id nor a broker_order_id";
        assert_eq!(Fill { client_order_id: 0, ..fill }.tidy().unwrap_err(), unnamed);
        assert!(Fill { price_e9: i64::BLANK, ..fill }.tidy().is_err());
        assert!(OrderUpdate { filled_e9: ABSENT, ..order() }.tidy().is_err());
    }
}

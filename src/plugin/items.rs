//! What can be traded, and how the venue names it.
//!
//! A venue names an instrument by exchange and symbol; our code is the symbol. So a symbol that two
//! exchanges have names neither, and is refused with a sentence.

use std::cell::Cell;

use aftm_domain::order::Refusal;
use aftm_domain::{Code, Instrument};
use aftm_plugin_host::abi::{Symbol, put_text};
use rustc_hash::FxHashMap;

use super::names;
use super::refusal::{AMBIGUOUS_ITEM, UNKNOWN_ITEM, ours};

/// What was listed under one code.
#[derive(Debug)]
enum Listed {
    One { symbol: Symbol, instrument: Box<Instrument> },
    Several { exchanges: Vec<String> },
}

/// The instruments by code.
#[derive(Debug, Default)]
pub(super) struct Items {
    all: Vec<(Code, Listed)>,
    places: FxHashMap<Code, usize>,
    /// The place that was asked for last: most orders are of the item of the one before.
    last: Cell<usize>,
}

impl Items {
    /// Takes an instrument in, or its new terms.
    ///
    /// # Errors
    ///
    /// Where another exchange has the symbol, too; then the code names nothing any more.
    pub(super) fn list(
        &mut self,
        exchange: &[u8; 16],
        instrument: Instrument,
    ) -> Result<(), Refusal> {
        let code = instrument.code;
        let mut exchanges = match self.get(&code) {
            Some(Listed::One { symbol, .. }) if symbol.exchange == *exchange => Vec::new(),
            Some(Listed::One { symbol, .. }) => vec![names::text(&symbol.exchange).to_owned()],
            Some(Listed::Several { exchanges }) => exchanges.clone(),
            None => Vec::new(),
        };
        if exchanges.is_empty() {
            let mut symbol = Symbol { exchange: *exchange, symbol: [0; 64] };
            put_text(&mut symbol.symbol, code.as_str());
            let instrument = Box::new(instrument);
            self.put(code, Listed::One { symbol, instrument });
            return Ok(());
        }
        exchanges.push(names::text(exchange).to_owned());
        exchanges.sort();
        exchanges.dedup();
        let refusal = ambiguous(&code, &exchanges);
        self.put(code, Listed::Several { exchanges });
        Err(refusal)
    }

    fn put(&mut self, code: Code, listed: Listed) {
        match self.places.get(&code).and_then(|at| self.all.get_mut(*at)) {
            Some(known) => known.1 = listed,
            None => {
                self.places.insert(code, self.all.len());
                self.all.push((code, listed));
            }
        }
    }

    fn get(&self, code: &Code) -> Option<&Listed> {
        match self.all.get(self.last.get()) {
            Some((last, listed)) if last == code => Some(listed),
            _ => self.get_further(code),
        }
    }

    // Not cold: where several items trade, each asks for another.
    #[inline(never)]
    fn get_further(&self, code: &Code) -> Option<&Listed> {
        let place = *self.places.get(code)?;
        self.last.set(place);
        self.all.get(place).map(|it| &it.1)
    }

    /// The venue's name of an instrument.
    ///
    /// # Errors
    ///
    /// Where nothing, or more than one, is listed under the code.
    pub(super) fn symbol(&self, code: &Code) -> Result<&Symbol, Refusal> {
        match self.get(code) {
            Some(Listed::One { symbol, .. }) => Ok(symbol),
            Some(Listed::Several { exchanges }) => Err(ambiguous(code, exchanges)),
            None => {
                let text = format!("{code} is not among the instruments that the venue listed");
                Err(ours(UNKNOWN_ITEM, text))
            }
        }
    }

    /// The same for an order that was sent. An instrument that is not listed any more still has its
    /// symbol: an order must be reached whatever became of the list.
    pub(super) fn symbol_or_bare(&self, code: &Code) -> Symbol {
        self.symbol(code).copied().unwrap_or_else(|_| {
            let mut symbol = Symbol { exchange: [0; 16], symbol: [0; 64] };
            put_text(&mut symbol.symbol, code.as_str());
            symbol
        })
    }

    /// Our code for what the venue names so; `None` where a code cannot be sure to mean it. An
    /// instrument that was not listed has its symbol for a code: it may have ended since.
    pub(super) fn code(&self, exchange: &[u8; 16], symbol: &[u8; 64]) -> Option<Code> {
        self.named(exchange, symbol).map(|it| it.0)
    }

    /// The same with its terms, where it is listed.
    pub(super) fn named(
        &self,
        exchange: &[u8; 16],
        symbol: &[u8; 64],
    ) -> Option<(Code, Option<&Instrument>)> {
        let code = names::code(symbol).ok()?;
        match self.get(&code) {
            Some(Listed::One { symbol, instrument }) => {
                let is_it = exchange.first() == Some(&0) || symbol.exchange == *exchange;
                is_it.then_some((code, Some(&**instrument)))
            }
            Some(Listed::Several { .. }) => None,
            None => Some((code, None)),
        }
    }
}

fn ambiguous(code: &Code, exchanges: &[String]) -> Refusal {
    let named = |it: &String| if it.is_empty() { "no exchange".to_owned() } else { it.clone() };
    let exchanges = exchanges.iter().map(named).collect::<Vec<_>>().join(" and ");
    let text = format!(
        "{code} is listed on {exchanges}, and a code must name one instrument; it cannot be traded \
         here"
    );
    ours(AMBIGUOUS_ITEM, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plugin::tests::demo_instrument;

    fn field<const N: usize>(text: &str) -> [u8; N] {
        let mut field = [0; N];
        aftm_plugin_host::abi::put_name(&mut field, text).unwrap();
        field
    }

    #[test]
    fn a_code_is_the_symbol_and_its_exchange_comes_with_it() {
        let mut items = Items::default();
        items.list(&field("XMPL"), demo_instrument()).unwrap();
        let code = demo_instrument().code;
        assert_eq!(items.symbol(&code).unwrap().exchange, field("XMPL"));
        assert_eq!(items.symbol(&code).unwrap().symbol, field("DEMO"));
        for (exchange, is_it) in [("XMPL", true), ("", true), ("YMPL", false)] {
            assert_eq!(items.code(&field(exchange), &field("DEMO")).is_some(), is_it, "{exchange}");
        }
        assert_eq!(items.code(&field("Z"), &field("GONE")), Some("GONE".parse().unwrap()));
        assert_eq!(items.code(&field(""), &field("SP A&B")), None);
    }

    #[test]
    fn new_terms_of_the_same_instrument_take_the_place_of_the_old() {
        let mut items = Items::default();
        items.list(&field("XMPL"), demo_instrument()).unwrap();
        let terms = Instrument { name: "new".to_owned(), ..demo_instrument() };
        items.list(&field("XMPL"), terms).unwrap();
        let (_, terms) = items.named(&field("XMPL"), &field("DEMO")).unwrap();
        assert_eq!(terms.unwrap().name, "new");
    }

    #[test]
    fn a_symbol_of_two_exchanges_names_neither() {
        let mut items = Items::default();
        let code = demo_instrument().code;
        items.list(&field("YMPL"), demo_instrument()).unwrap();
        let said = "DEMO is listed on XMPL and YMPL, and a code must name one instrument; it \
                    cannot be traded here";
        for _ in 0..2 {
            let refused = items.list(&field("XMPL"), demo_instrument()).unwrap_err();
            assert_eq!((&*refused.code, &*refused.text), (AMBIGUOUS_ITEM, said));
        }
        assert_eq!(items.symbol(&code).unwrap_err().text, said);
        assert_eq!(items.code(&field("XMPL"), &field("DEMO")), None);
    }

    #[test]
    fn whatever_was_asked_for_before_each_code_names_its_own_instrument() {
        let mut items = Items::default();
        for symbol in ["A", "B", "C"] {
            let code = symbol.parse().unwrap();
            items.list(&field("XMPL"), Instrument { code, ..demo_instrument() }).unwrap();
        }
        for symbol in ["A", "A", "C", "B", "NONE", "B", "NONE", "A"] {
            let found = items.symbol(&symbol.parse().unwrap());
            let expected = (symbol != "NONE").then(|| field(symbol));
            assert_eq!(found.ok().map(|it| it.symbol), expected, "{symbol}");
        }
        items
            .list(&field("YMPL"), Instrument { code: "A".parse().unwrap(), ..demo_instrument() })
            .unwrap_err();
        assert!(items.symbol(&"A".parse().unwrap()).is_err());
    }

    #[test]
    fn what_is_not_listed_is_refused_by_name() {
        let refused = Items::default().symbol(&"TXFH1".parse().unwrap()).unwrap_err();
        let said = "TXFH1 is not among the instruments that the venue listed (UNKNOWN_ITEM)";
        assert_eq!(refused.to_string(), said);
    }
}

//! Why a call failed: a code for the host, the exchange's own code, and a sentence for the trader.

use aftm_domain::order::Refusal;
use aftm_exchange_abi as abi;
use aftm_sim::refusal;

/// A call that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: i32,
    /// Empty where it is not the exchange that refused.
    pub(crate) vendor_code: String,
    pub(crate) text: String,
}

/// What a call comes to.
pub(crate) type Done<T = ()> = Result<T, Fault>;

impl Fault {
    #[cold]
    pub(crate) fn new(code: i32, text: impl Into<String>) -> Fault {
        Fault { code, vendor_code: String::new(), text: text.into() }
    }

    pub(crate) fn status(&self) -> abi::Status {
        abi::Status::new(self.code, &self.vendor_code, &self.text)
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Fault {
        let Refusal { code: vendor_code, text } = refusal;
        Fault { code: code(&vendor_code), vendor_code, text }
    }
}

impl From<abi::Misfit> for Fault {
    fn from(misfit: abi::Misfit) -> Fault {
        let code = match misfit {
            abi::Misfit::Missing { .. } => abi::E_ARG,
            abi::Misfit::Short { .. } => abi::E_ABI,
        };
        Fault::new(code, misfit.to_string())
    }
}

/// The interface's code for one of the exchange's.
pub(crate) fn code(vendor_code: &str) -> i32 {
    match vendor_code {
        refusal::ITEM | refusal::CONTRACT => abi::E_INSTRUMENT,
        refusal::CLOSED | refusal::NO_PRICE => abi::E_MARKET_CLOSED,
        refusal::PRICE | refusal::TICK | refusal::PRICE_LIMIT => abi::E_PRICE,
        refusal::QUANTITY | refusal::TOO_LARGE => abi::E_QUANTITY,
        refusal::ACCOUNT | refusal::TIME_IN_FORCE | refusal::NO_CHANGE => abi::E_FIELD,
        refusal::NOT_HELD => abi::E_POSITION,
        refusal::MARGIN => abi::E_FUNDS,
        refusal::DUPLICATE => abi::E_DUPLICATE,
        refusal::ORDER => abi::E_NO_ORDER,
        refusal::ENDED => abi::E_NOT_CANCELABLE,
        refusal::LOGIN => abi::E_AUTH,
        refusal::CONNECTION => abi::E_NET,
        _ => abi::E_REJECTED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exchange_keeps_its_own_code_and_words() {
        let said = Refusal { code: refusal::MARGIN.to_owned(), text: "not enough".to_owned() };
        let fault = Fault::from(said);
        assert_eq!((fault.code, &*fault.vendor_code), (abi::E_FUNDS, "MARGIN"));
        assert_eq!(abi::text(&fault.status().text), "not enough");
        assert_eq!(code("SOMETHING_NEW"), abi::E_REJECTED);
    }
}

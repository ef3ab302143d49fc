//! The small numbers of the interface and our words for them. A number that is not in its list is
//! none of ours.

use aftm_domain::order::{Kind, Status, TimeInForce};
use aftm_domain::{OpenClose, Side};
use aftm_plugin_host::abi;

use crate::wire::venue::Abilities;

pub(super) const fn side_number(side: Side) -> u8 {
    match side {
        Side::Buy => abi::SIDE_BUY,
        Side::Sell => abi::SIDE_SELL,
    }
}

pub(super) const fn side(number: u8) -> Option<Side> {
    match number {
        abi::SIDE_BUY => Some(Side::Buy),
        abi::SIDE_SELL => Some(Side::Sell),
        _ => None,
    }
}

pub(super) const fn kind_number(kind: Kind) -> u8 {
    match kind {
        Kind::Limit => abi::TYPE_LIMIT,
        Kind::Market => abi::TYPE_MARKET,
        Kind::RangeMarket => abi::TYPE_RANGE_MARKET,
        Kind::Stop => abi::TYPE_STOP,
        Kind::StopLimit => abi::TYPE_STOP_LIMIT,
    }
}

pub(super) const fn kind(number: u8) -> Option<Kind> {
    match number {
        abi::TYPE_LIMIT => Some(Kind::Limit),
        abi::TYPE_MARKET => Some(Kind::Market),
        abi::TYPE_RANGE_MARKET => Some(Kind::RangeMarket),
        abi::TYPE_STOP => Some(Kind::Stop),
        abi::TYPE_STOP_LIMIT => Some(Kind::StopLimit),
        _ => None,
    }
}

pub(super) const fn time_in_force_number(time_in_force: TimeInForce) -> u8 {
    match time_in_force {
        TimeInForce::Rod => abi::TIF_ROD,
        TimeInForce::Ioc => abi::TIF_IOC,
        TimeInForce::Fok => abi::TIF_FOK,
    }
}

pub(super) const fn time_in_force(number: u8) -> Option<TimeInForce> {
    match number {
        abi::TIF_ROD => Some(TimeInForce::Rod),
        abi::TIF_IOC => Some(TimeInForce::Ioc),
        abi::TIF_FOK => Some(TimeInForce::Fok),
        _ => None,
    }
}

pub(super) const fn open_close_number(open_close: OpenClose) -> u8 {
    match open_close {
        OpenClose::Open => abi::OC_OPEN,
        OpenClose::Close => abi::OC_CLOSE,
        OpenClose::Auto => abi::OC_AUTO,
    }
}

/// Which day's lots it closes is the venue's affair: all three words for closing are one of ours.
pub(super) const fn open_close(number: u8) -> Option<OpenClose> {
    match number {
        abi::OC_OPEN => Some(OpenClose::Open),
        abi::OC_CLOSE | abi::OC_CLOSE_TODAY | abi::OC_CLOSE_YESTERDAY => Some(OpenClose::Close),
        abi::OC_AUTO => Some(OpenClose::Auto),
        _ => None,
    }
}

pub(super) const fn status(state: u8) -> Option<Status> {
    match state {
        abi::STATE_PENDING => Some(Status::PendingNew),
        abi::STATE_WORKING => Some(Status::New),
        abi::STATE_FILLED => Some(Status::Filled),
        abi::STATE_CANCELED => Some(Status::Canceled),
        abi::STATE_REJECTED => Some(Status::Rejected),
        abi::STATE_EXPIRED => Some(Status::Expired),
        _ => None,
    }
}

pub(super) const fn abilities(caps: u64) -> Abilities {
    Abilities {
        market: caps & abi::CAP_MARKET != 0,
        range_market: caps & abi::CAP_RANGE_MARKET != 0,
        stop: caps & abi::CAP_STOP != 0,
        ioc: caps & abi::CAP_IOC != 0,
        fok: caps & abi::CAP_FOK != 0,
        amend: caps & abi::CAP_AMEND != 0,
        auto_offset: caps & abi::CAP_AUTO_OFFSET != 0,
        day_trade: caps & abi::CAP_DAY_TRADE != 0,
        quotes: caps & abi::CAP_QUOTES != 0,
        feed: caps & abi::CAP_FEED != 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_ours_has_a_number_and_comes_back_from_it() {
        for it in [Side::Buy, Side::Sell] {
            assert_eq!(side(side_number(it)), Some(it));
        }
        for it in [Kind::Market, Kind::RangeMarket, Kind::Limit, Kind::Stop, Kind::StopLimit] {
            assert_eq!(kind(kind_number(it)), Some(it));
        }
        for it in [TimeInForce::Rod, TimeInForce::Ioc, TimeInForce::Fok] {
            assert_eq!(time_in_force(time_in_force_number(it)), Some(it));
        }
        for it in [OpenClose::Auto, OpenClose::Open, OpenClose::Close] {
            assert_eq!(open_close(open_close_number(it)), Some(it));
        }
    }

    #[test]
    fn closing_of_any_day_is_closing() {
        for number in [abi::OC_CLOSE, abi::OC_CLOSE_TODAY, abi::OC_CLOSE_YESTERDAY] {
            assert_eq!(open_close(number), Some(OpenClose::Close));
        }
    }

    #[test]
    fn every_state_is_a_status() {
        let states = (1..=6).map(status).collect::<Vec<_>>();
        let is = [
            Status::PendingNew,
            Status::New,
            Status::Filled,
            Status::Canceled,
            Status::Rejected,
            Status::Expired,
        ];
        assert_eq!(states, is.map(Some));
    }

    #[test]
    fn a_number_that_is_not_in_its_list_is_none_of_ours() {
        for number in [0, 7, 99, u8::MAX] {
            assert_eq!(side(number), None);
            assert_eq!(kind(number), None);
            assert_eq!(time_in_force(number), None);
            assert_eq!(open_close(number), None);
            assert_eq!(status(number), None);
        }
    }

    #[test]
    fn each_ability_is_a_bit_of_its_own() {
        assert_eq!(abilities(0), Abilities::default());
        let none = Abilities::default();
        for (bit, one) in [
            (abi::CAP_MARKET, Abilities { market: true, ..none }),
            (abi::CAP_RANGE_MARKET, Abilities { range_market: true, ..none }),
            (abi::CAP_STOP, Abilities { stop: true, ..none }),
            (abi::CAP_IOC, Abilities { ioc: true, ..none }),
            (abi::CAP_FOK, Abilities { fok: true, ..none }),
            (abi::CAP_AMEND, Abilities { amend: true, ..none }),
            (abi::CAP_AUTO_OFFSET, Abilities { auto_offset: true, ..none }),
            (abi::CAP_DAY_TRADE, Abilities { day_trade: true, ..none }),
            (abi::CAP_QUOTES, Abilities { quotes: true, ..none }),
            (abi::CAP_FEED, Abilities { feed: true, ..none }),
            (1 << 63, none),
        ] {
            assert_eq!(abilities(bit), one);
        }
    }
}

//! Commands on orders.

use aftm_domain::order::{Kind, Ticket, TimeInForce};
use aftm_domain::{AccountId, Code, Note, OpenClose, OrderId, Price, Quantity, Side};
use clap::{ArgGroup, Args};

use super::line::Line;
use super::protect::Exits;
use super::words::{lots, meant};

/// An order by hand.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Order {
    /// buy or sell
    pub side: Side,
    /// A contract like TXFH1
    #[arg(value_name = "CODE")]
    pub item: Code,
    /// Lots
    #[arg(value_parser = lots, allow_negative_numbers = true)]
    pub quantity: Quantity,
    /// Limit price; without it the order is at the market
    #[arg(long, value_name = "PRICE", allow_negative_numbers = true)]
    pub limit: Option<Price>,
    /// Stop price; the order waits until it trades
    #[arg(long, value_name = "PRICE", allow_negative_numbers = true)]
    pub stop: Option<Price>,
    /// At the market within the exchange's protective range
    #[arg(long, conflicts_with_all = ["limit", "stop"])]
    pub range: bool,
    /// rod, ioc or fok [default: ioc at the market, else rod]
    #[arg(long = "tif", value_name = "TIF")]
    pub time_in_force: Option<TimeInForce>,
    /// auto, open or close
    #[arg(long, value_name = "WHICH", default_value_t)]
    pub open_close: OpenClose,
    /// A day trade
    #[arg(long)]
    pub day_trade: bool,
    /// An order account [default: the one in use]
    #[arg(long)]
    pub account: Option<AccountId>,
    /// A remark of at most 32 characters
    #[arg(long)]
    pub note: Option<Note>,
    /// Where what it opens is closed by itself
    #[command(flatten)]
    pub exits: Exits,
}

impl Order {
    /// How it is priced, from which prices it names.
    pub const fn kind(&self) -> Kind {
        match (self.range, self.limit, self.stop) {
            (true, _, _) => Kind::RangeMarket,
            (false, None, None) => Kind::Market,
            (false, Some(_), None) => Kind::Limit,
            (false, None, Some(_)) => Kind::Stop,
            (false, Some(_), Some(_)) => Kind::StopLimit,
        }
    }

    /// The ticket, in the account in use unless the order names another.
    pub fn ticket(&self, in_use: AccountId) -> Ticket {
        let time_in_force = match self.kind() {
            Kind::Market | Kind::RangeMarket => TimeInForce::Ioc,
            Kind::Limit | Kind::Stop | Kind::StopLimit => TimeInForce::Rod,
        };
        Ticket {
            account: self.account.unwrap_or(in_use),
            item: self.item,
            side: self.side,
            kind: self.kind(),
            price: self.limit,
            stop_price: self.stop,
            quantity: self.quantity,
            time_in_force: self.time_in_force.unwrap_or(time_in_force),
            open_close: self.open_close,
            day_trade: self.day_trade,
            note: self.note.unwrap_or_default(),
        }
    }

    pub(super) fn line(&self) -> Line {
        let open_close = Some(self.open_close).filter(|it| *it != OpenClose::Auto);
        let line = Line::new("order")
            .word(self.side)
            .word(self.item)
            .word(self.quantity)
            .option("limit", self.limit)
            .option("stop", self.stop)
            .flag("range", self.range)
            .option("tif", self.time_in_force)
            .option("open-close", open_close)
            .flag("day-trade", self.day_trade)
            .option("account", self.account)
            .option("note", self.note);
        self.exits.line(line)
    }
}

/// Which orders to cancel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cancel {
    /// One order.
    One(OrderId),
    /// Every working order, or every one of an item.
    All(Option<Code>),
}

#[derive(Args)]
struct CancelSaid {
    /// An order like A12
    #[arg(required_unless_present = "every")]
    order: Option<OrderId>,
    /// Every working order, or every one of an item
    #[arg(id = "every", long = "all", value_name = "CODE", conflicts_with = "order")]
    all: Option<Option<Code>>,
}

meant!(Cancel, CancelSaid, |said| match (said.order, said.all) {
    (Some(order), None) => Ok(Cancel::One(order)),
    (None, Some(item)) => Ok(Cancel::All(item)),
    _ => Err("name one order, or --all".to_owned()),
});

impl Cancel {
    pub(super) fn line(&self) -> Line {
        let line = Line::new("cancel");
        match self {
            Cancel::One(order) => line.word(order),
            Cancel::All(None) => line.flag("all", true),
            Cancel::All(item) => line.option("all", *item),
        }
    }
}

/// A change of a working order; at least one of both.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(group(ArgGroup::new("change").required(true).multiple(true).args(["quantity", "price"])))]
pub struct Amend {
    /// An order like A12
    pub order: OrderId,
    /// Lots in all, those that are filled included
    #[arg(long = "qty", value_name = "LOTS", value_parser = lots, allow_negative_numbers = true)]
    pub quantity: Option<Quantity>,
    /// Limit price
    #[arg(long, allow_negative_numbers = true)]
    pub price: Option<Price>,
}

impl Amend {
    pub(super) fn line(&self) -> Line {
        Line::new("amend").word(self.order).option("qty", self.quantity).option("price", self.price)
    }
}

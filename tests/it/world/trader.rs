//! The trader, who does anything at any time, and asks again when nobody answers.

use aftm::gateway::fact::Door;
use aftm::wire::request::{Leave, Request};
use aftm::wire::{Intent, Refused, Reply};
use aftm_domain::condition::Terms;
use aftm_domain::order::{Kind, TimeInForce};
use aftm_domain::{Code, ConditionId, Note, OpenClose, OrderId, Price, Quantity, Side};

use super::{Chance, ITEMS, World, course};

/// A request with an id, and what came of it the first time.
pub(super) struct Asked {
    intent: Intent,
    outcome: Result<OrderId, Refused>,
}

impl World {
    pub(super) fn trade(&mut self) {
        if self.gateway.state().session.is_none() && self.chance.one_in(2) {
            return self.login_at_desk();
        }
        match self.chance.below(24) {
            0..5 => self.place(),
            5..8 => self.ask_again(),
            8 | 9 => {
                if let Some(order) = course::some_order(&self.gateway, &mut self.chance) {
                    self.desk(&Request::Cancel { order });
                }
            }
            10 | 11 => {
                let prices = self.prices;
                let price = |chance: &mut Chance, item| near(&prices, chance, item, 12);
                let change = course::amend(&self.gateway, &mut self.chance, price);
                change.into_iter().for_each(|it| self.desk(&it));
            }
            12 => self.desk(&Request::CancelAll { item: None }),
            13 => {
                let item = self.chance.one_in(2).then(|| self.item());
                self.desk(&Request::Flatten { item });
            }
            14 => self.desk(&Request::CloseConditions {}),
            15 => self.desk(&Request::Logout {}),
            16 => self.login_at_desk(),
            17 => {
                let id = self.condition();
                let is_paused = self.chance.one_in(2);
                self.desk(&Request::PauseCondition { id, is_paused });
            }
            18 => {
                let id = self.condition();
                let position = self.chance.pick(&[Leave::Refuse, Leave::Flatten, Leave::Abandon]);
                self.desk(&Request::DropCondition { id, position });
            }
            19 => {
                let terms = self.terms();
                self.desk(&Request::EditCondition { terms });
            }
            _ => {
                let terms = self.terms();
                self.desk(&Request::AddCondition { terms });
            }
        }
    }

    fn login_at_desk(&mut self) {
        let user = self.settings.user;
        self.desk(&Request::Login { user, password: None, production: false });
        let account = "SIM-1".parse().unwrap();
        self.desk(&Request::UseAccount { account });
    }

    fn desk(&mut self, request: &Request) {
        let _ = self.gateway.serve(request, Door::Desk, self.now);
    }

    fn item(&mut self) -> Code {
        self.chance.pick(&ITEMS).parse().unwrap()
    }

    fn condition(&mut self) -> ConditionId {
        self.chance.pick(&["a", "b", "c"]).parse().unwrap()
    }

    fn price(&mut self, item: Code, spread: i64) -> Price {
        near(&self.prices, &mut self.chance, item, spread)
    }

    fn terms(&mut self) -> Terms {
        let item = self.item();
        let points = |it: i64| Price::from_units(it).unwrap();
        Terms {
            id: self.condition(),
            item,
            action: self.chance.pick(&[Side::Buy, Side::Sell]),
            trigger: self.price(item, 10),
            turning: points(self.chance.below(6)),
            quantity: Quantity::from_units(1 + self.chance.below(3)).unwrap(),
            take_profit: self.chance.one_in(2).then(|| points(8)),
            stop_loss: Some(points(6)),
            following: self.chance.one_in(2),
            account: self.chance.one_in(3).then(|| "SIM-2".parse().unwrap()),
        }
    }

    fn intent(&mut self) -> Intent {
        self.requests += 1;
        let item = self.item();
        let kind = self.chance.pick(&[Kind::Market, Kind::Limit, Kind::Limit, Kind::Stop]);
        let rests = [TimeInForce::Rod, TimeInForce::Rod, TimeInForce::Ioc, TimeInForce::Fok];
        let time_in_force = match kind {
            Kind::Limit => self.chance.pick(&rests),
            _ => TimeInForce::Ioc,
        };
        Intent {
            request: Some(format!("r-{}", self.requests).parse().unwrap()),
            account: Some(self.chance.pick(&["SIM-1", "SIM-1", "SIM-1", "SIM-2"]).parse().unwrap()),
            item,
            side: self.chance.pick(&[Side::Buy, Side::Sell]),
            kind,
            price: kind.has_price().then(|| self.price(item, 12)),
            stop_price: kind.has_stop().then(|| self.price(item, 12)),
            quantity: Quantity::from_units(1 + self.chance.below(3)).unwrap(),
            time_in_force,
            open_close: self.chance.pick(&[OpenClose::Auto, OpenClose::Auto, OpenClose::Open]),
            day_trade: false,
            note: Note::default(),
            signal: None,
            signal_time: None,
        }
    }

    fn send(&mut self, intent: Intent) -> Result<Reply, Refused> {
        let request = Request::Place { intent: Box::new(intent) };
        self.gateway.serve(&request, Door::V1, self.now)
    }

    fn place(&mut self) {
        let intent = self.intent();
        let outcome = match self.send(intent) {
            Ok(Reply::Placed { row, repeated: false }) => Ok(row.order),
            Err(refused) => Err(refused),
            other => panic!("a new request came to {other:?}"),
        };
        if let Some(request) = intent.request {
            self.asked.insert(request, Asked { intent, outcome });
        }
    }

    /// The same request again gets what it got, and no second order; the same id with another body
    /// is an error.
    fn ask_again(&mut self) {
        if self.asked.is_empty() {
            return;
        }
        let place = self.chance.place(self.asked.len());
        let (request, asked) = self.asked.iter().nth(place).unwrap();
        let (request, intent, outcome) = (*request, asked.intent, asked.outcome.clone());
        let orders = self.gateway.state().orders.len();
        if self.chance.one_in(3) {
            let other = Intent { side: intent.side.opposite(), ..intent };
            if outcome.as_ref().is_err_and(|it| it.code == "JOURNAL_UNAVAILABLE") {
                return;
            }
            let refused = self.send(other).unwrap_err();
            assert_eq!(refused.code, "DUPLICATE_REQUEST");
        } else {
            let again = self.send(intent);
            match (outcome, again) {
                (Ok(order), Ok(Reply::Placed { row, repeated: true })) => {
                    assert_eq!(row.order, order);
                }
                // Nothing was done and nothing recorded: it is as if it was never asked.
                (Err(before), again) if before.code == "JOURNAL_UNAVAILABLE" => {
                    let outcome = match again {
                        Ok(Reply::Placed { row, .. }) => Ok(row.order),
                        Ok(other) => panic!("an order came to {other:?}"),
                        Err(refused) => Err(refused),
                    };
                    self.asked.insert(request, Asked { intent, outcome });
                    return;
                }
                (Err(before), Err(refused)) => assert_eq!(before, refused),
                (before, again) => panic!("{request}: first {before:?}, then {again:?}"),
            }
        }
        assert_eq!(self.gateway.state().orders.len(), orders, "{request} made another order");
    }
}

/// A price near the market.
fn near(prices: &[i64], chance: &mut Chance, item: Code, spread: i64) -> Price {
    let place = ITEMS.iter().position(|it| *it == item.as_str()).unwrap();
    Price::from_units(prices[place] + chance.below(2 * spread + 1) - spread).unwrap()
}

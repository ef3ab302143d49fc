//! What will happen, in a sentence, while the form is filled in.

use crate::look::Look;
use crate::view::{Nano, Side};
use crate::widgets::text::exact;

use super::read::Reader;
use super::{Form, Kind, Name};

/// What was done, where the machine said yes and perhaps a number; empty where what was asked for is
/// shown instead.
pub(super) fn done(look: &Look, form: &Form, said: &str) -> String {
    let (key, what) = match &form.kind {
        Kind::Login => ("form.did_login", form.said(Name::User).to_owned()),
        Kind::Item => ("form.did_item", form.said(Name::Item).to_ascii_uppercase()),
        Kind::Condition(None) => ("form.did_condition", form.said(Name::Item).to_ascii_uppercase()),
        Kind::Account => ("form.did_account", form.said(Name::Account).to_owned()),
        Kind::Order => ("form.did_order", said.to_owned()),
        Kind::Condition(Some(id)) | Kind::Amend(id) => ("form.did_change", id.clone()),
        Kind::Protect(it) => ("form.did_protect", it.id.clone()),
        Kind::Futures | Kind::Positions => return String::new(),
    };
    look.fill(key, &[("what", &what)])
}

impl Reader<'_> {
    /// What the form will do; `None` while it says too little.
    pub(super) fn sentence(&self) -> Option<String> {
        match self.form.kind {
            Kind::Condition(_) => self.condition_sentence(),
            Kind::Order => self.order_sentence(),
            Kind::Amend(_) => self.amend_sentence(),
            Kind::Login => {
                let production = self.yes_no(Name::Production).ok()?;
                let key = if production { "form.says_production" } else { "form.says_test" };
                Some(self.look.fill(key, &[("user", self.user().ok()?)]))
            }
            Kind::Protect(_) => self.protect_sentence(),
            Kind::Item | Kind::Account | Kind::Futures | Kind::Positions => None,
        }
    }

    fn condition_sentence(&self) -> Option<String> {
        let (side, trigger, turning) =
            (self.side().ok()?, self.trigger().ok()?, self.turning().ok()?);
        let sign = if side == Side::Buy { 1 } else { -1 };
        let at = |points: Nano, base: Nano| base.checked_add(points.checked_mul(sign)?);
        let entry = at(turning, trigger)?;
        let item = self.item().ok()?;
        let lots = exact(self.quantity().ok()?);
        let (trigger_text, turning_text) = (self.show(trigger), exact(turning));
        let entry_text = self.show(entry);
        let values = [
            ("lots", lots.as_str()),
            ("item", &item),
            ("trigger", &trigger_text),
            ("turning", &turning_text),
            ("entry", &entry_text),
        ];
        let key = match (side, turning) {
            (Side::Buy, 0) => "form.says_buy_flat",
            (Side::Sell, 0) => "form.says_sell_flat",
            (Side::Buy, _) => "form.says_buy",
            (Side::Sell, _) => "form.says_sell",
        };
        let mut text = self.look.fill(key, &values);
        text.push_str(&self.exits(entry, sign)?);
        let following = self.yes_no(Name::Following).ok()?;
        if following && turning > 0 {
            let key =
                if side == Side::Buy { "form.says_follow_low" } else { "form.says_follow_high" };
            text.push_str(&self.look.text(key));
        }
        if self.is_there(side, trigger) {
            text.push_str(&self.look.text("form.says_there"));
        }
        Some(text)
    }

    /// How a condition leaves: levels hang on the entry that was asked for.
    fn exits(&self, entry: Nano, sign: Nano) -> Option<String> {
        let take = self.points(Name::TakeProfit).ok()?;
        let stop = self.points(Name::StopLoss).ok()?;
        let price = |points: Nano, sign: Nano| {
            entry.checked_add(points.checked_mul(sign)?).map(|it| self.show(it))
        };
        let mut parts = Vec::new();
        if let Some(points) = take {
            let values = [("points", exact(points)), ("price", price(points, sign)?)];
            let values = values.each_ref().map(|(name, it)| (*name, it.as_str()));
            parts.push(self.look.fill("form.says_profit", &values));
        }
        if let Some(points) = stop {
            let values = [("points", exact(points)), ("price", price(points, -sign)?)];
            let values = values.each_ref().map(|(name, it)| (*name, it.as_str()));
            parts.push(self.look.fill("form.says_loss", &values));
        }
        if parts.is_empty() {
            return Some(self.look.text("form.says_never_leaves").into_owned());
        }
        let mut text = self.look.text("form.says_leaves").into_owned();
        text.push_str(&parts.join(&self.look.text("form.says_or")));
        if stop.is_none() {
            text.push_str(&self.look.text("form.says_no_stop"));
        }
        Some(text)
    }

    /// Whether the price is already where the condition waits for it.
    fn is_there(&self, side: Side, trigger: Nano) -> bool {
        let last = self.quote().and_then(|it| it.last);
        last.is_some_and(|last| match side {
            Side::Buy => last <= trigger,
            Side::Sell => last >= trigger,
        })
    }

    fn order_sentence(&self) -> Option<String> {
        let side = self.side().ok()?;
        let lots = exact(self.quantity().ok()?);
        let item = self.item().ok()?;
        let side = self.look.text(if side == Side::Buy { "form.buy" } else { "form.sell" });
        let last = self.quote().and_then(|it| it.last);
        let last = last.map_or_else(|| "-".to_owned(), |it| self.show(it));
        let price = self.price().ok()?;
        let shown = price.map(|it| self.show(it)).unwrap_or_default();
        let values = [
            ("side", &*side),
            ("lots", &lots),
            ("item", &item),
            ("last", &last),
            ("price", &shown),
        ];
        let key = if price.is_some() { "form.says_limit" } else { "form.says_market" };
        Some(self.look.fill(key, &values))
    }

    /// The command itself says it best, in few words.
    fn protect_sentence(&self) -> Option<String> {
        self.line().ok().filter(|_| self.first_problem().is_none())
    }

    fn amend_sentence(&self) -> Option<String> {
        let order = self.order()?;
        let lots = exact(self.quantity().ok()?);
        let old = exact(order.quantity);
        let was = order.price.map_or_else(|| "-".to_owned(), |it| self.show(it));
        let price = self.price().ok()?.map_or_else(|| "-".to_owned(), |it| self.show(it));
        let side = if order.side == Side::Buy { "form.buy" } else { "form.sell" };
        let side = self.look.text(side);
        let values = [
            ("order", order.id.as_str()),
            ("side", &side),
            ("item", &order.item),
            ("old", &old),
            ("lots", &lots),
            ("was", &was),
            ("price", &price),
        ];
        Some(self.look.fill("form.says_amend", &values))
    }
}

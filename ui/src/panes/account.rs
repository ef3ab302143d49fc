//! The selected account's money and margin.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{Paragraph, Widget, Wrap};

use super::cells::{bar, nearness, of_profit};
use crate::action::Action;
use crate::pane::Pane;
use crate::screen::{Awaited, Screen};
use crate::theme::Role;
use crate::view::{AccountMoney, Money, View, money, signed};
use crate::widgets::frame::pane_block;
use crate::widgets::text;

/// Cells of a name.
const NAME: u16 = 16;
/// Cells of an amount.
const AMOUNT: u16 = 16;
/// Cells between two columns of lines.
const GAP: u16 = 4;
/// Cells of the bar of used margin.
const BAR: usize = 20;

/// A line: a name, an amount, its meaning.
struct Row {
    key: &'static str,
    amount: Money,
    role: Role,
    is_signed: bool,
}

/// Draws it.
pub(super) fn draw<'a>(
    frame: &mut Frame<'_>,
    area: Rect,
    (screen, view): (&'a Screen, &View),
    title: impl Into<Line<'a>>,
) {
    let block = pane_block(screen, view, Pane::Account, title);
    let inner = block.inner(area).intersection(frame.area());
    block.render(area, frame.buffer_mut());
    let inner =
        Rect { x: inner.x.saturating_add(1), width: inner.width.saturating_sub(1), ..inner };
    if inner.is_empty() {
        return;
    }
    match &view.money {
        Some(money) => draw_money(frame.buffer_mut(), inner, screen, view, money),
        None => draw_nothing(frame.buffer_mut(), inner, screen, view),
    }
}

/// Says why there is nothing.
fn draw_nothing(buffer: &mut Buffer, area: Rect, screen: &Screen, view: &View) {
    let key = match (view.machine.is_logged_in(), &view.machine.account) {
        (false, _) => "account.log_in",
        (true, None) => "account.choose",
        (true, Some(_)) => "account.untold",
    };
    let style = screen.look.style(Role::TextMuted);
    let text = screen.look.text(key);
    Paragraph::new(text).style(style).wrap(Wrap { trim: true }).render(area, buffer);
}

fn draw_money(buffer: &mut Buffer, area: Rect, screen: &Screen, view: &View, money: &AccountMoney) {
    let account = view.machine.account.as_deref().unwrap_or_default();
    let values = [("account", account), ("currency", &money.currency)];
    put(buffer, area, 0, &screen.look.fill("account.of", &values), Role::TextStrong, screen);
    draw_margin(buffer, area, screen, money);
    let lines = usize::from(area.height.saturating_sub(2));
    if lines == 0 {
        return;
    }
    for (at, row) in rows(money).iter().enumerate() {
        let (column, line) = (at / lines, at % lines);
        let step = usize::from(NAME + 1 + AMOUNT + GAP);
        let x = u16::try_from(column * step).unwrap_or(u16::MAX);
        let y = u16::try_from(line).unwrap_or(u16::MAX).saturating_add(2);
        let area = Rect {
            x: area.x.saturating_add(x),
            y: area.y.saturating_add(y),
            width: area.width.saturating_sub(x).min(NAME + 1 + AMOUNT),
            height: 1,
        };
        draw_row(buffer, area, screen, row);
    }
}

fn draw_row(buffer: &mut Buffer, area: Rect, screen: &Screen, row: &Row) {
    let cells = usize::from(area.width.saturating_sub(NAME + 1).min(AMOUNT));
    let name = screen.look.text(row.key);
    put(buffer, area, 0, &text::pad_right(&name, usize::from(NAME)), Role::TextMuted, screen);
    let amount = amount(row);
    let amount = text::pad_left(&text::number(&amount, cells), cells);
    let right = Rect {
        x: area.x.saturating_add(NAME + 1),
        width: area.width.saturating_sub(NAME + 1),
        ..area
    };
    put(buffer, right, 0, &amount, row.role, screen);
}

fn amount(row: &Row) -> String {
    signed(money(row.amount), row.is_signed && row.amount > 0)
}

/// The share of the equity that is deposited, and what it means in words.
fn draw_margin(buffer: &mut Buffer, area: Rect, screen: &Screen, money: &AccountMoney) {
    let permille = used(money);
    let (role, word) = match nearness(permille).0 {
        Role::StatusDanger => (Role::StatusDanger, Some("account.below")),
        Role::StatusWarn => (Role::StatusWarn, Some("account.thin")),
        role => (role, None),
    };
    let mut text = format!("{} {}", screen.look.text("account.used"), bar(permille, BAR));
    if let Some(ratio) = ratio(money) {
        text.push_str(&format!("  {} {ratio}%", screen.look.text("account.ratio")));
    }
    if let Some(word) = word {
        text.push_str(&format!("  {}", screen.look.text(word)));
    }
    put(buffer, area, 1, &text, role, screen);
}

/// Margin of the equity, in thousandths; all of it where there is no equity left.
fn used(money: &AccountMoney) -> u32 {
    if money.margin <= 0 {
        return 0;
    }
    if money.equity <= 0 {
        return u32::MAX;
    }
    let permille = money.margin.saturating_mul(1_000) / money.equity;
    u32::try_from(permille).unwrap_or(u32::MAX)
}

/// Equity of the margin in percent, the number that brokers call when it falls; `None` without
/// positions.
fn ratio(money: &AccountMoney) -> Option<i128> {
    (money.margin > 0).then(|| money.equity.saturating_mul(100) / money.margin)
}

fn rows(money: &AccountMoney) -> Vec<Row> {
    let plain = |key, amount: Money| {
        let role = if amount < 0 { Role::StatusDanger } else { Role::Text };
        Row { key, amount, role, is_signed: false }
    };
    let made = |key, amount| Row { key, amount, role: of_profit(amount), is_signed: true };
    let made_in_all = money.realized.saturating_add(money.open_profit).saturating_sub(money.costs);
    vec![
        plain("account.equity", money.equity),
        plain("account.balance", money.balance),
        plain("account.margin", money.margin),
        plain("account.available", money.available),
        made("account.open_profit", money.open_profit),
        made("account.realized", money.realized),
        plain("account.costs", money.costs),
        made("account.day", made_in_all),
    ]
}

fn put(buffer: &mut Buffer, area: Rect, line: u16, text: &str, role: Role, screen: &Screen) {
    if line >= area.height || area.width == 0 {
        return;
    }
    let style: Style = screen.look.style(role);
    let shown = text::truncate(text, usize::from(area.width));
    let (x, y) = (area.x, area.y.saturating_add(line));
    if buffer.cell((x, y)).is_some() {
        buffer.set_stringn(x, y, shown, usize::from(area.width), style);
    }
}

/// The account's lines for a file.
pub(super) fn save(screen: &mut Screen, view: &View) -> Option<Action> {
    let money = view.money.as_ref()?;
    let look = &screen.look;
    let header =
        ["account.name", "account.amount", "account.currency"].map(|it| look.text(it).into_owned());
    let rows: Vec<Vec<String>> = rows(money)
        .iter()
        .map(|row| {
            let amount = crate::view::money(row.amount).replace(',', "");
            vec![look.text(row.key).into_owned(), amount, money.currency.clone()]
        })
        .collect();
    let done = look.fill("table.saved", &[("rows", &rows.len().to_string())]);
    let id = screen.number(Awaited::Toast(done));
    Some(Action::Save { id, name: Pane::Account.word().to_owned(), header: header.into(), rows })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(equity: i64, margin: i64) -> AccountMoney {
        AccountMoney { equity: equity.into(), margin: margin.into(), ..AccountMoney::default() }
    }

    #[test]
    fn the_margin_is_measured_even_where_no_equity_is_left() {
        for (equity, margin, permille, percent) in [
            (500, 100, 200, Some(500)),
            (100, 100, 1_000, Some(100)),
            (50, 100, 2_000, Some(50)),
            (0, 100, u32::MAX, Some(0)),
            (-50, 100, u32::MAX, Some(-50)),
            (500, 0, 0, None),
        ] {
            let money = money(equity, margin);
            assert_eq!((used(&money), ratio(&money)), (permille, percent), "{equity} {margin}");
        }
    }
}

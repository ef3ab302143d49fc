//! The conditions file: `[[condition]]` tables, each the terms of one condition.
//!
//! Owns its keys and how each is written. Refuses what it does not know: all errors are listed at
//! once, each with its line, condition, key and value.

use std::collections::BTreeMap;
use std::fmt;

use aftm_domain::condition::Terms;
use aftm_domain::{ConditionId, Price, Quantity};

use super::Defaults;
use crate::document::{self, Entry, Node, Shape, Value};

const KEYS: [&str; 10] = [
    "id",
    "item",
    "action",
    "trigger",
    "turning",
    "quantity",
    "take_profit",
    "stop_loss",
    "following",
    "account",
];

/// One thing that is wrong with a conditions file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// The condition: its id, or which one it is in the file where it has none. Empty for the file.
    pub condition: String,
    /// The key, the value, and what is wrong.
    pub reason: String,
}

/// Everything that is wrong with a conditions file; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems {
    /// The file, as it was named.
    pub file: String,
    /// What is wrong, in the order of the file.
    pub problems: Vec<Problem>,
}

impl fmt::Display for Problems {
    /// One problem a line: `file:line: condition a: trigger = 0 must be above 0`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Problem { line, condition, reason }) in self.problems.iter().enumerate() {
            let gap = if index == 0 { "" } else { "\n" };
            let of = if condition.is_empty() { "" } else { "condition " };
            let colon = if condition.is_empty() { "" } else { ": " };
            write!(f, "{gap}{}:{line}: {of}{condition}{colon}{reason}", self.file)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// Reads a conditions file; `file` names it in errors. Keys that a condition leaves out take the
/// defaults, except `id`, `item`, `action` and `trigger`, which it must have.
pub fn parse(text: &str, file: &str, defaults: &Defaults) -> Result<Vec<Terms>, Problems> {
    let mut problems = Vec::new();
    let mut all = Vec::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let entries = document::parse(text).unwrap_or_else(|errors| {
        let whole = |it: document::SyntaxError| problem(it.line, "", it.message);
        problems.extend(errors.into_iter().map(whole));
        Vec::new()
    });
    for entry in &entries {
        match (&entry.node, entry.key.as_str()) {
            (Node::Tables(tables), "condition") => {
                for (index, (line, keys)) in tables.iter().enumerate() {
                    all.extend(Table::new(index, *line, keys, &mut problems).terms(defaults));
                }
            }
            (_, "condition") => {
                let reason = "conditions are written as tables below [[condition]]";
                problems.push(problem(entry.line, "", reason));
            }
            (_, key) => {
                let reason = format!("{key} is not known here; write [[condition]]");
                problems.push(problem(entry.line, "", reason));
            }
        }
    }
    repeated_ids(&all, &mut problems);
    if problems.is_empty() {
        return Ok(all.into_iter().map(|(_, terms)| terms).collect());
    }
    problems.sort_by_key(|it| it.line);
    Err(Problems { file: file.to_owned(), problems })
}

fn problem(line: usize, condition: &str, reason: impl Into<String>) -> Problem {
    Problem { line, condition: condition.to_owned(), reason: reason.into() }
}

fn repeated_ids(all: &[(usize, Terms)], problems: &mut Vec<Problem>) {
    let mut first: BTreeMap<ConditionId, usize> = BTreeMap::new();
    for (line, Terms { id, .. }) in all {
        match first.get(id) {
            Some(earlier) => {
                let reason = format!("id = \"{id}\" is taken by the condition of line {earlier}");
                problems.push(problem(*line, id.as_str(), reason));
            }
            None => drop(first.insert(*id, *line)),
        }
    }
}

/// One `[[condition]]`.
struct Table<'a> {
    name: String,
    line: usize,
    keys: &'a [Entry],
    problems: &'a mut Vec<Problem>,
}

impl<'a> Table<'a> {
    fn new(
        index: usize,
        line: usize,
        keys: &'a [Entry],
        problems: &'a mut Vec<Problem>,
    ) -> Table<'a> {
        let id = keys.iter().find(|it| it.key == "id").map(|it| it.node.as_value().text);
        let name = id.unwrap_or_else(|| format!("number {}", index + 1));
        Table { name, line, keys, problems }
    }

    /// The terms and the line of their `[[condition]]`, unless something is wrong.
    fn terms(mut self, defaults: &Defaults) -> Option<(usize, Terms)> {
        let before = self.problems.len();
        self.refuse_unknown();
        // Every key is read before the first `?`, so that all of their problems are found.
        let id = self.required("id", Table::text);
        let item = self.required("item", Table::text);
        let action = self.required("action", Table::text);
        let trigger = self.required("trigger", Table::trigger);
        let turning = self.optional("turning", defaults.turning, Table::turning);
        let quantity = self.optional("quantity", defaults.quantity, Table::lots);
        let take_profit = self.optional("take_profit", defaults.take_profit, Table::points);
        let stop_loss = self.optional("stop_loss", defaults.stop_loss, Table::points);
        let following = self.optional("following", false, Table::boolean);
        let account = self.optional("account", None, |it, entry| it.text(entry).map(Some));
        let terms = Terms {
            id: id?,
            item: item?,
            action: action?,
            trigger: trigger?,
            turning: turning?,
            quantity: quantity?,
            take_profit: take_profit?,
            stop_loss: stop_loss?,
            following: following?,
            account: account?,
        };
        if let Err(err) = terms.check() {
            self.problems.push(problem(self.line, &self.name, err.to_string()));
        }
        (self.problems.len() == before).then_some((self.line, terms))
    }

    fn refuse_unknown(&mut self) {
        for entry in self.keys.iter().filter(|it| !KEYS.contains(&it.key.as_str())) {
            let far = |it: &&str| strsim::osa_distance(&entry.key, it);
            let near = KEYS.into_iter().min_by_key(far).filter(|it| far(it) <= 2);
            let hint = near.map(|it| format!("; did you mean {it}?")).unwrap_or_default();
            let value = entry.node.as_value();
            let reason = format!("{} = {value} is not a key of a condition{hint}", entry.key);
            self.problems.push(problem(entry.line, &self.name, reason));
        }
    }

    fn required<T>(
        &mut self,
        key: &str,
        read: impl Fn(&mut Table<'a>, &Entry) -> Option<T>,
    ) -> Option<T> {
        let Some(entry) = self.keys.iter().find(|it| it.key == key) else {
            self.problems.push(problem(self.line, &self.name, format!("{key} is missing")));
            return None;
        };
        read(self, entry)
    }

    fn optional<T>(
        &mut self,
        key: &str,
        default: T,
        read: impl Fn(&mut Table<'a>, &Entry) -> Option<T>,
    ) -> Option<T> {
        match self.keys.iter().find(|it| it.key == key) {
            Some(entry) => read(self, entry),
            None => Some(default),
        }
    }

    fn refuse<T>(&mut self, entry: &Entry, why: impl fmt::Display) -> Option<T> {
        let reason = format!("{} = {}: {why}", entry.key, entry.node.as_value());
        self.problems.push(problem(entry.line, &self.name, reason));
        None
    }

    fn text<T: std::str::FromStr<Err: fmt::Display>>(&mut self, entry: &Entry) -> Option<T> {
        match entry.node.as_value() {
            Value { text, shape: Shape::Text } => match text.parse() {
                Ok(value) => Some(value),
                Err(err) => self.refuse(entry, err),
            },
            _ => self.refuse(entry, "it must be text in quotes"),
        }
    }

    fn boolean(&mut self, entry: &Entry) -> Option<bool> {
        match entry.node.as_value() {
            Value { text, shape: Shape::Boolean } => Some(text == "true"),
            _ => self.refuse(entry, "it must be true or false, without quotes"),
        }
    }

    /// Exact decimal text; a number counts as the digits that were written.
    fn decimal<T: std::str::FromStr<Err: fmt::Display>>(&mut self, entry: &Entry) -> Option<T> {
        match entry.node.as_value() {
            Value { text, shape: Shape::Text | Shape::Integer | Shape::Float } => {
                match text.parse() {
                    Ok(value) => Some(value),
                    Err(err) => self.refuse(entry, err),
                }
            }
            _ => self.refuse(entry, "it must be a decimal number"),
        }
    }

    fn trigger(&mut self, entry: &Entry) -> Option<Price> {
        let price: Price = self.decimal(entry)?;
        if price.is_positive() { Some(price) } else { self.refuse(entry, "it must be above 0") }
    }

    fn turning(&mut self, entry: &Entry) -> Option<Price> {
        let points: Price = self.decimal(entry)?;
        if points < Price::ZERO {
            return self.refuse(entry, "it must be 0 or above");
        }
        Some(points)
    }

    fn lots(&mut self, entry: &Entry) -> Option<Quantity> {
        let lots: Quantity = self.decimal(entry)?;
        if lots.is_positive() { Some(lots) } else { self.refuse(entry, "it must be above 0") }
    }

    fn points(&mut self, entry: &Entry) -> Option<Option<Price>> {
        if entry.node == Node::Value(Value { text: "none".to_owned(), shape: Shape::Text }) {
            return Some(None);
        }
        let points: Price = self.decimal(entry)?;
        if points.is_positive() {
            return Some(Some(points));
        }
        self.refuse(entry, "it must be above 0; write \"none\" for none")
    }
}

#[cfg(test)]
mod tests;

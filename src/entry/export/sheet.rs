//! Records as JSON lines or comma-separated values.

use std::io::Write;

use anyhow::Result;
use serde::Serialize;
use serde_json::Value;

use crate::desk::records as lines;
use crate::entry::cli::{Format, Records};

/// A column, and where its value is in the record's JSON.
type Column = (&'static str, &'static str);

const ORDERS: &[Column] = &[
    ("order", "/order"),
    ("condition", "/condition"),
    ("signal", "/signal"),
    ("item", "/item"),
    ("account", "/account"),
    ("side", "/side"),
    ("kind", "/kind"),
    ("price", "/price"),
    ("stop_price", "/stop_price"),
    ("quantity", "/quantity"),
    ("filled", "/filled"),
    ("average", "/average"),
    ("time_in_force", "/time_in_force"),
    ("open_close", "/open_close"),
    ("status", "/status"),
    ("venue_id", "/venue_id"),
    ("refusal_code", "/refusal/code"),
    ("refusal_text", "/refusal/text"),
    ("note", "/note"),
    ("is_external", "/is_external"),
    ("time", "/time"),
];

const FILLS: &[Column] = &[
    ("order", "/order"),
    ("condition", "/condition"),
    ("kind", "/kind"),
    ("item", "/item"),
    ("account", "/account"),
    ("side", "/side"),
    ("quantity", "/quantity"),
    ("price", "/price"),
    ("fee", "/fee"),
    ("tax", "/tax"),
    ("time", "/time"),
];

const CONDITIONS: &[Column] = &[
    ("id", "/id"),
    ("item", "/item"),
    ("action", "/action"),
    ("trigger", "/trigger"),
    ("turning", "/turning"),
    ("quantity", "/quantity"),
    ("take_profit", "/take_profit"),
    ("stop_loss", "/stop_loss"),
    ("following", "/following"),
    ("account", "/account"),
    ("state", "/state"),
    ("moved_trigger", "/moved_trigger"),
    ("generation", "/generation"),
    ("is_paused", "/is_paused"),
    ("open", "/open"),
    ("entry", "/entry"),
    ("exit", "/exit"),
];

const AUDIT: &[Column] = &[
    ("time", "/time"),
    ("sequence", "/sequence"),
    ("kind", "/kind"),
    ("door", "/door"),
    ("client", "/client"),
    ("body", "/body"),
];

pub(super) const fn columns(what: Records) -> &'static [Column] {
    match what {
        Records::Orders => ORDERS,
        Records::Fills => FILLS,
        Records::Conditions => CONDITIONS,
        Records::Audit | Records::Events => AUDIT,
    }
}

/// What records are written to, one after the other.
pub(super) enum Sheet<'a> {
    Lines(&'a mut dyn Write),
    Table(Box<csv::Writer<&'a mut dyn Write>>, &'static [Column]),
}

impl<'a> Sheet<'a> {
    /// A sheet without records; a table has its header already.
    pub(super) fn new(format: Format, what: Records, out: &'a mut dyn Write) -> Result<Sheet<'a>> {
        if format == Format::Jsonl {
            return Ok(Sheet::Lines(out));
        }
        let columns = columns(what);
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(columns.iter().map(|(name, _)| name)).map_err(cause)?;
        Ok(Sheet::Table(Box::new(writer), columns))
    }

    /// Adds a record.
    pub(super) fn add<T: Serialize>(&mut self, record: &T) -> Result<()> {
        match self {
            Sheet::Lines(out) => writeln!(out, "{}", lines::json(record))?,
            Sheet::Table(writer, columns) => {
                let value = serde_json::to_value(record)?;
                let cells = columns.iter().map(|(_, place)| cell(&value, place));
                writer.write_record(cells).map_err(cause)?;
            }
        }
        Ok(())
    }

    /// Writes what is left.
    pub(super) fn finish(self) -> Result<()> {
        match self {
            Sheet::Lines(out) => out.flush()?,
            Sheet::Table(mut writer, _) => writer.flush()?,
        }
        Ok(())
    }
}

/// What the system said, which the table's own error hides.
fn cause(error: csv::Error) -> anyhow::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        other => anyhow::anyhow!("cannot write a table: {other:?}"),
    }
}

/// A value as text: nothing where there is none, JSON where it is a whole object.
fn cell(record: &Value, place: &str) -> String {
    match record.pointer(place) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, ErrorKind};

    use super::*;

    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_is_named_in_either_form() {
        for format in [Format::Jsonl, Format::Csv] {
            let mut closed = Closed;
            let mut sheet = Sheet::new(format, Records::Fills, &mut closed).unwrap();
            // More than any buffer takes.
            let record = serde_json::json!({ "order": "A".repeat(100_000) });
            let error = sheet.add(&record).unwrap_err();
            let error = error.downcast_ref::<io::Error>().unwrap();
            assert_eq!(error.kind(), ErrorKind::BrokenPipe, "{format:?}");
        }
    }
}

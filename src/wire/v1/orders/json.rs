//! A JSON object as it was written: bounded, without repeated keys, numbers still text.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::value::RawValue;

use super::{Failure, code};
use crate::wire::v1::{FRAME_BYTES_MAX, excerpt};

/// How deeply a request may nest; the deepest that v1 knows is two.
const DEPTH_MAX: usize = 32;

/// The keys and values of one object, as they stood.
pub(super) struct Object<'a>(BTreeMap<String, &'a RawValue>);

/// A value that a field can have.
pub(super) enum Value<'a> {
    Text(String),
    /// As it was written, so that no float comes between.
    Number(&'a str),
    Bool(bool),
    Null,
    List,
    Object,
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Text(text) => write!(f, "{:?}", excerpt(text)),
            Value::Number(text) => f.write_str(&excerpt(text)),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Null => f.write_str("null"),
            Value::List => f.write_str("a list"),
            Value::Object => f.write_str("an object"),
        }
    }
}

/// Reads a frame into its object. Size and depth are checked before anything is decoded, repeated
/// keys at every level.
pub(super) fn object(frame: &[u8]) -> Result<Object<'_>, Failure> {
    let bytes = frame.len();
    if bytes > FRAME_BYTES_MAX {
        let message = format!("the request has {bytes} bytes, more than {FRAME_BYTES_MAX}");
        return Err(Failure::new(code::TOO_LARGE, message));
    }
    let text = std::str::from_utf8(frame).map_err(|err| {
        let message = format!("the request is not UTF-8 from byte {} on", err.valid_up_to());
        Failure::new(code::PROCESSING_ERROR, message)
    })?;
    if depth(frame) > DEPTH_MAX {
        let message = format!("the request nests deeper than {DEPTH_MAX} levels");
        return Err(Failure::new(code::TOO_LARGE, message));
    }
    let raw: &RawValue = serde_json::from_str(text).map_err(|err| malformed(text, &err))?;
    check_keys(raw.get())?;
    if !raw.get().starts_with('{') {
        let message = format!("the request is {}, not a JSON object", value(raw));
        return Err(Failure::new(code::PROCESSING_ERROR, message));
    }
    Object::read(raw)
}

impl<'a> Object<'a> {
    pub(super) fn empty() -> Object<'a> {
        Object(BTreeMap::new())
    }

    /// The object in a value that starts with `{`.
    pub(super) fn read(raw: &'a RawValue) -> Result<Object<'a>, Failure> {
        serde_json::from_str(raw.get()).map(Object).map_err(|err| malformed(raw.get(), &err))
    }

    pub(super) fn raw(&self, key: &str) -> Option<&'a RawValue> {
        self.0.get(key).copied()
    }

    pub(super) fn value(&self, key: &str) -> Option<Value<'a>> {
        self.raw(key).map(value)
    }

    /// The value of a key, absent where it is null.
    pub(super) fn some(&self, key: &str) -> Option<Value<'a>> {
        self.value(key).filter(|it| !matches!(it, Value::Null))
    }
}

/// Refuses a repeated key at every level of valid JSON, in one pass: which of the two counts would
/// be a guess. Text before a colon is a key; braces outside text say of which object.
fn check_keys(text: &str) -> Result<(), Failure> {
    let mut objects: Vec<BTreeSet<String>> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}', '"']) {
        rest = rest.get(at..).unwrap_or_default();
        if let Some(after) = rest.strip_prefix('{') {
            objects.push(BTreeSet::new());
            rest = after;
        } else if let Some(after) = rest.strip_prefix('}') {
            objects.pop();
            rest = after;
        } else {
            let (string, after) = leading_text(rest)?;
            let is_key = after.trim_start().starts_with(':');
            if let Some(keys) = objects.last_mut().filter(|_| is_key) {
                if keys.contains(&string) {
                    let key = excerpt(&string);
                    let message = format!("the key {key:?} stands twice in one object");
                    return Err(Failure::new(code::INVALID_JSON, message));
                }
                keys.insert(string);
            }
            rest = after;
        }
    }
    Ok(())
}

/// The text that the rest of a frame starts with, and what follows it. Half a surrogate pair is all
/// that can be wrong with text whose syntax was checked.
fn leading_text(rest: &str) -> Result<(String, &str), Failure> {
    let mut texts = serde_json::Deserializer::from_str(rest).into_iter();
    let text = texts.next().transpose().map_err(|_| {
        let message = format!("the text {:?} has half a surrogate pair", excerpt(rest));
        Failure::new(code::INVALID_JSON, message)
    })?;
    Ok((text.unwrap_or_default(), rest.get(texts.byte_offset()..).unwrap_or_default()))
}

/// What a value is; its syntax was checked before.
pub(super) fn value(raw: &RawValue) -> Value<'_> {
    let text = raw.get();
    if let Ok(text) = serde_json::from_str(text) {
        return Value::Text(text);
    }
    match text.as_bytes().first() {
        Some(b'{') => Value::Object,
        Some(b'[') => Value::List,
        Some(b't') => Value::Bool(true),
        Some(b'f') => Value::Bool(false),
        Some(b'n') => Value::Null,
        _ => Value::Number(text),
    }
}

/// How deeply brackets nest outside text; exact for JSON, and an upper bound is all that is needed
/// for anything else.
fn depth(frame: &[u8]) -> usize {
    let (mut deepest, mut depth, mut is_text, mut is_escaped) = (0, 0_usize, false, false);
    for byte in frame {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_text,
            b'"' => is_text = !is_text,
            b'{' | b'[' if !is_text => depth += 1,
            b'}' | b']' if !is_text => depth = depth.saturating_sub(1),
            _ => (),
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// What is wrong with the text, and where.
fn malformed(text: &str, err: &serde_json::Error) -> Failure {
    let line = text.lines().nth(err.line().saturating_sub(1)).unwrap_or_default();
    let rest = line.get(err.column().saturating_sub(1)..).unwrap_or_default();
    // Python writes both where it should not; the letter alone would puzzle.
    let is_python = rest.starts_with("NaN") || rest.starts_with("Infinity");
    let hint = if is_python { ": NaN and Infinity are no JSON numbers" } else { "" };
    Failure::new(code::INVALID_JSON, format!("the request is not JSON: {err}{hint}"))
}

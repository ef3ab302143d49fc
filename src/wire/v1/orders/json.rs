//! A JSON object as it was written: bounded, without repeated keys, numbers still text.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Failure, code};
use crate::wire::v1::{FRAME_BYTES_MAX, excerpt};

/// How deeply a request may nest; the deepest that v1 knows is two.
const DEPTH_MAX: usize = 32;

/// The keys and values of one object, as they stood.
pub(super) struct Object<'a>(Vec<(String, &'a RawValue)>);

/// A value that a field can have.
pub(super) enum Value<'a> {
    Text(String),
    /// As it was written, so that no float comes between.
    Number(&'a str),
    Bool(bool),
    Null,
    List,
    Object,
    /// Text with half a surrogate pair, which stands for no character.
    Broken,
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
            Value::Broken => f.write_str("text with half a surrogate pair"),
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
    check(raw)?;
    if !raw.get().starts_with('{') {
        let message = format!("the request is {}, not a JSON object", value(raw));
        return Err(Failure::new(code::PROCESSING_ERROR, message));
    }
    Object::read(raw)
}

impl<'a> Object<'a> {
    pub(super) fn empty() -> Object<'a> {
        Object(Vec::new())
    }

    /// The object in a value that starts with `{`.
    pub(super) fn read(raw: &'a RawValue) -> Result<Object<'a>, Failure> {
        serde_json::from_str(raw.get()).map_err(|err| malformed(raw.get(), &err))
    }

    pub(super) fn raw(&self, key: &str) -> Option<&'a RawValue> {
        self.0.iter().find(|it| it.0 == key).map(|it| it.1)
    }

    pub(super) fn value(&self, key: &str) -> Option<Value<'a>> {
        self.raw(key).map(value)
    }

    /// The value of a key, absent where it is null.
    pub(super) fn some(&self, key: &str) -> Option<Value<'a>> {
        self.value(key).filter(|it| !matches!(it, Value::Null))
    }

    fn repeated(&self) -> Option<&str> {
        let mut keys: Vec<&str> = self.0.iter().map(|it| it.0.as_str()).collect();
        keys.sort_unstable();
        keys.windows(2).find_map(|pair| match pair {
            [one, next] if one == next => Some(*one),
            _ => None,
        })
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Object<'de>, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Object(fields))
            }
        }
        source.deserialize_map(Fields)
    }
}

/// Refuses a repeated key, here and in everything below: which of the two counts would be a guess.
fn check(raw: &RawValue) -> Result<(), Failure> {
    match raw.get().as_bytes().first() {
        Some(b'{') => {
            let object = Object::read(raw)?;
            if let Some(key) = object.repeated() {
                let message = format!("the key {:?} stands twice in one object", excerpt(key));
                return Err(Failure::new(code::INVALID_JSON, message));
            }
            object.0.iter().try_for_each(|field| check(field.1))
        }
        Some(b'[') => {
            let items: Vec<&RawValue> =
                serde_json::from_str(raw.get()).map_err(|err| malformed(raw.get(), &err))?;
            items.into_iter().try_for_each(check)
        }
        _ => Ok(()),
    }
}

/// What a value is; its syntax was checked before.
pub(super) fn value(raw: &RawValue) -> Value<'_> {
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'"') => serde_json::from_str(text).map_or(Value::Broken, Value::Text),
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

//! JSON as tokens need it: a member named twice is an error (RFC 7515 4,
//! RFC 7519 4), and so is deep nesting.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::error::JoseError;

/// A JSON object with its members.
pub(crate) type Object = Map<String, Value>;

/// Arrays and objects may be nested this deep, the outermost one counted.
pub(crate) const MAX_DEPTH: usize = 32;

/// Reads exactly one JSON object.
pub(crate) fn parse_object(text: &[u8]) -> Result<Object, JoseError> {
    const REFUSED: JoseError = JoseError::Parse("not a strict JSON object");
    let mut input = serde_json::Deserializer::from_slice(text);
    let value = Strict { depth: 0 }
        .deserialize(&mut input)
        .map_err(|_| REFUSED)?;
    input.end().map_err(|_| REFUSED)?;
    match value {
        Value::Object(members) => Ok(members),
        _ => Err(REFUSED),
    }
}

/// A value at a depth.
#[derive(Clone, Copy)]
struct Strict {
    depth: usize,
}

impl Strict {
    fn inner<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(E::custom("nested too deep"));
        }
        Ok(Self {
            depth: self.depth + 1,
        })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(inner)?;
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a member is named twice"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::{MAX_DEPTH, parse_object};

    #[test]
    fn members_named_twice_are_refused_at_any_depth() {
        assert!(parse_object(br#"{"a":1,"b":{"c":1}}"#).is_ok());
        assert!(parse_object(br#"{"a":1,"a":1}"#).is_err());
        assert!(parse_object(br#"{"a":1,"\u0061":1}"#).is_err());
        assert!(parse_object(br#"{"b":[{"c":1,"c":2}]}"#).is_err());
    }

    #[test]
    fn only_one_object_and_nothing_after_it() {
        for text in [
            "",
            "[]",
            "1",
            "null",
            "{} {}",
            "{}x",
            "\u{feff}{}",
            "{'a':1}",
        ] {
            assert!(parse_object(text.as_bytes()).is_err(), "`{text}`");
        }
        assert!(parse_object(b"{\"a\":\"\xff\"}").is_err());
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| {
            let inner = depth - 1;
            format!("{{\"a\":{}{}}}", "[".repeat(inner), "]".repeat(inner))
        };
        assert!(parse_object(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert!(parse_object(nested(MAX_DEPTH + 1).as_bytes()).is_err());
        assert!(parse_object(nested(10_000).as_bytes()).is_err());
    }
}

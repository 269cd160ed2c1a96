//! A key twice in a header: the format forbids it, and programs differ in which of the two they take.

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use std::collections::HashSet;
use std::fmt;

/// Refuses a header with a key twice, among its tensors or in its metadata.
pub fn check(json: &[u8]) -> Result<(), serde_json::Error> {
    Object { is_header: true }.deserialize(&mut serde_json::Deserializer::from_slice(json))
}

/// An object whose keys differ.
struct Object {
    /// The metadata in it are another.
    is_header: bool,
}

impl<'de> DeserializeSeed<'de> for Object {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut keys = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if self.is_header && key == "__metadata__" {
                map.next_value_seed(Self { is_header: false })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
            if let Some(twice) = keys.replace(key) {
                return Err(A::Error::custom(format_args!("the key `{}` occurs twice", twice.escape_debug())));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn a_key_twice_is_refused() {
        for fine in [r"{}", r#"{"a": {"b": 1}, "__metadata__": {"a": "1", "b": "2"}}"#] {
            assert!(check(fine.as_bytes()).is_ok(), "{fine}");
        }
        for twice in [r#"{"a": 1, "a": 1}"#, r#"{"__metadata__": {"a": "1", "a": "1"}}"#, r#"{"a": 1, "\u0061": 2}"#] {
            assert!(check(twice.as_bytes()).unwrap_err().to_string().contains("the key `a` occurs twice"), "{twice}");
        }
        assert!(check(b"[1]").is_err());
    }
}

//! Precompiled normalizers, looked at before the crate sets memory aside for what they claim.

use serde_json::Value;

/// Six bits of base64.
fn digit(letter: u8) -> Option<u32> {
    let value = match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

/// The first four bytes, little-endian: how many bytes of trie follow.
fn claimed(base64: &[u8]) -> Option<u32> {
    let mut bits: u64 = 0;
    for letter in base64.get(..6)? {
        bits = bits << 6 | u64::from(digit(*letter)?);
    }
    Some(((bits >> 4) as u32).swap_bytes())
}

fn check_map(base64: &str) -> Result<(), String> {
    let padding = base64.bytes().rev().take_while(|letter| *letter == b'=');
    let held = (base64.len() / 4 * 3).saturating_sub(4 + padding.count());
    match claimed(base64.as_bytes()) {
        Some(size) if size as usize <= held => Ok(()),
        _ => Err("its precompiled_charsmap is damaged".to_string()),
    }
}

/// Fails where a charsmap inside claims to be longer than it is.
pub fn check(normalizer: &Value) -> Result<(), String> {
    match normalizer {
        Value::Array(items) => items.iter().try_for_each(check),
        Value::Object(fields) => fields.iter().try_for_each(|(key, value)| match value {
            Value::String(map) if key == "precompiled_charsmap" => check_map(map),
            _ => check(value),
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use serde_json::json;

    #[test]
    fn only_a_map_that_holds_its_trie_is_taken() {
        let of =
            |map: &str| json!({"type": "Sequence", "normalizers": [{"precompiled_charsmap": map}]});
        assert!(check(&of("BAAAAAAAAAA=")).is_ok()); // 4 bytes are claimed and follow
        assert!(check(&of("/////w==")).is_err());
        assert!(check(&of("CQAAAAAAAAA=")).is_err());
        assert!(check(&of("")).is_err());
        assert!(check(&json!({"type": "NFC"})).is_ok());
    }
}

//! What the formats written in XML share.

use quick_xml::events::BytesStart;

/// Text with what XML cannot hold replaced; line ends and tabs survive any reader.
pub(super) fn escaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '&' => result.push_str("&amp;"),
            '"' => result.push_str("&quot;"),
            '\n' => result.push_str("&#10;"),
            '\r' => result.push_str("&#13;"),
            '\t' => result.push_str("&#9;"),
            '\u{FFFE}' | '\u{FFFF}' => result.push('\u{FFFD}'),
            character if character < ' ' => result.push('\u{FFFD}'),
            character => result.push(character),
        }
    }
    result
}

/// The attributes of a tag, unescaped, in order.
///
/// # Errors
/// With the cause, if one is broken.
pub(super) fn attributes_of(start: &BytesStart<'_>) -> Result<Vec<(String, String)>, String> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|cause| cause.to_string())?;
        let value = std::str::from_utf8(&attribute.value).map_err(|cause| cause.to_string())?;
        let value = quick_xml::escape::unescape(value).map_err(|cause| cause.to_string())?;
        attributes.push((String::from_utf8_lossy(attribute.key.as_ref()).into_owned(), value.into_owned()));
    }
    Ok(attributes)
}

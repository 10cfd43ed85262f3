//! XML elements as a tree: enough for annotation files, within limits, and with patience for tags that are closed the
//! way the guide's table closes them (`<r>50<r>`).

use super::plain;
use crate::domain::Explanation;
use crate::formats::xml::{attributes_of, escaped};
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::io::{self, Write};

/// A file with more elements is refused: a polygon of half a million vertices has fewer.
pub(super) const MAX_ELEMENTS: usize = 2_000_000;
/// Annotations nest four deep.
pub(super) const MAX_DEPTH: usize = 32;
/// An object has so many children or fewer; room for them at once is cheaper than growing into it.
const USUAL_CHILDREN: usize = 8;

/// An element. Comments and processing instructions are not kept; nor is text beside children. Names and texts are
/// borrowed from the file wherever nothing in them is escaped: a folder of annotations has millions of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Element<'a> {
    pub name: Cow<'a, str>,
    pub attributes: Vec<(String, String)>,
    /// Unescaped, as it stands.
    pub text: Cow<'a, str>,
    pub children: Vec<Element<'a>>,
}

impl<'a> Element<'a> {
    /// An element with text.
    #[must_use]
    pub fn leaf(name: impl Into<Cow<'a, str>>, text: impl Into<Cow<'a, str>>) -> Self {
        Self { name: name.into(), text: text.into(), ..Self::default() }
    }

    /// An element with children.
    #[must_use]
    pub fn branch(name: impl Into<Cow<'a, str>>, children: Vec<Element<'a>>) -> Self {
        Self { name: name.into(), children, ..Self::default() }
    }

    /// The first child of this name.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Element<'a>> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text without space around it.
    #[must_use]
    pub fn trimmed(&self) -> &str {
        self.text.trim()
    }

    /// As compact JSON: `[name, text, children, attributes]`, what is empty at the end left out.
    pub(super) fn to_json(&self) -> Value {
        let children: Vec<Value> = self.children.iter().map(Self::to_json).collect();
        if !self.attributes.is_empty() {
            let attributes: Map<String, Value> =
                self.attributes.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
            json!([self.name, self.text, children, attributes])
        } else if !children.is_empty() {
            json!([self.name, "", children])
        } else {
            json!([self.name, self.text])
        }
    }

    /// What [`Self::to_json`] wrote; `None` for anything else.
    pub(super) fn from_json(value: &'a Value) -> Option<Self> {
        Self::from_json_within(value, MAX_DEPTH)
    }

    fn from_json_within(value: &'a Value, depth: usize) -> Option<Self> {
        let parts = value.as_array().filter(|_| depth > 0)?;
        let name = parts.first()?.as_str().filter(|name| is_name(name))?.into();
        let text = parts.get(1)?.as_str()?.into();
        let children = parts.get(2).and_then(Value::as_array).into_iter().flatten();
        let children = children.map(|child| Self::from_json_within(child, depth - 1)).collect::<Option<_>>()?;
        let attributes = parts.get(3).and_then(Value::as_object).into_iter().flatten();
        let attributes = attributes.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        Some(Self { name, text, children, attributes: attributes.filter(|(name, _)| is_name(name)).collect() })
    }

    /// Writes the element and a line's end, indented by `depth` tabs as LabelImg does.
    pub(super) fn write(&self, out: &mut dyn Write, depth: usize) -> io::Result<()> {
        for _ in 0..depth {
            out.write_all(b"\t")?;
        }
        write!(out, "<{}", self.name)?;
        for (name, value) in &self.attributes {
            write!(out, " {name}=\"{}\"", escaped(value))?;
        }
        if self.children.is_empty() {
            return writeln!(out, ">{}</{}>", escaped(&self.text), self.name);
        }
        out.write_all(b">\n")?;
        for child in &self.children {
            child.write(out, depth + 1)?;
        }
        for _ in 0..depth {
            out.write_all(b"\t")?;
        }
        writeln!(out, "</{}>", self.name)
    }
}

/// Whether a text can name an element that everybody can read.
pub(super) fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'))
}

/// Reads the root element; adds to `reasons` what was put right on the way.
pub(in crate::formats) fn parse<'a>(
    bytes: &'a [u8],
    reasons: &mut Vec<Explanation>,
) -> Result<Element<'a>, Explanation> {
    if let [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] = bytes {
        return Err(Explanation::bad_input("voc-encoding").with("encoding", "UTF-16"));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| {
        let declared = declared_encoding(bytes).unwrap_or_else(|| "?".to_owned());
        Explanation::bad_input("voc-encoding").with("encoding", declared)
    })?;
    match plain::parse(text) {
        Some(root) => Ok(root),
        None => parse_patiently(text, reasons),
    }
}

/// The root element of any XML, or what is wrong with it.
pub(super) fn parse_patiently<'a>(text: &'a str, reasons: &mut Vec<Explanation>) -> Result<Element<'a>, Explanation> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    // Names are checked below, where tags closed by another opening tag are known.
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.expand_empty_elements = true;
    let broken = |position: u64, cause: &dyn std::fmt::Display| {
        let position = usize::try_from(position).unwrap_or(usize::MAX).min(text.len());
        let line = text.as_bytes()[..position].iter().filter(|&&byte| byte == b'\n').count() + 1;
        Explanation::bad_input("voc-xml").with("line", line).with("cause", cause)
    };
    let mut open: Vec<Element<'a>> = Vec::new();
    let mut root = None;
    let (mut elements, mut wrongly_closed) = (0_usize, 0_usize);
    loop {
        let event = reader.read_event().map_err(|cause| broken(reader.error_position(), &cause))?;
        let position = || reader.buffer_position();
        match event {
            Event::Start(start) => {
                let name = lent(start.name().as_ref(), text);
                if let Some(last) = open.last()
                    && last.name == name
                    && last.children.is_empty()
                    && !last.text.trim().is_empty()
                {
                    wrongly_closed += 1;
                    close(&mut open, &mut root);
                    continue;
                }
                elements += 1;
                if open.len() >= MAX_DEPTH || elements > MAX_ELEMENTS {
                    return Err(Explanation::bad_input("voc-too-large"));
                }
                if root.is_some() {
                    return Err(broken(position(), &"a second root element"));
                }
                let attributes = match start.attributes_raw() {
                    [] => Vec::new(),
                    _ => attributes_of(&start).map_err(|cause| broken(position(), &cause))?,
                };
                open.push(Element { name, attributes, ..Element::default() });
            }
            Event::End(end) => {
                let name = end.name();
                let name = name.as_ref().trim_ascii_end();
                match open.last() {
                    Some(last) if last.name.as_bytes() == name => close(&mut open, &mut root),
                    last => {
                        let found = String::from_utf8_lossy(name);
                        let expected = last.map_or("-", |last| &*last.name);
                        return Err(broken(position(), &format_args!("</{found}> instead of </{expected}>")));
                    }
                }
            }
            Event::Text(part) => push_text(&mut open, lent(&part, text)).map_err(|cause| broken(position(), &cause))?,
            Event::CData(part) => {
                push_text(&mut open, lent(&part, text)).map_err(|cause| broken(position(), &cause))?;
            }
            Event::GeneralRef(reference) => {
                // Only characters and the five of XML itself: nothing can be defined, so nothing can explode.
                let name = reference.decode().map_err(|cause| broken(position(), &cause))?;
                let number = reference.resolve_char_ref().map_err(|cause| broken(position(), &cause))?;
                let known = quick_xml::escape::resolve_predefined_entity(&name);
                match (number, known) {
                    (Some(character), _) => push_text(&mut open, character.to_string().into()),
                    (None, Some(text)) => push_text(&mut open, text.into()),
                    (None, None) => return Err(broken(position(), &format_args!("&{name}; is not known"))),
                }
                .map_err(|cause| broken(position(), &cause))?;
            }
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            Event::Eof => break,
        }
    }
    if let Some(last) = open.last() {
        return Err(broken(text.len() as u64, &format_args!("<{}> is not closed", last.name)));
    }
    if wrongly_closed > 0 {
        reasons.push(Explanation::bad_input("voc-wrongly-closed").with("count", wrongly_closed));
    }
    root.ok_or_else(|| Explanation::bad_input("voc-empty"))
}

/// What an event says, where it stands in `text`: the reader lends it for the moment of the event only. It has looked
/// at the bytes as those of a string once; that need not be done again.
fn lent<'a>(part: &[u8], text: &'a str) -> Cow<'a, str> {
    let begin = (part.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
    match text.get(begin..begin.saturating_add(part.len())) {
        Some(found) if std::ptr::eq(found.as_bytes(), part) => found.into(),
        _ => String::from_utf8_lossy(part).into_owned().into(),
    }
}

fn push_text<'a>(open: &mut [Element<'a>], text: Cow<'a, str>) -> Result<(), &'static str> {
    match open.last_mut() {
        // Space between children; only at a leaf it may mean something.
        Some(last) if !last.children.is_empty() && is_blank(&text) => {}
        Some(last) if last.text.is_empty() => last.text = text,
        Some(last) => last.text.to_mut().push_str(&text),
        None if is_blank(&text) => {}
        None => return Err("text outside of the root element"),
    }
    Ok(())
}

pub(super) fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_whitespace()) || text.trim().is_empty()
}

/// Ends the innermost element.
fn close<'a>(open: &mut Vec<Element<'a>>, root: &mut Option<Element<'a>>) {
    let Some(mut last) = open.pop() else { return };
    if !last.children.is_empty() {
        last.text = Cow::Borrowed("");
    }
    match open.last_mut() {
        Some(parent) => {
            if parent.children.is_empty() {
                parent.children.reserve(USUAL_CHILDREN);
            }
            parent.children.push(last);
        }
        None => *root = Some(last),
    }
}

/// What `<?xml … encoding="…"?>` says.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
    let value = head.split("encoding=").nth(1)?;
    let quote = value.chars().next()?;
    Some(value[quote.len_utf8()..].split(quote).next()?.chars().take(40).collect())
}

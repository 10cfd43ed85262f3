//! The quick way through the XML that nearly all tools write: elements within elements, text in the innermost ones, and
//! nothing else.

use super::element::{Element, MAX_DEPTH, MAX_ELEMENTS, is_blank};

/// The root element, as the patient reader would read it; `None` for anything out of the ordinary, mistakes too, which
/// is that reader's.
pub(super) fn parse(text: &str) -> Option<Element<'_>> {
    // Whatever `&` stands for, and wherever.
    if text.as_bytes().contains(&b'&') {
        return None;
    }
    let declared = match text.strip_prefix("<?xml ") {
        Some(declaration) => declaration.find("?>").map(|end| text.len() - declaration.len() + end + "?>".len())?,
        None => 0,
    };
    let mut plain = Plain { text, position: declared, elements: 0, children: Vec::new() };
    let begin = plain.next_tag()?;
    let root = plain.element(0)?;
    (is_blank(&text[declared..begin]) && is_blank(&text[plain.position..])).then_some(root)
}

/// How far a file is read.
struct Plain<'a> {
    text: &'a str,
    position: usize,
    elements: usize,
    /// Those of the elements that are open.
    children: Vec<Element<'a>>,
}

impl<'a> Plain<'a> {
    /// Goes to the next `<`; says where it stands.
    fn next_tag(&mut self) -> Option<usize> {
        self.position += self.text.as_bytes()[self.position..].iter().position(|byte| *byte == b'<')?;
        Some(self.position)
    }

    /// Reads the element that begins here.
    fn element(&mut self, depth: usize) -> Option<Element<'a>> {
        let begin = self.position + 1;
        let length = self.text.as_bytes()[begin..].iter().position(|byte| !is_of_name(*byte))?;
        let name = &self.text[begin..begin + length];
        self.elements += 1;
        if length == 0
            || !self.text[begin + length..].starts_with('>')
            || depth >= MAX_DEPTH
            || self.elements > MAX_ELEMENTS
        {
            return None;
        }
        self.position = begin + length + 1;
        let inside = self.position;
        let first = self.children.len();
        loop {
            let tag = self.next_tag()?;
            if let Some(end) = self.text[tag + 1..].strip_prefix('/') {
                self.position = self.text.len() - end.strip_prefix(name)?.strip_prefix('>')?.len();
                let children: Vec<_> = self.children.drain(first..).collect();
                let text = if children.is_empty() { &self.text[inside..tag] } else { "" };
                return Some(Element { name: name.into(), text: text.into(), children, ..Element::default() });
            }
            let child = self.element(depth + 1)?;
            // It may be meant to close this one.
            if child.name == name {
                return None;
            }
            self.children.push(child);
        }
    }
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

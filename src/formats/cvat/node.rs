//! XML as a stream of the root's children, each whole.

use crate::formats::xml::attributes_of;
use quick_xml::Reader;
use quick_xml::events::Event;
use std::fmt::Display;
use std::io::BufRead;
use std::ops::ControlFlow;

/// Deeper files are nobody's.
const MAX_DEPTH: usize = 64;
/// One child of the root larger than this is nobody's.
const MAX_NODES: usize = 5_000_000;

/// An element with its attributes, text and children.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Node {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub text: String,
    pub children: Vec<Node>,
}

impl Node {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub fn number(&self, name: &str) -> Option<f64> {
        self.attribute(name)?.trim().parse().ok().filter(|number: &f64| number.is_finite())
    }

    pub fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.name == name)
    }
}

/// Calls `each` with every child of the root `annotations`.
///
/// # Errors
/// With the place and cause, if the XML is broken or has another root.
pub(super) fn stream(input: impl BufRead, each: &mut dyn FnMut(Node) -> ControlFlow<()>) -> Result<(), String> {
    let mut reader = Reader::from_reader(input);
    reader.config_mut().expand_empty_elements = true;
    let mut open: Vec<Node> = Vec::new();
    let (mut has_root, mut nodes) = (false, 0_usize);
    let mut buffer = Vec::new();
    let at = |position: u64, cause: &dyn Display| format!("byte {position}: {cause}");
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer);
        let event = event.map_err(|cause| at(reader.error_position(), &cause))?;
        let position = reader.buffer_position();
        match event {
            Event::Start(start) => {
                let name = String::from_utf8_lossy(start.name().as_ref()).into_owned();
                if open.is_empty() {
                    if has_root || name != "annotations" {
                        return Err(at(position, &format_args!("<{name}> instead of <annotations>")));
                    }
                    has_root = true;
                }
                nodes += 1;
                if open.len() >= MAX_DEPTH || nodes > MAX_NODES {
                    return Err(at(position, &"too deeply nested or too large"));
                }
                let attributes = attributes_of(&start).map_err(|cause| at(position, &cause))?;
                open.push(Node { name, attributes, ..Node::default() });
            }
            Event::End(_) => {
                let Some(last) = open.pop() else { return Err(at(position, &"a tag is closed that was not open")) };
                match open.len() {
                    0 => return Ok(()),
                    1 => {
                        nodes = 0;
                        if each(last).is_break() {
                            return Ok(());
                        }
                    }
                    _ => {
                        if let Some(parent) = open.last_mut() {
                            parent.children.push(last);
                        }
                    }
                }
            }
            Event::Text(part) => {
                let part = part.decode().map_err(|cause| at(position, &cause))?;
                push(&mut open, &part);
            }
            Event::CData(part) => {
                let part = part.decode().map_err(|cause| at(position, &cause))?;
                push(&mut open, &part);
            }
            Event::GeneralRef(reference) => {
                // Only characters and the five of XML itself: nothing can be defined, so nothing can explode.
                let name = reference.decode().map_err(|cause| at(position, &cause))?;
                let number = reference.resolve_char_ref().map_err(|cause| at(position, &cause))?;
                match (number, quick_xml::escape::resolve_predefined_entity(&name)) {
                    (Some(character), _) => push(&mut open, character.encode_utf8(&mut [0; 4])),
                    (None, Some(text)) => push(&mut open, text),
                    (None, None) => return Err(at(position, &format_args!("&{name}; is not known"))),
                }
            }
            Event::Eof => return Err(at(position, &"the file ends too early")),
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

fn push(open: &mut [Node], text: &str) {
    // Text between the images would grow with the file.
    if open.len() > 1
        && let Some(last) = open.last_mut()
    {
        last.text.push_str(text);
    }
}

//! Reading, task by task.

use super::region::{is_region, read as region, size_of};
use super::{CONFIG, USAGE};
use crate::domain::Explanation;
use crate::formats::FormatError;
use crate::formats::detection::{FileTree, ImageNames, Reading, base_name, folder_of, read_file};
use crate::formats::exchange::{Labels, Warnings, usage_named};
use crate::formats::image_folder::is_image_name;
use crate::formats::objects::ImageObjects;
use percent_encoding::percent_decode_str;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::ops::ControlFlow;

const HEAD_BYTES: u64 = 8192;
const MAX_CONFIG_BYTES: u64 = 16 << 20;

fn candidates(tree: &dyn FileTree) -> impl Iterator<Item = &str> {
    tree.files().iter().map(String::as_str).filter(|name| name.to_ascii_lowercase().ends_with(".json"))
}

fn looks_like_tasks(tree: &dyn FileTree, name: &str) -> bool {
    let mut head = Vec::new();
    let read = tree.open(name).and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head));
    let head = String::from_utf8_lossy(&head);
    let start = head.trim_start_matches('\u{FEFF}').trim_start();
    let has = |word: &str| head.contains(word);
    let is_task = has("\"data\"") && (has("\"annotations\"") || has("\"completions\"") || has("\"predictions\""));
    read.is_ok() && start.starts_with(['[', '{']) && (is_task || has("\"original_width\""))
}

pub(super) fn recognises(tree: &dyn FileTree) -> bool {
    candidates(tree).take(3).any(|name| looks_like_tasks(tree, name))
}

/// Reads a file and calls `each` with every task's image; its name is the one in the task.
///
/// # Errors
/// If it is not JSON to its end.
pub fn parse(
    input: impl Read,
    name: &str,
    notes: &mut Warnings,
    each: &mut dyn FnMut(ImageObjects) -> ControlFlow<()>,
) -> Result<(), Explanation> {
    each_record(input, name, &mut |record| match task(record, name, notes) {
        Some(image) => each(image),
        None => ControlFlow::Continue(()),
    })
}

/// Reads a list of records (or a single one) and calls `each` with every one as it comes.
///
/// # Errors
/// If it is not JSON to its end.
pub fn each_record(
    input: impl Read,
    name: &str,
    each: &mut dyn FnMut(Value) -> ControlFlow<()>,
) -> Result<(), Explanation> {
    let mut input = BufReader::with_capacity(1 << 16, input);
    if input.fill_buf().is_ok_and(|head| head.starts_with(b"\xEF\xBB\xBF")) {
        input.consume(3);
    }
    let mut ended = false;
    let mut json = serde_json::Deserializer::from_reader(input);
    let outcome = Tasks { ended: &mut ended, each }.deserialize(&mut json).and_then(|()| json.end());
    match outcome {
        Err(cause) if !ended => Err(Explanation::bad_input("format-json").with("cause", cause).with("name", name)),
        _ => Ok(()),
    }
}

/// A list of tasks, or a single one.
struct Tasks<'a> {
    ended: &'a mut bool,
    each: &'a mut dyn FnMut(Value) -> ControlFlow<()>,
}

impl<'de> DeserializeSeed<'de> for Tasks<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tasks<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of tasks")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut fields = Map::new();
        while let Some((key, value)) = map.next_entry::<String, Value>()? {
            fields.insert(key, value);
        }
        let _ = (self.each)(fields.into());
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(record) = items.next_element::<Value>()? {
            if (self.each)(record).is_break() {
                *self.ended = true;
                return Err(A::Error::custom("ended early"));
            }
        }
        Ok(())
    }
}

/// A task's fields, and the annotation of it that counts; further ones and predictions are told. `None` if it is no task.
pub fn annotations_of(record: Value, file: &str, notes: &mut Warnings) -> Option<(Map<String, Value>, Option<Value>)> {
    let Value::Object(mut fields) = record else {
        notes.add(file, "", Explanation::bad_input("label-studio-task"));
        return None;
    };
    // One annotation a file, as the tool's own storage writes them: the task is within.
    if let Some(Value::Object(inner)) = fields.get("task").filter(|_| fields.contains_key("result")).cloned() {
        fields.shift_remove("task");
        let annotation = std::mem::replace(&mut fields, inner);
        fields.insert("annotations".to_owned(), Value::Array(vec![annotation.into()]));
    }
    let place = place_of(&fields);
    let list = |name: &str| fields.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut annotations = list("annotations");
    annotations.extend(list("completions"));
    let cancelled = |annotation: &Value| annotation.get("was_cancelled").and_then(Value::as_bool) == Some(true);
    annotations.retain(|annotation| !cancelled(annotation));
    if annotations.len() > 1 {
        let count = annotations.len() - 1;
        notes.add(file, &place, Explanation::bad_input("label-studio-annotations").with("count", count));
        let truth = |annotation: &Value| annotation.get("ground_truth").and_then(Value::as_bool) != Some(true);
        annotations.sort_by_key(truth);
    }
    let predictions = list("predictions");
    if !predictions.is_empty() {
        notes.add(file, &place, Explanation::bad_input("label-studio-predictions").with("count", predictions.len()));
    }
    Some((fields, annotations.into_iter().next()))
}

/// How warnings name a task.
pub fn place_of(fields: &Map<String, Value>) -> String {
    format!("task {}", fields.get("id").map_or_else(|| "?".to_owned(), ToString::to_string))
}

fn task(record: Value, file: &str, notes: &mut Warnings) -> Option<ImageObjects> {
    let (mut fields, annotation) = annotations_of(record, file, notes)?;
    let place = place_of(&fields);
    let Some(Value::Object(mut data)) = fields.shift_remove("data") else {
        notes.add(file, &place, Explanation::bad_input("label-studio-task"));
        return None;
    };
    let named = |text: &&str| is_image_name(image_path(text).as_bytes());
    let own = data.get("image").or_else(|| data.get("img")).and_then(Value::as_str);
    let Some(path) = own.or_else(|| data.values().filter_map(Value::as_str).find(named)).map(str::to_owned) else {
        notes.add(file, &place, Explanation::bad_input("label-studio-task"));
        return None;
    };
    let mut image = ImageObjects { file_name: image_path(&path), ..ImageObjects::default() };
    image.usage = data.get(USAGE).and_then(Value::as_str).and_then(usage_named);
    data.retain(|_, value| value.as_str() != Some(path.as_str()));
    data.shift_remove(USAGE);
    if !data.is_empty() {
        image.extra.insert("data".to_owned(), data.into());
    }
    if let Some(meta) = fields.get("meta").filter(|meta| meta.as_object().is_some_and(|meta| !meta.is_empty())) {
        image.extra.insert("meta".to_owned(), meta.clone());
    }
    let Some(annotation) = annotation else { return Some(image) };
    let results: Vec<Map<String, Value>> = annotation
        .get("result")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|result| result.as_object().cloned())
        .collect();
    objects(results, &mut image, |reason| notes.add(file, &place, reason));
    Some(image)
}

fn kind_of(result: &Map<String, Value>) -> &str {
    result.get("type").and_then(Value::as_str).unwrap_or_default()
}

fn objects(results: Vec<Map<String, Value>>, image: &mut ImageObjects, mut tell: impl FnMut(Explanation)) {
    let id = |result: &Map<String, Value>| result.get("id").and_then(Value::as_str).map(str::to_owned);
    // A shape without its own labels has them in a second result of the same id; choices and texts are of a shape, too.
    let mut labels: HashMap<String, String> = HashMap::new();
    let mut said: HashMap<String, Vec<(String, Value)>> = HashMap::new();
    let mut whole = Vec::new();
    let regions: HashSet<String> = results.iter().filter(|r| is_region(kind_of(r))).filter_map(id).collect();
    for result in results.iter().filter(|result| !is_region(kind_of(result))) {
        let Some(region) = id(result).filter(|id| regions.contains(id)) else {
            whole.push(Value::Object(result.clone()));
            continue;
        };
        let value = result.get("value").and_then(Value::as_object);
        let found = value.and_then(|value| value.get(kind_of(result))).cloned().unwrap_or_default();
        if kind_of(result) == "labels" {
            let first = found.as_array().and_then(|labels| labels.first()).and_then(Value::as_str);
            labels.extend(first.map(|label| (region, label.to_owned())));
            continue;
        }
        let name = result.get("from_name").and_then(Value::as_str).unwrap_or(kind_of(result)).to_owned();
        let found = match found.as_array().map(Vec::as_slice) {
            Some([only]) => only.clone(),
            _ => found,
        };
        said.entry(region).or_default().push((name, found));
    }
    if !whole.is_empty() {
        tell(Explanation::bad_input("label-studio-whole-image").with("count", whole.len()));
        image.extra.insert("results".to_owned(), whole.into());
    }
    let mut objects = Vec::new();
    for result in results.into_iter().filter(|result| is_region(kind_of(result))) {
        image.size_px = image.size_px.or_else(|| size_of(&result));
        let id = id(&result).unwrap_or_default();
        let mut reasons = Vec::new();
        match region(result, labels.get(&id).cloned(), &mut reasons) {
            Ok(mut object) => {
                object.said.properties.extend(said.remove(&id).unwrap_or_default());
                objects.push(object);
            }
            Err(reason) => reasons.push(reason),
        }
        reasons.into_iter().for_each(&mut tell);
    }
    image.objects = Some(objects);
}

/// The image's name: from `/data/local-files/?d=a/b.jpg`, from an upload with its random beginning, from an address.
fn image_path(path: &str) -> String {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().replace('\\', "/");
    if let Some((_, query)) = path.split_once("?d=") {
        return decoded(query.split('&').next().unwrap_or(query)).trim_start_matches('/').to_owned();
    }
    if let Some((scheme, rest)) = path.split_once("://") {
        let rest =
            if scheme == "http" || scheme == "https" { rest.split(['?', '#']).next().unwrap_or(rest) } else { rest };
        let below = rest.split_once('/').map_or(rest, |(_, below)| below);
        return decoded(below);
    }
    if path.starts_with("/data/upload/") {
        let bare = decoded(base_name(path));
        let random =
            bare.split_once('-').filter(|(first, _)| first.len() == 8 && first.bytes().all(|b| b.is_ascii_hexdigit()));
        return random.map_or(bare.clone(), |(_, rest)| rest.to_owned());
    }
    path.replace('\\', "/").trim_start_matches('/').to_owned()
}

/// The labels of `labeling_config.xml`, in order.
fn config_labels(tree: &dyn FileTree, labels: &mut Labels) -> Result<(), FormatError> {
    let Some(name) = tree.files().iter().find(|name| base_name(name) == CONFIG) else { return Ok(()) };
    let bytes = read_file(tree, name, MAX_CONFIG_BYTES)?;
    let mut reader = quick_xml::Reader::from_reader(bytes.as_slice());
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(quick_xml::events::Event::Start(start) | quick_xml::events::Event::Empty(start))
                if start.name().as_ref() == b"Label" =>
            {
                let value = start.attributes().flatten().find(|attribute| attribute.key.as_ref() == b"value");
                let value = value.map(|value| String::from_utf8_lossy(&value.value).into_owned()).unwrap_or_default();
                if let Ok(value) = quick_xml::escape::unescape(&value)
                    && !value.is_empty()
                {
                    labels.add(&value);
                }
            }
            Ok(quick_xml::events::Event::Eof) | Err(_) => return Ok(()),
            Ok(_) => {}
        }
    }
}

pub(super) fn read(
    tree: &dyn FileTree,
    each: &mut dyn FnMut(ImageObjects) -> ControlFlow<()>,
) -> Result<Reading, FormatError> {
    let names = ImageNames::new(tree);
    let (mut labels, mut notes) = (Labels::default(), Warnings::default());
    config_labels(tree, &mut labels)?;
    let mut seen: HashSet<String> = HashSet::new();
    let (mut ended, mut repeated) = (false, 0_u64);
    for name in candidates(tree).filter(|name| looks_like_tasks(tree, name)) {
        let input = tree.open(name).map_err(|cause| FormatError::Read { cause, name: name.to_owned() })?;
        let outcome = parse(input, name, &mut notes, &mut |mut image| {
            if let Some(found) = names.find(&image.file_name, folder_of(name)) {
                found.clone_into(&mut image.file_name);
            }
            if !seen.insert(image.file_name.clone()) {
                repeated += 1;
                return ControlFlow::Continue(());
            }
            for object in image.objects.iter().flatten() {
                labels.add(&object.label);
            }
            let flow = each(image);
            ended |= flow.is_break();
            flow
        });
        outcome.map_err(FormatError::Refused)?;
        if repeated > 0 {
            notes.add(name, "", Explanation::bad_input("format-images-twice").with("count", repeated));
            repeated = 0;
        }
        if ended {
            break;
        }
    }
    names.each_unlisted(|name| !ended && !seen.contains(name), each);
    Ok(Reading { labels: labels.finish(), warnings: notes.finish() })
}

//! What a manifest's `source` names here.

use super::{Location, Result, StorageError};

/// A dataset's table of foreign prefixes and the folders that hold what they named, e.g. `s3://bucket/photos/` →
/// `file:///photos/`. The longest prefix counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceMap(pub Vec<(String, Location)>);

impl SourceMap {
    /// Where a foreign source lies here, if the map says so. Nothing is looked up on disk.
    #[must_use]
    pub fn place(&self, source: &str) -> Option<Location> {
        self.0
            .iter()
            .filter(|(prefix, _)| source.starts_with(prefix.as_str()))
            .max_by_key(|(prefix, _)| prefix.len())
            .map(|(prefix, folder)| folder.join(source[prefix.len()..].trim_start_matches('/')))
    }
}

/// A source with its place, if it has one here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedSource {
    /// What a sample keeps: a foreign URI verbatim, a local one in our form.
    pub uri: String,
    /// Where its bytes are looked for; `None` for a bucket without an entry in the map.
    pub place: Option<Location>,
    /// The way from the dataset's input, if it lies inside: what the sample's identity comes from.
    pub relative: Option<Vec<u8>>,
}

/// Finds what `source` of a manifest in `manifest_folder` names, for a dataset with this `input`. A relative path
/// starts at the manifest's folder. `content://` is no place, see [`super::is_content`]. Nothing is looked up on disk.
///
/// # Errors
/// If it is empty or of a scheme nobody knows.
pub fn resolve_source(
    source: &str,
    manifest_folder: &Location,
    input: &Location,
    map: &SourceMap,
) -> Result<ResolvedSource> {
    let source = source.trim();
    if source.is_empty() {
        return Err(StorageError::Invalid { text: source.to_owned(), reason: "it is empty" });
    }
    let (uri, place) = if source.contains("://") {
        let location = Location::from_uri(source)?;
        if location.local_path().is_ok() {
            (location.to_uri(), Some(location))
        } else {
            (source.to_owned(), map.place(source))
        }
    } else {
        let location = manifest_folder.join(source);
        (location.to_uri(), Some(location))
    };
    let relative = place.as_ref().and_then(|place| place.relative_to(input)).filter(|way| !way.is_empty());
    Ok(ResolvedSource { uri, place, relative })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(uri: &str) -> Location {
        Location::from_uri(uri).expect("a place")
    }

    #[test]
    fn sources_are_found_here_or_stay_foreign() {
        let (folder, input) = (location("file:///data/labels"), location("file:///data/photos"));
        let map = SourceMap(vec![
            ("s3://bucket/".to_owned(), location("file:///elsewhere")),
            ("s3://bucket/flowers/".to_owned(), location("file:///data/photos")),
        ]);
        let resolved = |source| resolve_source(source, &folder, &input, &map).expect("a place");
        let rose = resolved("s3://bucket/flowers/roses/1.jpg");
        assert_eq!(rose.uri, "s3://bucket/flowers/roses/1.jpg");
        assert_eq!(rose.relative.as_deref(), Some(&b"roses/1.jpg"[..]));
        assert_eq!(resolved("s3://bucket/1.jpg").place, Some(location("file:///elsewhere/1.jpg")));
        assert_eq!(resolved("s3://other/1.jpg").place, None);
        assert_eq!(resolved("../photos/a b.jpg").uri, "file:///data/photos/a%20b.jpg");
        assert_eq!(resolved("/data/photos/x.jpg").relative.as_deref(), Some(&b"x.jpg"[..]));
        assert_eq!(resolved("file:///data/photos/花.jpg").uri, "file:///data/photos/%E8%8A%B1.jpg");
        assert!(resolve_source("http://a/b.jpg", &folder, &input, &map).is_err());
        assert!(resolve_source(" ", &folder, &input, &map).is_err());
    }
}

//! Places: a folder or file on this machine, or in a bucket. Written as URIs, typed as paths.

use super::StorageError;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::path::{Component, Path, PathBuf};

/// A place. Paths are absolute, without `.`, `..` and doubled or trailing separators; links are not followed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location(Place);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Place {
    Local(PathBuf),
    Bucket { scheme: BucketScheme, bucket: String, key: String },
}

/// The object stores that will be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BucketScheme {
    S3,
    Obs,
}

impl BucketScheme {
    /// `s3` or `obs`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Obs => "obs",
        }
    }
}

/// Bytes that stand for themselves in the path of a URI (RFC 3986, `pchar` and `/`), all others are encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

impl Location {
    /// Reads what a person typed: a URI, or a path that may be relative or begin with `~`.
    ///
    /// # Errors
    /// If it is empty, or a URI that names no place.
    pub fn typed(text: &str) -> Result<Self, StorageError> {
        let current = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"));
        let home = directories::BaseDirs::new().map(|base| base.home_dir().to_owned());
        Self::typed_in(text, &current, home.as_deref())
    }

    /// Like [`Self::typed`], with the folders that relative paths and `~` begin at.
    ///
    /// # Errors
    /// If it is empty, or a URI that names no place.
    pub fn typed_in(text: &str, current: &Path, home: Option<&Path>) -> Result<Self, StorageError> {
        let typed = text.trim();
        let invalid = |reason| StorageError::Invalid { text: text.to_owned(), reason };
        if typed.is_empty() {
            return Err(invalid("it is empty"));
        }
        if scheme_of(typed).is_some() {
            return Self::from_uri(typed);
        }
        if typed.contains('\0') {
            return Err(invalid("it contains a zero byte"));
        }
        let path = match (typed.strip_prefix('~'), home) {
            (Some(""), Some(home)) => home.to_owned(),
            (Some(rest), Some(home)) if rest.starts_with(std::path::is_separator) => {
                home.join(rest.trim_start_matches(std::path::is_separator))
            }
            _ => current.join(typed),
        };
        Ok(Self(Place::Local(normalized(&path))))
    }

    /// A place on this machine. A relative path is taken from the current folder.
    #[must_use]
    pub fn from_path(path: &Path) -> Self {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        Self(Place::Local(normalized(&absolute)))
    }

    /// A place below one of this machine, by a path that is one's and the names that were found in it.
    pub(super) fn listed(path: PathBuf) -> Self {
        Self(Place::Local(path))
    }

    /// Reads a URI: `file:///…` (percent-encoded or not), `s3://bucket/key` or `obs://bucket/key`.
    ///
    /// # Errors
    /// If the scheme is unknown or the rest names no place.
    pub fn from_uri(uri: &str) -> Result<Self, StorageError> {
        let invalid = |reason| StorageError::Invalid { text: uri.to_owned(), reason };
        let Some((scheme, rest)) = scheme_of(uri) else { return Err(invalid("it does not begin with file://")) };
        match scheme.to_ascii_lowercase().as_str() {
            "file" => {
                let path = match rest.find('/') {
                    Some(0) => rest,
                    Some(end) if rest[..end].eq_ignore_ascii_case("localhost") => &rest[end..],
                    _ => return Err(invalid("a file URI begins with three slashes: file:///folder/file")),
                };
                let bytes: Cow<'_, [u8]> = percent_decode(path.as_bytes()).into();
                if bytes.contains(&0) {
                    return Err(invalid("it contains a zero byte"));
                }
                Ok(Self(Place::Local(normalized(&path_from_uri_bytes(&bytes)))))
            }
            "s3" | "s3a" | "s3n" => bucket(BucketScheme::S3, rest).ok_or_else(|| invalid("the bucket has no name")),
            "obs" => bucket(BucketScheme::Obs, rest).ok_or_else(|| invalid("the bucket has no name")),
            _ => Err(StorageError::UnknownScheme { scheme: scheme.to_owned(), text: uri.to_owned() }),
        }
    }

    /// The URI. A `file://` URI percent-encodes raw bytes, so that names that are not UTF-8 survive.
    #[must_use]
    pub fn to_uri(&self) -> String {
        match &self.0 {
            Place::Local(path) => {
                let bytes = bytes_of_path(path);
                let root = if bytes.first() == Some(&b'/') { "file://" } else { "file:///" };
                format!("{root}{}", percent_encode(&bytes, ENCODED))
            }
            Place::Bucket { scheme, bucket, key } => format!("{}://{bucket}/{key}", scheme.as_str()),
        }
    }

    /// The path of a place on this machine.
    ///
    /// # Errors
    /// If it is in a bucket.
    pub fn local_path(&self) -> Result<&Path, StorageError> {
        match &self.0 {
            Place::Local(path) => Ok(path),
            Place::Bucket { scheme, .. } => {
                Err(StorageError::Scheme { scheme: scheme.as_str(), location: self.clone() })
            }
        }
    }

    /// `file`, `s3` or `obs`.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        match &self.0 {
            Place::Local(_) => "file",
            Place::Bucket { scheme, .. } => scheme.as_str(),
        }
    }

    /// The last part of the path as raw bytes; empty for a root.
    #[must_use]
    pub fn name(&self) -> Vec<u8> {
        let bytes = self.bytes();
        bytes.rsplit(|&byte| byte == b'/').next().unwrap_or_default().to_vec()
    }

    /// The folder it lies in; `None` for a root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        match &self.0 {
            Place::Local(path) => Some(Self(Place::Local(path.parent()?.to_owned()))),
            Place::Bucket { scheme, bucket, key } => {
                let (key, _) = key.trim_end_matches('/').rsplit_once('/').unwrap_or_default();
                (*key != *self.key())
                    .then(|| Self(Place::Bucket { scheme: *scheme, bucket: bucket.clone(), key: key.to_owned() }))
            }
        }
    }

    fn key(&self) -> &str {
        match &self.0 {
            Place::Local(_) => "",
            Place::Bucket { key, .. } => key,
        }
    }

    /// The place that `relative` names from this folder: raw bytes, `/` between parts. `..` goes up; an absolute path
    /// replaces everything.
    #[must_use]
    pub fn join(&self, relative: impl AsRef<[u8]>) -> Self {
        let relative = relative.as_ref();
        match &self.0 {
            Place::Local(path) => Self(Place::Local(normalized(&path.join(path_from_bytes(relative))))),
            Place::Bucket { scheme, bucket, key } => {
                let mut parts: Vec<&str> = key.split('/').filter(|part| !part.is_empty()).collect();
                let relative = String::from_utf8_lossy(relative);
                for part in relative.split('/') {
                    match part {
                        "" | "." => {}
                        ".." => drop(parts.pop()),
                        part => parts.push(part),
                    }
                }
                Self(Place::Bucket { scheme: *scheme, bucket: bucket.clone(), key: parts.join("/") })
            }
        }
    }

    /// The way from `folder` to this place, raw bytes with `/` between parts; empty if they are the same; `None` if
    /// this place lies elsewhere. Links are not followed.
    #[must_use]
    pub fn relative_to(&self, folder: &Self) -> Option<Vec<u8>> {
        match (&self.0, &folder.0) {
            (Place::Local(path), Place::Local(folder)) => {
                path.strip_prefix(folder).ok().map(|rest| bytes_of_path(rest).into_owned())
            }
            (
                Place::Bucket { scheme, bucket, key },
                Place::Bucket { scheme: other_scheme, bucket: other_bucket, key: prefix },
            ) if scheme == other_scheme && bucket == other_bucket => {
                let (key, prefix) = (key.trim_end_matches('/'), prefix.trim_end_matches('/'));
                let rest = key.strip_prefix(prefix)?;
                match rest.strip_prefix('/') {
                    Some(inner) => Some(inner.as_bytes().to_vec()),
                    None if rest.is_empty() || prefix.is_empty() => Some(rest.as_bytes().to_vec()),
                    None => None,
                }
            }
            _ => None,
        }
    }

    /// Whether this place is `folder` or lies below it, as written; see [`Self::is_within`] for links.
    #[must_use]
    pub fn is_inside(&self, folder: &Self) -> bool {
        self.relative_to(folder).is_some()
    }

    /// This place with the links of its existing part followed.
    #[must_use]
    pub fn canonical(&self) -> Self {
        let Place::Local(path) = &self.0 else { return self.clone() };
        for existing in path.ancestors() {
            if let (Ok(real), Ok(rest)) = (existing.canonicalize(), path.strip_prefix(existing)) {
                return Self(Place::Local(normalized(&real.join(rest))));
            }
        }
        self.clone()
    }

    /// Whether this place really is `folder` or lies below it, links followed.
    #[must_use]
    pub fn is_within(&self, folder: &Self) -> bool {
        let (real, folder) = (self.canonical(), folder.canonical());
        if real.is_inside(&folder) {
            return true;
        }
        // One folder may have two names without a link: a bind mount, a file system that ignores case.
        let (Place::Local(path), Some(identity)) = (&real.0, folder.identity()) else { return false };
        path.ancestors().any(|above| identity_of(above) == Some(identity))
    }

    /// Whether both are one place, links followed.
    #[must_use]
    pub fn same_place(&self, other: &Self) -> bool {
        self.canonical() == other.canonical()
            || self.identity().is_some_and(|identity| other.identity() == Some(identity))
    }

    /// Device and file number; `None` if it is not there or in a bucket.
    pub(super) fn identity(&self) -> Option<(u64, u64)> {
        match &self.0 {
            Place::Local(path) => identity_of(path),
            Place::Bucket { .. } => None,
        }
    }

    fn bytes(&self) -> Cow<'_, [u8]> {
        match &self.0 {
            Place::Local(path) => bytes_of_path(path),
            Place::Bucket { key, .. } => Cow::Borrowed(key.trim_end_matches('/').as_bytes()),
        }
    }
}

/// For people: the path, or the bucket's URI.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::Local(path) => path.display().fmt(f),
            Place::Bucket { .. } => f.write_str(&self.to_uri()),
        }
    }
}

impl Serialize for Location {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_uri())
    }
}

impl<'de> Deserialize<'de> for Location {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let uri = String::deserialize(deserializer)?;
        Self::from_uri(&uri).map_err(serde::de::Error::custom)
    }
}

/// Whether a manifest's source names text itself, not a place.
#[must_use]
pub fn is_content(source: &str) -> bool {
    source.starts_with("content://")
}

fn scheme_of(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    (scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(plain)).then_some((scheme, rest))
}

fn bucket(scheme: BucketScheme, rest: &str) -> Option<Location> {
    let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
    (!bucket.is_empty()).then(|| Location(Place::Bucket { scheme, bucket: bucket.to_owned(), key: key.to_owned() }))
}

/// Takes `.`, `..` and doubled separators out, without asking the file system.
fn normalized(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => drop(result.pop()),
            other => result.push(other),
        }
    }
    result
}

/// A name or path as text for people; what is not UTF-8 shows as `�`.
#[must_use]
pub fn display_bytes(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(unix)]
fn bytes_of_path(path: &Path) -> Cow<'_, [u8]> {
    use std::os::unix::ffi::OsStrExt;
    Cow::Borrowed(path.as_os_str().as_bytes())
}

#[cfg(not(unix))]
fn bytes_of_path(path: &Path) -> Cow<'_, [u8]> {
    Cow::Owned(path.to_string_lossy().replace('\\', "/").into_bytes())
}

/// The path that raw bytes name.
#[cfg(unix)]
pub(super) fn path_from_bytes(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
pub(super) fn path_from_bytes(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(unix)]
fn path_from_uri_bytes(bytes: &[u8]) -> PathBuf {
    path_from_bytes(bytes)
}

/// `/C:/folder` is `C:/folder` there.
#[cfg(not(unix))]
fn path_from_uri_bytes(bytes: &[u8]) -> PathBuf {
    let has_drive = bytes.len() > 2 && bytes[0] == b'/' && bytes[2] == b':';
    path_from_bytes(if has_drive { &bytes[1..] } else { bytes })
}

/// Raw bytes of a file name, as they stand in relative locations.
pub(super) fn bytes_of_name(name: &std::ffi::OsStr) -> Vec<u8> {
    bytes_of_path(Path::new(name)).into_owned()
}

#[cfg(unix)]
fn identity_of(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity_of(_path: &Path) -> Option<(u64, u64)> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Explain;
    use proptest::prelude::*;

    fn typed(text: &str) -> Location {
        Location::typed_in(text, Path::new("/work here"), Some(Path::new("/home/ada"))).expect("a path")
    }

    #[test]
    fn typed_paths_become_absolute() {
        assert_eq!(typed("photos").to_uri(), "file:///work%20here/photos");
        assert_eq!(typed("./a/../b//c/").to_uri(), "file:///work%20here/b/c");
        assert_eq!(typed("~/photos").to_uri(), "file:///home/ada/photos");
        assert_eq!(typed("~").to_uri(), "file:///home/ada");
        assert_eq!(typed("~ada").to_uri(), "file:///work%20here/~ada");
        assert_eq!(typed("/").to_uri(), "file:///");
        assert_eq!(typed("/../..").to_uri(), "file:///");
        assert_eq!(typed("file:///a%20b/c").to_string(), "/a b/c");
        assert_eq!(typed("100% sure.jpg").to_string(), "/work here/100% sure.jpg");
    }

    #[test]
    fn unencoded_file_uris_are_read() {
        let uri = |text| Location::from_uri(text).expect("a URI").to_string();
        assert_eq!(uri("file:///a b/花.jpg"), "/a b/花.jpg");
        assert_eq!(uri("file:///a/100%.jpg"), "/a/100%.jpg");
        assert_eq!(uri("FILE://localhost/a#b?c"), "/a#b?c");
        assert!(Location::from_uri("file://server/share").is_err());
        assert!(Location::from_uri("file:///a%00b").is_err());
    }

    #[test]
    fn buckets_are_read_but_not_used() {
        let photo = Location::from_uri("s3://bucket/photos/1 (7).jpg").expect("a bucket");
        assert_eq!(photo.to_uri(), "s3://bucket/photos/1 (7).jpg");
        assert_eq!(photo.local_path().expect_err("no path").explain().code, "location-scheme");
        let folder = Location::from_uri("s3://bucket/photos/").expect("a bucket");
        assert_eq!(photo.relative_to(&folder).as_deref(), Some(&b"1 (7).jpg"[..]));
        assert_eq!(photo.parent().expect("a folder").to_uri(), "s3://bucket/photos");
        assert_eq!(photo.name(), b"1 (7).jpg");
        assert_eq!(Location::from_uri("http://a/b").expect_err("unknown").explain().code, "location-scheme-unknown");
        assert!(Location::from_uri("obs://").is_err());
    }

    #[test]
    fn a_folder_with_the_same_beginning_is_not_inside() {
        let folder = typed("/a/photos");
        assert!(typed("/a/photos/x").is_inside(&folder));
        assert!(typed("/a/photos").is_inside(&folder));
        assert!(!typed("/a/photos2").is_inside(&folder));
        let bucket = |text| Location::from_uri(text).expect("a bucket");
        assert!(!bucket("s3://b/photos2").is_inside(&bucket("s3://b/photos")));
        assert!(bucket("s3://b/photos2").is_inside(&bucket("s3://b")));
    }

    #[cfg(unix)]
    #[test]
    fn links_do_not_hide_that_two_places_are_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let real = folder.path().join("real");
        std::fs::create_dir(&real).expect("a folder");
        std::os::unix::fs::symlink(&real, folder.path().join("link")).expect("a link");
        let (real, link) = (Location::from_path(&real), Location::from_path(&folder.path().join("link")));
        assert!(real.same_place(&link));
        assert!(!link.is_inside(&real));
        assert!(link.join("not/yet/there").is_within(&real));
        assert!(!Location::from_path(folder.path()).is_within(&real));
    }

    proptest! {
        #[cfg(unix)]
        #[test]
        fn any_bytes_survive_as_a_uri(parts in prop::collection::vec(prop::collection::vec(1_u8..=255, 1..12), 1..5)) {
            let parts: Vec<Vec<u8>> = parts
                .into_iter()
                .map(|part| part.into_iter().map(|byte| if byte == b'/' { b'_' } else { byte }).collect())
                .filter(|part: &Vec<u8>| part != b"." && part != b"..")
                .collect();
            let relative = parts.join(&b'/');
            let root = Location::from_path(Path::new("/root"));
            let place = root.join(&relative);
            let uri = place.to_uri();
            prop_assert!(uri.is_ascii());
            prop_assert_eq!(&Location::from_uri(&uri).expect("our own URI"), &place);
            prop_assert_eq!(place.relative_to(&root).expect("inside"), relative);
        }

        #[test]
        fn no_text_makes_it_panic(text in ".*") {
            if let Ok(place) = Location::typed_in(&text, Path::new("/here"), None) {
                prop_assert_eq!(Location::from_uri(&place.to_uri()).expect("our own URI"), place);
            }
        }
    }
}

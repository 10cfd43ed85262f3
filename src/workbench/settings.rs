//! Personal settings: versioned, read leniently, kept in the platform's config folder.

use super::{Error, Result};
use crate::domain::Explanation;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Light, dark, or as the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

/// What a person chose. Unknown fields are kept, wrong ones fall back to their default one by one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonalSettings {
    pub version: u32,
    /// `en` or `zh-CN`; `None`: as the system says.
    pub language: Option<String>,
    pub theme: Theme,
    /// The name annotations carry; `None`: the system's user name.
    pub name: Option<String>,
    /// 1.0 is the screen's own scale.
    pub zoom: f32,
    /// Shortcuts that differ from the default: command name → keys as `Ctrl+K`.
    pub shortcuts: BTreeMap<String, String>,
    /// The side of thumbnails in the grid, in points.
    pub thumbnail_side: f32,
    /// Whether the tour was taken or declined.
    pub tour_seen: bool,
    #[serde(flatten)]
    pub unknown: Map<String, Value>,
}

impl Default for PersonalSettings {
    fn default() -> Self {
        Self {
            version: 1,
            language: None,
            theme: Theme::System,
            name: None,
            zoom: 1.0,
            shortcuts: BTreeMap::new(),
            thumbnail_side: 140.0,
            tour_seen: false,
            unknown: Map::new(),
        }
    }
}

impl PersonalSettings {
    /// Where they are kept: `settings.json` in `modelier/` of the platform's config folder.
    #[must_use]
    pub fn default_path() -> Option<PathBuf> {
        directories::BaseDirs::new().map(|base| base.config_dir().join("modelier").join("settings.json"))
    }

    /// Reads settings; what cannot be read becomes its default, with an explanation of it. A file that is not there
    /// is no fault.
    #[must_use]
    pub fn load(path: &Path) -> (Self, Vec<Explanation>) {
        let unreadable = |cause: &dyn std::fmt::Display| {
            Explanation::failure("settings-unreadable").with("cause", cause).with("path", path.display())
        };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return (Self::default(), Vec::new()),
            Err(cause) => return (Self::default(), vec![unreadable(&cause)]),
        };
        match serde_json::from_str(&text) {
            Ok(Value::Object(fields)) => Self::from_fields(fields, path),
            Ok(_) => (Self::default(), vec![unreadable(&"not a JSON object")]),
            Err(cause) => (Self::default(), vec![unreadable(&cause)]),
        }
    }

    fn from_fields(mut fields: Map<String, Value>, path: &Path) -> (Self, Vec<Explanation>) {
        let mut problems = Vec::new();
        let mut settings = Self::default();
        take(&mut fields, "version", &mut settings.version, &mut problems, path);
        take(&mut fields, "language", &mut settings.language, &mut problems, path);
        take(&mut fields, "theme", &mut settings.theme, &mut problems, path);
        take(&mut fields, "name", &mut settings.name, &mut problems, path);
        take(&mut fields, "zoom", &mut settings.zoom, &mut problems, path);
        take(&mut fields, "shortcuts", &mut settings.shortcuts, &mut problems, path);
        take(&mut fields, "thumbnail_side", &mut settings.thumbnail_side, &mut problems, path);
        take(&mut fields, "tour_seen", &mut settings.tour_seen, &mut problems, path);
        settings.zoom = if settings.zoom.is_finite() { settings.zoom.clamp(0.5, 3.0) } else { 1.0 };
        settings.thumbnail_side = if settings.thumbnail_side.is_finite() {
            settings.thumbnail_side.clamp(64.0, 512.0)
        } else {
            Self::default().thumbnail_side
        };
        settings.unknown = fields;
        (settings, problems)
    }

    /// Writes settings by replacing the file, so that a crash leaves the old or the new one.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        let failed = |cause: std::io::Error| Error::Settings { path: path.to_owned(), cause };
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(failed)?;
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        serde_json::to_writer_pretty(&mut file, self).map_err(|cause| failed(cause.into()))?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist(path).map_err(|error| failed(error.error))?;
        Ok(())
    }
}

/// Moves a field out of `fields` into `target`; one that does not fit is named and left at its default.
fn take<T: serde::de::DeserializeOwned>(
    fields: &mut Map<String, Value>,
    name: &'static str,
    target: &mut T,
    problems: &mut Vec<Explanation>,
    path: &Path,
) {
    let Some(value) = fields.shift_remove(name) else { return };
    match serde_json::from_value(value) {
        Ok(value) => *target = value,
        Err(cause) => problems.push(
            Explanation::bad_input("settings-field")
                .with("field", name)
                .with("cause", cause)
                .with("path", path.display()),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wrong_field_does_not_reset_the_others_and_unknown_ones_are_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("settings.json");
        std::fs::write(&path, r#"{"version":1,"theme":"dark","zoom":"large","name":"Ada","from_the_future":7}"#)
            .expect("written");
        let (settings, problems) = PersonalSettings::load(&path);
        assert_eq!((settings.theme, settings.zoom, settings.name.as_deref()), (Theme::Dark, 1.0, Some("Ada")));
        assert_eq!(problems.len(), 1);
        settings.save(&path).expect("saved");
        assert!(std::fs::read_to_string(&path).expect("read").contains("from_the_future"));
    }

    #[test]
    fn no_file_means_defaults_and_a_broken_one_says_so() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("settings.json");
        assert_eq!(PersonalSettings::load(&path), (PersonalSettings::default(), Vec::new()));
        std::fs::write(&path, "{").expect("written");
        assert_eq!(PersonalSettings::load(&path).1.len(), 1);
    }
}

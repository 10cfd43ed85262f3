//! Personal settings: versioned, read leniently, kept in the platform's config folder.

use super::Result;
use crate::domain::Explanation;
use serde::{Deserialize, Serialize};
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
    pub unknown: serde_json::Map<String, serde_json::Value>,
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
            unknown: serde_json::Map::new(),
        }
    }
}

impl PersonalSettings {
    /// Where they are kept: `settings.json` in `modelier/` of the platform's config folder.
    #[must_use]
    pub fn default_path() -> Option<PathBuf> {
        directories::BaseDirs::new().map(|base| base.config_dir().join("modelier").join("settings.json"))
    }

    /// Reads settings; what cannot be read becomes its default, with an explanation of it.
    #[must_use]
    pub fn load(path: &Path) -> (Self, Vec<Explanation>) {
        todo!()
    }

    /// Writes settings by replacing the file.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        todo!()
    }
}

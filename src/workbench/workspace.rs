//! A workspace: the folder that holds the catalog, job folders, models, trash and cache.

use super::{Error, Result};
use crate::catalog::Catalog;
use crate::domain::{Actor, Explanation, Timestamp, VersionState};
use crate::storage::{Cache, Storage, Trash};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// How to open a workspace.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// The folder; made if it is not there.
    pub workspace: PathBuf,
    /// Who acts.
    pub actor: Actor,
    /// A name for this window or command: undo takes back the edits of one client. The window uses a stable name, so
    /// that undo survives a restart.
    pub client: String,
    /// The program that workers are started from: this one.
    pub executable: PathBuf,
}

/// Thumbnails kept on disk: some 20,000 of them.
const CACHE_LIMIT_BYTES: u64 = 2 << 30;
/// Files of tiles of large pictures kept on disk: a picture of 40,000 pixels a side takes 0.2 to 1 GB.
const TILES_LIMIT_BYTES: u64 = 20 << 30;

/// An open workspace. Clones share it.
#[derive(Clone)]
pub struct Workbench {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub catalog: Catalog,
    pub folder: PathBuf,
    pub actor: std::sync::RwLock<Actor>,
    pub client: String,
    pub executable: PathBuf,
    pub cache: Cache,
    /// Files of tiles of large pictures.
    pub tiles: Cache,
    pub trash: Trash,
    pub activities: super::activities::Activities,
}

impl Workbench {
    /// Opens or creates a workspace and takes up what an earlier run left: versions whose publishing was cut off become
    /// *failed*, running workers are found again.
    ///
    /// # Errors
    /// If the folder cannot be written, lies on a network file system, or its catalog is of a newer release.
    pub fn open(options: OpenOptions) -> Result<Self> {
        let OpenOptions { workspace, actor, client, executable } = options;
        // Workers and other processes may be started elsewhere.
        let folder =
            std::path::absolute(&workspace).map_err(|cause| Error::Workspace { path: workspace.clone(), cause })?;
        for part in ["jobs", "models", "trash", "cache"] {
            let path = folder.join(part);
            std::fs::create_dir_all(&path).map_err(|cause| Error::Workspace { path, cause })?;
        }
        let catalog = Catalog::open(&folder.join("catalog.sqlite"))?;
        let cache = Cache::new(&folder.join("cache"), CACHE_LIMIT_BYTES);
        let tiles = Cache::new(&folder.join("cache").join("tiles"), TILES_LIMIT_BYTES);
        let trash = Trash::new(&folder.join("trash"));
        let activities = super::activities::Activities::default();
        let actor = std::sync::RwLock::new(actor);
        let inner = Inner { catalog, folder, actor, client, executable, cache, tiles, trash, activities };
        let workbench = Self { inner: Arc::new(inner) };
        workbench.recover()?;
        Ok(workbench)
    }

    /// The workspace's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.inner.folder
    }

    /// A number that changes whenever anything in the catalog changed, here or in another process. Cheap: the window
    /// asks a few times a second.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn data_version(&self) -> Result<u64> {
        Ok(self.catalog().data_version()?.unsigned_abs())
    }

    pub(super) fn catalog(&self) -> &Catalog {
        &self.inner.catalog
    }

    #[expect(clippy::unused_self, reason = "a workspace will know its buckets")]
    pub(super) fn storage(&self) -> Storage {
        Storage::new()
    }

    /// Takes up what an earlier run left half done.
    fn recover(&self) -> Result<()> {
        for mut version in self.catalog().publishing_versions()? {
            if self.is_being_published(&version)? {
                continue;
            }
            version.state = VersionState::Failed;
            version.failure = Some(Explanation::failure("publish-interrupted").with("version", &version.name));
            self.catalog().update_version(&version)?;
        }
        self.remove_unfinished_models();
        self.catalog().trim_journal(self.now())?;
        self.refresh_activities()
    }

    /// Changes who acts from now on.
    pub fn set_actor(&self, actor: Actor) {
        *self.inner.actor.write().unwrap_or_else(std::sync::PoisonError::into_inner) = actor;
    }

    /// Who acts.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.inner.actor.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    pub(super) fn now(&self) -> Timestamp {
        Timestamp::from_system_time(SystemTime::now())
    }
}

/// The workspace used when none is named: `MODELIER_WORKSPACE`'s value if given, else `modelier/` in the platform's
/// data folder.
#[must_use]
pub fn default_workspace(from_environment: Option<PathBuf>) -> PathBuf {
    from_environment.unwrap_or_else(|| {
        directories::BaseDirs::new().map_or_else(|| PathBuf::from("modelier"), |base| base.data_dir().join("modelier"))
    })
}

//! What the fuzz targets drive: the parts of Modelier that read foreign bytes, built from its own sources. The whole
//! program would take many times as long to build with instrumentation, and none of the rest meets foreign bytes first.

pub mod checks;
#[path = "../../src/domain/mod.rs"]
pub mod domain;
#[path = "../../src/formats/mod.rs"]
pub mod formats;
#[path = "../../src/media/mod.rs"]
pub mod media;

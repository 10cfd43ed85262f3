//! Modelier: from raw files to a running model. This file is the table of contents; `ARCHITECTURE.md` says how the
//! modules may know each other.

pub mod cli;
pub mod domain;
pub mod engines;
pub mod serving;
pub mod text;
pub mod workbench;

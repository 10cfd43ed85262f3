//! Modelier: from raw files to a running model. This file is the table of contents; `ARCHITECTURE.md` says how the
//! modules may know each other.

// What comes from outside must never end the program; tests may stop at the first surprise.
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

pub mod catalog;
pub mod cli;
pub mod domain;
pub mod engines;
pub mod formats;
pub mod learning;
pub mod media;
pub mod serving;
pub mod storage;
pub mod text;
pub mod ui;
pub mod workbench;
pub mod worker;

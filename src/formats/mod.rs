//! Bytes ↔ domain.

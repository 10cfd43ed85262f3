//! The page over texts: what a person presses and what is in the catalog afterwards.

//! The dialogs of the labeling page, one a file.

mod add_images;
mod add_texts;
mod auto_label;
mod delete_images;
mod delete_label;
mod edit_label;
mod shortcuts;
mod sources;

pub use add_images::AddImages;
pub use add_texts::AddTexts;
pub use auto_label::AutoLabel;
pub use delete_images::DeleteImages;
pub use delete_label::DeleteLabel;
pub use edit_label::EditLabel;
pub use shortcuts::ShortcutsOverlay;

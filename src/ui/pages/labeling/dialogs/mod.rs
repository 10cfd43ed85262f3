//! The dialogs of the labeling page, one a file.

mod add_images;
mod delete_images;
mod delete_label;
mod edit_label;
mod shortcuts;

pub use add_images::AddImages;
pub use delete_images::DeleteImages;
pub use delete_label::DeleteLabel;
pub use edit_label::EditLabel;
pub use shortcuts::ShortcutsOverlay;

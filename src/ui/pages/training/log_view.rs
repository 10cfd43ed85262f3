//! A log that grows while it is watched.

use super::live::WHILE_RUNNING;
use crate::ui::backend::{Outcome, Promise};
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::theme::{space, text_size};
use crate::ui::widgets::{self, Button};
use crate::workbench::{Result, Workbench};
use egui::{FontFamily, FontId, RichText, ScrollArea, Ui};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Reads what follows a byte of a log, and says where it ends now.
pub type ReadLog = Arc<dyn Fn(&Workbench, u64) -> Result<(String, u64)> + Send + Sync>;

/// How many lines are kept: a log of a long training has hundreds of thousands, nobody scrolls through them here.
const LINES_KEPT: usize = 20_000;

/// How often the log of something that has ended is looked at once more: its last lines may follow its end.
const AFTER_END: Duration = Duration::from_secs(5);

/// The state of a log that is watched.
pub struct LogView {
    of: String,
    lines: Vec<String>,
    /// The last line, while its end has not been written.
    open_line: bool,
    next_byte: u64,
    reading: Option<Promise<(String, u64)>>,
    asked: Option<Instant>,
    was_running: bool,
    follow: bool,
    failure: Option<crate::domain::Explanation>,
}

impl Default for LogView {
    fn default() -> Self {
        Self {
            of: String::new(),
            lines: Vec::new(),
            open_line: false,
            next_byte: 0,
            reading: None,
            asked: None,
            was_running: false,
            follow: true,
            failure: None,
        }
    }
}

impl LogView {
    /// Draws the log named `of`; another name begins anew. `running`: more lines may come.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, of: &str, running: bool, read: &ReadLog) {
        if self.of != of {
            *self = Self { of: of.to_owned(), follow: self.follow, ..Self::default() };
        }
        self.read_on(ui, context, running, read);
        ui.horizontal(|ui| {
            widgets::check_box(ui, context, &mut self.follow, &context.tr("log-follow"));
            let copy = Button::ghost(context.tr("log-copy")).icon(Icon::Copy).small().enabled(!self.lines.is_empty());
            if copy.show(ui, context).clicked() {
                ui.ctx().copy_text(self.lines.join("\n"));
            }
        });
        ui.add_space(space::XS);
        if let Some(failure) = &self.failure {
            widgets::failure(ui, context, failure);
        }
        let tokens = context.tokens;
        let frame = egui::Frame::new().fill(tokens.field).stroke(egui::Stroke::new(1.0, tokens.border));
        frame.corner_radius(crate::ui::theme::CORNER).inner_margin(12).show(ui, |ui| {
            ui.set_min_size(ui.available_size());
            if self.lines.is_empty() {
                widgets::weak(ui, context, context.tr("log-empty"));
                return;
            }
            let font = FontId::new(text_size::SMALL, FontFamily::Monospace);
            let row_height = ui.fonts_mut(|fonts| fonts.row_height(&font));
            ui.spacing_mut().item_spacing.y = 2.0;
            let area = ScrollArea::both().id_salt("log").auto_shrink([false, false]).stick_to_bottom(self.follow);
            area.show_rows(ui, row_height, self.lines.len(), |ui, range| {
                for line in &self.lines[range] {
                    let text = RichText::new(line).font(font.clone()).color(tokens.text);
                    ui.add(egui::Label::new(text).selectable(true).extend());
                }
            });
        });
    }

    fn read_on(&mut self, ui: &Ui, context: &Context<'_>, running: bool, read: &ReadLog) {
        if let Some(outcome) = self.reading.as_ref().and_then(Promise::take) {
            self.reading = None;
            self.take(outcome);
        }
        let due = match self.asked {
            None => true,
            Some(asked) => {
                let every = if running { WHILE_RUNNING } else { AFTER_END };
                // Once more when it ends, and then no more.
                (running || self.was_running) && (asked.elapsed() >= every || running != self.was_running)
            }
        };
        if due && self.reading.is_none() {
            self.asked = Some(Instant::now());
            self.was_running = running;
            let (from, read) = (self.next_byte, Arc::clone(read));
            self.reading = Some(context.backend.spawn(move |workbench| read(workbench, from)));
        }
        if running {
            ui.request_repaint_after(WHILE_RUNNING);
        }
    }

    fn take(&mut self, outcome: Outcome<(String, u64)>) {
        let (text, next_byte) = match outcome {
            Ok(read) => read,
            Err(explanation) => {
                self.failure = Some(explanation);
                return;
            }
        };
        self.failure = None;
        if next_byte < self.next_byte {
            // It was begun anew, e.g. by a service that was started again.
            self.lines.clear();
            self.open_line = false;
        }
        self.next_byte = next_byte;
        for part in text.split_inclusive('\n') {
            let line = part.trim_end_matches(['\n', '\r']);
            match self.lines.last_mut() {
                Some(last) if self.open_line => last.push_str(line),
                _ => self.lines.push(line.to_owned()),
            }
            self.open_line = !part.ends_with('\n');
        }
        let surplus = self.lines.len().saturating_sub(LINES_KEPT);
        self.lines.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_read_in_pieces_stay_whole() {
        let mut log = LogView::default();
        log.take(Ok(("one\ntw".to_owned(), 6)));
        log.take(Ok(("o\nthree\n".to_owned(), 14)));
        log.take(Ok(("four".to_owned(), 18)));
        assert_eq!(log.lines, ["one", "two", "three", "four"]);
    }

    #[test]
    fn only_the_last_lines_are_kept() {
        let mut log = LogView::default();
        let many: String = (0..LINES_KEPT + 10).map(|line| format!("{line}\n")).collect();
        log.take(Ok((many, 1)));
        assert_eq!(log.lines.len(), LINES_KEPT);
        assert_eq!(log.lines[0], "10");
    }
}

//! What is reached by keys alone beside the canvas: the images at its left, the inspector, fields and filters, marks,
//! and how the picture looks.

use super::DetectionPage;
use super::attributes::{Attribute, next_pose};
use crate::domain::{Annotation, AnnotationBody, ObjectAttributes};
use crate::ui::canvas::Canvas;
use crate::ui::canvas::look::{Channel, Look};
use crate::ui::commands::Command;
use crate::ui::context::{Context, UiCommand};
use crate::ui::notifications::Notification;
use crate::ui::pages::labeling::filter::Tab;
use egui::{Response, Ui};

/// How much a key changes brightness or contrast.
const LOOK_STEP: i8 = 10;

/// Where a command leads the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Canvas,
    /// The image that is shown, in the strip.
    Strip,
    Inspector,
    FilterImages,
    FilterShapes,
    Confidence,
    Property,
}

impl Place {
    /// The three regions, in the order of F6.
    const REGIONS: [Self; 3] = [Self::Canvas, Self::Strip, Self::Inspector];

    fn is_in_inspector(self) -> bool {
        matches!(self, Self::Inspector | Self::FilterShapes | Self::Confidence | Self::Property)
    }
}

/// Where the keyboard is, and where it is to go.
#[derive(Default)]
pub(super) struct Reach {
    /// Taken by what it names when that is drawn.
    wish: Option<Place>,
    /// The region that F6 led to last.
    region: Option<Place>,
    /// Whether something else than the canvas had the focus at the end of the last frame.
    is_elsewhere: bool,
    inspector_drawn: bool,
}

impl Reach {
    /// Gives the focus to what was asked for.
    pub fn lead(&mut self, place: Place, response: &Response) {
        if self.wish == Some(place) {
            self.wish = None;
            response.request_focus();
            response.scroll_to_me(None);
        }
    }

    /// Whether the keyboard is beside the canvas: Esc then only leads back.
    pub fn is_elsewhere(&self) -> bool {
        self.is_elsewhere
    }

    /// Once the inspector has been drawn: what it did not have is not waited for.
    pub fn end_inspector(&mut self) {
        self.inspector_drawn = true;
        self.wish = self.wish.filter(|place| !place.is_in_inspector());
    }

    /// At the end of a frame. A closed inspector opens for what is asked for in it.
    pub fn end_frame(&mut self, ui: &Ui, context: &Context<'_>) {
        let focused = ui.memory(egui::Memory::focused);
        self.is_elsewhere = focused.is_some_and(|id| id != Canvas::id());
        let was_drawn = std::mem::take(&mut self.inspector_drawn);
        if !was_drawn && self.wish.is_some_and(Place::is_in_inspector) {
            context.send(UiCommand::Run(Command::ToggleInspector));
        }
        // What this frame did not have is not waited for.
        self.wish = self.wish.filter(|place| place.is_in_inspector());
    }

    /// The region before or after the one that has the keyboard.
    fn turn(&mut self, backwards: bool) {
        let now = self.region.filter(|_| self.is_elsewhere).unwrap_or(Place::Canvas);
        let place = Place::REGIONS.iter().position(|region| *region == now).unwrap_or(0);
        let by = if backwards { Place::REGIONS.len() - 1 } else { 1 };
        let next = Place::REGIONS[(place + by) % Place::REGIONS.len()];
        self.region = Some(next);
        self.wish = Some(next);
    }
}

impl DetectionPage {
    /// Carries out a command of this part; `false` if it is none.
    pub(super) fn reach_command(&mut self, command: Command, context: &Context<'_>) -> bool {
        match command {
            Command::CanvasRegion | Command::CanvasRegionBack => {
                self.reach.turn(command == Command::CanvasRegionBack);
                let to_strip = self.reach.wish == Some(Place::Strip);
                self.strip_open |= to_strip;
                self.scroll_to_cursor |= to_strip;
            }
            Command::CanvasFilterImages if self.pass.is_none() => {
                self.strip_open = true;
                self.reach.wish = Some(Place::FilterImages);
            }
            Command::CanvasImageState if self.pass.is_none() => {
                let tabs = [Tab::All, Tab::Unlabeled, Tab::Labeled, Tab::ToConfirm];
                let place = tabs.iter().position(|tab| *tab == self.filter.tab).unwrap_or(0);
                self.strip_open = true;
                self.filter.tab = tabs[(place + 1) % tabs.len()];
            }
            // A second pass has no filters.
            Command::CanvasFilterImages | Command::CanvasImageState => {}
            Command::CanvasFilterShapes => self.lead_to_shape(Place::FilterShapes, context),
            Command::CanvasConfidence => self.lead_to_shape(Place::Confidence, context),
            Command::CanvasProperty => self.lead_to_shape(Place::Property, context),
            Command::CanvasHard => self.mark(context, |annotation| &mut annotation.hard),
            Command::CanvasTruncated => self.mark_object(context, |attributes| &mut attributes.truncated),
            Command::CanvasOccluded => self.mark_object(context, |attributes| &mut attributes.occluded),
            Command::CanvasDifficult => self.mark_object(context, |attributes| &mut attributes.difficult),
            Command::CanvasPose => self.change_selected(context, |annotation| {
                let digit = next_pose(annotation);
                Attribute::Pose.set(annotation, digit);
            }),
            Command::CanvasChannel => self.change_look(|look| {
                let place = Channel::ALL.iter().position(|channel| *channel == look.channel).unwrap_or(0);
                look.channel = Channel::ALL[(place + 1) % Channel::ALL.len()];
            }),
            Command::CanvasBrighter => self.change_look(|look| look.brightness = lighter(look.brightness, LOOK_STEP)),
            Command::CanvasDarker => self.change_look(|look| look.brightness = lighter(look.brightness, -LOOK_STEP)),
            Command::CanvasMoreContrast => self.change_look(|look| look.contrast = lighter(look.contrast, LOOK_STEP)),
            Command::CanvasLessContrast => self.change_look(|look| look.contrast = lighter(look.contrast, -LOOK_STEP)),
            Command::CanvasAsInFile => self.change_look(|look| *look = Look::default()),
            _ => return false,
        }
        true
    }

    /// To a field about shapes; without a selected one, about the first.
    fn lead_to_shape(&mut self, place: Place, context: &Context<'_>) {
        if self.document.as_ref().is_none_or(|document| document.scene().is_empty()) {
            context.notify(Notification::info(context.tr("canvas-no-shapes")));
            return;
        }
        if place != Place::FilterShapes && self.canvas.hand.selection().is_empty() {
            self.select_next(false);
        }
        self.reach.wish = Some(place);
    }

    fn mark(&mut self, context: &Context<'_>, of: impl Fn(&mut Annotation) -> &mut Option<bool>) {
        self.change_selected(context, |annotation| {
            let mark = of(annotation);
            *mark = Some(*mark != Some(true));
        });
    }

    fn mark_object(&mut self, context: &Context<'_>, of: impl Fn(&mut ObjectAttributes) -> &mut Option<bool>) {
        self.change_selected(context, |annotation| {
            if let AnnotationBody::Shape { attributes, .. } = &mut annotation.body {
                let mark = of(attributes);
                *mark = Some(*mark != Some(true));
            }
        });
    }

    fn change_look(&mut self, change: impl FnOnce(&mut Look)) {
        let mut look = self.canvas.pictures.look();
        change(&mut look);
        self.canvas.pictures.set_look(look);
    }
}

fn lighter(value: i8, by: i8) -> i8 {
    value.saturating_add(by).clamp(-100, 100)
}

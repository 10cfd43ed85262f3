//! What is asked for while the image that it is meant for is still on its way waits for that image, and so does what
//! follows it: quick keys act in their order, and never on the image before.

use super::DetectionPage;
use super::keys::Action;
use crate::ui::commands::Command;
use crate::ui::context::Context;

/// Something that was asked for and waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    Command(Command),
    Key(Action),
}

/// What must be there before a wish can be carried out; each of them includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Needs {
    Nothing,
    /// Where one is: nothing is being looked for or brought.
    Place,
    /// The image of that place, read and on the screen.
    Image,
    /// The image as undo has left it.
    Settled,
    /// Its size, unless that will not be known in a moment.
    Picture,
}

impl Wish {
    fn needs(self) -> Needs {
        match self {
            Self::Command(command) => match command {
                Command::CanvasNext | Command::CanvasPrevious | Command::CanvasNextUnlabeled => Needs::Place,
                Command::Undo | Command::Redo | Command::CanvasBackWhere => Needs::Image,
                Command::CanvasJoin
                | Command::CanvasNothing
                | Command::CanvasBringPrevious
                | Command::CanvasBringOn
                | Command::CanvasLabel
                | Command::CanvasDelete
                | Command::CanvasSelectAll
                | Command::CanvasBeneath
                | Command::CanvasCopy
                | Command::CanvasPaste
                | Command::CanvasDuplicate
                | Command::CanvasFront
                | Command::CanvasBack
                | Command::CanvasGroup
                | Command::CanvasUngroup
                | Command::CanvasLock
                | Command::CanvasHide
                | Command::CanvasShowAll
                | Command::CanvasHard
                | Command::CanvasTruncated
                | Command::CanvasOccluded
                | Command::CanvasDifficult
                | Command::CanvasPose
                | Command::CanvasConfidence
                | Command::CanvasProperty
                | Command::CanvasAttributes
                | Command::CanvasZoomSelection => Needs::Settled,
                Command::CanvasTurnLeft
                | Command::CanvasTurnRight
                | Command::CanvasTurnFarLeft
                | Command::CanvasTurnFarRight => Needs::Picture,
                _ => Needs::Nothing,
            },
            Self::Key(action) => match action {
                Action::Help => Needs::Nothing,
                Action::Label(_)
                | Action::Escape
                | Action::Backspace
                | Action::NextShape
                | Action::PreviousShape
                | Action::Copy
                | Action::Cut
                | Action::Paste => Needs::Settled,
                Action::Enter | Action::Nudge(..) | Action::Stretch(..) => Needs::Picture,
            },
        }
    }
}

impl DetectionPage {
    /// Carries a wish out, now or when its image is there. `false`: it is not one of this page.
    pub(super) fn wish(&mut self, wish: Wish, context: &Context<'_>) -> bool {
        let needs = wish.needs();
        if needs == Needs::Nothing || (self.wishes.is_empty() && self.has(needs)) {
            return self.fulfil(wish, context);
        }
        self.wishes.push_back(wish);
        self.fulfil_wishes(context);
        true
    }

    /// Carries out what has waited, as far as it can be.
    pub(super) fn fulfil_wishes(&mut self, context: &Context<'_>) {
        // Nothing can be meant for an image that is not there any more.
        if self.rows.is_read(self.cursor) && self.rows.row(self.cursor).is_none() {
            self.wishes.retain(|wish| wish.needs() == Needs::Place);
        }
        while self.wishes.front().is_some_and(|wish| self.has(wish.needs())) {
            if let Some(wish) = self.wishes.pop_front() {
                self.fulfil(wish, context);
            }
        }
    }

    fn fulfil(&mut self, wish: Wish, context: &Context<'_>) -> bool {
        match wish {
            Wish::Command(command) => self.carry_out_command(command, context),
            Wish::Key(action) => {
                self.act(action, context);
                true
            }
        }
    }

    /// Whether the image at the cursor is read and on the screen.
    pub(super) fn is_here(&self) -> bool {
        let document = self.document.as_ref().map(|document| document.open.row.sample.id);
        let row = self.rows.row(self.cursor).map(|row| row.sample.id);
        document.is_some() && document == row && document == self.canvas.sample()
    }

    fn has(&self, needs: Needs) -> bool {
        // Where nothing will come there is nothing to wait for.
        let Some(document) = self.document.as_ref().filter(|_| self.failure.is_none()) else { return true };
        let sample = document.open.row.sample.id;
        let is_opening = self.canvas.is_opening(sample);
        let is_placed = self.seeking.is_none()
            && self.bring.is_none()
            && !(is_opening && self.arriving.iter().any(|arriving| arriving.is_for(sample)));
        match needs {
            Needs::Nothing => true,
            Needs::Place => is_placed,
            Needs::Image => is_placed && self.is_here(),
            Needs::Settled => is_placed && self.is_here() && !document.open.is_behind(),
            Needs::Picture => is_placed && self.is_here() && !document.open.is_behind() && !is_opening,
        }
    }
}

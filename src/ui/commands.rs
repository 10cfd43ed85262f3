//! Every command of the window, in one place: its name, icon, keys and where it applies. Menus, tooltips, shortcuts and
//! the palette all read this table. Its words are `command-NAME` (what it is called) and `command-NAME.tip` (what it
//! does).

use super::icons::Icon;
use crate::domain::ShapeKind;
use egui::{Key, KeyboardShortcut, Modifiers};
use std::collections::BTreeMap;

/// Where a command applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// On every page.
    Everywhere,
    /// On the labeling page.
    Labeling,
    /// On pages about one dataset: labeling and versions.
    Dataset,
    /// On the canvas of object detection.
    Canvas,
}

macro_rules! commands {
    ($($(#[$doc:meta])* $variant:ident $name:literal $icon:ident $scope:ident $keys:literal,)+) => {
        /// Something a person can ask for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Command {
            $($(#[$doc])* $variant,)+
        }

        impl Command {
            /// All commands, in the order of the palette.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable name, as settings write it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// Its icon.
            #[must_use]
            pub fn icon(self) -> Icon {
                match self { $(Self::$variant => Icon::$icon,)+ }
            }

            /// Where it applies.
            #[must_use]
            pub fn scope(self) -> Scope {
                match self { $(Self::$variant => Scope::$scope,)+ }
            }

            /// The keys it has unless settings say otherwise, e.g. `Ctrl+K`; empty for none.
            #[must_use]
            pub fn default_keys(self) -> &'static str {
                match self { $(Self::$variant => $keys,)+ }
            }
        }
    };
}

// A line: variant, stable name, icon, scope, default keys. Letters and digits without a modifier belong to labels on
// the labeling page (see `domain::label::LABEL_KEYS`).
commands! {
    Palette "palette" Search Everywhere "Ctrl+K",
    CreateDataset "create-dataset" Plus Everywhere "Ctrl+N",
    ImportDataset "import-dataset" Import Dataset "Ctrl+I",
    SyncDataset "sync-dataset" RefreshCw Dataset "F5",
    Publish "publish" Upload Dataset "Ctrl+P",
    ExportDataset "export-dataset" FolderOutput Dataset "Ctrl+E",
    LabelDataset "label-dataset" Tags Dataset "",
    Versions "versions" History Dataset "Ctrl+Shift+V",
    Reviews "reviews" ScanEye Dataset "Ctrl+Shift+R",
    /// Adds files to the dataset.
    AddSamples "add-samples" FilePlus Labeling "Ctrl+O",
    /// Deletes what is worked on from the dataset.
    DeleteSamples "delete-samples" Trash2 Labeling "",
    /// Lets a model propose labels for texts.
    AutoLabel "auto-label" Sparkles Labeling "",
    Train "train" BrainCircuit Dataset "Ctrl+T",
    ModifyDataset "modify-dataset" Pencil Dataset "",
    DeleteDataset "delete-dataset" Trash2 Dataset "",
    Undo "undo" Undo2 Dataset "Ctrl+Z",
    Redo "redo" Redo2 Dataset "Ctrl+Shift+Z",
    GoDatasets "go-datasets" Database Everywhere "Ctrl+1",
    GoTraining "go-training" BrainCircuit Everywhere "Ctrl+2",
    GoModels "go-models" Box Everywhere "Ctrl+3",
    GoServices "go-services" Server Everywhere "Ctrl+4",
    GoSettings "go-settings" Settings Everywhere "Ctrl+Comma",
    Back "back" ArrowLeft Everywhere "Alt+ArrowLeft",
    Jobs "jobs" Activity Everywhere "Ctrl+J",
    Messages "messages" Bell Everywhere "Ctrl+M",
    ToggleNavigation "toggle-navigation" PanelLeft Everywhere "Ctrl+B",
    ToggleInspector "toggle-inspector" PanelRight Everywhere "Ctrl+Shift+B",
    ZoomIn "zoom-in" ZoomIn Everywhere "Ctrl+Plus",
    ZoomOut "zoom-out" ZoomOut Everywhere "Ctrl+Minus",
    ZoomReset "zoom-reset" Scan Everywhere "Ctrl+0",
    ToggleTheme "toggle-theme" SunMoon Everywhere "",
    ToggleLanguage "toggle-language" Languages Everywhere "",
    Tour "tour" GraduationCap Everywhere "F1",
    CanvasSelect "canvas-select" MousePointer2 Canvas "V",
    CanvasDraw "canvas-draw" PenTool Canvas "W",
    CanvasRectangle "canvas-rectangle" Square Canvas "R",
    CanvasRotatedRectangle "canvas-rotated-rectangle" Diamond Canvas "T",
    CanvasPolygon "canvas-polygon" Pentagon Canvas "G",
    CanvasPolyline "canvas-polyline" Spline Canvas "B",
    CanvasLine "canvas-line" Slash Canvas "Y",
    CanvasDashed "canvas-dashed" Ellipsis Canvas "U",
    CanvasPoint "canvas-point" CircleDot Canvas "P",
    CanvasCircle "canvas-circle" Circle Canvas "C",
    CanvasSplit "canvas-split" Scissors Canvas "X",
    CanvasJoin "canvas-join" Combine Canvas "J",
    CanvasNothing "canvas-nothing" SquareCheck Canvas "N",
    CanvasNext "canvas-next" ChevronRight Canvas "D",
    CanvasPrevious "canvas-previous" ChevronLeft Canvas "A",
    CanvasNextUnlabeled "canvas-next-unlabeled" ChevronsRight Canvas "F",
    CanvasBackWhere "canvas-back-where" CornerUpLeft Canvas "Q",
    CanvasBringPrevious "canvas-bring-previous" CopyPlus Canvas "E",
    CanvasBringOn "canvas-bring-on" Forward Canvas "Shift+E",
    CanvasGoOn "canvas-go-on" StepForward Canvas "Shift+D",
    CanvasLabel "canvas-label" Tag Canvas "L",
    CanvasDelete "canvas-delete" Trash2 Canvas "Delete",
    CanvasSelectAll "canvas-select-all" BoxSelect Canvas "Ctrl+A",
    CanvasBeneath "canvas-beneath" Layers Canvas "Shift+V",
    CanvasCopy "canvas-copy" Copy Canvas "Ctrl+C",
    CanvasPaste "canvas-paste" ClipboardPaste Canvas "Ctrl+V",
    CanvasDuplicate "canvas-duplicate" CopyPlus Canvas "Ctrl+D",
    CanvasTurnLeft "canvas-turn-left" RotateCcw Canvas "Comma",
    CanvasTurnRight "canvas-turn-right" RotateCw Canvas "Period",
    CanvasTurnFarLeft "canvas-turn-far-left" RotateCcw Canvas "Alt+Comma",
    CanvasTurnFarRight "canvas-turn-far-right" RotateCw Canvas "Alt+Period",
    CanvasFront "canvas-front" BringToFront Canvas "CloseBracket",
    CanvasBack "canvas-back" SendToBack Canvas "OpenBracket",
    CanvasGroup "canvas-group" Group Canvas "Ctrl+G",
    CanvasUngroup "canvas-ungroup" Ungroup Canvas "Ctrl+Shift+G",
    CanvasLock "canvas-lock" Lock Canvas "Ctrl+L",
    CanvasHide "canvas-hide" EyeOff Canvas "Ctrl+H",
    CanvasShowAll "canvas-show-all" Eye Canvas "Ctrl+Shift+H",
    CanvasHard "canvas-hard" Flame Canvas "H",
    CanvasAttributes "canvas-attributes" ListChecks Canvas "M",
    CanvasFit "canvas-fit" Maximize Canvas "Shift+F",
    CanvasOriginal "canvas-original" Ratio Canvas "Shift+O",
    CanvasCloser "canvas-closer" ZoomIn Canvas "Plus",
    CanvasFarther "canvas-farther" ZoomOut Canvas "Minus",
    CanvasZoomSelection "canvas-zoom-selection" ScanSearch Canvas "Z",
    CanvasKeepZoom "canvas-keep-zoom" Pin Canvas "Shift+Z",
    CanvasSnap "canvas-snap" Magnet Canvas "S",
    CanvasNames "canvas-names" Tags Canvas "Shift+N",
    CanvasCrosshair "canvas-crosshair" Crosshair Canvas "Shift+C",
    CanvasGuides "canvas-guides" Grid3x3 Canvas "Shift+G",
    CanvasMinimap "canvas-minimap-toggle" Map Canvas "Shift+M",
    CanvasStrip "canvas-strip" GalleryVertical Canvas "Shift+S",
    CanvasRegion "canvas-region" PanelsTopLeft Canvas "F6",
    CanvasRegionBack "canvas-region-back" PanelsTopLeft Canvas "Shift+F6",
    CanvasFilterImages "canvas-filter-images" Images Canvas "Ctrl+F",
    CanvasImageState "canvas-image-state" Funnel Canvas "",
    CanvasFilterShapes "canvas-filter-shapes-command" Shapes Canvas "Ctrl+Shift+F",
    CanvasTruncated "canvas-truncated" Crop Canvas "",
    CanvasOccluded "canvas-occluded" Blend Canvas "",
    CanvasDifficult "canvas-difficult" CircleQuestionMark Canvas "",
    CanvasPose "canvas-pose" PersonStanding Canvas "",
    CanvasConfidence "canvas-confidence" Percent Canvas "",
    CanvasProperty "canvas-property" ListPlus Canvas "",
    CanvasChannel "canvas-channel" Palette Canvas "",
    CanvasBrighter "canvas-brighter" Sun Canvas "",
    CanvasDarker "canvas-darker" SunDim Canvas "",
    CanvasMoreContrast "canvas-more-contrast" Contrast Canvas "",
    CanvasLessContrast "canvas-less-contrast" Contrast Canvas "",
    CanvasAsInFile "canvas-as-in-file" RotateCcw Canvas "",
}

impl Command {
    /// Whether it is carried out again and again while its key is held: what walks, looks or moves a little. What
    /// decides or deletes is not.
    #[must_use]
    pub fn goes_on_while_held(self) -> bool {
        matches!(
            self,
            Self::Undo
                | Self::Redo
                | Self::ZoomIn
                | Self::ZoomOut
                | Self::CanvasNext
                | Self::CanvasPrevious
                | Self::CanvasTurnLeft
                | Self::CanvasTurnRight
                | Self::CanvasTurnFarLeft
                | Self::CanvasTurnFarRight
                | Self::CanvasCloser
                | Self::CanvasFarther
                | Self::CanvasBrighter
                | Self::CanvasDarker
                | Self::CanvasMoreContrast
                | Self::CanvasLessContrast
        )
    }
}

/// The tools of the canvas that draw, with the kinds of shape that they draw.
pub const SHAPE_TOOLS: [(ShapeKind, Command); 8] = [
    (ShapeKind::Rectangle, Command::CanvasRectangle),
    (ShapeKind::RotatedRectangle, Command::CanvasRotatedRectangle),
    (ShapeKind::Polygon, Command::CanvasPolygon),
    (ShapeKind::Polyline, Command::CanvasPolyline),
    (ShapeKind::Line, Command::CanvasLine),
    (ShapeKind::Dashed, Command::CanvasDashed),
    (ShapeKind::Point, Command::CanvasPoint),
    (ShapeKind::Circle, Command::CanvasCircle),
];

/// The keys of commands: the defaults, with what settings say instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortcuts {
    keys: Vec<(Command, KeyboardShortcut)>,
}

impl Shortcuts {
    /// Reads settings (`name` → keys, or nothing for no keys). What cannot be read keeps its default.
    #[must_use]
    pub fn new(settings: &BTreeMap<String, String>) -> Self {
        let mut keys: Vec<_> = Command::ALL
            .iter()
            .filter_map(|&command| {
                let default = command.default_keys();
                let chosen = settings.get(command.name()).map_or(default, String::as_str);
                let shortcut = parse_keys(chosen).or_else(|| parse_keys(default).filter(|_| !chosen.is_empty()));
                shortcut.map(|shortcut| (command, shortcut))
            })
            .collect();
        // The longer chord is tried first: Ctrl+Shift+Z must not be taken for Ctrl+Z.
        keys.sort_by_key(|(_, shortcut)| std::cmp::Reverse(modifier_count(shortcut.modifiers)));
        Self { keys }
    }

    /// The keys of a command.
    #[must_use]
    pub fn of(&self, command: Command) -> Option<KeyboardShortcut> {
        self.keys.iter().find(|(other, _)| *other == command).map(|(_, shortcut)| *shortcut)
    }

    /// The keys of a command as people read them; empty if it has none.
    #[must_use]
    pub fn text(&self, command: Command) -> String {
        self.of(command).map(format_keys).unwrap_or_default()
    }

    /// The command of the canvas that has this letter or digit, without a modifier.
    #[must_use]
    pub fn canvas_command_of(&self, character: char) -> Option<Command> {
        let wanted = parse_keys(&character.to_string())?;
        let has = |(command, shortcut): &&(Command, KeyboardShortcut)| {
            *shortcut == wanted && matches!(command.scope(), Scope::Canvas | Scope::Dataset | Scope::Everywhere)
        };
        self.keys.iter().find(has).map(|(command, _)| *command)
    }

    /// Takes the keys pressed in this frame, in their order, each as often as it was pressed. A held key counts once,
    /// unless its command goes on as long as the key is held. While a text field has the focus only chords that mean
    /// nothing to it fire.
    pub fn consume(&self, context: &egui::Context, applies: impl Fn(Command) -> bool) -> Vec<Command> {
        let typing = context.text_edit_focused();
        let candidates: Vec<_> = self
            .keys
            .iter()
            .filter(|(command, shortcut)| applies(*command) && (!typing || fires_while_typing(*command, shortcut)))
            .collect();
        let mut commands = Vec::new();
        context.input_mut(|input| {
            input.events.retain(|event| {
                let egui::Event::Key { key, pressed: true, repeat, modifiers, .. } = event else { return true };
                let is_meant = |(_, shortcut): &&&(Command, KeyboardShortcut)| {
                    shortcut.logical_key == *key && modifiers.matches_logically(shortcut.modifiers)
                };
                let Some((command, _)) = candidates.iter().find(is_meant) else { return true };
                if !repeat || command.goes_on_while_held() {
                    commands.push(*command);
                }
                false
            });
        });
        commands
    }
}

/// Undo and redo belong to the text field while one has the focus, and so does a key without Ctrl.
fn fires_while_typing(command: Command, shortcut: &KeyboardShortcut) -> bool {
    let is_function_key = shortcut.logical_key.name().len() > 1 && shortcut.logical_key.name().starts_with('F');
    !matches!(command, Command::Undo | Command::Redo)
        && (is_function_key || (shortcut.modifiers.any() && !shortcut.conflicts_with_text_editing()))
}

fn modifier_count(modifiers: Modifiers) -> usize {
    [modifiers.alt, modifiers.shift, modifiers.ctrl || modifiers.command].into_iter().filter(|on| *on).count()
}

/// Reads `Ctrl+Shift+Z`, `F5`, `Alt+ArrowLeft`. `Ctrl` means the command key on a Mac. `None`: no keys, or not
/// readable.
#[must_use]
pub fn parse_keys(text: &str) -> Option<KeyboardShortcut> {
    let mut modifiers = Modifiers::NONE;
    let mut key = None;
    for part in text.split('+').map(str::trim) {
        match part.to_ascii_lowercase().as_str() {
            "ctrl" | "cmd" | "command" | "control" => modifiers |= Modifiers::COMMAND,
            "shift" => modifiers |= Modifiers::SHIFT,
            "alt" | "option" => modifiers |= Modifiers::ALT,
            _ if key.is_none() => key = Some(key_from_name(part)?),
            _ => return None,
        }
    }
    key.map(|key| KeyboardShortcut::new(modifiers, key))
}

fn key_from_name(name: &str) -> Option<Key> {
    let upper = name.to_uppercase();
    let arrow = match upper.as_str() {
        "ARROWLEFT" | "←" => Some(Key::ArrowLeft),
        "ARROWRIGHT" | "→" => Some(Key::ArrowRight),
        "ARROWUP" | "↑" => Some(Key::ArrowUp),
        "ARROWDOWN" | "↓" => Some(Key::ArrowDown),
        _ => None,
    };
    arrow.or_else(|| Key::ALL.iter().copied().find(|key| key.name().eq_ignore_ascii_case(name)))
}

/// Writes keys as people read them: `Ctrl+Shift+Z`.
#[must_use]
pub fn format_keys(shortcut: KeyboardShortcut) -> String {
    let mut text = String::new();
    let modifiers = shortcut.modifiers;
    if modifiers.ctrl || modifiers.command {
        text.push_str(if cfg!(target_os = "macos") { "Cmd+" } else { "Ctrl+" });
    }
    if modifiers.alt {
        text.push_str("Alt+");
    }
    if modifiers.shift {
        text.push_str("Shift+");
    }
    text.push_str(match shortcut.logical_key {
        Key::ArrowLeft => "←",
        Key::ArrowRight => "→",
        Key::ArrowUp => "↑",
        Key::ArrowDown => "↓",
        Key::Comma => ",",
        Key::Period => ".",
        Key::OpenBracket => "[",
        Key::CloseBracket => "]",
        Key::Plus => "+",
        Key::Minus => "-",
        other => other.name(),
    });
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_and_default_keys_are_unique_and_readable() {
        let mut names = HashSet::new();
        let mut keys = HashSet::new();
        for &command in Command::ALL {
            assert!(names.insert(command.name()));
            let default = command.default_keys();
            if !default.is_empty() {
                let shortcut = parse_keys(default).unwrap_or_else(|| panic!("{default} of {command:?}"));
                assert!(keys.insert(format!("{shortcut:?}")), "{default} twice");
            }
        }
    }

    #[test]
    fn settings_replace_and_remove_keys() {
        let settings = [("palette", "Ctrl+Shift+P"), ("jobs", ""), ("undo", "nonsense+keys")];
        let settings = settings.map(|(name, keys)| (name.to_owned(), keys.to_owned())).into();
        let shortcuts = Shortcuts::new(&settings);
        assert_eq!(shortcuts.text(Command::Palette), "Ctrl+Shift+P");
        assert_eq!(shortcuts.text(Command::Jobs), "");
        assert_eq!(shortcuts.text(Command::Undo), "Ctrl+Z");
    }

    #[test]
    fn letters_of_the_canvas_are_known() {
        let shortcuts = Shortcuts::new(&BTreeMap::new());
        assert_eq!(shortcuts.canvas_command_of('r'), Some(Command::CanvasRectangle));
        assert_eq!(shortcuts.canvas_command_of('k'), None);
        assert_eq!(shortcuts.canvas_command_of('1'), None);
    }

    #[test]
    fn keys_count_in_their_order_and_a_held_one_decides_once() {
        let shortcuts = Shortcuts::new(&BTreeMap::new());
        let key =
            |key, modifiers| egui::Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
        let up = |key| egui::Event::Key {
            key,
            physical_key: None,
            pressed: false,
            repeat: false,
            modifiers: Modifiers::NONE,
        };
        let (none, command) = (Modifiers::NONE, Modifiers::COMMAND);
        let context = egui::Context::default();
        let mut taken = Vec::new();
        let mut frame = |events: Vec<egui::Event>| {
            let input = egui::RawInput { events, ..Default::default() };
            let mut pressed = Vec::new();
            let mut output = context.run_ui(input, |ui| pressed.extend(shortcuts.consume(ui.ctx(), |_| true)));
            output.textures_delta.clear();
            taken.extend(pressed);
        };
        frame(vec![key(Key::N, none), up(Key::N), key(Key::D, none), up(Key::D), key(Key::N, none)]);
        // N is held from here on, and so are D and the chords.
        frame(vec![key(Key::N, none), key(Key::D, none), key(Key::D, none)]);
        frame(vec![key(Key::Z, command | Modifiers::SHIFT), key(Key::Delete, none), key(Key::Delete, none)]);
        assert_eq!(
            taken,
            [
                Command::CanvasNothing,
                Command::CanvasNext,
                Command::CanvasNothing,
                Command::CanvasNext,
                Command::CanvasNext,
                Command::Redo,
                Command::CanvasDelete,
            ]
        );
    }

    #[test]
    fn longer_chords_come_first() {
        let shortcuts = Shortcuts::new(&BTreeMap::new());
        let place = |command| shortcuts.keys.iter().position(|(other, _)| *other == command);
        assert!(place(Command::Redo) < place(Command::Undo));
    }
}

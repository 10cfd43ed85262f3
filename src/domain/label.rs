//! Labels: a name, a colour and a shortcut key.

use super::ids::LabelId;
use super::names::LabelName;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A colour, red, green and blue from 0 to 255. Written `#RRGGBB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Color(pub [u8; 3]);

/// Eight colours that people with the common colour-vision deficiencies tell apart: Okabe and Ito, “Color Universal
/// Design” (2008), their black replaced by a grey that shows on both themes.
pub const PALETTE: [Color; 8] = [
    Color([0x00, 0x72, 0xB2]),
    Color([0xE6, 0x9F, 0x00]),
    Color([0x00, 0x9E, 0x73]),
    Color([0xD5, 0x5E, 0x00]),
    Color([0xCC, 0x79, 0xA7]),
    Color([0x56, 0xB4, 0xE9]),
    Color([0xF0, 0xE4, 0x42]),
    Color([0x8C, 0x8C, 0x8C]),
];

/// How bright each round of the palette is.
const ROUNDS_PERCENT: [u32; 4] = [100, 72, 128, 56];

impl Color {
    /// How many colours [`Color::of_label`] has.
    pub const SERIES: usize = PALETTE.len() * ROUNDS_PERCENT.len();

    /// The colour of the `index`-th label: the palette in order, then darker and lighter rounds of it.
    #[must_use]
    pub fn of_label(index: usize) -> Self {
        let Color(base) = PALETTE[index % PALETTE.len()];
        let percent = ROUNDS_PERCENT[(index / PALETTE.len()) % ROUNDS_PERCENT.len()];
        Self(base.map(|channel| u8::try_from((u32::from(channel) * percent / 100).min(255)).unwrap_or(u8::MAX)))
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02X}{green:02X}{blue:02X}")
    }
}

impl FromStr for Color {
    type Err = String;

    /// Reads `#RRGGBB`, `RRGGBB`, `#RGB` or `RGB`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refusal = || format!("{text:?} is not a colour: write it like #E69F00");
        let digits = text.trim().trim_start_matches('#');
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(refusal());
        }
        let value = u32::from_str_radix(digits, 16).map_err(|_| refusal())?;
        let channel = |shift: u32, mask: u32| u8::try_from((value >> shift) & mask).unwrap_or(0);
        match digits.len() {
            6 => Ok(Self([channel(16, 0xFF), channel(8, 0xFF), channel(0, 0xFF)])),
            3 => Ok(Self([8, 4, 0].map(|shift| channel(shift, 0xF) * 17))),
            _ => Err(refusal()),
        }
    }
}

impl Serialize for Color {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Color {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The keys that labels get in order: 1–9, then letters; letters that the labeling page uses itself are left out.
pub const LABEL_KEYS: &str = "123456789qwertyuiopasdfgjklzcvbnm";

/// A label of a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    pub id: LabelId,
    pub name: LabelName,
    pub color: Color,
    /// One of [`LABEL_KEYS`], unique in the dataset; `None` once they are used up.
    pub key: Option<char>,
    /// Order in lists, from 0; new labels come last.
    pub position: u32,
    /// Fields of a foreign format, kept as they came.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// The first key no label has yet.
#[must_use]
pub fn free_key(labels: &[Label]) -> Option<char> {
    LABEL_KEYS.chars().find(|key| labels.iter().all(|label| label.key != Some(*key)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn colours_are_read_in_the_forms_people_type() {
        assert_eq!("#E69F00".parse::<Color>(), Ok(PALETTE[1]));
        assert_eq!("e69f00".parse::<Color>(), Ok(PALETTE[1]));
        assert_eq!("#fa0".parse::<Color>(), Ok(Color([0xFF, 0xAA, 0x00])));
        assert!("#12".parse::<Color>().is_err());
        assert!("+12345".parse::<Color>().is_err());
        assert!("red".parse::<Color>().is_err());
    }

    #[test]
    fn the_first_thirty_two_labels_differ_in_colour() {
        let colours: std::collections::HashSet<_> = (0..Color::SERIES).map(Color::of_label).collect();
        assert_eq!((colours.len(), Color::SERIES), (32, 32));
    }

    proptest! {
        #[test]
        fn a_written_colour_reads_back(channels: [u8; 3]) {
            prop_assert_eq!(Color(channels).to_string().parse::<Color>(), Ok(Color(channels)));
        }
    }
}

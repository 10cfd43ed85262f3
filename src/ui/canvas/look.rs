//! How a picture is shown: brightness, contrast, channel. The file is not touched.

/// Which colours are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Channel {
    #[default]
    All,
    Red,
    Green,
    Blue,
    Grey,
}

impl Channel {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 5] = [Self::All, Self::Red, Self::Green, Self::Blue, Self::Grey];
}

/// How the picture is shown; the file is not touched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Look {
    /// -100 to 100.
    pub brightness: i8,
    /// -100 to 100.
    pub contrast: i8,
    pub channel: Channel,
}

impl Look {
    /// What each value of a channel becomes.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte")]
    pub fn table(self) -> [u8; 256] {
        let factor = if self.contrast >= 0 {
            1.0 + f32::from(self.contrast) / 100.0 * 3.0
        } else {
            1.0 + f32::from(self.contrast) / 100.0 * 0.9
        };
        let shift = f32::from(self.brightness) / 100.0 * 160.0;
        let mut value = 0.0_f32;
        [(); 256].map(|()| {
            let shown = ((value - 127.5) * factor + 127.5 + shift).round().clamp(0.0, 255.0) as u8;
            value += 1.0;
            shown
        })
    }

    /// Changes pixels (red, green, blue, alpha) to how they are shown.
    pub fn apply(self, rgba: &mut [u8]) {
        if self == Self::default() {
            return;
        }
        let table = self.table();
        for pixel in rgba.as_chunks_mut::<4>().0 {
            let [red, green, blue, _] = *pixel;
            let one = match self.channel {
                Channel::All => None,
                Channel::Red => Some(red),
                Channel::Green => Some(green),
                Channel::Blue => Some(blue),
                Channel::Grey => {
                    let sum = u32::from(red) * 299 + u32::from(green) * 587 + u32::from(blue) * 114;
                    u8::try_from(sum / 1000).ok()
                }
            };
            let shown = one.map_or([red, green, blue], |one| [one; 3]);
            for (channel, value) in pixel.iter_mut().zip(shown) {
                *channel = table[usize::from(value)];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_changes_pixels_as_it_says() {
        let mut pixels = [10, 20, 30, 255];
        Look::default().apply(&mut pixels);
        assert_eq!(pixels, [10, 20, 30, 255]);
        Look { channel: Channel::Green, ..Look::default() }.apply(&mut pixels);
        assert_eq!(pixels, [20, 20, 20, 255]);
        let bright = Look { brightness: 50, ..Look::default() }.table();
        assert!(bright[100] > 100 && bright.is_sorted());
        let contrast = Look { contrast: 50, ..Look::default() }.table();
        assert!(contrast[50] < 50 && contrast[200] > 200 && contrast.is_sorted());
    }
}

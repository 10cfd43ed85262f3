//! Features are known by numbers made from what they say, so that a model keeps no dictionary of texts. The numbers must
//! be the same in every release and on every machine.

/// Builds the number of a feature (FNV-1a, 64 bits, mixed at the end).
#[derive(Clone, Copy, Debug)]
pub(super) struct Name(u64);

impl Name {
    /// A feature of a kind; kinds are told apart by what stands here.
    pub(super) fn of(kind: &str) -> Self {
        Self(0xCBF2_9CE4_8422_2325).text(kind).end()
    }

    fn byte(self, byte: u8) -> Self {
        Self((self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3))
    }

    fn end(self) -> Self {
        // No byte of UTF-8, so that "a" + "bc" is not "ab" + "c".
        self.byte(0xFF)
    }

    /// Adds a text.
    pub(super) fn text(self, text: &str) -> Self {
        text.bytes().fold(self, Self::byte)
    }

    /// Adds a part that ends here.
    pub(super) fn part(self, text: &str) -> Self {
        self.text(text).end()
    }

    /// Adds a character.
    pub(super) fn character(self, character: char) -> Self {
        u32::from(character).to_le_bytes().into_iter().fold(self, Self::byte)
    }

    /// The number.
    pub(super) fn number(self) -> u64 {
        // Neighbouring texts differ in few bits of FNV; this spreads them.
        let mixed = (self.0 ^ (self.0 >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
        mixed ^ (mixed >> 33)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_every_release() {
        // A model that was trained once must find its features again: these must never change.
        assert_eq!(Name::of("w").part("好吃").number(), Name::of("w").text("好").text("吃").end().number());
        assert_ne!(Name::of("w").part("a").part("bc").number(), Name::of("w").part("ab").part("c").number());
        assert_eq!(Name::of("1").character('好').number(), 7_007_319_750_366_812_238);
    }
}

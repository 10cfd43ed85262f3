//! Tags of tokens → stretches, and back. The schemes differ in what begins and ends a stretch; one reading fits them all.

/// How a file tags its tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `B-` only where two stretches of one label touch.
    Iob1,
    /// `B-` begins every stretch.
    Iob2,
    /// `E-` ends a stretch, `S-` is one of a single token (also written as `L-` and `U-`, with `M-` for `I-`).
    Bioes,
}

impl Scheme {
    /// The usual name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Iob1 => "IOB1",
            Self::Iob2 => "IOB2",
            Self::Bioes => "BIOES",
        }
    }
}

/// What a tag says of its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Outside,
    Begin,
    Inside,
    End,
    Single,
}

/// A tag's place and label; `None` if it is no tag.
#[must_use]
pub fn parse(tag: &str) -> Option<(Place, &str)> {
    if matches!(tag, "O" | "o" | "_") {
        return Some((Place::Outside, ""));
    }
    let (first, label) = tag.split_at_checked(1)?;
    let label = label.strip_prefix(['-', '_']).filter(|label| !label.is_empty())?;
    let place = match first {
        "B" | "b" => Place::Begin,
        "I" | "i" | "M" | "m" => Place::Inside,
        "E" | "e" | "L" | "l" => Place::End,
        "S" | "s" | "U" | "u" => Place::Single,
        _ => return None,
    };
    Some((place, label))
}

/// Whether a tag begins a stretch after the one before it.
#[must_use]
pub fn begins(before: (Place, &str), tag: (Place, &str)) -> bool {
    match tag.0 {
        Place::Outside => false,
        Place::Begin | Place::Single => true,
        Place::Inside | Place::End => {
            matches!(before.0, Place::Outside | Place::End | Place::Single) || before.1 != tag.1
        }
    }
}

/// What the tags of a file look like.
#[derive(Clone, Copy, Debug, Default)]
pub struct TagCount {
    ends: u64,
    begins: u64,
    /// `I-` at a stretch's beginning.
    inside_first: u64,
    /// `B-` where IOB1 has none: not after the same label.
    begins_alone: u64,
}

impl TagCount {
    /// Counts one tag after another; `before` is outside at the beginning of a text.
    pub fn add(&mut self, before: (Place, &str), tag: (Place, &str)) {
        match tag.0 {
            Place::Outside => {}
            Place::End | Place::Single => self.ends += 1,
            Place::Begin => {
                self.begins += 1;
                self.begins_alone += u64::from(before.0 == Place::Outside || before.1 != tag.1);
            }
            Place::Inside => self.inside_first += u64::from(begins(before, tag)),
        }
    }

    /// The scheme they fit best.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        if self.ends > 0 {
            Scheme::Bioes
        } else if self.inside_first > self.begins_alone {
            Scheme::Iob1
        } else {
            Scheme::Iob2
        }
    }

    /// How many tags do not fit it.
    #[must_use]
    pub fn broken(&self) -> u64 {
        match self.scheme() {
            Scheme::Iob1 => self.begins_alone,
            Scheme::Iob2 | Scheme::Bioes => self.inside_first,
        }
    }
}

/// The stretches of a text's tags: label, first token, and the token after the last.
#[must_use]
pub fn stretches<'a>(tags: &[&'a str]) -> Vec<(&'a str, usize, usize)> {
    let outside = (Place::Outside, "");
    let mut found: Vec<(&str, usize, usize)> = Vec::new();
    let mut before = outside;
    for (at, tag) in tags.iter().enumerate() {
        let tag = parse(tag).unwrap_or(outside);
        if begins(before, tag) {
            found.push((tag.1, at, at + 1));
        } else if tag.0 != Place::Outside
            && let Some(last) = found.last_mut()
        {
            last.2 = at + 1;
        }
        before = tag;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_scheme_gives_the_same_stretches() {
        let expected = vec![("PER", 0, 2), ("PER", 2, 3), ("LOC", 4, 5)];
        for (tags, scheme) in [
            (["I-PER", "I-PER", "B-PER", "O", "I-LOC"], Scheme::Iob1),
            (["B-PER", "I-PER", "B-PER", "O", "B-LOC"], Scheme::Iob2),
            (["B-PER", "E-PER", "S-PER", "O", "S-LOC"], Scheme::Bioes),
            (["B-PER", "L-PER", "U-PER", "O", "U-LOC"], Scheme::Bioes),
        ] {
            assert_eq!(stretches(&tags), expected);
            let mut count = TagCount::default();
            let mut before = (Place::Outside, "");
            for tag in tags.map(|tag| parse(tag).unwrap()) {
                count.add(before, tag);
                before = tag;
            }
            assert_eq!((count.scheme(), count.broken()), (scheme, 0));
        }
    }

    #[test]
    fn what_is_no_tag_is_outside() {
        assert_eq!(parse("NNP"), None);
        assert_eq!(parse("B-"), None);
        assert_eq!(parse("B-PER.NAM"), Some((Place::Begin, "PER.NAM")));
        assert_eq!(stretches(&["I-A", "x", "I-A", "E-A"]), [("A", 0, 1), ("A", 2, 4)]);
    }

    proptest! {
        #[test]
        fn tags_of_stretches_give_them_back(lengths in prop::collection::vec((0_usize..3, 1_usize..4, "[AB]"), 0..8)) {
            let (mut tags, mut expected) = (Vec::new(), Vec::new());
            for (gap, length, label) in &lengths {
                tags.extend(std::iter::repeat_n("O".to_owned(), *gap));
                expected.push((label.as_str(), tags.len(), tags.len() + length));
                tags.extend((0..*length).map(|at| format!("{}-{label}", if at == 0 { "B" } else { "I" })));
            }
            let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
            prop_assert_eq!(stretches(&tags), expected);
        }
    }
}

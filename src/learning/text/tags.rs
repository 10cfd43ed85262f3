//! Entities of a text as tags of its characters and back: of each label one tag for its beginning and one for what
//! follows it, and one tag for everything outside.

use super::crf::FORBIDDEN;

/// The tag of what belongs to no entity.
pub(super) const OUTSIDE: usize = 0;

/// A stretch of a text with a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Span {
    /// In code points, end exclusive.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) class: usize,
}

/// How many tags `classes` classes take.
pub(super) fn tags(classes: usize) -> usize {
    1 + 2 * classes
}

fn beginning(class: usize) -> usize {
    1 + 2 * class
}

fn following(class: usize) -> usize {
    2 + 2 * class
}

/// Whether a tag goes on with an entity that has begun.
fn goes_on(tag: usize) -> bool {
    tag > 0 && tag.is_multiple_of(2)
}

/// Which tag a sequence may begin with: 0 or [`FORBIDDEN`].
pub(super) fn first(classes: usize) -> Vec<f32> {
    (0..tags(classes)).map(|tag| if goes_on(tag) { FORBIDDEN } else { 0.0 }).collect()
}

/// Which tag may follow which: 0 or [`FORBIDDEN`], `[tags, tags]`.
pub(super) fn follows(classes: usize) -> Vec<f32> {
    let count = tags(classes);
    let may = |before: usize, tag: usize| !goes_on(tag) || before == tag || before + 1 == tag;
    let pairs = (0..count).flat_map(|before| (0..count).map(move |tag| (before, tag)));
    pairs.map(|(before, tag)| if may(before, tag) { 0.0 } else { FORBIDDEN }).collect()
}

/// The longest of overlapping spans, of equally long ones the first, in the order of the text; and how many were left
/// out.
pub(super) fn outer(mut spans: Vec<Span>) -> (Vec<Span>, u64) {
    let count = spans.len();
    spans.sort_by_key(|span| (std::cmp::Reverse(span.end - span.start), *span));
    let mut kept: Vec<Span> = Vec::with_capacity(count);
    for span in spans {
        // By their order, those before and after a place are found quickly even among very many.
        let at = kept.partition_point(|other| other.start < span.start);
        let is_free = kept.get(at).is_none_or(|next| span.end <= next.start)
            && at.checked_sub(1).is_none_or(|before| kept[before].end <= span.start);
        if is_free {
            kept.insert(at, span);
        }
    }
    let left_out = (count - kept.len()) as u64;
    (kept, left_out)
}

/// The tags of `length` characters that carry `spans`, which do not overlap and lie within.
pub(super) fn encode(spans: &[Span], length: usize) -> Vec<usize> {
    let mut tags = vec![OUTSIDE; length];
    for span in spans {
        tags[span.start..span.end].fill(following(span.class));
        tags[span.start] = beginning(span.class);
    }
    tags
}

/// The spans that tags name. What goes on without a beginning begins there.
pub(super) fn decode(tags: &[usize]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut open = None;
    for (at, &tag) in tags.iter().enumerate() {
        if open == Some(tag) && goes_on(tag) {
            if let Some(span) = spans.last_mut() {
                span.end = at + 1;
            }
            continue;
        }
        open = (tag != OUTSIDE).then(|| following((tag - 1) / 2));
        if tag != OUTSIDE {
            spans.push(Span { start: at, end: at + 1, class: (tag - 1) / 2 });
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn neighbours_of_one_label_stay_apart() {
        let spans = [Span { start: 0, end: 2, class: 1 }, Span { start: 2, end: 3, class: 1 }];
        assert_eq!(encode(&spans, 4), [3, 4, 3, 0]);
        assert_eq!(decode(&[3, 4, 3, 0]), spans);
        let follows = follows(2);
        let may = |before: usize, tag: usize| follows[before * 5 + tag] == 0.0;
        assert!(may(1, 2) && may(2, 2) && may(2, 1) && may(0, 3) && !may(0, 2) && !may(1, 4) && !may(2, 4));
        assert_eq!(first(1), [0.0, 0.0, FORBIDDEN]);
    }

    proptest! {
        #[test]
        fn the_outer_spans_come_back(spans in prop::collection::vec((0_usize..40, 1_usize..8, 0_usize..3), 0..30)) {
            let spans: Vec<Span> =
                spans.into_iter().map(|(start, length, class)| Span { start, end: start + length, class }).collect();
            let count = spans.len() as u64;
            let (kept, left_out) = outer(spans.clone());
            prop_assert_eq!(kept.len() as u64 + left_out, count);
            prop_assert_eq!(&decode(&encode(&kept, 50)), &kept);
            // What was left out overlaps something that is at least as long.
            for span in spans.iter().filter(|span| !kept.contains(span)) {
                prop_assert!(kept.iter().any(|other| other.start < span.end && span.start < other.end
                    && other.end - other.start >= span.end - span.start));
            }
        }
    }
}

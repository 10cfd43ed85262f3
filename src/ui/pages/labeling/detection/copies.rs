//! Copies of shapes: within an image, and from image to image.

use super::DetectionPage;
use super::travel::Arriving;
use crate::domain::{Annotation, AnnotationBody, AnnotationId, LabelId, Shape};
use crate::ui::context::Context;
use crate::ui::notifications::Notification;
use std::collections::{HashMap, HashSet};

/// A name for a group that none of these has.
pub fn free_group<'a>(taken: impl IntoIterator<Item = &'a str>) -> String {
    let taken: HashSet<&str> = taken.into_iter().collect();
    let mut number = 1_u32;
    loop {
        let name = number.to_string();
        if !taken.contains(name.as_str()) {
            return name;
        }
        number += 1;
    }
}

/// Gives the groups of copies names of their own where the image has theirs already: copies belong together, not with
/// what they were made from.
fn regroup(copies: &mut [Annotation], taken: &HashSet<String>) {
    let mut names: HashMap<String, String> = HashMap::new();
    for copy in copies {
        let AnnotationBody::Shape { attributes, .. } = &mut copy.body else { continue };
        let Some(group) = attributes.group.as_mut() else { continue };
        let name = names.get(group).cloned().unwrap_or_else(|| {
            let all = taken.iter().chain(names.values()).map(String::as_str);
            if all.clone().any(|name| name == group.as_str()) { free_group(all) } else { group.clone() }
        });
        names.insert(std::mem::replace(group, name.clone()), name);
    }
}

/// Where a copy comes to lie in an image of this size, and whether that is elsewhere because nothing of it would be
/// within.
fn placed(shape: &Shape, by: [f64; 2], size_px: [f64; 2]) -> (Shape, bool) {
    let moved = shape.moved_within(by, size_px);
    let bounds = moved.bounds();
    let is_outside = |axis: usize| {
        let (min, max, size) = (bounds.min[axis], bounds.max[axis], size_px[axis]);
        min > size || max < 0.0 || (min < max && (min >= size || max <= 0.0))
    };
    if !is_outside(0) && !is_outside(1) {
        return (moved.clamped(size_px), false);
    }
    // What is larger than the image begins at its edge.
    let back = [0, 1].map(|axis| {
        let back = (size_px[axis] - bounds.max[axis]).min(0.0);
        if bounds.min[axis] + back < 0.0 { -bounds.min[axis] } else { back }
    });
    (moved.moved(back).clamped(size_px), true)
}

impl DetectionPage {
    pub(super) fn copy(&mut self) {
        let Some(document) = &self.document else { return };
        let copied = document.among(self.canvas.hand.selected());
        if !copied.is_empty() {
            self.clipboard = copied;
        }
    }

    /// Copies what is meant, and deletes exactly that.
    pub(super) fn cut(&mut self, context: &Context<'_>) {
        let ids = self.meant_and_free();
        let Some(document) = self.document.as_ref().filter(|_| !ids.is_empty()) else { return };
        self.clipboard = document.among(&ids.iter().copied().collect());
        self.delete(ids, context);
    }

    /// Puts copies in, a little beside the originals where those are in this image.
    pub(super) fn paste(&mut self, by: [f64; 2], context: &Context<'_>) {
        let Some(document) = self.document.as_ref().filter(|_| !self.clipboard.is_empty()) else { return };
        let known: HashSet<AnnotationId> = document.shapes().map(|annotation| annotation.id).collect();
        let beside = self.clipboard.iter().any(|annotation| known.contains(&annotation.id));
        let by = if beside { by } else { [0.0; 2] };
        let (sample, shapes) = (document.open.row.sample.id, self.clipboard.clone());
        self.arriving.push(Arriving { sample, shapes, by, only_if_empty: false });
        self.let_arrive(context);
    }

    /// Puts copies into the image that is shown; its picture is open.
    pub(super) fn put_copies(&mut self, copies: Vec<Annotation>, by: [f64; 2], context: &Context<'_>) {
        let Some(document) = &self.document else { return };
        let size_px = self.canvas.view.size_px();
        let known = |label: Option<LabelId>| label.is_none_or(|label| self.labels.get(label).is_some());
        let taken: HashSet<String> =
            document.scene().objects().iter().filter_map(|object| object.group.clone()).collect();
        let mut moved_in: u64 = 0;
        let mut copies: Vec<Annotation> = copies
            .into_iter()
            .filter(|annotation| known(annotation.label))
            .map(|mut annotation| {
                annotation.id = AnnotationId::random();
                if let AnnotationBody::Shape { shape, .. } = &mut annotation.body {
                    let (there, is_moved) = placed(shape, by, size_px);
                    *shape = there;
                    moved_in += u64::from(is_moved);
                }
                annotation
            })
            .collect();
        regroup(&mut copies, &taken);
        let ids = copies.iter().map(|annotation| annotation.id).collect();
        if !copies.is_empty() && self.put(copies, context) {
            self.canvas.hand.select(ids);
            if moved_in > 0 {
                let text = context.tr_with("canvas-moved-in", &[("count", moved_in.into())]);
                context.notify(Notification::info(text));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Actor, Timestamp};

    const SIZE: [f64; 2] = [640.0, 480.0];

    fn copy(group: Option<&str>) -> Annotation {
        let shape = Shape::Point { at: [1.0, 1.0] };
        let label = LabelId(uuid::Uuid::nil());
        let mut annotation = super::super::document::drawn(label, shape, Timestamp(0), &Actor("ada".to_owned()));
        if let AnnotationBody::Shape { attributes, .. } = &mut annotation.body {
            attributes.group = group.map(str::to_owned);
        }
        annotation
    }

    #[test]
    fn copies_make_groups_of_their_own() {
        let mut copies = [copy(Some("1")), copy(Some("2")), copy(Some("1")), copy(None), copy(Some("car"))];
        regroup(&mut copies, &HashSet::from(["1".to_owned(), "2".to_owned()]));
        let group = |annotation: &Annotation| match &annotation.body {
            AnnotationBody::Shape { attributes, .. } => attributes.group.clone().unwrap_or_default(),
            _ => String::new(),
        };
        assert_eq!(copies.each_ref().map(group), ["3", "4", "3", "", "car"]);
    }

    #[test]
    fn what_lies_outside_of_a_smaller_image_is_moved_in_and_keeps_its_size() {
        let far = Shape::rectangle([3000.0, 2000.0], [3100.0, 2050.0]);
        assert_eq!(placed(&far, [0.0; 2], SIZE), (Shape::rectangle([540.0, 430.0], [640.0, 480.0]), true));
        let right = Shape::rectangle([640.0, 10.0], [700.0, 50.0]);
        assert_eq!(placed(&right, [0.0; 2], SIZE), (Shape::rectangle([580.0, 10.0], [640.0, 50.0]), true));
        let wide = Shape::rectangle([1000.0, 10.0], [3000.0, 50.0]);
        assert_eq!(placed(&wide, [0.0; 2], SIZE), (Shape::rectangle([0.0, 10.0], [640.0, 50.0]), true));
        let point = Shape::Point { at: [900.0, 10.0] };
        assert_eq!(placed(&point, [0.0; 2], SIZE), (Shape::Point { at: [640.0, 10.0] }, true));
    }

    #[test]
    fn what_is_partly_within_is_cut_at_the_border_and_stays_where_it_is() {
        let across = Shape::rectangle([600.0, 400.0], [700.0, 500.0]);
        assert_eq!(placed(&across, [0.0; 2], SIZE), (Shape::rectangle([600.0, 400.0], SIZE), false));
        let corner = Shape::Point { at: SIZE };
        assert_eq!(placed(&corner, [10.0; 2], SIZE), (corner, false));
    }
}

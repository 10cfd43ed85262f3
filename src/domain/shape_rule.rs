//! The guide's optional rule (2.4.2): one kind of shape for all images of a dataset.

use super::annotation::Annotation;
use super::ids::AnnotationId;
use super::shape::{Shape, ShapeKind};
use std::collections::HashMap;

/// The first kind that an edit would bring in against the rule. What was there before, from an import or from the time
/// before the rule, may stay of its kind and be moved, labeled and reshaped.
#[must_use]
pub fn refused_kind(rule: ShapeKind, before: &[Annotation], put: &[Annotation]) -> Option<ShapeKind> {
    let kind_of = |annotation: &Annotation| annotation.as_shape().map(Shape::kind);
    let others: Vec<&Annotation> =
        put.iter().filter(|annotation| kind_of(annotation).is_some_and(|kind| kind != rule)).collect();
    if others.is_empty() {
        return None;
    }
    let known: HashMap<AnnotationId, Option<ShapeKind>> =
        before.iter().map(|annotation| (annotation.id, kind_of(annotation))).collect();
    let is_new = |annotation: &&Annotation| known.get(&annotation.id) != Some(&kind_of(annotation));
    others.into_iter().find(is_new).and_then(kind_of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AnnotationBody, LabelId, Timestamp};

    fn shape(shape: Shape) -> Annotation {
        Annotation::human(LabelId::random(), AnnotationBody::shape(shape), String::new(), Timestamp(0))
    }

    #[test]
    fn what_is_new_keeps_the_rule_and_what_was_there_may_stay() {
        let rectangle = shape(Shape::rectangle([0.0, 0.0], [5.0, 5.0]));
        let point = shape(Shape::Point { at: [1.0, 1.0] });
        let refused = |before: &[Annotation], put: &Annotation| {
            refused_kind(ShapeKind::Rectangle, before, std::slice::from_ref(put))
        };
        assert_eq!(refused(&[], &rectangle), None);
        assert_eq!(refused(&[], &point), Some(ShapeKind::Point));
        let moved = Annotation { body: AnnotationBody::shape(Shape::Point { at: [2.0, 2.0] }), ..point.clone() };
        assert_eq!(refused(std::slice::from_ref(&point), &moved), None, "it was a point before");
        let turned = Annotation {
            body: AnnotationBody::shape(Shape::RotatedRectangle {
                center: [2.0, 2.0],
                size_px: [5.0, 5.0],
                degrees: 9.0,
            }),
            ..rectangle.clone()
        };
        assert_eq!(refused(&[rectangle], &turned), Some(ShapeKind::RotatedRectangle));
    }
}

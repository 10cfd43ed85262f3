//! How wrong a batch of predictions is: overlap of boxes (CIoU, Zheng et al. 2020), whether there is an object, and
//! which.

use super::network::{ANCHORS, BOX_VALUES, STRIDES};
use super::targets::Assigned;
use burn::tensor::activation::sigmoid;
use burn::tensor::{Device, Int, Tensor, TensorData};

/// Weights of the three parts.
const BOX_WEIGHT: f64 = 3.0;
const OBJECT_WEIGHT: f64 = 1.0;
const CLASS_WEIGHT: f64 = 1.0;
const TINY: f64 = 1e-7;

/// The predictions of one scale as rows: `[batch · ANCHORS · rows · columns, 5 + classes]`, numbered by image, anchor,
/// row, column.
pub(super) fn rows(prediction: Tensor<4>) -> Tensor<2> {
    let [batch, channels, height, width] = prediction.dims();
    let values = channels / ANCHORS;
    let split: Tensor<5> = prediction.reshape([batch, ANCHORS, values, height, width]);
    split.permute([0, 1, 3, 4, 2]).reshape([batch * ANCHORS * height * width, values])
}

/// Binary cross-entropy of scores before the sigmoid, one value an element.
fn binary(scores: Tensor<2>, wanted: Tensor<2>) -> Tensor<2> {
    let positive = scores.clone().clamp_min(0.0);
    positive - scores.clone() * wanted + scores.abs().neg().exp().log1p()
}

fn matrix<const N: usize>(rows: &[[f32; N]], device: &Device) -> Tensor<2> {
    let values: Vec<f32> = rows.iter().flatten().copied().collect();
    Tensor::from_data(TensorData::new(values, [rows.len(), N]), device)
}

/// Boxes as centre x, centre y, width and height in pixels, from `[n, 4]` raw values.
pub(super) fn boxes(raw: Tensor<2>, cells: Tensor<2>, anchors: Tensor<2>, stride: usize) -> Tensor<2> {
    let near = sigmoid(raw);
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    let centre = (near.clone().narrow(1, 0, 2).mul_scalar(2.0).sub_scalar(0.5) + cells).mul_scalar(stride as f32);
    let size = near.narrow(1, 2, 2).mul_scalar(2.0).square() * anchors;
    Tensor::cat(vec![centre, size], 1)
}

/// Complete intersection over union of boxes `[n, 4]`, and the plain one, both `[n, 1]`.
pub(super) fn overlap(found: Tensor<2>, wanted: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
    let part = |boxes: &Tensor<2>, at: usize| boxes.clone().narrow(1, at, 1);
    let (width, height) = (part(&found, 2), part(&found, 3));
    let (wanted_width, wanted_height) = (part(&wanted, 2), part(&wanted, 3));
    let ends = |boxes: &Tensor<2>, axis: usize| {
        let (centre, half) = (part(boxes, axis), part(boxes, axis + 2).mul_scalar(0.5));
        (centre.clone() - half.clone(), centre + half)
    };
    let mut shared: Option<Tensor<2>> = None;
    let mut diagonal: Option<Tensor<2>> = None;
    let mut apart: Option<Tensor<2>> = None;
    for axis in 0..2 {
        let ((from, to), (wanted_from, wanted_to)) = (ends(&found, axis), ends(&wanted, axis));
        let inner =
            (to.clone().min_pair(wanted_to.clone()) - from.clone().max_pair(wanted_from.clone())).clamp_min(0.0);
        let outer = (to.max_pair(wanted_to) - from.min_pair(wanted_from)).square();
        let distance = (part(&found, axis) - part(&wanted, axis)).square();
        shared = Some(shared.map_or(inner.clone(), |shared| shared * inner));
        diagonal = Some(diagonal.map_or(outer.clone(), |diagonal| diagonal + outer));
        apart = Some(apart.map_or(distance.clone(), |apart| apart + distance));
    }
    let (Some(shared), Some(diagonal), Some(apart)) = (shared, diagonal, apart) else { return (found, wanted) };
    let union = width.clone() * height.clone() + wanted_width.clone() * wanted_height.clone() - shared.clone();
    let plain = shared / union.add_scalar(TINY);
    let angle = |width: Tensor<2>, height: Tensor<2>| (width / height.add_scalar(TINY)).atan();
    let shape = (angle(wanted_width, wanted_height) - angle(width, height))
        .square()
        .mul_scalar(4.0 / (std::f64::consts::PI * std::f64::consts::PI));
    let weight = (shape.clone() / (shape.clone() - plain.clone()).add_scalar(1.0 + TINY)).detach();
    (plain.clone() - apart / diagonal.add_scalar(TINY) - shape * weight, plain)
}

/// The loss of a batch, per object that is answered for; `predictions` as the network gives them.
pub(super) fn loss(predictions: Vec<Tensor<4>>, assigned: &[Assigned], device: &Device) -> Tensor<1> {
    #[expect(clippy::cast_precision_loss, reason = "a count of boxes in a batch")]
    let objects = assigned.iter().map(|scale| scale.places.len()).sum::<usize>().max(1) as f64;
    let mut total: Option<Tensor<1>> = None;
    for ((prediction, assigned), stride) in predictions.into_iter().zip(assigned).zip(STRIDES) {
        let rows = rows(prediction);
        let [count, values] = rows.dims();
        let mut wanted = vec![0.0_f32; count];
        let mut sum: Option<Tensor<1>> = None;
        let found = assigned.places.len();
        if found > 0 {
            let places: Tensor<1, Int> = Tensor::from_data(TensorData::new(assigned.places.clone(), [found]), device);
            let answers = rows.clone().select(0, places);
            let boxes = boxes(
                answers.clone().narrow(1, 0, 4),
                matrix(&assigned.cells, device),
                matrix(&assigned.anchors, device),
                stride,
            );
            let (complete, plain) = overlap(boxes, matrix(&assigned.boxes, device));
            let plain = plain.detach().into_data().try_into_vec::<f32>().unwrap_or_default();
            for (place, plain) in assigned.places.iter().zip(plain) {
                if let Some(wanted) = usize::try_from(*place).ok().and_then(|place| wanted.get_mut(place)) {
                    *wanted = plain.clamp(0.0, 1.0);
                }
            }
            let box_loss = complete.neg().add_scalar(1.0).sum().mul_scalar(BOX_WEIGHT);
            let mut classes = vec![0.0_f32; found * (values - BOX_VALUES)];
            for (row, class) in classes.chunks_exact_mut(values - BOX_VALUES).zip(&assigned.classes) {
                row[*class] = 1.0;
            }
            let classes = Tensor::from_data(TensorData::new(classes, [found, values - BOX_VALUES]), device);
            let scores = answers.narrow(1, BOX_VALUES, values - BOX_VALUES);
            sum = Some(box_loss + binary(scores, classes).sum().mul_scalar(CLASS_WEIGHT));
        }
        let wanted = Tensor::from_data(TensorData::new(wanted, [count, 1]), device);
        let object = binary(rows.narrow(1, 4, 1), wanted).sum().mul_scalar(OBJECT_WEIGHT);
        let sum = sum.map_or(object.clone(), |sum| sum + object);
        total = Some(total.map_or(sum.clone(), |total| total + sum));
    }
    total.unwrap_or_else(|| Tensor::zeros([1], device)).mul_scalar(1.0 / objects)
}

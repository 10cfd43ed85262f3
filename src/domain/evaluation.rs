//! How good a model is on samples it was not trained on (guide 5.5, tables 5-22 and 5-23).

use super::detection::DetectionEvaluation;
use super::text_evaluation::TextEvaluation;
use serde::{Deserialize, Serialize};

/// A point of a curve of a training run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// `loss`, `accuracy`, `eval_loss`, `eval_accuracy`, `learning_rate` or `mean_average_precision`.
    pub name: MetricName,
    /// Optimiser steps since the beginning.
    pub step: u64,
    /// Passes over the training samples since the beginning.
    pub epoch: f64,
    pub value: f64,
}

/// Which curve a point belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricName {
    Loss,
    Accuracy,
    EvalLoss,
    EvalAccuracy,
    LearningRate,
    /// Of a detector, on images not trained on.
    MeanAveragePrecision,
}

/// The prediction of one evaluated sample. Classes are indices into [`Evaluation::classes`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluated {
    /// URI of the sample.
    pub source: String,
    pub label: usize,
    pub predicted: usize,
    /// 0 to 1.
    pub confidence: f64,
}

/// The evaluation of a classifier, or of a detector. Everything else is computed from the predictions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    pub classes: Vec<String>,
    pub samples: Vec<Evaluated>,
    /// How many samples were trained on.
    pub trained_on: u64,
    /// Samples left out because they carry several labels.
    pub several_labels: u64,
    /// Samples left out because they carry none.
    pub unlabeled: u64,
    /// Samples left out because they could not be read.
    pub unreadable: u64,
    /// What a detector found; then there are no `samples`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detection: Option<DetectionEvaluation>,
    /// What was found in texts that carry entities or several labels; then there are no `samples`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub texts: Option<TextEvaluation>,
}

/// What the first figure of a summary measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    Accuracy,
    /// At an overlap of 0.5; of detectors.
    MeanAveragePrecision,
    /// Of exact spans; of what finds entities.
    SpanF1,
    /// Of several summaries: these differ.
    Either,
}

impl Measure {
    /// What these measure together; accuracy if there are none.
    pub fn of<'a>(summaries: impl IntoIterator<Item = &'a Summary>) -> Self {
        let mut measures = summaries.into_iter().map(Summary::measure);
        let first = measures.next().unwrap_or(Self::Accuracy);
        if measures.all(|measure| measure == first) { first } else { Self::Either }
    }
}

/// The four figures of the guide's table 12-2; each is the mean over labels, accuracy over samples. Of entities they are
/// over all of them together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    pub f1: f64,
    pub recall: f64,
    pub precision: f64,
    pub accuracy: f64,
    /// Of a detector, whose accuracy this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_average_precision: Option<f64>,
    /// Of entities: whole texts that are right say little, F1 is what counts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub of_entities: bool,
}

impl Summary {
    /// What its first figure is.
    #[must_use]
    pub fn measure(&self) -> Measure {
        match self.mean_average_precision {
            Some(_) => Measure::MeanAveragePrecision,
            None if self.of_entities => Measure::SpanF1,
            None => Measure::Accuracy,
        }
    }

    /// The figure by which models of its kind are compared.
    #[must_use]
    pub fn first_figure(&self) -> f64 {
        if self.of_entities { self.f1 } else { self.accuracy }
    }
}

/// The figures of one label.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LabelScores {
    pub label: String,
    /// Evaluated samples that carry it.
    pub count: u64,
    /// Right among those predicted as it; `None` if none was.
    pub precision: Option<f64>,
    /// Right among those that carry it; `None` if none does.
    pub recall: Option<f64>,
    pub f1: Option<f64>,
    /// 1 − precision: how much of what is called this is something else.
    pub misread_rate: Option<f64>,
    /// Of a detector: the area under the curve of precision over recall at IoU 0.5; `None` if there is nothing to find.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub average_precision: Option<f64>,
}

#[expect(clippy::cast_precision_loss, reason = "counts of samples are far below 2^53")]
fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn mean(values: impl Iterator<Item = Option<f64>>) -> f64 {
    let (sum, count) = values.flatten().fold((0.0, 0_u64), |(sum, count), value| (sum + value, count + 1));
    #[expect(clippy::cast_precision_loss, reason = "a count of labels")]
    if count == 0 { 0.0 } else { sum / count as f64 }
}

impl Evaluation {
    /// How many samples the figures come from.
    #[must_use]
    pub fn evaluated(&self) -> usize {
        match (&self.detection, &self.texts) {
            (Some(detection), _) => detection.images().len(),
            (None, Some(texts)) => texts.texts.len(),
            (None, None) => self.samples.len(),
        }
    }

    /// Whether something can be missed, or found where nothing is: the matrix then has one row and one column more.
    #[must_use]
    pub fn has_nothing(&self) -> bool {
        self.detection.is_some() || self.texts.is_some()
    }

    /// Counts of samples: rows are labels, columns predictions. Of a detector, counts of boxes, and of texts with
    /// entities or several labels, counts of those: with one more row for where nothing is and one more column for
    /// what was missed.
    #[must_use]
    pub fn confusion(&self) -> Vec<Vec<u64>> {
        if let Some(detection) = &self.detection {
            return detection.confusion(self.classes.len());
        }
        if let Some(texts) = &self.texts {
            return texts.confusion(self.classes.len());
        }
        let mut cells = vec![vec![0; self.classes.len()]; self.classes.len()];
        for sample in &self.samples {
            if let Some(cell) = cells.get_mut(sample.label).and_then(|row| row.get_mut(sample.predicted)) {
                *cell += 1;
            }
        }
        cells
    }

    /// The samples of one cell of the confusion matrix.
    pub fn cell(&self, label: usize, predicted: usize) -> impl Iterator<Item = &Evaluated> {
        self.samples.iter().filter(move |sample| sample.label == label && sample.predicted == predicted)
    }

    /// The samples that were taken for `class` but are something else, the surest first.
    #[must_use]
    pub fn misread_as(&self, class: usize) -> Vec<&Evaluated> {
        let mut misread: Vec<_> = self.samples.iter().filter(|s| s.predicted == class && s.label != class).collect();
        misread.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        misread
    }

    /// The samples that are wrong, the surest first.
    #[must_use]
    pub fn wrong(&self) -> Vec<&Evaluated> {
        let mut wrong: Vec<_> = self.samples.iter().filter(|sample| sample.predicted != sample.label).collect();
        wrong.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        wrong
    }

    /// One row a label, in the order of the classes.
    #[must_use]
    pub fn by_label(&self) -> Vec<LabelScores> {
        let confusion = self.confusion();
        let detection = self.detection.as_ref();
        let average_precision =
            detection.map(|detection| detection.average_precisions(self.classes.len())).unwrap_or_default();
        (0..self.classes.len())
            .map(|class| {
                let right = confusion[class][class];
                let count = confusion[class].iter().sum();
                let predicted = confusion.iter().map(|row| row[class]).sum();
                let (precision, recall) = (ratio(right, predicted), ratio(right, count));
                let f1 = ratio(2 * right, count + predicted);
                let misread_rate = precision.map(|precision| 1.0 - precision);
                let average_precision = average_precision.get(class).copied().flatten();
                let label = self.classes[class].clone();
                LabelScores { label, count, precision, recall, f1, misread_rate, average_precision }
            })
            .collect()
    }

    /// Over all marks together, as entities are judged elsewhere; the accuracy is that of whole texts.
    fn summary_of(&self, texts: &TextEvaluation) -> Summary {
        let classes = self.classes.len();
        let confusion = self.confusion();
        let right: u64 = (0..classes).map(|class| confusion[class][class]).sum();
        let there: u64 = confusion.iter().take(classes).flatten().sum();
        let found: u64 = confusion.iter().flat_map(|row| row.iter().take(classes)).sum();
        Summary {
            f1: ratio(2 * right, there + found).unwrap_or(0.0),
            recall: ratio(right, there).unwrap_or(0.0),
            precision: ratio(right, found).unwrap_or(0.0),
            accuracy: ratio(texts.right(), texts.texts.len() as u64).unwrap_or(0.0),
            mean_average_precision: None,
            of_entities: texts.has_entities(),
        }
    }

    /// Means over the labels that were evaluated; a label never predicted counts with precision 0. For texts with
    /// entities or several labels, over all of them together.
    #[must_use]
    pub fn summary(&self) -> Summary {
        if let Some(texts) = &self.texts {
            return self.summary_of(texts);
        }
        let labels: Vec<_> = self.by_label().into_iter().filter(|scores| scores.count > 0).collect();
        let right = self.samples.iter().filter(|sample| sample.label == sample.predicted).count() as u64;
        let mean_average_precision =
            self.detection.as_ref().map(|detection| detection.mean_average_precision(self.classes.len()));
        Summary {
            f1: mean(labels.iter().map(|scores| scores.f1.or(Some(0.0)))),
            recall: mean(labels.iter().map(|scores| scores.recall)),
            precision: mean(labels.iter().map(|scores| scores.precision.or(Some(0.0)))),
            // The accuracy of a detector is its mean average precision, as in the guide's table 5-2.
            accuracy: mean_average_precision.unwrap_or_else(|| ratio(right, self.samples.len() as u64).unwrap_or(0.0)),
            mean_average_precision,
            of_entities: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evaluation(pairs: &[(usize, usize)]) -> Evaluation {
        let samples = pairs
            .iter()
            .map(|&(label, predicted)| Evaluated { source: String::new(), label, predicted, confidence: 0.5 })
            .collect();
        Evaluation { classes: ["a", "b", "c"].map(str::to_owned).to_vec(), samples, ..Evaluation::default() }
    }

    #[test]
    fn figures_agree_with_a_count_by_hand() {
        let evaluation = evaluation(&[(0, 0), (0, 0), (0, 1), (1, 1), (1, 0), (1, 1)]);
        assert_eq!(evaluation.confusion(), [[2, 1, 0], [1, 2, 0], [0, 0, 0]]);
        let scores = evaluation.by_label();
        assert_eq!(scores[0].precision, Some(2.0 / 3.0));
        assert_eq!(scores[0].recall, Some(2.0 / 3.0));
        assert_eq!(scores[2].precision, None);
        assert_eq!(scores[2].count, 0);
        let summary = evaluation.summary();
        assert!((summary.accuracy - 4.0 / 6.0).abs() < 1e-12);
        assert!((summary.f1 - 2.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_detectors_figures_come_from_its_boxes() {
        use crate::domain::detection::{EvaluatedImage, FoundBox, TrueBox};
        let place = |left: f64| [0.0, left, 10.0, left + 10.0];
        let truth = |class, left| TrueBox { class, edges: place(left), difficult: false };
        let found = |class, left, score| FoundBox { class, edges: place(left), score };
        let image = EvaluatedImage {
            truth: vec![truth(0, 0.0), truth(1, 50.0), truth(1, 100.0)],
            found: vec![found(0, 0.0, 0.9), found(0, 200.0, 0.8), found(1, 50.0, 0.7)],
            ..EvaluatedImage::default()
        };
        let detection = DetectionEvaluation::new(0.5, vec![image]);
        let evaluation = Evaluation { detection: Some(detection), ..evaluation(&[]) };
        assert_eq!(evaluation.confusion(), [[1, 0, 0, 0], [0, 1, 0, 1], [0, 0, 0, 0], [1, 0, 0, 0]]);
        let scores = evaluation.by_label();
        assert_eq!((scores[0].precision, scores[0].recall, scores[0].count), (Some(0.5), Some(1.0), 1));
        assert_eq!((scores[1].average_precision, scores[2].average_precision), (Some(0.5), None));
        let summary = evaluation.summary();
        assert_eq!((summary.accuracy, summary.mean_average_precision), (0.75, Some(0.75)));
        let classes = Summary { mean_average_precision: None, ..summary };
        assert_eq!(Measure::of([&summary, &summary]), Measure::MeanAveragePrecision);
        assert_eq!((Measure::of([&classes]), Measure::of([])), (Measure::Accuracy, Measure::Accuracy));
        assert_eq!(Measure::of([&summary, &classes]), Measure::Either);
        let entities = Summary { of_entities: true, ..classes };
        assert_eq!((Measure::of([&entities]), entities.first_figure()), (Measure::SpanF1, summary.f1));
        assert_eq!((summary.precision, summary.recall, evaluation.evaluated()), (0.75, 0.75, 1));
    }

    #[test]
    fn an_empty_evaluation_has_no_undefined_figure() {
        assert_eq!(Evaluation::default().summary(), Summary::default());
    }
}

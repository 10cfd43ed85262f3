//! What things are: names, labels, samples, annotations, edits and their inverses, versions, jobs, models, services,
//! and the traits at which the other modules meet. Pure: no files, no clock, no window, no async.

pub mod agreement;
pub mod agreement_text;
pub mod algorithm;
pub mod annotation;
pub mod dataset;
pub mod detection;
pub mod edit;
pub mod evaluation;
pub mod explain;
pub mod ids;
pub mod job;
pub mod job_folder;
pub mod label;
pub mod model;
pub mod names;
pub mod policy;
pub mod predict;
pub mod query;
pub mod review;
pub mod sample;
pub mod service;
pub mod shape;
pub mod shape_edit;
pub mod shape_rule;
pub mod shape_within;
pub mod text;
pub mod text_evaluation;
pub mod text_origin;
pub mod time;
pub mod traits;
pub mod version;

pub use annotation::{Annotation, AnnotationBody, AnnotationSet, ObjectAttributes, Origin};
pub use dataset::{Dataset, DatasetType, Scene};
pub use edit::{Assign, Edit, SampleRecord};
pub use explain::{Explain, Explanation, Warning};
pub use ids::{
    AnnotationId, DatasetId, EntryId, JobId, JobVersionId, LabelId, ModelId, ReviewId, SampleId, ServiceId, VersionId,
};
pub use job::{JobState, JobVersion};
pub use label::{Color, Label};
pub use names::{DatasetName, Description, JobName, LabelName, ModelName, NameError, ServiceName, VersionName};
pub use policy::Actor;
pub use sample::{Media, Sample, SampleState, Usage};
pub use shape::{Bounds, Point, Shape, ShapeKind};
pub use shape_edit::{DragOptions, Handle};
pub use text::TextSplit;
pub use text_origin::{TextMark, TextOrigin};
pub use time::Timestamp;
pub use traits::{Cancel, MetricSink, Predictor, SampleSource};
pub use version::{DatasetVersion, VersionState};

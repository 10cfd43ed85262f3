//! Lines of a manifest, as a data set of flowers would have them.

pub const LABELS: [&str; 5] = ["daisy", "dandelion", "roses", "sunflowers", "tulips"];

/// The line of a labeled photograph.
pub fn line(number: u64) -> String {
    let label = LABELS[usize::try_from(number % 5).unwrap_or(0)];
    format!(
        concat!(
            r#"{{"annotation":[{{"name":"{label}","type":"modelarts/image_classification","#,
            r#""creation-time":"2019-03-30 17:22:31","annotated-by":"human/username/username"}}],"usage":"TRAIN","#,
            r#""source":"s3://flowers/{label}/{number}_81eb4ba1.jpg","id":"{number:032x}"}}"#
        ),
        label = label,
        number = number
    )
}

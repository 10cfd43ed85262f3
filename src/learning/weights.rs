//! Named tensors in the safetensors format.

use super::error::LearningError;
use safetensors::tensor::{Dtype, SafeTensors, View, serialize_to_file};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// The numbers of a tensor, the last dimension running fastest.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Values {
    F32(Vec<f32>),
    I64(Vec<i64>),
}

/// A tensor of a weights file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tensor {
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Values,
}

/// A weights file: tensors by name.
pub(crate) type Weights = BTreeMap<String, Tensor>;

impl Tensor {
    /// A tensor of real numbers.
    pub(crate) fn real(shape: &[usize], values: Vec<f32>) -> Self {
        debug_assert_eq!(shape.iter().product::<usize>(), values.len());
        Self { shape: shape.to_vec(), values: Values::F32(values) }
    }

    /// A tensor of whole numbers.
    pub(crate) fn wholes(shape: &[usize], values: Vec<i64>) -> Self {
        debug_assert_eq!(shape.iter().product::<usize>(), values.len());
        Self { shape: shape.to_vec(), values: Values::I64(values) }
    }

    /// A single whole number.
    pub(crate) fn whole(value: i64) -> Self {
        Self { shape: Vec::new(), values: Values::I64(vec![value]) }
    }
}

impl View for &Tensor {
    fn dtype(&self) -> Dtype {
        match self.values {
            Values::F32(_) => Dtype::F32,
            Values::I64(_) => Dtype::I64,
        }
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        match &self.values {
            Values::F32(values) => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
            Values::I64(values) => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        }
    }

    fn data_len(&self) -> usize {
        match &self.values {
            Values::F32(values) => 4 * values.len(),
            Values::I64(values) => 8 * values.len(),
        }
    }
}

/// Writes `weights` to `path`, in place of what was there.
///
/// # Errors
/// If the file cannot be written.
pub(crate) fn write(path: &Path, weights: &Weights) -> Result<(), LearningError> {
    // PyTorch's own readers look for this entry.
    let metadata = HashMap::from([("format".to_owned(), "pt".to_owned())]);
    serialize_to_file(weights.iter().map(|(name, tensor)| (name.as_str(), tensor)), Some(metadata), path)
        .map_err(|error| LearningError::output(path)(std::io::Error::other(error)))
}

/// Reads a weights file. Half, brain and double precision become single precision.
///
/// # Errors
/// If it cannot be read, is no safetensors file, or holds numbers of another kind.
pub(crate) fn read(path: &Path) -> Result<Weights, LearningError> {
    let bytes = std::fs::read(path).map_err(|error| LearningError::weights(path, error))?;
    let tensors = SafeTensors::deserialize(&bytes).map_err(|error| LearningError::weights(path, error))?;
    let mut weights = Weights::new();
    for (name, view) in tensors.tensors() {
        let data = view.data();
        let values = match view.dtype() {
            Dtype::F32 => Values::F32(numbers(data, f32::from_le_bytes)),
            #[expect(clippy::cast_possible_truncation, reason = "single precision is what we compute with")]
            Dtype::F64 => Values::F32(numbers(data, |bytes| f64::from_le_bytes(bytes) as f32)),
            Dtype::BF16 => Values::F32(numbers(data, |[low, high]| f32::from_le_bytes([0, 0, low, high]))),
            Dtype::F16 => Values::F32(numbers(data, |bytes| half_precision(u16::from_le_bytes(bytes)))),
            Dtype::I64 => Values::I64(numbers(data, i64::from_le_bytes)),
            other => return Err(LearningError::weights(path, format!("{name} holds numbers of type {other:?}"))),
        };
        weights.insert(name, Tensor { shape: view.shape().to_vec(), values });
    }
    Ok(weights)
}

fn numbers<const N: usize, T>(data: &[u8], read: impl Fn([u8; N]) -> T) -> Vec<T> {
    data.as_chunks::<N>().0.iter().map(|bytes| read(*bytes)).collect()
}

/// An IEEE 754 half-precision number.
fn half_precision(bits: u16) -> f32 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let exponent = i32::from((bits >> 10) & 0x1F);
    let fraction = f32::from(bits & 0x3FF);
    match exponent {
        0 => sign * fraction * 2_f32.powi(-24),
        0x1F if fraction == 0.0 => sign * f32::INFINITY,
        0x1F => f32::NAN,
        _ => sign * (1.0 + fraction / 1024.0) * 2_f32.powi(exponent - 15),
    }
}

/// Takes the tensor `name` of the given shape out of `weights`.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn take_real(weights: &mut Weights, name: &str, shape: &[usize]) -> Result<Vec<f32>, String> {
    let tensor = weights.remove(name).ok_or_else(|| format!("{name} is missing"))?;
    if tensor.shape != shape {
        return Err(format!("{name} has shape {:?}, not {shape:?}", tensor.shape));
    }
    match tensor.values {
        Values::F32(values) => Ok(values),
        Values::I64(_) => Err(format!("{name} holds whole numbers")),
    }
}

/// Takes the row of whole numbers `name` out of `weights`.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn take_whole(weights: &mut Weights, name: &str) -> Result<Vec<i64>, String> {
    let tensor = weights.remove(name).ok_or_else(|| format!("{name} is missing"))?;
    match tensor.values {
        Values::I64(values) if tensor.shape.len() == 1 => Ok(values),
        _ => Err(format!("{name} is no row of whole numbers")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("model.safetensors");
        let weights = Weights::from([
            ("a.weight".to_owned(), Tensor::real(&[2, 3], vec![1.0, -2.5, 3.0, 0.0, 1e-30, 7.0])),
            ("count".to_owned(), Tensor::whole(12)),
        ]);
        write(&path, &weights).expect("written");
        assert_eq!(read(&path).expect("read"), weights);
    }

    #[test]
    fn a_broken_file_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("broken.safetensors");
        std::fs::write(&path, b"\xff\xff\xff\xff\xff\xff\xff\xffnot weights").expect("written");
        assert!(matches!(read(&path), Err(LearningError::Weights { .. })));
        assert!(matches!(read(&folder.path().join("absent")), Err(LearningError::Weights { .. })));
    }

    #[test]
    fn half_precision_is_read_exactly() {
        for (bits, value) in [(0x3C00, 1.0), (0xC000, -2.0), (0x3555, 0.333_251_95), (0x0001, 5.960_464_5e-8)] {
            assert_eq!(half_precision(bits), value);
        }
        assert!(half_precision(0x7E00).is_nan());
    }
}

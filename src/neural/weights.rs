//! The tensors of a checkpoint by name, checked against the shapes that its configuration promises.

use crate::draft;
use crate::error::{Error, Result};
use candle_core::{Device, Tensor, Var};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// A weight that training moves.
pub(super) struct Trainable {
    /// The tensor's name in the file.
    pub(super) name: String,
    /// Its values; a matrix is turned around, inputs by outputs.
    pub(super) var: Var,
    /// Whether it was turned around.
    pub(super) turned: bool,
}

/// A tensor as a file holds it.
pub(super) enum Stored {
    Float(Tensor),
    Eight {
        shape: Vec<usize>,
        steps: Vec<i8>,
        /// The size of a step in each row.
        scales: Vec<f32>,
    },
}

impl Stored {
    fn dims(&self) -> &[usize] {
        match self {
            Self::Float(tensor) => tensor.dims(),
            Self::Eight { shape, .. } => shape,
        }
    }

    /// Its steps with their sizes, when it is in eight bits.
    pub(super) fn steps(&self) -> Option<(&Vec<i8>, &Vec<f32>)> {
        match self {
            Self::Eight { steps, scales, .. } => Some((steps, scales)),
            Self::Float(_) => None,
        }
    }

    /// The tensor in floating point.
    pub(super) fn tensor(&self) -> candle_core::Result<Tensor> {
        match self {
            Self::Float(tensor) => Ok(tensor.clone()),
            Self::Eight { shape, steps, scales } => {
                let width = steps.len() / scales.len().max(1);
                let rows = steps.chunks(width.max(1)).zip(scales);
                let values = rows.flat_map(|(row, scale)| row.iter().map(move |step| f32::from(*step) * scale));
                Tensor::from_vec(values.collect(), shape.as_slice(), &Device::Cpu)
            }
        }
    }
}

/// The tensors of one file.
pub(super) struct Weights {
    tensors: HashMap<String, Stored>,
    place: String,
    device: Device,
    /// Filled while a model is built for training.
    trainable: Option<RefCell<Vec<Trainable>>>,
}

impl Weights {
    /// Tensors that came from the file `place`.
    pub(super) fn new(tensors: HashMap<String, Stored>, place: String, device: Device) -> Self {
        Self { tensors, place, device, trainable: None }
    }

    /// The same, with every weight that is asked for kept as a variable.
    pub(super) fn trainable(mut self) -> Self {
        self.trainable = Some(RefCell::default());
        self
    }

    /// The weights that were asked for, to be moved by training.
    pub(super) fn take_trainable(self) -> Vec<Trainable> {
        self.trainable.map(RefCell::into_inner).unwrap_or_default()
    }

    /// Whether there is a tensor of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// The file.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// A fault of candle's as one of the file.
    pub(super) fn fault(&self, error: &candle_core::Error) -> Error {
        Error::resource(&self.place, error.to_string())
    }

    /// Puts a tensor in place of, or beside, those of the file.
    pub(super) fn insert(&mut self, name: &str, tensor: Tensor) {
        self.tensors.insert(name.to_owned(), Stored::Float(tensor));
    }

    /// The tensor `name` of just this shape.
    pub(super) fn stored(&self, name: &str, shape: &[usize]) -> Result<&Stored> {
        let tensor = self.tensors.get(name).ok_or_else(|| {
            Error::resource(
                &self.place,
                format!(
                    "holds no tensor {name}; is it the model of this config.json, fine-tuned for token classification?"
                ),
            )
        })?;
        if tensor.dims() != shape {
            let message = format!(
                "the tensor {name} has the shape {:?}, but config.json asks for {shape:?}; take both from one checkpoint",
                tensor.dims()
            );
            return Err(Error::resource(&self.place, message));
        }
        Ok(tensor)
    }

    /// The tensor `name` of just this shape, never moved by training.
    pub(super) fn fixed(&self, name: &str, shape: &[usize]) -> Result<Tensor> {
        let stored = self.stored(name, shape)?;
        let number = |tensor: Tensor| tensor.to_device(&self.device)?.to_dtype(candle_core::DType::F32);
        let tensor = stored.tensor().and_then(number);
        tensor.map_err(|error| Error::resource(&self.place, format!("tensor {name}: {error}")))
    }

    /// The numbers of the tensor `name` of just this shape.
    pub(super) fn numbers(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let values = self.fixed(name, shape)?.flatten_all().and_then(|flat| flat.to_vec1());
        values.map_err(|error| Error::resource(&self.place, format!("tensor {name}: {error}")))
    }

    /// That of several names which the file has; the first if it has none.
    pub(super) fn name_of<'n>(&self, names: &[&'n str]) -> &'n str {
        names.iter().find(|name| self.has(name)).or(names.first()).copied().unwrap_or_default()
    }

    /// The vector `name`, or the first of several names for it.
    pub(super) fn vector(&self, names: &[&str], length: usize) -> Result<Tensor> {
        let name = self.name_of(names);
        let tensor = self.fixed(name, &[length])?;
        self.keep(name, tensor, false)
    }

    /// A table of vectors, one a row.
    pub(super) fn table(&self, name: &str, rows: usize, width: usize) -> Result<Tensor> {
        let tensor = self.fixed(name, &[rows, width])?;
        self.keep(name, tensor, false)
    }

    /// The matrix `name`, stored outputs by inputs, turned around: products then read both sides in order.
    pub(super) fn matrix(&self, name: &str, outputs: usize, inputs: usize) -> Result<Tensor> {
        let tensor = self.fixed(name, &[outputs, inputs])?;
        let turned = tensor.t().and_then(|tensor| tensor.contiguous());
        let turned = turned.map_err(|error| Error::resource(&self.place, format!("tensor {name}: {error}")))?;
        self.keep(name, turned, true)
    }

    fn keep(&self, name: &str, tensor: Tensor, turned: bool) -> Result<Tensor> {
        let Some(trainable) = &self.trainable else { return Ok(tensor) };
        let var = Var::from_tensor(&tensor)
            .map_err(|error| Error::resource(&self.place, format!("tensor {name}: {error}")))?;
        let tensor = var.as_tensor().clone();
        trainable.borrow_mut().push(Trainable { name: name.to_owned(), var, turned });
        Ok(tensor)
    }
}

/// Reads a file of tensors: floating point of any width, or whole numbers of eight bits with a scale for each
/// row in a tensor NAME.scale.
pub(super) fn read(path: &Path) -> Result<HashMap<String, Stored>> {
    use candle_core::safetensors::Load;
    use safetensors::{Dtype, SafeTensors};
    let place = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|cause| Error::Io { path: path.to_owned(), doing: "read", cause })?;
    let file = SafeTensors::deserialize(&bytes).map_err(|error| {
        Error::resource(&place, format!("cannot be read as safetensors: {error}; take the checkpoint's own file"))
    })?;
    let mut tensors = HashMap::new();
    for (name, view) in file.iter() {
        let fault = |error: &dyn std::fmt::Display| Error::resource(&place, format!("tensor {name}: {error}"));
        let tensor = match view.dtype() {
            Dtype::I8 => {
                let scales = file.tensor(&format!("{name}.scale")).map_err(|error| fault(&error))?;
                let scales = scales.load(&Device::Cpu).and_then(|scales| scales.to_vec1::<f32>());
                let scales = scales.map_err(|error| fault(&error))?;
                let rows = view.shape().first().copied().unwrap_or(0);
                if rows == 0 || scales.len() != rows || view.data().len() % rows != 0 {
                    return Err(fault(&format!("{} scales for {rows} rows", scales.len())));
                }
                let steps = view.data().iter().map(|step| step.cast_signed()).collect();
                Ok(Stored::Eight { shape: view.shape().to_vec(), steps, scales })
            }
            Dtype::F64 | Dtype::F32 | Dtype::F16 | Dtype::BF16 => view.load(&Device::Cpu).map(Stored::Float),
            // Positions numbered by some checkpoints, and the like.
            _ => continue,
        };
        tensors.insert(name.to_owned(), tensor.map_err(|error: candle_core::Error| fault(&error))?);
    }
    let scales = tensors.iter().filter(|(_, stored)| matches!(stored, Stored::Eight { .. }));
    let scales: Vec<String> = scales.map(|(name, _)| format!("{name}.scale")).collect();
    for name in scales {
        tensors.remove(&name);
    }
    Ok(tensors)
}

/// The same with every tensor in floating point.
pub(super) fn read_floats(path: &Path) -> Result<HashMap<String, Tensor>> {
    let place = path.display().to_string();
    let float = |(name, stored): (String, Stored)| match stored.tensor() {
        Ok(tensor) => Ok((name, tensor)),
        Err(error) => Err(Error::resource(&place, format!("tensor {name}: {error}"))),
    };
    read(path)?.into_iter().map(float).collect()
}

/// The mean of the tensors of one file with those of others of the same names and shapes.
pub(super) fn mean(tensors: HashMap<String, Tensor>, others: &[PathBuf]) -> Result<HashMap<String, Tensor>> {
    let mut others: Vec<_> = others.iter().map(|path| Ok((path, read_floats(path)?))).collect::<Result<_>>()?;
    let share = 1.0 / (others.len() + 1) as f64;
    // In the order of names, so that the same fault is told each time.
    let tensors: BTreeMap<String, Tensor> = tensors.into_iter().collect();
    let mut mean = HashMap::new();
    for (name, tensor) in tensors {
        let mut sum = tensor;
        for (path, other) in &mut others {
            let fault = |message: String| Error::resource(path.display().to_string(), message);
            let more = other.remove(&name);
            let more = more.ok_or_else(|| fault(format!("has no tensor {name}; take checkpoints of one training")))?;
            sum = (sum + more).map_err(|error| fault(format!("tensor {name}: {error}")))?;
        }
        let tensor = (sum * share).map_err(|error| Error::resource(name.as_str(), error.to_string()))?;
        mean.insert(name, tensor);
    }
    let extra = others.iter().find_map(|(path, other)| Some((path, other.keys().min()?)));
    match extra {
        Some((path, name)) => {
            let message = format!("has a tensor {name} that the first has not; take checkpoints of one training");
            Err(Error::resource(path.display().to_string(), message))
        }
        None => Ok(mean),
    }
}

/// Writes tensors with every matrix in eight bits, a scale for each row.
pub(super) fn write_eight_bits(tensors: &HashMap<String, Tensor>, path: &Path) -> Result<()> {
    use safetensors::tensor::TensorView;
    use safetensors::{Dtype, serialize};
    let place = path.display().to_string();
    let fault = |error: &dyn std::fmt::Display| Error::resource(&place, error.to_string());
    let mut names: Vec<&String> = tensors.keys().collect();
    names.sort_unstable();
    let mut parts: Vec<(String, Dtype, Vec<usize>, Vec<u8>)> = Vec::new();
    let floats = |values: &[f32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    for name in names {
        let tensor = &tensors[name];
        let values = tensor.flatten_all().and_then(|flat| flat.to_vec1::<f32>()).map_err(|error| fault(&error))?;
        if tensor.rank() != 2 {
            parts.push((name.clone(), Dtype::F32, tensor.dims().to_vec(), floats(&values)));
            continue;
        }
        let width = tensor.dims()[1].max(1);
        let (mut steps, mut scales) = (Vec::with_capacity(values.len()), Vec::new());
        for row in values.chunks(width) {
            let most = row.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
            let scale = if most > 0.0 { most / 127.0 } else { 1.0 };
            steps.extend(row.iter().map(|value| ((value / scale).round() as i8).cast_unsigned()));
            scales.push(scale);
        }
        parts.push((format!("{name}.scale"), Dtype::F32, vec![scales.len()], floats(&scales)));
        parts.push((name.clone(), Dtype::I8, tensor.dims().to_vec(), steps));
    }
    let views = parts
        .iter()
        .map(|(name, dtype, shape, bytes)| Ok((name, TensorView::new(*dtype, shape.clone(), bytes)?)))
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()
        .map_err(|error| fault(&error))?;
    draft::write(path, &serialize(views, None).map_err(|error| fault(&error))?)
}

/// Writes tensors as they are.
pub(super) fn write(tensors: &HashMap<String, Tensor>, path: &Path) -> Result<()> {
    let bytes = safetensors::serialize(tensors, None);
    draft::write(path, &bytes.map_err(|error| Error::resource(path.display().to_string(), error.to_string()))?)
}

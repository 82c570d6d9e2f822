//! Matrices made ready for products with many rows: in 32 bits, or in eight, where the rows are put into steps too
//! and the sums are whole numbers and exact, whichever way the CPU at hand adds them up.

use super::config::Activation;
use super::lanes::{Activate, BESIDE, Columns, FromSteps, FromWhole, LANES, Scale, Tile, ToSteps, ToWhole};
use super::panels::{Panels, Room};
use super::weights::{Stored, Weights};
use crate::error::Result;
use candle_core::Error;
use rten_gemm::{BiasVector, GemmError, GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix};
use rten_simd::SimdOp;
use rten_tensor::NdTensorView;

/// How many rows are multiplied before the next step is done to them, so that they stay near the CPU; with whole
/// steps the weights cost more to fetch, and more rows share them.
const BLOCK: usize = 64;
const WHOLE_BLOCK: usize = 22 * BESIDE;

thread_local! {
    // Each picks its kernel by the CPU, the same in every thread.
    static FLOAT: GemmExecutor<f32, f32, f32> = GemmExecutor::<f32, f32, f32>::new();
    static EIGHT: GemmExecutor<u8, i8, i32> = GemmExecutor::<u8, i8, i32>::new();
}

enum Numbers {
    Float(PackedBMatrix<f32>),
    /// Steps as two digits.
    Digits {
        packed: PackedBMatrix<i8>,
        /// The size of a step in each column.
        sizes: Vec<f32>,
        /// What a row of ones gives in each column.
        sums: Vec<f32>,
    },
    /// Steps as they are.
    Whole {
        panels: Panels,
        columns: Vec<Columns>,
    },
}

/// `x · weight + bias`.
pub(super) struct Matrix {
    numbers: Numbers,
    bias: Vec<f32>,
    inputs: usize,
}

/// Room for the numbers between.
#[derive(Debug, Default)]
pub(super) struct Between {
    digits: Vec<u8>,
    steps: Vec<[i16; 2]>,
    tiles: Vec<Tile>,
    room: Room,
    scales: Vec<Scale>,
    products: Vec<i32>,
}

impl Matrix {
    /// The layers `names` side by side, each with `outputs` numbers.
    pub(super) fn new(weights: &Weights, names: &[String], inputs: usize, outputs: usize) -> Result<Self> {
        let mut bias = Vec::with_capacity(names.len() * outputs);
        let mut stored = Vec::new();
        for name in names {
            stored.push(weights.stored(&format!("{name}.weight"), &[outputs, inputs])?);
            bias.extend(weights.numbers(&format!("{name}.bias"), &[outputs])?);
        }
        let eight: Option<Vec<(&Vec<i8>, &Vec<f32>)>> = stored.iter().copied().map(Stored::steps).collect();
        let numbers = if let Some(parts) = eight {
            let values: Vec<i8> = parts.iter().flat_map(|(steps, _)| steps.iter().copied()).collect();
            let sizes: Vec<f32> = parts.iter().flat_map(|(_, scales)| scales.iter().copied()).collect();
            Numbers::eight(&values, sizes, &bias, inputs, Panels::are_best())
        } else {
            let mut values = Vec::with_capacity(bias.len() * inputs);
            for name in names {
                values.extend(weights.numbers(&format!("{name}.weight"), &[outputs, inputs])?);
            }
            let values = NdTensorView::from_data([bias.len(), inputs], values.as_slice());
            Numbers::Float(FLOAT.with(|executor| executor.prepack_b(values.transposed())))
        };
        Ok(Self { numbers, bias, inputs })
    }

    /// How many numbers a row becomes.
    pub(super) fn outputs(&self) -> usize {
        self.bias.len()
    }

    /// How many rows are best multiplied at once.
    pub(super) fn block_rows(&self) -> usize {
        if matches!(self.numbers, Numbers::Whole { .. }) { WHOLE_BLOCK } else { BLOCK }
    }

    /// `rows` times the matrix into `out`, through an activation if there is one.
    pub(super) fn product(
        &self,
        rows: &[f32],
        activation: Option<Activation>,
        between: &mut Between,
        out: &mut Vec<f32>,
    ) -> candle_core::Result<()> {
        out.resize(rows.len() / self.inputs * self.outputs(), 0.0);
        let block = self.block_rows();
        let blocks = rows.chunks(block * self.inputs).zip(out.chunks_mut(block * self.outputs()));
        for (rows, out) in blocks {
            self.block(rows, activation, between, out).map_err(|error| Error::Msg(error.to_string()))?;
        }
        Ok(())
    }

    fn block(
        &self,
        rows: &[f32],
        activation: Option<Activation>,
        between: &mut Between,
        out: &mut [f32],
    ) -> std::result::Result<(), GemmError> {
        let count = rows.len() / self.inputs;
        let shape = [count, self.inputs];
        let Between { digits, steps, tiles, room, scales, products } = between;
        scales.resize(count, Scale::default());
        match &self.numbers {
            Numbers::Float(packed) => {
                let options = GemmOptions { bias: Some(BiasVector::Row(&self.bias)), ..GemmOptions::default() };
                let rows = GemmInputA::Unpacked(NdTensorView::from_data(shape, rows));
                FLOAT.with(|executor| executor.gemm(out, rows, GemmInputB::Packed(packed), options))?;
                if let Some(activation) = activation {
                    Activate { activation, rows: out }.dispatch();
                }
            }
            Numbers::Digits { packed, sizes, sums } => {
                digits.resize(2 * rows.len(), 0);
                products.resize(2 * out.len(), 0);
                ToSteps { rows, width: self.inputs, digits, scales }.dispatch();
                let shape = [2 * count, self.inputs];
                let digits = GemmInputA::Unpacked(NdTensorView::from_data(shape, digits.as_slice()));
                let packed = GemmInputB::Packed(packed);
                EIGHT.with(|executor| executor.gemm(products, digits, packed, GemmOptions::default()))?;
                FromSteps { products, scales, sizes, sums, bias: &self.bias, activation, out }.dispatch();
            }
            Numbers::Whole { panels, columns } => {
                steps.resize(panels.pairs(), [0; 2]);
                tiles.resize(count.div_ceil(BESIDE) * panels.pairs(), Tile::default());
                ToWhole { rows, width: self.inputs, steps, tiles, scales }.dispatch();
                panels.products(tiles, room, |number, products| {
                    let (columns, from) = (&columns[number], number * LANES);
                    FromWhole { products, scales, columns, activation, out, from }.dispatch();
                });
            }
        }
        Ok(())
    }
}

impl Numbers {
    /// The columns of the matrix in steps of `sizes`; `whole` if steps of rows may be whole.
    fn eight(values: &[i8], sizes: Vec<f32>, bias: &[f32], inputs: usize, whole: bool) -> Self {
        let sum = |(row, size): (&[i8], &f32)| row.iter().map(|step| i32::from(*step)).sum::<i32>() as f32 * size;
        let sums: Vec<f32> = values.chunks_exact(inputs).zip(&sizes).map(sum).collect();
        let panels = if whole { Panels::new(values, inputs) } else { None };
        if let Some(panels) = panels {
            let lanes = |numbers: &[f32], from: usize| {
                std::array::from_fn(|lane| numbers.get(from + lane).copied().unwrap_or_default())
            };
            let columns = (0..sizes.len()).step_by(LANES).map(|from| Columns {
                sizes: lanes(&sizes, from),
                sums: lanes(&sums, from),
                bias: lanes(bias, from),
            });
            Self::Whole { panels, columns: columns.collect() }
        } else {
            let values = NdTensorView::from_data([sizes.len(), inputs], values);
            let packed = EIGHT.with(|executor| executor.prepack_b(values.transposed()));
            Self::Digits { packed, sizes, sums }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail")]

    use super::*;
    use candle_core::{Device, Tensor};
    use std::collections::HashMap;

    fn values_of(count: usize, seed: usize) -> Vec<f32> {
        (0..count).map(|at| ((at * 7919 + seed * 104_729) % 2003) as f32 / 1001.0 - 1.0).collect()
    }

    /// Rows through a matrix stored in eight bits or in 32, and what they come to when all is done in 64.
    fn check(eight: bool, rows: usize, inputs: usize, outputs: usize) {
        let steps: Vec<i8> = values_of(inputs * outputs, 1).iter().map(|v| (v * 127.0) as i8).collect();
        let scales: Vec<f32> = values_of(outputs, 2).iter().map(|v| v.abs() / 50.0 + 0.001).collect();
        let bias = values_of(outputs, 3);
        let stored = Stored::Eight { shape: vec![outputs, inputs], steps: steps.clone(), scales: scales.clone() };
        let stored = if eight { stored } else { Stored::Float(stored.tensor().unwrap()) };
        let vector = Tensor::from_vec(bias.clone(), outputs, &Device::Cpu).unwrap();
        let tensors = HashMap::from([("a.weight".to_owned(), stored), ("a.bias".to_owned(), Stored::Float(vector))]);
        let weights = Weights::new(tensors, "test".to_owned(), Device::Cpu);
        let matrix = Matrix::new(&weights, &["a".to_owned()], inputs, outputs).unwrap();
        let x = values_of(rows * inputs, 4);
        let mut out = Vec::new();
        let mut between = Between::default();
        matrix.product(&x, None, &mut between, &mut out).unwrap();
        assert_eq!(out.len(), rows * outputs);
        for (at, value) in out.iter().enumerate() {
            let (row, column) = (at / outputs, at % outputs);
            let row = &x[row * inputs..][..inputs];
            let (low, high) = row.iter().fold((f32::MAX, f32::MIN), |(a, b), x| (a.min(*x), b.max(*x)));
            let size = if eight { f64::from((high - low) / 16_383.0) } else { 0.0 };
            let (mut sum, mut room) = (f64::from(bias[column]), 1e-4);
            for (x, step) in row.iter().zip(&steps[column * inputs..]) {
                let weight = f64::from(*step) * f64::from(scales[column]);
                sum += f64::from(*x) * weight;
                // Each number of the row is off by half a step at most, and sums in 32 bits by a little.
                room += weight.abs() * size * 0.51 + (f64::from(*x) * weight).abs() * 1e-6;
            }
            assert!((f64::from(*value) - sum).abs() < room, "{at}: {value} for {sum} ± {room}");
        }
        // A row comes to the same whatever stands beside it.
        for row in 0..rows {
            let mut alone = Vec::new();
            let twice = [&x[row * inputs..][..inputs], &x[row * inputs..][..inputs]].concat();
            matrix.product(&twice, None, &mut between, &mut alone).unwrap();
            assert_eq!(alone[..outputs], out[row * outputs..][..outputs]);
        }
    }

    #[test]
    fn products_are_right_in_both_widths() {
        for (rows, inputs, outputs) in [(1, 3, 2), (2, 64, 33), (70, 40, 45), (130, 1300, 17)] {
            check(true, rows, inputs, outputs);
            check(false, rows, inputs, outputs);
        }
    }

    #[test]
    fn sums_of_the_greatest_steps_are_exact() {
        // Older CPUs hold the sum of two products in 16 bits; all steps at their ends must still fit.
        let (inputs, outputs) = (512, 40);
        let steps: Vec<i8> = (0..inputs * outputs).map(|at| if at / inputs % 2 == 0 { 127 } else { -127 }).collect();
        let stored = Stored::Eight { shape: vec![outputs, inputs], steps, scales: vec![1.0; outputs] };
        let bias = Tensor::zeros(outputs, candle_core::DType::F32, &Device::Cpu).unwrap();
        let tensors = HashMap::from([("a.weight".to_owned(), stored), ("a.bias".to_owned(), Stored::Float(bias))]);
        let weights = Weights::new(tensors, "test".to_owned(), Device::Cpu);
        let matrix = Matrix::new(&weights, &["a".to_owned()], inputs, outputs).unwrap();
        // One number at the low end of the steps, the others at the high one, where a step is just 1.
        let row: Vec<f32> = (0..inputs).map(|at| if at == 0 { 0.0 } else { 16_383.0 }).collect();
        let (mut out, mut between) = (Vec::new(), Between::default());
        matrix.product(&row.repeat(9), None, &mut between, &mut out).unwrap();
        let sum = (511.0_f64 * 127.0 * 16_383.0) as f32;
        for (at, value) in out.iter().enumerate() {
            let wanted = if at % outputs % 2 == 0 { sum } else { -sum };
            assert_eq!(value.to_bits(), wanted.to_bits(), "{value} for {wanted}");
        }
    }

    #[test]
    fn whole_steps_come_to_the_bits_of_their_digits() {
        let exact = |numbers: &[f32]| numbers.iter().map(|number| number.to_bits()).collect::<Vec<_>>();
        for (rows, inputs, outputs) in [(1, 3, 2), (2, 64, 33), (5, 2, 16), (70, 40, 45), (130, 1301, 17)] {
            let values: Vec<i8> = values_of(inputs * outputs, 1).iter().map(|v| (v * 127.0) as i8).collect();
            let sizes: Vec<f32> = values_of(outputs, 2).iter().map(|v| v.abs() / 50.0 + 0.001).collect();
            let mut x = values_of(rows * inputs, 4);
            // A row of one number, and a row of two at the ends.
            x[..inputs].fill(0.5);
            let last = (rows - 1) * inputs;
            x[last..].iter_mut().enumerate().for_each(|(at, x)| *x = if at % 3 == 0 { -7.0 } else { 7.0 });
            for activation in [None, Some(Activation::Gelu)] {
                let [one, two] = [true, false].map(|whole| {
                    let bias = values_of(outputs, 3);
                    let numbers = Numbers::eight(&values, sizes.clone(), &bias, inputs, whole);
                    let panels = matches!(numbers, Numbers::Whole { .. });
                    assert_eq!(panels, whole && Panels::new(&values, inputs).is_some());
                    let (mut out, mut between) = (Vec::new(), Between::default());
                    // What another matrix has left behind.
                    between.steps.resize(7, [9, -9]);
                    between.tiles.resize(7, [[9, -9]; BESIDE]);
                    Matrix { numbers, bias, inputs }.product(&x, activation, &mut between, &mut out).unwrap();
                    out
                });
                assert_eq!(exact(&one), exact(&two), "{rows} rows of {inputs} by {outputs}");
            }
        }
    }

    #[test]
    fn sums_that_may_leave_32_bits_go_through_digits() {
        for sign in [1, -1] {
            assert!(Panels::new(&[127 * sign; 1033], 1033).is_none());
        }
        // 1032 · 127 · 16,383 just fits, and so does more whose signs differ.
        let mixed: Vec<i8> = (0..2048).map(|at| if at % 2 == 0 { 127 } else { -127 }).collect();
        let fits = |weights: &[i8]| Panels::new(weights, weights.len()).is_some();
        assert_eq!(fits(&[127; 1032]), fits(&[1]));
        assert_eq!(fits(&mixed), fits(&[1]));
    }
}

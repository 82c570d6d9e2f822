//! Weights in eight bits for CPUs that have AVX2, but no instruction for sums of products of eight bits: there a
//! row's step goes through one product of 16 bits, which costs less than two digits of seven bits do.
#![expect(clippy::inline_always, reason = "only what is inlined is compiled for the vectors of the CPU")]

use super::lanes::{BESIDE, LANES, Tile};
use pulp::x86::V3;
use pulp::{NullaryFnOnce, cast, i8x16, i16x16, i32x8};

/// The greatest step of a row.
const MOST: i64 = 16_383;

/// The weights of two inputs in each column of a panel.
type Weights = [i8x16; 2];

/// The same in 16 bits; they lie within one line of the cache.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Wide([i16x16; 2]);

/// Room for one panel and the sums of some rows.
#[derive(Debug, Default)]
pub(super) struct Room {
    wide: Vec<Wide>,
    sums: Vec<[i32; LANES]>,
}

/// A matrix cut into panels of columns.
#[derive(Debug)]
pub(super) struct Panels {
    simd: V3,
    weights: Vec<Weights>,
    pairs: usize,
}

impl Panels {
    /// Whether the CPU has no better way.
    pub(super) fn are_best() -> bool {
        !std::arch::is_x86_feature_detected!("avx512vnni")
    }

    /// The matrix whose columns are these rows of weights, each with `inputs`; where the CPU can do it, and no sum
    /// leaves 32 bits.
    pub(super) fn new(weights: &[i8], inputs: usize) -> Option<Self> {
        let simd = V3::try_new()?;
        let fits = |column: &[i8]| {
            let plus: i64 = column.iter().map(|weight| i64::from(*weight.max(&0))).sum();
            let minus: i64 = column.iter().map(|weight| -i64::from(*weight.min(&0))).sum();
            plus.max(minus) * MOST <= i64::from(i32::MAX)
        };
        let columns: Vec<&[i8]> = weights.chunks_exact(inputs).collect();
        if !columns.iter().all(|column| fits(column)) {
            return None;
        }
        let pairs = inputs.div_ceil(2);
        let mut panels = Vec::with_capacity(columns.len().div_ceil(LANES) * pairs);
        for columns in columns.chunks(LANES) {
            for input in (0..inputs).step_by(2) {
                let mut values = [[0_i8; 2]; LANES];
                for (pair, column) in values.iter_mut().zip(columns) {
                    pair.iter_mut().zip(&column[input..]).for_each(|(value, weight)| *value = *weight);
                }
                panels.push(cast(values));
            }
        }
        Some(Self { simd, weights: panels, pairs })
    }

    /// How many pairs of steps a row has; an odd last step stands beside any number.
    pub(super) fn pairs(&self) -> usize {
        self.pairs
    }

    /// Calls `each` for every panel with the sums of `rows` in its columns, one array a row; those that
    /// fill a tile up are among them.
    pub(super) fn products(&self, rows: &[Tile], room: &mut Room, mut each: impl FnMut(usize, &[[i32; LANES]])) {
        let Room { wide, sums } = room;
        wide.resize(self.pairs, Wide([self.simd.splat_i16x16(0); 2]));
        sums.resize(rows.len() / self.pairs * BESIDE, [0; LANES]);
        for (number, weights) in self.weights.chunks_exact(self.pairs).enumerate() {
            self.simd.vectorize(Panel { simd: self.simd, weights, wide, rows, sums });
            each(number, sums);
        }
    }
}

/// The sums of some rows in one panel.
struct Panel<'a> {
    simd: V3,
    weights: &'a [Weights],
    wide: &'a mut [Wide],
    rows: &'a [Tile],
    sums: &'a mut [[i32; LANES]],
}

impl NullaryFnOnce for Panel<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { simd, weights, wide, rows, sums } = self;
        // In eight bits the matrices of a checkpoint stay nearer to the CPU.
        for (wide, weights) in wide.iter_mut().zip(weights) {
            *wide = Wide(weights.map(|weights| simd.convert_i8x16_to_i16x16(weights)));
        }
        for (rows, sums) in rows.chunks_exact(wide.len()).zip(sums.as_chunks_mut().0) {
            tile(simd, wide, rows, sums);
        }
    }
}

#[inline(always)]
fn tile(simd: V3, weights: &[Wide], rows: &[Tile], sums: &mut [[i32; LANES]; BESIDE]) {
    let mut running = [[simd.splat_i32x8(0); 2]; BESIDE];
    for (Wide(weights), rows) in weights.iter().zip(rows) {
        for (running, pair) in running.iter_mut().zip(rows) {
            let steps: i16x16 = cast(simd.splat_i32x8(cast(*pair)));
            for (sum, weights) in running.iter_mut().zip(weights) {
                let more: i32x8 = simd.multiply_wrapping_add_adjacent_i16x16(steps, *weights);
                *sum = simd.wrapping_add_i32x8(*sum, more);
            }
        }
    }
    for (sums, running) in sums.iter_mut().zip(running) {
        *sums = cast(running);
    }
}

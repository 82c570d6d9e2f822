//! The plain arithmetic between products of matrices, compiled for the widest vectors of the CPU at hand.
//!
//! Every sum runs in a fixed order over sixteen lanes and no product is fused with a sum, so the results are the
//! same to the bit on every CPU.
#![expect(clippy::inline_always, reason = "only what is inlined is compiled for the vectors of the CPU")]

use super::config::Activation;
use super::ops::{erf, exp};
use rten_simd::ops::{BitOps, NumOps};
use rten_simd::{Isa, SimdOp};

/// How many running sums there are.
pub(super) const LANES: usize = 16;

/// How many rows of attention are computed at once.
const ROWS: usize = 4;

/// How many rows of steps stand beside each other: with as many sums as `LANES` for each, the registers are full.
pub(super) const BESIDE: usize = 6;

/// Two neighbouring steps of some rows.
pub(super) type Tile = [[i16; 2]; BESIDE];

/// How many columns are computed at once at most, by two of the widest vectors.
const SPAN: usize = 32;

/// A row of numbers is put into steps of two digits of seven bits each. Older CPUs hold the sum of two products
/// of a digit and a weight in 16 bits; with an eighth bit it would not fit.
const DIGIT: u32 = 7;
const MASK: u32 = 16_383;
const MOST: f32 = MASK as f32;

/// Adding this number leaves the rounded whole number in the low bits.
const ROUND: f32 = 12_582_912.0;

/// A row of numbers as steps: number = low + step · size.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Scale {
    pub(super) low: f32,
    pub(super) size: f32,
}

impl Scale {
    /// That of a row, and what a number is multiplied by to become steps.
    #[inline(always)]
    fn of(row: &[f32]) -> (Self, f32) {
        let (low, most) = bounds(row);
        let size = (most - low) / MOST;
        (Self { low, size }, if size > 0.0 { 1.0 / size } else { 0.0 })
    }

    #[inline(always)]
    fn step(self, x: f32, inverse: f32) -> u32 {
        ((x - self.low) * inverse + ROUND).to_bits() & MASK
    }
}

#[inline(always)]
fn lane_sum(row: &[f32], f: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0_f32; LANES];
    let (chunks, rest) = row.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane += f(*x);
        }
    }
    for (lane, x) in lanes.iter_mut().zip(rest) {
        *lane += f(*x);
    }
    lanes.iter().sum()
}

/// The least and the greatest number of a row.
#[inline(always)]
fn bounds(row: &[f32]) -> (f32, f32) {
    let (mut low, mut high) = ([f32::MAX; LANES], [f32::MIN; LANES]);
    let (chunks, rest) = row.as_chunks::<LANES>();
    for chunk in chunks {
        for ((low, high), x) in low.iter_mut().zip(&mut high).zip(chunk) {
            *low = if *x < *low { *x } else { *low };
            *high = if *x > *high { *x } else { *high };
        }
    }
    for ((low, high), x) in low.iter_mut().zip(&mut high).zip(rest) {
        *low = if *x < *low { *x } else { *low };
        *high = if *x > *high { *x } else { *high };
    }
    (low.into_iter().fold(f32::MAX, f32::min), high.into_iter().fold(f32::MIN, f32::max))
}

/// Rows of numbers into steps.
pub(super) struct ToSteps<'a> {
    pub(super) rows: &'a [f32],
    pub(super) width: usize,
    /// The high digits of all rows, then the low ones.
    pub(super) digits: &'a mut [u8],
    pub(super) scales: &'a mut [Scale],
}

impl SimdOp for ToSteps<'_> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(self, _: I) {
        let (high, low) = self.digits.split_at_mut(self.rows.len());
        let digits = high.chunks_exact_mut(self.width).zip(low.chunks_exact_mut(self.width));
        for ((row, (high, low)), scale) in self.rows.chunks_exact(self.width).zip(digits).zip(self.scales) {
            let inverse;
            (*scale, inverse) = Scale::of(row);
            for ((high, low), x) in high.iter_mut().zip(low).zip(row) {
                let step = scale.step(*x, inverse);
                *high = (step >> DIGIT) as u8;
                *low = (step & 0x7f) as u8;
            }
        }
    }
}

/// Rows of numbers into steps of one piece, some rows side by side.
pub(super) struct ToWhole<'a> {
    pub(super) rows: &'a [f32],
    pub(super) width: usize,
    /// Room for the steps of one row, up to a whole pair.
    pub(super) steps: &'a mut [[i16; 2]],
    /// Each `BESIDE` rows, pair after pair; where rows are missing, what was there stays.
    pub(super) tiles: &'a mut [Tile],
    pub(super) scales: &'a mut [Scale],
}

impl SimdOp for ToWhole<'_> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(self, _: I) {
        let rows = self.rows.chunks(BESIDE * self.width).zip(self.scales.chunks_mut(BESIDE));
        for ((rows, scales), tiles) in rows.zip(self.tiles.chunks_exact_mut(self.steps.len())) {
            for (number, (row, scale)) in rows.chunks_exact(self.width).zip(scales).enumerate() {
                let inverse;
                (*scale, inverse) = Scale::of(row);
                for (step, x) in self.steps.as_flattened_mut().iter_mut().zip(row) {
                    *step = scale.step(*x, inverse) as i16;
                }
                for (tile, pair) in tiles.iter_mut().zip(&*self.steps) {
                    tile[number] = *pair;
                }
            }
        }
    }
}

/// What ends in a function of each number.
trait Through {
    fn run(self, f: impl Fn(f32) -> f32);
}

#[inline(always)]
fn through(activation: Option<Activation>, op: impl Through) {
    match activation {
        None => op.run(|x| x),
        Some(Activation::Gelu) => op.run(gelu),
        Some(Activation::GeluTanh) => op.run(gelu_tanh),
        Some(Activation::Relu) => op.run(relu),
        Some(Activation::Silu) => op.run(silu),
    }
}

/// Products of steps back into numbers, with a bias, through an activation.
pub(super) struct FromSteps<'a> {
    /// The rows of the high digits, then those of the low ones.
    pub(super) products: &'a [i32],
    pub(super) scales: &'a [Scale],
    /// The size of a step in each column of the matrix.
    pub(super) sizes: &'a [f32],
    /// What a row of ones gives in each column.
    pub(super) sums: &'a [f32],
    pub(super) bias: &'a [f32],
    pub(super) activation: Option<Activation>,
    pub(super) out: &'a mut [f32],
}

impl Through for FromSteps<'_> {
    #[inline(always)]
    fn run(self, f: impl Fn(f32) -> f32) {
        let width = self.sizes.len();
        let (high, low) = self.products.split_at(self.out.len());
        let products = high.chunks_exact(width).zip(low.chunks_exact(width));
        for ((out, (high, low)), scale) in self.out.chunks_exact_mut(width).zip(products).zip(self.scales) {
            let columns = self.sizes.iter().zip(self.sums).zip(self.bias);
            for ((out, (high, low)), ((size, sum), bias)) in out.iter_mut().zip(high.iter().zip(low)).zip(columns) {
                let product = *high as f32 * (1 << DIGIT) as f32 + *low as f32;
                *out = f((product * scale.size) * size + scale.low * sum + bias);
            }
        }
    }
}

impl SimdOp for FromSteps<'_> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(self, _: I) {
        through(self.activation, self);
    }
}

/// What some columns of a matrix need beside their products of steps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns {
    pub(super) sizes: [f32; LANES],
    pub(super) sums: [f32; LANES],
    pub(super) bias: [f32; LANES],
}

/// The same of whole steps and some columns: each sum that fits into 32 bits comes to the bits of its digits.
pub(super) struct FromWhole<'a> {
    pub(super) products: &'a [[i32; LANES]],
    pub(super) scales: &'a [Scale],
    pub(super) columns: &'a Columns,
    pub(super) activation: Option<Activation>,
    /// All columns of the rows, and where these begin; those behind the last are left out.
    pub(super) out: &'a mut [f32],
    pub(super) from: usize,
}

impl Through for FromWhole<'_> {
    #[inline(always)]
    fn run(self, f: impl Fn(f32) -> f32) {
        let width = self.out.len() / self.scales.len();
        let to = width.min(self.from + LANES);
        let Columns { sizes, sums, bias } = self.columns;
        for ((out, products), scale) in self.out.chunks_exact_mut(width).zip(self.products).zip(self.scales) {
            let columns = sizes.iter().zip(sums).zip(bias);
            let number = |(product, ((size, sum), bias)): (&i32, ((&f32, &f32), &f32))| {
                f((*product as f32 * scale.size) * size + scale.low * sum + bias)
            };
            // The usual span has a length that is known.
            if let Ok(out) = <&mut [f32; LANES]>::try_from(&mut out[self.from..to]) {
                out.iter_mut().zip(products.iter().zip(columns)).for_each(|(out, it)| *out = number(it));
            } else {
                out[self.from..to].iter_mut().zip(products.iter().zip(columns)).for_each(|(out, it)| *out = number(it));
            }
        }
    }
}

impl SimdOp for FromWhole<'_> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(self, _: I) {
        through(self.activation, self);
    }
}

/// Every number through an activation.
pub(super) struct Activate<'a> {
    pub(super) activation: Activation,
    pub(super) rows: &'a mut [f32],
}

impl SimdOp for Activate<'_> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(self, _: I) {
        let each = |rows: &mut [f32], f: fn(f32) -> f32| rows.iter_mut().for_each(|x| *x = f(*x));
        match self.activation {
            Activation::Gelu => self.rows.iter_mut().for_each(|x| *x = gelu(*x)),
            Activation::GeluTanh => each(self.rows, gelu_tanh),
            Activation::Relu => each(self.rows, relu),
            Activation::Silu => each(self.rows, silu),
        }
    }
}

#[inline(always)]
fn gelu(x: f32) -> f32 {
    0.5 * x * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2))
}

#[inline(always)]
fn gelu_tanh(x: f32) -> f32 {
    // 0.5 (1 + tanh u) is 1 / (1 + e^(-2u)); this number is 2 √(2/π).
    silu_by(x, 1.595_769_2 * (x + 0.044_715 * x * x * x))
}

#[inline(always)]
fn silu(x: f32) -> f32 {
    silu_by(x, x)
}

#[inline(always)]
fn silu_by(x: f32, by: f32) -> f32 {
    x / (1.0 + exp(-by))
}

#[inline(always)]
fn relu(x: f32) -> f32 {
    if x > 0.0 { x } else { 0.0 }
}

/// `rows` normalised, after `more` was added to them if there is any.
pub(super) struct AddNorm<'a> {
    pub(super) rows: &'a mut [f32],
    pub(super) more: Option<&'a [f32]>,
    pub(super) scale: &'a [f32],
    pub(super) shift: &'a [f32],
    pub(super) epsilon: f32,
}

impl SimdOp for AddNorm<'_> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(self, _: I) {
        let width = self.scale.len();
        let length = width as f32;
        for (number, row) in self.rows.chunks_exact_mut(width).enumerate() {
            if let Some(more) = self.more {
                for (x, more) in row.iter_mut().zip(&more[number * width..][..width]) {
                    *x += more;
                }
            }
            let mean = lane_sum(row, |x| x) / length;
            let variance = lane_sum(row, |x| (x - mean) * (x - mean)) / length;
            let inverse = 1.0 / (variance + self.epsilon).sqrt();
            for ((x, scale), shift) in row.iter_mut().zip(self.scale).zip(self.shift) {
                *x = (*x - mean) * inverse * scale + shift;
            }
        }
    }
}

/// Room for one head of one window.
#[derive(Debug, Default)]
pub(super) struct Room {
    keys: Vec<f32>,
    values: Vec<f32>,
    shares: Vec<f32>,
    seen: Vec<f32>,
}

/// One window's attention.
pub(super) struct Attend<'a> {
    /// Query, key and value of each piece, side by side.
    pub(super) rows: &'a [f32],
    pub(super) hidden: usize,
    pub(super) heads: usize,
    pub(super) room: &'a mut Room,
    /// What each piece sees.
    pub(super) out: &'a mut [f32],
}

impl SimdOp for Attend<'_> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(self, isa: I) {
        let (hidden, row) = (self.hidden, 3 * self.hidden);
        let (length, width) = (self.rows.len() / row, hidden / self.heads);
        let (long, wide) = (length.next_multiple_of(SPAN), width.next_multiple_of(SPAN));
        let scale = 1.0 / (width as f32).sqrt();
        let Room { keys, values, shares, seen } = self.room;
        // What fills up is never read into a result.
        keys.resize(width * long, 0.0);
        values.resize(length * wide, 0.0);
        shares.resize(ROWS * long, 0.0);
        seen.resize(ROWS * wide, 0.0);
        for head in (0..hidden).step_by(width) {
            // The keys are turned around, a few pieces at a time so that whole lines of the cache are written.
            for (number, pieces) in self.rows.chunks(LANES * row).enumerate() {
                for c in 0..width {
                    let keys = keys[c * long + number * LANES..].iter_mut();
                    keys.zip(pieces.chunks_exact(row)).for_each(|(key, piece)| *key = piece[hidden + head + c]);
                }
            }
            for (value, piece) in values.chunks_exact_mut(wide).zip(self.rows.chunks_exact(row)) {
                value[..width].copy_from_slice(&piece[2 * hidden + head..][..width]);
            }
            for first in (0..length).step_by(ROWS) {
                let piece = |r: usize| (first + r).min(length - 1);
                let queries: [&[f32]; ROWS] = std::array::from_fn(|r| &self.rows[piece(r) * row + head..][..width]);
                products(isa, queries, keys, shares);
                for row in shares.chunks_exact_mut(long) {
                    softmax(row, length, scale);
                }
                let by: [&[f32]; ROWS] = std::array::from_fn(|r| &shares[r * long..][..length]);
                products(isa, by, values, seen);
                for (r, seen) in seen.chunks_exact(wide).enumerate().take(length - first) {
                    self.out[(first + r) * hidden + head..][..width].copy_from_slice(&seen[..width]);
                }
            }
        }
    }
}

/// The rows `by` times the matrix `numbers`, which has as many rows as they have numbers and some whole spans of
/// columns; row by row into `out`.
#[inline(always)]
fn products<I: Isa>(isa: I, by: [&[f32]; ROWS], numbers: &[f32], out: &mut [f32]) {
    let ops = isa.f32();
    let (wide, length, lanes) = (out.len() / ROWS, by[0].len(), ops.len());
    let by = by.map(|row| &row[..length]);
    for from in (0..wide).step_by(2 * lanes) {
        let mut sums = [[ops.zero(); 2]; ROWS];
        for (at, row) in numbers.chunks_exact(wide).enumerate().take(length) {
            let row = &row[from..from + 2 * lanes];
            let (first, second) = (ops.load(row), ops.load(&row[lanes..]));
            for (sums, by) in sums.iter_mut().zip(&by) {
                let by = ops.splat(by[at]);
                // Not fused, so that every CPU comes to the same.
                sums[0] = ops.add(sums[0], ops.mul(by, first));
                sums[1] = ops.add(sums[1], ops.mul(by, second));
            }
        }
        for (sums, out) in sums.iter().zip(out.chunks_exact_mut(wide)) {
            ops.store(sums[0], &mut out[from..]);
            ops.store(sums[1], &mut out[from + lanes..]);
        }
    }
}

/// The softmax of `scale` times the first `length` numbers of a row, which has room for whole lanes.
#[inline(always)]
fn softmax(row: &mut [f32], length: usize, scale: f32) {
    let (_, top) = bounds(&row[..length]);
    let row = &mut row[..length.next_multiple_of(LANES)];
    for x in row.iter_mut() {
        *x = exp((*x - top) * scale);
    }
    let inverse = 1.0 / lane_sum(&row[..length], |x| x);
    for x in row.iter_mut() {
        *x *= inverse;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rten_simd::isa::GenericIsa;

    fn values_of(count: usize) -> Vec<f32> {
        (0..count).map(|at| ((at * 7919) % 2003) as f32 / 400.0 - 2.5).collect()
    }

    fn near(values: &[f32], wanted: impl Fn(usize) -> f64) {
        for (at, value) in values.iter().enumerate() {
            let wanted = wanted(at);
            assert!((f64::from(*value) - wanted).abs() < 2e-5, "{at}: {value} for {wanted}");
        }
    }

    #[test]
    fn attention_is_a_mean_of_values_by_likeness() {
        for (length, hidden, heads) in [(1, 8, 2), (5, 6, 2), (35, 64, 2), (67, 40, 1)] {
            let rows = values_of(length * 3 * hidden);
            let mut out = vec![0.0; length * hidden];
            let mut room = Room::default();
            // Another window has left its numbers behind.
            let other = vec![9.0; 80 * 3 * hidden];
            let mut left = vec![0.0; 80 * hidden];
            Attend { rows: &other, hidden, heads, room: &mut room, out: &mut left }.dispatch();
            Attend { rows: &rows, hidden, heads, room: &mut room, out: &mut out }.dispatch();
            let width = hidden / heads;
            let at = |piece: usize, part: usize, c: usize| f64::from(rows[(piece * 3 + part) * hidden + c]);
            near(&out, |place| {
                let (piece, c) = (place / hidden, place % hidden);
                let head = c / width * width;
                let like = |other: usize| {
                    let sum: f64 = (head..head + width).map(|c| at(piece, 0, c) * at(other, 1, c)).sum();
                    sum / (width as f64).sqrt()
                };
                let top = (0..length).map(like).fold(f64::MIN, f64::max);
                let shares: Vec<f64> = (0..length).map(|other| (like(other) - top).exp()).collect();
                let sum: f64 = shares.iter().sum();
                shares.iter().enumerate().map(|(other, share)| share * at(other, 2, c)).sum::<f64>() / sum
            });
        }
    }

    #[test]
    fn every_cpu_comes_to_the_same_bits() {
        // Without any vectors, and with the widest that are here.
        let plain = GenericIsa::new();
        let bits = |numbers: &[f32]| numbers.iter().map(|number| number.to_bits()).collect::<Vec<_>>();
        let (hidden, heads, rows) = (40, 2, values_of(37 * 120));
        let mut out = [vec![0.0; 37 * hidden], vec![0.0; 37 * hidden]];
        let [one, two] = &mut out;
        Attend { rows: &rows, hidden, heads, room: &mut Room::default(), out: one }.eval(plain);
        Attend { rows: &rows, hidden, heads, room: &mut Room::default(), out: two }.dispatch();
        assert_eq!(bits(one), bits(two));
        for activation in [Activation::Gelu, Activation::GeluTanh, Activation::Silu] {
            let (mut one, mut two) = (rows.clone(), rows.clone());
            Activate { activation, rows: &mut one }.eval(plain);
            Activate { activation, rows: &mut two }.dispatch();
            assert_eq!(bits(&one), bits(&two));
        }
        let (scale, shift, epsilon) = (values_of(120), values_of(120), 1e-5);
        let (mut one, mut two) = (rows.clone(), rows.clone());
        AddNorm { rows: &mut one, more: None, scale: &scale, shift: &shift, epsilon }.eval(plain);
        AddNorm { rows: &mut two, more: None, scale: &scale, shift: &shift, epsilon }.dispatch();
        assert_eq!(bits(&one), bits(&two));
    }

    #[test]
    fn activations_are_the_published_ones() {
        let x = values_of(333);
        let apply = |activation| {
            let mut rows = x.clone();
            Activate { activation, rows: &mut rows }.dispatch();
            rows
        };
        let of = |at: usize| f64::from(x[at]);
        near(&apply(Activation::Relu), |at| of(at).max(0.0));
        near(&apply(Activation::Silu), |at| of(at) / (1.0 + (-of(at)).exp()));
        let inner = |x: f64| (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x * x * x);
        near(&apply(Activation::GeluTanh), |at| 0.5 * of(at) * (1.0 + inner(of(at)).tanh()));
        // The integral of the density by small steps.
        let below = |x: f64| {
            let density = |t: f64| (-0.5 * t * t).exp() / (2.0 * std::f64::consts::PI).sqrt();
            let step = x / 2000.0;
            0.5 + (0..2000).map(|at| density((f64::from(at) + 0.5) * step) * step).sum::<f64>()
        };
        near(&apply(Activation::Gelu), |at| of(at) * below(of(at)));
    }

    #[test]
    fn rows_are_added_and_normalised() {
        let (mut rows, more) = (values_of(70), values_of(140)[70..].to_vec());
        let sums: Vec<f64> = rows.iter().zip(&more).map(|(a, b)| f64::from(a + b)).collect();
        let (scale, shift) = (values_of(35), values_of(35));
        AddNorm { rows: &mut rows, more: Some(&more), scale: &scale, shift: &shift, epsilon: 1e-5 }.dispatch();
        near(&rows, |at| {
            let row = &sums[at / 35 * 35..][..35];
            let mean = row.iter().sum::<f64>() / 35.0;
            let variance = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 35.0;
            (sums[at] - mean) / (variance + 1e-5).sqrt() * f64::from(scale[at % 35]) + f64::from(shift[at % 35])
        });
    }

    #[test]
    fn steps_are_off_by_half_a_step_at_most() {
        let rows = [values_of(100), vec![0.25; 100]].concat();
        let (mut digits, mut scales) = (vec![0; 400], vec![Scale::default(); 2]);
        ToSteps { rows: &rows, width: 100, digits: &mut digits, scales: &mut scales }.dispatch();
        assert_eq!(digits.iter().max(), Some(&127));
        assert_eq!(scales[1], Scale { low: 0.25, size: 0.0 });
        for (at, x) in rows.iter().enumerate() {
            let scale = scales[at / 100];
            let step = f32::from(digits[at]) * 128.0 + f32::from(digits[200 + at]);
            let back = scale.low + step * scale.size;
            assert!((x - back).abs() <= scale.size * 0.51, "{x} as {back}");
        }
    }
}

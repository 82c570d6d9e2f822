//! Fused operations with their derivatives: candle's own fused ones have none, and its plain ones take many
//! passes. On other devices than the CPU they fall back to candle's.

use candle_core::{CpuStorage, CustomOp1, CustomOp2, CustomOp3, Error, Layout, Result, Shape, Tensor};

/// The values of a contiguous tensor of 32-bit numbers.
fn slice<'s>(storage: &'s CpuStorage, layout: &Layout) -> Result<&'s [f32]> {
    let (start, end) = layout.contiguous_offsets().ok_or_else(|| Error::Msg("a tensor is not contiguous".into()))?;
    Ok(&storage.as_slice::<f32>()?[start..end])
}

/// The values of a tensor, copied.
fn values(tensor: &Tensor) -> Result<Vec<f32>> {
    tensor.flatten_all()?.to_vec1()
}

/// e to the power of `x`, to about 1e-7; written so that compilers make vectors of it.
#[inline(always)]
#[expect(clippy::excessive_precision, reason = "the published coefficients")]
pub(super) fn exp(x: f32) -> f32 {
    // Adding this number leaves the rounded integer in the low bits.
    const ROUND: f32 = 12_582_912.0;
    let x = x.clamp(-87.0, 88.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let whole = shifted - ROUND;
    let rest = x - whole * 0.693_359_375 + whole * 2.121_944_4e-4;
    let poly = 1.987_569_1e-4 * rest + 1.398_199_9e-3;
    let poly = poly * rest + 8.333_452e-3;
    let poly = poly * rest + 4.166_579_6e-2;
    let poly = poly * rest + 1.666_666_5e-1;
    let poly = poly * rest + 0.5;
    let poly = poly * rest * rest + rest + 1.0;
    let power = (shifted.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(127)) << 23;
    poly * f32::from_bits(power)
}

/// The error function, to 1e-7, as a quotient of polynomials.
#[inline(always)]
#[expect(clippy::inline_always, reason = "`lanes` compiles it for the vectors of the CPU")]
pub(super) fn erf(x: f32) -> f32 {
    let x = x.clamp(-4.0, 4.0);
    let square = x * x;
    let above = square * -2.726_142_3e-10 + 2.770_681_4e-8;
    let above = above * square - 2.101_024e-6;
    let above = above * square - 5.692_506_4e-5;
    let above = above * square - 7.349_906_5e-4;
    let above = above * square - 2.954_6e-3;
    let above = above * square - 1.609_603_3e-2;
    let below = square * -1.456_607_2e-5 - 2.133_740_5e-4;
    let below = below * square - 1.682_827e-3;
    let below = below * square - 7.373_329e-3;
    let below = below * square - 1.426_473_9e-2;
    x * above / below
}

/// The Gaussian error linear unit, exact form.
struct Gelu;

impl CustomOp1 for Gelu {
    fn name(&self) -> &'static str {
        "gelu"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let x = slice(storage, layout)?;
        let out = x.iter().map(|x| 0.5 * x * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2))).collect();
        Ok((CpuStorage::F32(out), layout.shape().clone()))
    }

    fn bwd(&self, arg: &Tensor, _res: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        // 1 / √(2π)
        const DENSITY: f32 = 0.398_942_3;
        let mut x = values(arg)?;
        for (x, grad) in x.iter_mut().zip(&values(grad)?) {
            let below = 0.5 * (1.0 + erf(*x * std::f32::consts::FRAC_1_SQRT_2));
            *x = grad * (below + *x * DENSITY * exp(-0.5 * *x * *x));
        }
        Ok(Some(Tensor::from_vec(x, arg.shape(), arg.device())?))
    }
}

/// The Gaussian error linear unit of every value.
pub(super) fn gelu(x: &Tensor) -> Result<Tensor> {
    if x.device().is_cpu() { x.apply_op1(Gelu) } else { x.gelu_erf() }
}

/// Adds a vector to every row.
struct AddBias;

impl CustomOp2 for AddBias {
    fn name(&self) -> &'static str {
        "add-bias"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let (x, bias) = (slice(s1, l1)?, slice(s2, l2)?);
        let mut out = Vec::with_capacity(x.len());
        for row in x.chunks_exact(bias.len()) {
            out.extend(row.iter().zip(bias).map(|(x, bias)| x + bias));
        }
        Ok((CpuStorage::F32(out), l1.shape().clone()))
    }

    fn bwd(&self, _: &Tensor, bias: &Tensor, _: &Tensor, grad: &Tensor) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let rows = values(grad)?;
        let mut sums = vec![0.0; bias.elem_count()];
        add_rows(&rows, &mut sums);
        Ok((Some(grad.clone()), Some(Tensor::from_vec(sums, bias.shape(), bias.device())?)))
    }
}

/// Adds every row to `sums`.
fn add_rows(rows: &[f32], sums: &mut [f32]) {
    for row in rows.chunks_exact(sums.len()) {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += value;
        }
    }
}

/// Adds `bias` to every row of `x`.
pub(super) fn add_bias(x: &Tensor, bias: &Tensor) -> Result<Tensor> {
    if x.device().is_cpu() { x.apply_op2(bias, AddBias) } else { x.broadcast_add(bias) }
}

/// Layer normalisation over the last dimension.
struct LayerNorm {
    epsilon: f32,
}

/// Mean and inverse deviation of a row.
#[inline]
fn moments(row: &[f32], epsilon: f32) -> (f32, f32) {
    let length = row.len() as f32;
    let mean = lane_sum(row, |x| x) / length;
    let variance = lane_sum(row, |x| (x - mean) * (x - mean)) / length;
    (mean, 1.0 / (variance + epsilon).sqrt())
}

/// The sum of `f` over `row`, in eight running sums so that it becomes vectors.
#[inline]
fn lane_sum(row: &[f32], f: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0_f32; 8];
    let chunks = row.chunks_exact(8);
    let rest: f32 = chunks.remainder().iter().map(|x| f(*x)).sum();
    for chunk in chunks {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane += f(*x);
        }
    }
    lanes.iter().sum::<f32>() + rest
}

impl CustomOp3 for LayerNorm {
    fn name(&self) -> &'static str {
        "layer-norm"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
        s3: &CpuStorage,
        l3: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (x, scale, shift) = (slice(s1, l1)?, slice(s2, l2)?, slice(s3, l3)?);
        let mut out = Vec::with_capacity(x.len());
        for row in x.chunks_exact(scale.len()) {
            let (mean, inverse) = moments(row, self.epsilon);
            out.extend(row.iter().zip(scale).zip(shift).map(|((x, a), b)| (x - mean) * inverse * a + b));
        }
        Ok((CpuStorage::F32(out), l1.shape().clone()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        scale: &Tensor,
        shift: &Tensor,
        _res: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let width = scale.elem_count();
        let (mut rows, weights, grads) = (values(x)?, values(scale)?, values(grad)?);
        let (mut scale_sums, mut shift_sums) = (vec![0.0_f32; width], vec![0.0_f32; width]);
        add_rows(&grads, &mut shift_sums);
        let mut weighted = vec![0.0_f32; width];
        for (row, grad) in rows.chunks_exact_mut(width).zip(grads.chunks_exact(width)) {
            let (mean, inverse) = moments(row, self.epsilon);
            for (at, x) in row.iter_mut().enumerate() {
                *x = (*x - mean) * inverse;
                scale_sums[at] += grad[at] * *x;
                weighted[at] = grad[at] * weights[at];
            }
            let mean_grad = lane_sum(&weighted, |g| g) / width as f32;
            let mut along = [0.0_f32; 8];
            for (g, x) in weighted.chunks_exact(8).zip(row.chunks_exact(8)) {
                for lane in 0..8 {
                    along[lane] += g[lane] * x[lane];
                }
            }
            let rest = width / 8 * 8;
            let rest: f32 = weighted[rest..].iter().zip(&row[rest..]).map(|(g, x)| g * x).sum();
            let along = (along.iter().sum::<f32>() + rest) / width as f32;
            for (x, g) in row.iter_mut().zip(&weighted) {
                *x = inverse * (g - mean_grad - *x * along);
            }
        }
        Ok((
            Some(Tensor::from_vec(rows, x.shape(), x.device())?),
            Some(Tensor::from_vec(scale_sums, scale.shape(), x.device())?),
            Some(Tensor::from_vec(shift_sums, shift.shape(), x.device())?),
        ))
    }
}

/// Normalises every row of `x`, then scales and shifts it.
pub(super) fn layer_norm(x: &Tensor, scale: &Tensor, shift: &Tensor, epsilon: f32) -> Result<Tensor> {
    if x.device().is_cpu() {
        x.apply_op3(scale, shift, LayerNorm { epsilon })
    } else {
        candle_nn::ops::layer_norm(x, scale, shift, epsilon)
    }
}

/// Softmax of `scale` times the last dimension of scores (batch, heads, from, to), where the mask
/// (batch, to) is not 0.
struct MaskedSoftmax {
    scale: f32,
}

impl CustomOp2 for MaskedSoftmax {
    fn name(&self) -> &'static str {
        "masked-softmax"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let (scores, mask) = (slice(s1, l1)?, slice(s2, l2)?);
        let (batch, heads, from, to) = l1.shape().dims4()?;
        if mask.len() != batch * to {
            return Err(Error::Msg(format!("a mask of {} values for {batch} times {to}", mask.len())));
        }
        let mut out = vec![0.0_f32; scores.len()];
        for (at, (row, out)) in scores.chunks_exact(to).zip(out.chunks_exact_mut(to)).enumerate() {
            let mask = &mask[at / (heads * from) * to..][..to];
            let mut top = [f32::MIN; 8];
            for (row, mask) in row.chunks(8).zip(mask.chunks(8)) {
                for ((top, x), mask) in top.iter_mut().zip(row).zip(mask) {
                    *top = if *mask == 0.0 || *top > *x { *top } else { *x };
                }
            }
            let top = top.iter().fold(f32::MIN, |a, b| a.max(*b));
            for ((out, x), mask) in out.iter_mut().zip(row).zip(mask) {
                *out = exp((x - top) * self.scale) * mask;
            }
            let sum = lane_sum(out, |x| x);
            let inverse = if sum > 0.0 { 1.0 / sum } else { 0.0 };
            for out in out.iter_mut() {
                *out *= inverse;
            }
        }
        Ok((CpuStorage::F32(out), l1.shape().clone()))
    }

    fn bwd(&self, _: &Tensor, _: &Tensor, res: &Tensor, grad: &Tensor) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let to = res.dim(3)?;
        let (mut shares, grads) = (values(res)?, values(grad)?);
        for (row, grad) in shares.chunks_exact_mut(to).zip(grads.chunks_exact(to)) {
            let along: f32 = row.iter().zip(grad).map(|(p, g)| p * g).sum();
            for (share, grad) in row.iter_mut().zip(grad) {
                *share *= (grad - along) * self.scale;
            }
        }
        Ok((Some(Tensor::from_vec(shares, res.shape(), res.device())?), None))
    }
}

/// Shares of attention: scores (batch, heads, from, to), mask (batch, to) of 1 and 0.
pub(super) fn masked_softmax(scores: &Tensor, mask: &Tensor, scale: f64) -> Result<Tensor> {
    if scores.device().is_cpu() {
        return scores.apply_op2(mask, MaskedSoftmax { scale: scale as f32 });
    }
    let hidden = ((mask.unsqueeze(1)?.unsqueeze(1)? - 1.0)? * 1e30)?;
    candle_nn::ops::softmax_last_dim(&(scores * scale)?.broadcast_add(&hidden)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail")]

    use super::*;
    use candle_core::{Device, Var};

    fn values_of(count: usize) -> Vec<f32> {
        (0..count).map(|at| ((at * 7919 % 29) as f32 - 14.0) / 9.0).collect()
    }

    /// Compares the derivative of a weighed sum of `f` by each value of `inputs` with its slope.
    fn check(inputs: &[Vec<usize>], f: impl Fn(&[Tensor]) -> Tensor) {
        let make = |shape: &Vec<usize>| {
            let count = shape.iter().product();
            Var::from_vec(values_of(count), shape.as_slice(), &Device::Cpu).unwrap()
        };
        let vars: Vec<Var> = inputs.iter().map(make).collect();
        let sum = |tensors: &[Tensor]| {
            let out = f(tensors);
            let weights: Vec<f32> = values_of(out.elem_count()).iter().map(|v| v + 0.3).collect();
            (out.clone() * Tensor::from_vec(weights, out.shape(), &Device::Cpu).unwrap()).unwrap().sum_all().unwrap()
        };
        let tensors: Vec<Tensor> = vars.iter().map(|var| var.as_tensor().clone()).collect();
        let grads = sum(&tensors).backward().unwrap();
        for (number, var) in vars.iter().enumerate() {
            let Some(grad) = grads.get(var.as_tensor()) else { continue };
            let grad = values(grad).unwrap();
            let own = values(var.as_tensor()).unwrap();
            for (at, expected) in grad.iter().enumerate() {
                let moved = |by: f32| {
                    let mut values = own.clone();
                    values[at] += by;
                    let mut tensors = tensors.clone();
                    tensors[number] = Tensor::from_vec(values, var.as_tensor().shape(), &Device::Cpu).unwrap();
                    sum(&tensors).to_scalar::<f32>().unwrap()
                };
                let slope = (moved(0.01) - moved(-0.01)) / 0.02;
                assert!((slope - expected).abs() < 5e-3 * expected.abs().max(1.0), "{number}/{at}: {slope} {expected}");
            }
        }
    }

    #[test]
    fn derivatives_are_slopes() {
        check(&[vec![3, 8]], |x| gelu(&x[0]).unwrap());
        check(&[vec![3, 5], vec![5]], |x| add_bias(&x[0], &x[1]).unwrap());
        check(&[vec![3, 10], vec![10], vec![10]], |x| layer_norm(&x[0], &x[1], &x[2], 1e-5).unwrap());
        check(&[vec![2, 2, 3, 4]], |x| {
            let mask = Tensor::new(&[[1.0_f32, 1.0, 1.0, 0.0], [1.0; 4]], &Device::Cpu).unwrap();
            masked_softmax(&x[0], &mask, 0.7).unwrap()
        });
    }

    #[test]
    fn values_agree_with_the_plain_forms() {
        let x =
            Tensor::from_vec((0..801).map(|at| (at as f32 - 400.0) / 50.0).collect(), (3, 267), &Device::Cpu).unwrap();
        let apart = |a: &Tensor, b: &Tensor| {
            let worst = (a - b).unwrap().abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap();
            assert!(worst < 2e-6, "{worst}");
        };
        apart(&gelu(&x).unwrap(), &x.gelu_erf().unwrap());
        let scores = x.reshape((1, 1, 3, 267)).unwrap();
        let mask = Tensor::ones((1, 267), candle_core::DType::F32, &Device::Cpu).unwrap();
        let plain = candle_nn::ops::softmax_last_dim(&scores).unwrap();
        apart(&masked_softmax(&scores, &mask, 1.0).unwrap(), &plain);
        let (ones, zeros) = (mask.reshape(267).unwrap(), mask.reshape(267).unwrap().zeros_like().unwrap());
        let plain = candle_nn::ops::layer_norm_slow(&x, &ones, &zeros, 1e-5).unwrap();
        apart(&layer_norm(&x, &ones, &zeros, 1e-5).unwrap(), &plain);
        for (value, power) in
            [(0.0_f32, 1.0_f32), (1.0, std::f32::consts::E), (-3.0, 0.049_787_07), (20.0, 4.851_652e8)]
        {
            assert!((exp(value) / power - 1.0).abs() < 3e-7, "{value}");
        }
        assert!(exp(-1e30) < 1e-37);
    }
}

//! Dropout from a seed: the same seed hides the same values.

use candle_core::{Result, Tensor};
use std::cell::Cell;

/// What is hidden while training; nothing when marking.
#[derive(Debug)]
pub(super) struct Dropout {
    state: Cell<u64>,
    /// Share hidden, in 256ths.
    share: u8,
}

impl Dropout {
    /// Hides nothing.
    pub(super) fn none() -> Self {
        Self { state: Cell::new(1), share: 0 }
    }

    /// Hides about `share` of the values, by a generator started with `seed`.
    pub(super) fn new(share: f32, seed: u64) -> Self {
        #[expect(clippy::cast_sign_loss, reason = "held above 0")]
        let share = (share.clamp(0.0, 0.9) * 256.0) as u8;
        Self { state: Cell::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1), share }
    }

    /// Where its generator stands.
    pub(super) fn state(&self) -> u64 {
        self.state.get()
    }

    /// Puts its generator where another one stood.
    pub(super) fn restore(&self, state: u64) {
        self.state.set(state);
    }

    /// `x` with a part of its values hidden and the others raised to keep the mean.
    pub(super) fn apply(&self, x: Tensor) -> Result<Tensor> {
        if self.share == 0 {
            return Ok(x);
        }
        let kept = 256.0 / (256.0 - f32::from(self.share));
        let mut mask = Vec::with_capacity(x.elem_count() + 8);
        let mut state = self.state.get();
        while mask.len() < x.elem_count() {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            // The low bits of such a generator are weak.
            let mixed = state.wrapping_mul(0x2545_f491_4f6c_dd1d);
            mask.extend(mixed.to_le_bytes().map(|byte| if byte < self.share { 0.0 } else { kept }));
        }
        self.state.set(state);
        mask.truncate(x.elem_count());
        let mask = Tensor::from_vec(mask, x.shape(), x.device())?;
        x * mask
    }
}

//! Exact numbers: a decimal over a whole denominator, small enough to live without allocation.

use bigdecimal::BigDecimal;
use bigdecimal::num_bigint::BigInt;
use std::cmp::Ordering;

/// The longest run of digits that a [`Number`] holds; what is longer has no value.
pub(super) const MAX_DIGITS: usize = 36;

/// An exact number, `numerator / (denominator × 10^scale)`. Trailing zeros that were written stay
/// (`2.50` has scale 2). All arithmetic is checked: what outgrows 128 bits gives nothing.
#[derive(Clone, Copy, Debug)]
pub struct Number {
    numerator: i128,
    denominator: i128,
    scale: u32,
}

impl Number {
    /// Zero.
    pub const ZERO: Self = Self::whole(0);

    /// A whole number.
    pub const fn whole(value: i128) -> Self {
        Self { numerator: value, denominator: 1, scale: 0 }
    }

    /// The digits `whole` and, behind the point, `decimals`: ASCII digits; nothing when they are too many.
    pub fn from_digits(whole: impl Iterator<Item = u8>, decimals: impl Iterator<Item = u8>) -> Option<Self> {
        let mut numerator = 0_i128;
        let mut scale = 0;
        for (digit, behind) in whole.map(|digit| (digit, 0)).chain(decimals.map(|digit| (digit, 1))) {
            numerator = numerator.checked_mul(10)?.checked_add(i128::from(digit.wrapping_sub(b'0')))?;
            scale += behind;
        }
        (scale <= MAX_DIGITS as u32).then_some(Self { numerator, denominator: 1, scale })
    }

    /// This number times ten to the `power`.
    pub fn shifted(self, power: u32) -> Option<Self> {
        let (kept, rest) = (self.scale.saturating_sub(power), power.saturating_sub(self.scale));
        let numerator = self.numerator.checked_mul(10_i128.checked_pow(rest)?)?;
        Some(Self { numerator, scale: kept, ..self })
    }

    /// This number divided by ten to the `power`.
    pub fn unshifted(self, power: u32) -> Option<Self> {
        let scale = self.scale.checked_add(power)?;
        (scale <= MAX_DIGITS as u32).then_some(Self { scale, ..self })
    }

    /// The product.
    pub fn times(self, other: Self) -> Option<Self> {
        Some(
            Self {
                numerator: self.numerator.checked_mul(other.numerator)?,
                denominator: self.denominator.checked_mul(other.denominator)?,
                scale: self.scale.checked_add(other.scale)?,
            }
            .reduced(),
        )
    }

    /// The sum.
    pub fn plus(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let aligned = |number: Self| number.numerator.checked_mul(10_i128.checked_pow(scale - number.scale)?);
        let left = aligned(self)?.checked_mul(other.denominator)?;
        let right = aligned(other)?.checked_mul(self.denominator)?;
        let denominator = self.denominator.checked_mul(other.denominator)?;
        Some(Self { numerator: left.checked_add(right)?, denominator, scale }.reduced())
    }

    /// The quotient by another number; nothing when that is zero.
    pub fn over(self, other: Self) -> Option<Self> {
        if other.numerator == 0 {
            return None;
        }
        let sign = other.numerator.signum();
        let numerator = self.numerator.checked_mul(other.denominator)?.checked_mul(sign)?;
        let denominator = self.denominator.checked_mul(other.numerator.checked_abs()?)?;
        let quotient = Self { numerator, denominator, scale: self.scale };
        let raised = quotient.numerator.checked_mul(10_i128.checked_pow(other.scale)?)?;
        Some(Self { numerator: raised, ..quotient }.reduced())
    }

    /// This number multiplied by itself, `power` times in all; its reciprocal where `power` is below zero.
    pub fn power(self, power: i32) -> Option<Self> {
        let mut product = Self::whole(1);
        for _ in 0..power.unsigned_abs() {
            product = product.times(self)?;
        }
        if power < 0 { Self::whole(1).over(product) } else { Some(product) }
    }

    /// The same number below zero (or above, when it was below).
    pub fn negated(self) -> Self {
        Self { numerator: -self.numerator, ..self }
    }

    /// Whether it is below zero.
    pub fn is_negative(self) -> bool {
        self.numerator < 0
    }

    /// The number when it is whole and fits.
    pub fn to_whole(self) -> Option<i64> {
        let divisor = self.denominator.checked_mul(10_i128.checked_pow(self.scale)?)?;
        (self.numerator % divisor == 0).then(|| i64::try_from(self.numerator / divisor).ok()).flatten()
    }

    /// The exact decimal; nothing when its digits never end (`1/3`).
    pub fn to_decimal(self) -> Option<BigDecimal> {
        let (mut numerator, mut scale, mut denominator) = (self.numerator, self.scale, self.denominator);
        for (prime, partner) in [(2, 5), (5, 2)] {
            while denominator % prime == 0 {
                denominator /= prime;
                numerator = numerator.checked_mul(partner)?;
                scale += 1;
            }
        }
        if denominator != 1 {
            return None;
        }
        if self.denominator != 1 {
            while scale > 0 && numerator % 10 == 0 {
                (numerator, scale) = (numerator / 10, scale - 1);
            }
        }
        Some(BigDecimal::new(BigInt::from(numerator), i64::from(scale)))
    }

    /// Numerator and denominator in lowest terms, when both fit.
    pub fn to_fraction(self) -> Option<(i64, i64)> {
        let denominator = self.denominator.checked_mul(10_i128.checked_pow(self.scale)?)?;
        let divisor = greatest_divisor(self.numerator, denominator);
        Some((i64::try_from(self.numerator / divisor).ok()?, i64::try_from(denominator / divisor).ok()?))
    }

    /// Which is greater; nothing when the comparison outgrows 128 bits.
    pub fn compare(self, other: Self) -> Option<Ordering> {
        let difference = self.plus(other.negated())?;
        Some(difference.numerator.cmp(&0))
    }

    /// Lowest terms of numerator and denominator; a plain decimal stays as it was written.
    fn reduced(self) -> Self {
        if self.denominator == 1 {
            return self;
        }
        let divisor = greatest_divisor(self.numerator, self.denominator);
        Self { numerator: self.numerator / divisor, denominator: self.denominator / divisor, ..self }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.compare(*other) == Some(Ordering::Equal)
    }
}

/// Euclid's greatest common divisor, at least 1.
fn greatest_divisor(left: i128, right: i128) -> i128 {
    let (mut left, mut right) = (left.unsigned_abs(), right.unsigned_abs());
    while right != 0 {
        (left, right) = (right, left % right);
    }
    i128::try_from(left).unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::Number;

    fn decimal(text: &str) -> Number {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        Number::from_digits(whole.bytes(), decimals.bytes()).unwrap()
    }

    #[test]
    fn written_zeros_stay_and_shifting_eats_them() {
        assert_eq!(decimal("2.50").to_decimal().unwrap().to_plain_string(), "2.50");
        assert_eq!(decimal("2.5").shifted(6).unwrap().to_decimal().unwrap().to_plain_string(), "2500000");
    }

    #[test]
    fn thirds_stay_exact() {
        let third = Number::whole(1).over(Number::whole(3)).unwrap();
        assert_eq!(third.to_decimal(), None);
        assert_eq!(third.to_fraction(), Some((1, 3)));
        assert_eq!(third.times(Number::whole(6)).unwrap().to_whole(), Some(2));
        let quarter = Number::whole(1).over(Number::whole(4)).unwrap();
        assert_eq!(quarter.plus(decimal("2.0")).unwrap().to_decimal().unwrap().to_plain_string(), "2.25");
    }

    #[test]
    fn what_outgrows_gives_nothing() {
        assert!(decimal("9").shifted(40).is_none());
        assert!(Number::from_digits([b'9'; 500].into_iter(), [].into_iter()).is_none());
    }
}

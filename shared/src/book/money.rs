//! Money, counted in whole millionths of a US dollar.

use std::{fmt, iter::Sum, ops};

use serde::{Deserialize, Serialize};

/// An amount in millionths of a US dollar; sums saturate instead of wrapping.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Micros(pub u64);

impl Micros {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// Returns an amount given in dollars, rounded to the nearest millionth; negative and unusable amounts are none.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast of a float saturates")]
    pub fn from_usd(dollars: f64) -> Self {
        Self((dollars * 1e6).round() as u64)
    }

    /// Returns what is left after taking `other` away; never below zero.
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl ops::Add for Micros {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl ops::AddAssign for Micros {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Micros {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, ops::Add::add)
    }
}

impl fmt::Display for Micros {
    /// Writes dollars: two decimals from one dollar on, four below, since a section costs cents.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[expect(clippy::cast_precision_loss, reason = "an amount is shown, not computed with")]
        let dollars = self.0 as f64 / 1e6;
        if self.0 == 0 || dollars >= 1.0 { write!(f, "${dollars:.2}") } else { write!(f, "${dollars:.4}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_shown_in_dollars_and_never_below_zero() {
        assert_eq!(Micros(12_345_678).to_string(), "$12.35");
        assert_eq!(Micros(1_500).to_string(), "$0.0015");
        assert_eq!(Micros::ZERO.to_string(), "$0.00");
        assert_eq!(Micros::from_usd(-1.0), Micros::ZERO);
        assert_eq!(Micros(3).less(Micros(5)), Micros::ZERO);
    }
}

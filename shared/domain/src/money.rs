//! Money in whole micro-dollars, so that sums are exact.

use std::{
    fmt,
    iter::Sum,
    ops::{Add, AddAssign},
    str::FromStr,
};

use serde::{Deserialize, Serialize};

const PER_DOLLAR: u64 = 1_000_000;
const PER_CENT: u64 = 10_000;

/// An amount of money in millionths of a US dollar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Micros(pub u64);

impl Micros {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// Returns the amount in dollars, which is for showing only: a sum of such numbers would drift.
    #[expect(clippy::cast_precision_loss, reason = "exact up to nine billion dollars")]
    pub fn dollars(self) -> f64 {
        self.0 as f64 / PER_DOLLAR as f64
    }

    /// Returns an amount that a provider gives as a number of dollars, rounded up; `None` where it is no amount.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the number was found to be in range")]
    pub fn of_dollars(dollars: f64) -> Option<Self> {
        const MOST: f64 = 1e6;
        let is_amount = (0.0..=MOST).contains(&dollars);
        // Binary fractions put some amounts a trifle above a whole number.
        is_amount.then(|| Self((dollars * PER_DOLLAR as f64 - 1e-6).max(0.0).ceil() as u64))
    }

    /// Returns the amount less `other`; zero where `other` is more.
    pub fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Add for Micros {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Micros {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Micros {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Micros {
    /// Writes dollars and cents, or four decimal places where the amount is below a cent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 || self.0 >= PER_CENT {
            let cents = self.0.saturating_add(PER_CENT / 2) / PER_CENT;
            return f.pad(&format!("${}.{:02}", cents / 100, cents % 100));
        }
        let hundredths = (self.0 + PER_CENT / 200) / (PER_CENT / 100);
        f.pad(&format!("$0.{:04}", hundredths.max(1)))
    }
}

/// An amount of money that cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an amount of US dollars: write it like `5` or `2.50`")]
pub struct MoneyError(String);

impl FromStr for Micros {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text.trim()).ok_or_else(|| MoneyError(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Micros> {
    let text = text.strip_prefix('$').unwrap_or(text);
    let (dollars, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if dollars.is_empty() || fraction.len() > 6 || !digits(dollars) || !digits(fraction) {
        return None;
    }
    let micros: u64 = format!("{fraction:0<6}").parse().ok()?;
    let dollars: u64 = dollars.parse().ok()?;
    Some(Micros(dollars.checked_mul(PER_DOLLAR)?.checked_add(micros)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_show_cents_and_amounts_below_a_cent_show_four_places() {
        assert_eq!(Micros(0).to_string(), "$0.00");
        assert_eq!(Micros(1_234_567).to_string(), "$1.23");
        assert_eq!(Micros(1_235_000).to_string(), "$1.24");
        assert_eq!(Micros(12_000_000).to_string(), "$12.00");
        assert_eq!(Micros(10_000).to_string(), "$0.01");
        assert_eq!(Micros(9_999).to_string(), "$0.0100");
        assert_eq!(Micros(3_400).to_string(), "$0.0034");
        assert_eq!(Micros(1).to_string(), "$0.0001");
        assert_eq!(Micros(u64::MAX).to_string(), "$18446744073709.55");
    }

    #[test]
    fn amounts_are_read_as_people_write_them() {
        assert_eq!("5".parse(), Ok(Micros(5_000_000)));
        assert_eq!(" $2.50 ".parse(), Ok(Micros(2_500_000)));
        assert_eq!("0.000001".parse(), Ok(Micros(1)));
        for wrong in ["", "$", ".5", "-1", "1e3", "1,50", "0.0000001", "99999999999999999"] {
            assert!(wrong.parse::<Micros>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_amount_from_a_number_is_rounded_up_and_an_odd_number_is_none() {
        assert_eq!(Micros::of_dollars(0.0001234), Some(Micros(124)));
        assert_eq!(Micros::of_dollars(0.95), Some(Micros(950_000)));
        assert_eq!(Micros::of_dollars(0.0), Some(Micros::ZERO));
        for odd in [-0.1, f64::NAN, f64::INFINITY, 1e9] {
            assert_eq!(Micros::of_dollars(odd), None, "{odd}");
        }
    }

    #[test]
    fn sums_do_not_overflow() {
        let sum: Micros = [Micros(u64::MAX), Micros(1)].into_iter().sum();
        assert_eq!(sum, Micros(u64::MAX));
    }
}

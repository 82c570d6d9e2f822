//! Dates without text: grains, TIMEX3 values, calendar arithmetic and holidays.

pub mod timex;

pub use timex::{Timex, TimexKind};

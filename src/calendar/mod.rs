//! Dates without text: units, TIMEX3 values, calendar arithmetic and holidays.

pub mod arithmetic;
pub mod holidays;
pub mod timex;
pub mod unit;
pub mod value;

pub use timex::{Modifier, Timex, TimexKind};
pub use unit::Unit;
pub use value::{Calendar, DayTime, Duration, Number, Part, Reference, Season, Value};

//! Units of time, from the second to the millennium.

use std::str::FromStr;

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unit {
    /// Second.
    Second,
    /// Minute.
    Minute,
    /// Hour.
    Hour,
    /// Day.
    Day,
    /// Saturday and Sunday.
    Weekend,
    /// Monday to Friday.
    Workweek,
    /// ISO week, Monday to Sunday.
    Week,
    /// Two weeks.
    Fortnight,
    /// Month.
    Month,
    /// Three months.
    Quarter,
    /// Three months with a name, December to February being one.
    Season,
    /// Six months.
    Half,
    /// Year.
    Year,
    /// Ten years.
    Decade,
    /// A hundred years.
    Century,
    /// A thousand years.
    Millennium,
}

impl Unit {
    /// All units, the shortest first, with their names in rule files and their letters in a
    /// duration (`T` marks the part after the `T`).
    const TABLE: [(Self, &'static str, &'static str); 16] = [
        (Self::Second, "second", "TS"),
        (Self::Minute, "minute", "TM"),
        (Self::Hour, "hour", "TH"),
        (Self::Day, "day", "D"),
        (Self::Weekend, "weekend", "WE"),
        (Self::Workweek, "workweek", "WD"),
        (Self::Week, "week", "W"),
        (Self::Fortnight, "fortnight", "W"),
        (Self::Month, "month", "M"),
        (Self::Quarter, "quarter", "Q"),
        (Self::Season, "season", "SE"),
        (Self::Half, "half", "H"),
        (Self::Year, "year", "Y"),
        (Self::Decade, "decade", "DE"),
        (Self::Century, "century", "CE"),
        (Self::Millennium, "millennium", "ML"),
    ];

    /// The name in rule files.
    pub fn name(self) -> &'static str {
        Self::TABLE[self as usize].1
    }

    /// The letters in a duration: `Y`, or `M` after a `T`.
    pub fn letters(self) -> &'static str {
        Self::TABLE[self as usize].2.trim_start_matches('T')
    }

    /// Whether the unit is shorter than a day, so that it stands after the `T` of a duration.
    pub fn is_clock(self) -> bool {
        self < Self::Day
    }

    /// The unit with these letters, after a `T` or not.
    pub fn from_letters(letters: &str, clock: bool) -> Option<Self> {
        Self::TABLE
            .iter()
            .find(|(unit, _, own)| own.trim_start_matches('T') == letters && unit.is_clock() == clock)
            .map(|(unit, ..)| *unit)
    }

    /// How many of the plain unit it makes: weeks for a fortnight, months for a quarter or half,
    /// years for a decade and more; the plain unit comes first.
    pub fn plain(self) -> (Self, i32) {
        match self {
            Self::Weekend | Self::Workweek => (Self::Week, 1),
            Self::Fortnight => (Self::Week, 2),
            Self::Quarter | Self::Season => (Self::Month, 3),
            Self::Half => (Self::Month, 6),
            Self::Decade => (Self::Year, 10),
            Self::Century => (Self::Year, 100),
            Self::Millennium => (Self::Year, 1000),
            unit => (unit, 1),
        }
    }
}

impl FromStr for Unit {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::TABLE
            .iter()
            .find(|(_, own, _)| *own == name)
            .map(|(unit, ..)| *unit)
            .ok_or_else(|| format!("{name:?} is no unit of time"))
    }
}

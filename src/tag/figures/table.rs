//! Tables: what a heading says of the bare numbers in its cells (`Revenue (£m) | 121.7`, `Inflation, % | 2.4`).

use super::lexicon::{Unit, UnitKind};
use super::term::{Measure, Term, View};
use crate::numeral::{Form, Gap, Number, Role};
use crate::text::Span;

/// What a heading says of its cells: a magnitude, a measure, or both.
#[derive(Clone, Debug)]
pub(super) struct CellUnit {
    power: u32,
    measure: Measure,
}

/// A cell that a heading tells the unit of: the bytes of it without the bars.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    start: u32,
    end: u32,
    unit: CellUnit,
}

/// Whether a sign between two cells of a row stands anywhere in `text`.
fn has_bars(text: &str) -> bool {
    memchr::memchr2(b'|', b'\t', text.as_bytes()).is_some()
}

impl View<'_> {
    /// Gives `term` the magnitude and measure that the heading of its cell says; whether it has one.
    pub(super) fn add_heading(&self, term: &mut Term) -> bool {
        if term.measure != Measure::None || term.scaled {
            return false;
        }
        let cells = self.cells.get_or_init(|| self.cells_with_units());
        let (Some(first), Some(last)) = (self.pieces.get(term.first), self.pieces.get(term.next - 1)) else {
            return false;
        };
        let place = cells.partition_point(|cell| cell.end < last.end);
        let Some(cell) = cells.get(place).filter(|cell| (cell.start, cell.end) == (first.start, last.end)) else {
            return false;
        };
        // The years of a heading are years, whatever unit stands beside them.
        let is_year = term.bare
            && self.word(term.number).len() == 4
            && term.value.and_then(Number::to_whole).is_some_and(|year| (1900..2100).contains(&year));
        if is_year {
            return false;
        }
        term.value = term.value.and_then(|value| value.shifted(cell.unit.power));
        term.measure = cell.unit.measure.clone();
        (term.scaled, term.bare, term.rule) = (cell.unit.power > 0, false, "table heading");
        true
    }

    /// All cells of the article's tables whose unit a heading tells, in their order.
    fn cells_with_units(&self) -> Vec<Cell> {
        let text = self.pieces.text;
        let mut cells = Vec::new();
        if !has_bars(text) {
            return cells;
        }
        // What the first row of the table says: of all cells, and of each column.
        let mut head: Option<(Option<CellUnit>, Vec<Option<CellUnit>>)> = None;
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let row: Vec<Span> = cells_of(line, start);
            start += line.len();
            if row.len() < 2 {
                head = None;
                continue;
            }
            let own = self.unit_of(row[0]);
            let (all, columns) =
                head.get_or_insert_with(|| (own.clone(), row.iter().skip(1).map(|cell| self.unit_of(*cell)).collect()));
            for (column, cell) in row.iter().skip(1).enumerate() {
                let unit = own.as_ref().or_else(|| columns.get(column)?.as_ref()).or(all.as_ref());
                if let Some(unit) = unit.filter(|_| !cell.is_empty()) {
                    cells.push(Cell { start: cell.start(), end: cell.end(), unit: unit.clone() });
                }
            }
        }
        cells
    }

    /// The unit that the heading in `cell` ends with: in brackets, behind a comma, or alone.
    fn unit_of(&self, cell: Span) -> Option<CellUnit> {
        let list = &self.pieces.list;
        let (from, to) = (
            list.partition_point(|piece| piece.start < cell.start()),
            list.partition_point(|piece| piece.end <= cell.end()),
        );
        let closed = to > from && self.word(to - 1) == ")";
        let end = to - usize::from(closed);
        let open = (from..end).rev().find(|at| self.word(*at) == if closed { "(" } else { "," });
        self.unit_between(open.map_or(from, |open| open + 1), end)
    }

    /// The unit that the pieces `at..end` are, if they are nothing else: `£m`, `in millions`, `% of GDP`, `tonnes`.
    fn unit_between(&self, at: usize, end: usize) -> Option<CellUnit> {
        let mut at = at + usize::from(self.word(at).eq_ignore_ascii_case("in"));
        let mut unit = CellUnit { power: 0, measure: Measure::None };
        let begun = at;
        while at < end {
            let atom = self.pieces.get(at)?.atom;
            let magnitude = matches!(atom.role, Role::Scale | Role::Short) && atom.form != Form::Ordinal;
            let letter = self.lexicon.magnitude_letter(self.word(at)).filter(|_| at > begun);
            let of = at > begun && self.word(at).eq_ignore_ascii_case("of");
            let money = self
                .lexicon
                .currency_signs
                .forward(self.pieces, at)
                .or_else(|| self.lexicon.currency_names.forward(self.pieces, at));
            let measured = self
                .lexicon
                .unit_signs
                .forward(self.pieces, at)
                .or_else(|| self.lexicon.unit_words.forward(self.pieces, at));
            if magnitude && unit.power == 0 {
                (unit.power, at) = (u32::from(atom.value), at + 1);
            } else if let Some(letter) = letter.filter(|_| unit.power == 0 && unit.measure != Measure::None) {
                (unit.power, at) = (letter.power, at + 1);
            } else if of && matches!(unit.measure, Measure::Percent(_)) {
                return Some(unit);
            } else if of {
                at += 1;
            } else if let Some((next, money)) = money.filter(|_| unit.measure == Measure::None) {
                (unit.measure, at) = (Measure::Money(self.code_here(money)), next);
            } else if let Some((next, measured)) = measured.filter(|_| unit.measure == Measure::None) {
                (unit.measure, at) = (measure_of(measured)?, next);
            } else {
                return None;
            }
        }
        (at == end && at > begun).then_some(unit)
    }

    /// Whether the amount word at `at` is the unit of a table: `(in millions)`, `$ thousands`.
    pub(super) fn heads_a_table(&self, at: usize) -> bool {
        let mut next = at + 1;
        if self.after(next).eq_ignore_ascii_case("of")
            && let Some((end, _)) = self.lexicon.currency_names.forward(self.pieces, next + 1)
        {
            next = end;
        }
        let closes = self.gap(next) == Gap::Break || matches!(self.word(next), ")" | "," | "|");
        let inside = closes
            && self.before(at).eq_ignore_ascii_case("in")
            && (at < 2 || self.gap(at - 1) == Gap::Break || matches!(self.word(at - 2), "(" | "," | "|"));
        let behind_sign =
            at > 0 && self.gap(at) != Gap::Break && self.lexicon.currency_before.backward(self.pieces, at).is_some();
        inside || behind_sign
    }
}

/// What a number of `unit` measures; nothing of a length of time.
fn measure_of(unit: &Unit) -> Option<Measure> {
    match unit.kind {
        UnitKind::Time => None,
        UnitKind::Percent => Some(Measure::Percent(unit.name.clone())),
        _ => Some(Measure::Unit(unit.name.clone(), unit.per.clone())),
    }
}

/// The cells of `line`, which begins at byte `start` of the text, each without the white space around it.
fn cells_of(line: &str, start: usize) -> Vec<Span> {
    let mut at = start;
    let line = line.trim_end_matches(['\n', '\r']);
    line.split(['|', '\t'])
        .map(|cell| {
            let begin = at + cell.len() - cell.trim_start().len();
            at += cell.len() + 1;
            Span::at(begin, begin + cell.trim().len())
        })
        .collect()
}

//! The language in which rules say what they mean: `away(count=$number, unit=$unit, from=now)`.
//!
//! A term is a call with named arguments, a value remembered by the pattern (`$month`), a whole number
//! or a name. A value that an optional part did not give leaves its argument out.

use super::apply::Arguments;
use super::expr::DateExpr;
use super::items::Meaning;
use super::vocabulary::Atom;

/// A parsed term.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Term {
    /// A remembered value, by its place.
    Slot(usize),
    Int(i32),
    Name(String),
    Call(Function, Vec<(&'static str, Term)>),
}

/// What can be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Date,
    Bc,
    Century,
    Decade,
    Step,
    Away,
    Same,
    Nth,
    Within,
    Holiday,
    Reference,
    Clock,
    Part,
    Span,
    Set,
    Modified,
    On,
    Like,
    Fill,
    Ahead,
    Ancient,
    Pair,
    Open,
    Beside,
    Unknown,
}

/// Every function with its name and arguments: what a rule may write.
const FUNCTIONS: [(&str, Function, &[&str]); 25] = [
    (
        "date",
        Function::Date,
        &[
            "year",
            "short",
            "fiscal",
            "month",
            "day",
            "weekday",
            "season",
            "quarter",
            "half",
            "week",
            "decade",
            "century",
            "hundreds",
            "millennium",
        ],
    ),
    ("bc", Function::Bc, &["of"]),
    ("century", Function::Century, &["nth"]),
    ("decade", Function::Decade, &["year", "digits"]),
    ("step", Function::Step, &["by", "unit", "month", "weekday", "season", "quarter", "holiday"]),
    ("away", Function::Away, &["span", "count", "half", "unit", "to", "from"]),
    ("same", Function::Same, &["unit"]),
    ("nth", Function::Nth, &["nth", "unit", "weekday", "of"]),
    ("within", Function::Within, &["inner", "outer"]),
    ("holiday", Function::Holiday, &["id", "year"]),
    ("ref", Function::Reference, &["to"]),
    (
        "clock",
        Function::Clock,
        &[
            "time",
            "hour",
            "minute",
            "hhmm",
            "half",
            "zone",
            "past",
            "part",
            "on",
            "until",
            "untiltime",
            "since",
            "ones",
        ],
    ),
    ("part", Function::Part, &["part", "on"]),
    ("span", Function::Span, &["count", "half", "unit", "and", "andunit", "and2", "andunit2", "upto", "upunit"]),
    ("set", Function::Set, &["of", "quant", "count", "unit"]),
    ("mod", Function::Modified, &["mod", "of"]),
    ("on", Function::On, &["time", "date"]),
    ("like", Function::Like, &["of", "day", "month", "tail"]),
    ("fill", Function::Fill, &["of", "from"]),
    ("ahead", Function::Ahead, &["span"]),
    ("ancient", Function::Ancient, &["year"]),
    ("pair", Function::Pair, &["year", "tail"]),
    ("open", Function::Open, &["unit", "month", "weekday", "season"]),
    ("beside", Function::Beside, &["weekday", "of", "to"]),
    ("unknown", Function::Unknown, &[]),
];

/// What a term stands for.
#[derive(Clone, Debug)]
pub(super) enum Evaluated {
    Atom(Atom),
    Name(String),
    Expr(DateExpr),
}

impl Term {
    /// Parses a term; `names` are the values that the pattern remembers.
    pub(super) fn parse(text: &str, names: &[String]) -> Result<Self, String> {
        let mut parser = Parser { rest: text.trim(), names };
        let term = parser.term()?;
        if parser.rest.trim().is_empty() {
            Ok(term)
        } else {
            Err(format!("{:?} is left over in {text:?}", parser.rest))
        }
    }

    /// The expression it stands for; nothing when its values do not fit together (day 45).
    pub(super) fn expr(&self, slots: &[Option<Meaning>]) -> Option<DateExpr> {
        match self.evaluate(slots)? {
            Evaluated::Expr(expr) => Some(expr),
            _ => None,
        }
    }

    fn evaluate(&self, slots: &[Option<Meaning>]) -> Option<Evaluated> {
        match self {
            Self::Slot(slot) => match slots.get(*slot)?.clone()? {
                Meaning::Atom(atom) => Some(Evaluated::Atom(atom)),
                Meaning::Expr(expr) => Some(Evaluated::Expr(expr)),
            },
            Self::Int(number) => Some(Evaluated::Atom(Atom::Int(*number))),
            Self::Name(name) => Some(Evaluated::Name(name.clone())),
            Self::Call(function, arguments) => {
                let mut values = Vec::with_capacity(arguments.len());
                for (name, term) in arguments {
                    if let Some(value) = term.evaluate(slots) {
                        values.push((*name, value));
                    }
                }
                Arguments { values }.apply(*function).map(Evaluated::Expr)
            }
        }
    }
}

struct Parser<'a> {
    rest: &'a str,
    names: &'a [String],
}

impl<'a> Parser<'a> {
    fn word(&mut self) -> &'a str {
        self.rest = self.rest.trim_start();
        let end =
            self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-').unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        word
    }

    fn eat(&mut self, sign: char) -> bool {
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn term(&mut self) -> Result<Term, String> {
        if self.eat('$') {
            let name = self.word();
            return self
                .names
                .iter()
                .position(|own| own == name)
                .map(Term::Slot)
                .ok_or_else(|| format!("${name} is remembered by no pattern of the rule"));
        }
        let word = self.word();
        if let Ok(number) = word.parse() {
            return Ok(Term::Int(number));
        }
        if word.is_empty() {
            return Err(format!("a term is missing before {:?}", self.rest));
        }
        if !self.eat('(') {
            return Ok(Term::Name(word.to_owned()));
        }
        let (_, function, allowed) = FUNCTIONS.iter().find(|(name, ..)| *name == word).ok_or_else(|| {
            let all: Vec<&str> = FUNCTIONS.iter().map(|(name, ..)| *name).collect();
            format!("{word:?} is none of the functions {}", all.join(", "))
        })?;
        let mut arguments = Vec::new();
        while !self.eat(')') {
            let name = self.word();
            let name = allowed
                .iter()
                .find(|own| **own == name)
                .ok_or_else(|| format!("{word} takes {}, not {name:?}", allowed.join(", ")))?;
            if !self.eat('=') {
                return Err(format!("'=' is missing after {name:?}"));
            }
            arguments.push((*name, self.term()?));
            if !self.eat(',') && !self.rest.starts_with(')') {
                return Err(format!("',' or ')' is missing before {:?}", self.rest));
            }
        }
        Ok(Term::Call(*function, arguments))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Unit;

    #[test]
    fn faults_say_what_is_allowed() {
        let check = |text: &str, expected: &str| {
            let fault = Term::parse(text, &["unit".to_owned()]).unwrap_err();
            assert!(fault.contains(expected), "{text}: {fault}");
        };
        check("away(contu=1)", "away takes span, count");
        check("awry(count=1)", "none of the functions");
        check("same(unit=$month)", "remembered by no pattern");
        check("same(unit=$unit", "missing");
        check("same(unit=$unit) x", "left over");
    }

    #[test]
    fn a_term_gives_an_expression() {
        let term = Term::parse("away(count=2, unit=$unit, to=earlier, from=now)", &["unit".to_owned()]).unwrap();
        let expr = term.expr(&[Some(Meaning::Atom(Atom::Unit(Unit::Year)))]).unwrap();
        assert_eq!(expr.to_string(), "2 year before the time of writing");
    }
}

//! Cues: what a word near a number tells about it, by the lists of `lexicons/cues.tsv`.

use crate::error::{Error, Result};
use crate::resource::resources::rows;
use crate::text::FoldedWords;

macro_rules! cues {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What a word near a number tells about it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Cue { $($(#[$doc])* $name,)* }

        impl Cue {
            const ALL: &'static [(&'static str, Cue)] = &[$(($text, Cue::$name),)*];
        }
    };
}

cues! {
    Month = "month",
    Weekday = "weekday",
    /// A noun that a number names (`Section 907`).
    Name = "name",
    /// The same, but only in capitals.
    LooseName = "loosename",
    /// What any number behind it names, however long: `postcode | 90210`.
    Identifier = "identifier",
    /// `No.`, `number`.
    Number = "number",
    /// A word behind `No. 3` that makes it a rank.
    RankNext = "ranknext",
    /// A word before `No. 3` that makes it a rank.
    RankBefore = "rankbefore",
    Phone = "phone",
    Street = "street",
    /// A noun that an ordinal names (`42nd Infantry`).
    UnitName = "unitname",
    /// A verb of change: two amounts behind it are no range.
    Change = "change",
    Range = "range",
    Score = "score",
    ScoreTail = "scoretail",
    Ratio = "ratio",
    /// A word behind `3/1` that makes odds of it.
    Odds = "odds",
    /// A number that calls for help: `911`.
    Emergency = "emergency",
    /// A plural behind such a number that it does not count: `911 | calls`.
    EmergencyNext = "emergency-next",
    /// A noun that a rate may be per, behind an article.
    Rate = "rate",
    TimeShare = "time-share",
    /// A word that ends a noun phrase.
    Stop = "stop",
    /// A plural without an s.
    Collective = "collective",
    /// An ending that makes a plural without an s: `firewomen`.
    PluralEnding = "plural-ending",
    /// An ending of names of peoples that are their own plurals: `Sudanese`.
    PeopleEnding = "people-ending",
    /// An ending of verbs and adverbs behind a noun.
    VerbEnding = "verb-ending",
    /// A word in s that is no plural.
    NotPlural = "notplural",
    Article = "article",
    Determiner = "determiner",
    Possessive = "poss",
    OrdinalTrap = "ordinaltrap",
    OneTrap = "one-noun",
    /// dead, injured: who is counted is left out.
    Dead = "deadlist",
    /// What befell `one`: shot, found.
    Met = "met",
    Length = "length",
    Weight = "weight",
    /// A verb of paying: pounds behind it are money.
    Pay = "pay",
    HalfTrap = "half-trap",
    HalfBefore = "halfprev",
    MultipleNext = "multiplier-next",
    MultipleBefore = "multiplier-prev",
    /// A word behind which `a third` is a share.
    Share = "after-share",
    /// A word before which `third` is a share: `the upper third`.
    ThirdBefore = "third-before",
    /// A capitalised word that does not make a name of the number behind it.
    Safe = "name-safe",
    /// Which part of a decade of life: `early 40s`.
    PartLow = "part-low",
    PartMid = "part-mid",
    PartHigh = "part-high",
    /// The same of a decade of years: `the early 60s`.
    PartTime = "part-time",
    /// Whose decade it is: `her 40s`.
    Owner = "owner",
    Aged = "aged",
    /// Of whom `over 65` tells the age.
    People = "people",
    /// `turned | six`, `was six | when`.
    Turned = "turned",
    TurnedWhen = "turned-when",
    Old = "old",
    PronounNext = "pronoun-next",
    /// Before a number whose unit a fellow amount has said: `another 35 million`.
    Fellow = "fellow",
    /// `up | from 47`.
    Compared = "compared",
    /// A word behind which `or more` is no bound of the number: `or more than`.
    Tail = "tail",
    /// A word that makes no rate of `a year` before it: `a year | earlier`.
    Then = "then",
    /// What a score counts: `6 | votes | to 3`.
    Tally = "tally",
    /// A word before a figure that a number of things came to: `rose | to 14`.
    Reach = "reach",
    /// A noun that speaks of how many there are: `the number | of cases`.
    HowMany = "how-many",
    /// What is counted in millions, so that `2.1m` near it is no length.
    Millions = "millions",
    /// A word of cricket, near which `302 for 7` is a score.
    Cricket = "cricket",
    /// A word for one person, whose age may stand behind it: `the defendant, | 43,`.
    Person = "person",
    /// What people of an age are called: `age | group`.
    AgeBand = "age-band",
    /// What a fraction before it parts, though it be no unit: `a quarter | point`.
    PartNoun = "part-noun",
    /// A number that names a model where nothing is counted: `the | 747`.
    Model = "model",
    /// What a share counts from: `three in five | games`.
    RunOf = "run-of",
    InchBefore = "inch-before",
    LengthNoun = "length-noun",
    Compass = "compass",
    /// Degrees near it are of an angle, not of heat.
    Angle = "angle",
    /// Ounces near it are troy ounces.
    Precious = "precious",
    /// A word for heat, behind which `the mid-80s` are degrees.
    Heat = "heat",
    /// A word behind which `over` tells of what: `a dispute | over 3,000 jobs`.
    GovernsOver = "governs-over",
    /// A word behind which `about` tells of what: `a film | about two brothers`.
    GovernsAbout = "governs-about",
    /// A word behind which `above`, `below`, `around` and `under` tell where: `flats | above two shops`.
    GovernsPlace = "governs-place",
    /// What pounds of money are for: `a 10-pound | note`.
    PaidNoun = "paid-noun",
    /// A verb before the wickets and runs of a bowler: `took | 5-38`.
    Took = "took",
    /// What falls in inches: `3 in of | rain`.
    Fallen = "fallen",
    /// A verb before a number that is called: `dialled | 911`.
    Calling = "calling",
    /// What happens at an age: `died | at 91`.
    LifeEvent = "life-event",
    /// A verb of the third person that is hardly ever a plural: `owns`.
    ThirdPerson = "third-person",
    /// A word before the second of two nouns that one figure counts: `cars and | light trucks`.
    Modifier = "modifier",
    /// A participle without -ed: `heroin | hidden in 80 crates`.
    Participle = "participle",
    /// A word of polls, whose points are of percent.
    Poll = "poll",
    /// A word of markets or games, whose points are their own.
    Index = "index",
    /// `the | oldest | of whom was 86`.
    Eldest = "eldest",
    /// `died | on Sunday at 91`.
    Died = "died",
    /// A noun that `per` makes no rate with: `per cent`.
    NoPer = "no-per",
    /// A word over a hyphen that is not counted: `20,000-strong`.
    NoNoun = "no-noun",
    /// A word between `of` and what is counted.
    BeforeCounted = "before-counted",
    Demonstrative = "demonstrative",
    /// A word that may open a counted phrase though it ends others.
    Such = "such",
    /// A plural noun that is a verb as often: `runs`.
    VerbNoun = "verb-noun",
    /// A word behind `of` that is nothing one can measure: `of late`.
    NoStuff = "no-stuff",
    /// A verb behind which `up to` tells where, and not how much at most.
    Motion = "motion",
    /// A word that shows that the plural before it was a verb.
    Clause = "clause",
    HalfDay = "half-day",
    TimeZone = "time-zone",
    /// A word that may stand before a hyphen and a figure.
    Prefix = "prefix",
    ZeroBefore = "zero-before",
    ZeroAfter = "zero-after",
    HowOften = "how-often",
    /// An approximator that may stand before a year.
    YearHedge = "year-hedge",
    YearBefore = "year-before",
    /// Words of the list above that may stand before an amount too.
    YearOf = "year-of",
    /// What ties the numbers of a list: `Articles 5, 6 and 7`.
    ListLink = "list-link",
    OrAnd = "or-and",
    /// Where the whole of `one of …` ends.
    OfOneEnd = "of-one-end",
    Be = "be",
    /// A word that opens a clause: `if | one steps back`.
    Conjunction = "conjunction",
    /// A word that makes `one` behind it a pronoun, whatever follows.
    NoOne = "no-one",
    NoneOf = "none-of",
    Century = "century",
    /// `per | second`, `split | second`.
    SecondBefore = "second-before",
    /// A noun that makes a set phrase of `second`: `on second | thought`.
    SecondTrap = "second-trap",
    /// A word before `a second` that makes it the unit: `within a second`.
    SecondSpan = "second-span",
    /// A noun that makes a name of an ordinal at the head of a sentence.
    FirstName = "first-name",
    /// `form | 13F`, `block | 2C`.
    FormBefore = "form-before",
    /// Software, whose version a number behind it tells.
    Software = "software",
    /// A word behind `100m` that makes it a length.
    Metres = "metres",
    /// A word before `6.8m` that makes it a length.
    MetresBefore = "metres-before",
    /// A whole that is no plural: the word behind `a population of | 16 million` may be a verb.
    Whole = "whole",
}

/// A set of cues.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cues(u128);

impl Cues {
    pub(super) fn has(self, cue: Cue) -> bool {
        self.0 >> (cue as u128) & 1 == 1
    }

    /// Whether any of `cues` is among them.
    pub(super) fn any(self, cues: &[Cue]) -> bool {
        cues.iter().any(|cue| self.has(*cue))
    }
}

/// How many lists of phrases there are.
pub(super) const LISTS: usize = 10;

/// What the lists say of one word.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Facts {
    /// What it tells about numbers near it.
    pub(super) cues: Cues,
    /// One more than the place of the phrases that begin (read backward: end) with it, for each list; 0 for none.
    pub(super) phrases: [u16; LISTS],
}

/// The endings of words that give cues.
#[derive(Debug, Default)]
pub(super) struct CueEndings(Vec<(Cue, Box<str>)>);

impl CueEndings {
    /// Where the cues lie among the resources.
    pub(super) const PATH: &'static str = "lexicons/cues.tsv";

    /// Reads the table: kind and word, parted by a tab; what words tell is put into `facts`.
    pub(super) fn parse(table: &str, facts: &mut FoldedWords<Facts>) -> Result<Self> {
        let mut endings = Vec::new();
        for (line, columns) in rows(table) {
            let fault = |message: String| Error::resource(format!("{}:{line}", Self::PATH), message);
            let [kind, word] = columns[..] else {
                return Err(fault("a row has two columns: kind, word".to_owned()));
            };
            let cue = Cue::ALL.iter().find(|(name, _)| *name == kind);
            let (_, cue) = cue.ok_or_else(|| fault(format!("{kind:?} is no kind of cue")))?;
            if matches!(cue, Cue::PluralEnding | Cue::PeopleEnding | Cue::VerbEnding) {
                endings.push((*cue, word.into()));
            } else {
                let entry = facts.entry(word).ok_or_else(|| fault(format!("{word:?} is longer than 32 bytes")))?;
                entry.cues.0 |= 1 << (*cue as u128);
            }
        }
        Ok(Self(endings))
    }

    /// Whether `word` ends in one of the endings of `cue`.
    pub(super) fn ends_as(&self, word: &str, cue: Cue) -> bool {
        self.0.iter().any(|(kind, ending)| *kind == cue && word.ends_with(&**ending))
    }
}

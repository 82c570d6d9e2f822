//! Which patterns may match in a sentence at all. Each pattern has an anchor: the element that the fewest
//! tokens fit. Only where a token fits its anchor is a pattern looked at.

use super::matcher::{Sequence, Step};
use super::numbers::Numbers;
use super::reading::Reading;
use super::rule_file::Rule;
use super::rules::Phase;
use super::traits::{Vocabulary, kind};

/// What a pattern is to its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Pattern = 0,
    After = 1,
    Before = 2,
}

/// A pattern that a rule needs.
#[derive(Debug)]
struct Need {
    /// The rule, and what the pattern is to it.
    owner: (usize, Role),
    /// The elements that do not ask for marks: rules make marks, so that these are not known beforehand.
    steps: Vec<Step>,
}

/// The anchors of the rules of one phase.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    /// The patterns, by number.
    needs: Vec<Option<Need>>,
    /// Patterns by the numbers of the words of their anchors.
    by_word: Vec<Vec<usize>>,
    /// Patterns by the bits of kinds.
    by_kind: [Vec<usize>; 32],
    /// Patterns by the bits of lists.
    by_list: [Vec<usize>; 32],
    /// Patterns without an anchor.
    always: Vec<usize>,
    /// The rules that need no pattern of a role, by role.
    free: [Numbers; 3],
}

/// What is found out of one sentence after the other.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Words of rules that the sentence has.
    words: Numbers,
    /// The patterns that were looked at.
    seen: Numbers,
    /// The patterns that may match.
    pub(super) live: Numbers,
    /// The rules of which a pattern may match, by role.
    rules: [Numbers; 3],
}

impl Found {
    /// The rules that may match, in their order.
    pub(super) fn rules(&self) -> impl Iterator<Item = usize> {
        self.rules[Role::Pattern as usize].iter()
    }
}

impl Anchors {
    /// Finds the anchors of the patterns of those `rules` that run in `phase`.
    pub(super) fn new(rules: &[Rule], phase: Phase, vocabulary: &Vocabulary) -> Self {
        let mut anchors = Self::default();
        for (number, rule) in rules.iter().enumerate().filter(|(_, rule)| rule.phase == phase) {
            for sequence in &rule.sequences {
                anchors.add(sequence, (number, Role::Pattern), vocabulary);
            }
            for (contexts, role) in [(&rule.after, Role::After), (&rule.before, Role::Before)] {
                for context in contexts {
                    anchors.add(&context.0, (number, role), vocabulary);
                }
                if contexts.is_empty() {
                    anchors.free[role as usize].insert(number);
                }
            }
        }
        anchors
    }

    fn add(&mut self, sequence: &Sequence, owner: (usize, Role), vocabulary: &Vocabulary) {
        let number = sequence.number;
        let steps: Vec<Step> = sequence.steps.iter().filter(|step| step.marks.is_empty()).cloned().collect();
        if let Some(step) = steps.iter().min_by_key(|step| frequency(step, vocabulary)) {
            for word in step.words.iter() {
                if self.by_word.len() <= word {
                    self.by_word.resize(word + 1, Vec::new());
                }
                self.by_word[word].push(number);
            }
            for (table, bits) in [(&mut self.by_kind, step.kinds()), (&mut self.by_list, step.lists)] {
                for bit in bits_of(bits) {
                    table[bit].push(number);
                }
            }
        } else {
            self.always.push(number);
        }
        if self.needs.len() <= number {
            self.needs.resize_with(number + 1, || None);
        }
        self.needs[number] = Some(Need { owner, steps });
    }

    /// Finds out what may match in a sentence.
    pub(super) fn look(&self, sentence: &Reading<'_, '_>, found: &mut Found) {
        let Found { words, seen, live, rules } = found;
        for set in [&mut *words, seen, live] {
            set.clear();
        }
        for (rules, free) in rules.iter_mut().zip(&self.free) {
            rules.copy_from(free);
        }
        if !self.by_word.is_empty() {
            for spot in sentence.spots {
                for word in [spot.traits.exact, spot.traits.folded] {
                    if word != 0 {
                        words.insert(word.into());
                    }
                }
            }
        }
        let mut check = |number: usize| {
            if seen.insert(number)
                && let Some(Some(need)) = self.needs.get(number)
                && need.steps.iter().all(|step| fits(step, sentence, words))
            {
                live.insert(number);
                rules[need.owner.1 as usize].insert(need.owner.0);
            }
        };
        for number in &self.always {
            check(*number);
        }
        for number in words.iter().filter_map(|word| self.by_word.get(word)).flatten() {
            check(*number);
        }
        for (table, bits) in [(&self.by_kind, sentence.kinds), (&self.by_list, sentence.lists)] {
            for number in bits_of(bits).flat_map(|bit| &table[bit]) {
                check(*number);
            }
        }
        let [patterns, after, before] = rules;
        patterns.keep(after);
        patterns.keep(before);
    }
}

/// Whether a token or phrase of a sentence fits an element.
fn fits(step: &Step, sentence: &Reading<'_, '_>, words: &Numbers) -> bool {
    step.kinds() & sentence.kinds != 0 || step.lists & sentence.lists != 0 || step.words.meets(words)
}

/// How many in a thousand tokens may fit an element: a rough guess that tells rare from common.
fn frequency(step: &Step, vocabulary: &Vocabulary) -> u32 {
    let words: u32 = step.words.iter().map(|word| vocabulary.frequency(word)).sum();
    let of_kind = |bit: usize| match 1 << bit {
        kind::ANY => 1000,
        kind::SMALL => 600,
        kind::CAPITAL | kind::CAPITAL_WORD | kind::NAME => 200,
        kind::CODE => 50,
        kind::FOREIGN | kind::LETTER_NUMBER => 1,
        _ => 15,
    };
    let kinds: u32 = bits_of(step.kinds()).map(of_kind).sum();
    words + kinds + 15 * step.lists.count_ones()
}

/// The places of the bits that are set.
fn bits_of(mut bits: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = bits.trailing_zeros();
        bits &= bits.wrapping_sub(1);
        (bit < 32).then_some(bit as usize)
    })
}

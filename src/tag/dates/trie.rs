//! All patterns of one phase as one tree, walked over items.

use super::items::{Item, kind};
use super::vocabulary::{Class, Vocabulary};

/// The most items in one match.
pub(super) const LONGEST: usize = 20;

/// The patterns of one phase, merged by their beginnings.
#[derive(Debug)]
pub(super) struct Trie {
    nodes: Vec<Node>,
    /// By class: how patterns begin with it.
    first: Vec<First>,
}

/// How patterns begin with a class.
#[derive(Debug, Clone, Copy)]
struct First {
    /// Which edges of the first node bear it.
    from: u32,
    to: u32,
    /// Whether a pattern may end there, or go on with a word that no list holds.
    takes_unknown: bool,
}

#[derive(Debug, Default)]
struct Node {
    /// Classes and the nodes behind them, sorted; one class may lead to several.
    edges: Vec<(Class, u32)>,
    /// Patterns that end here.
    ends: Vec<u32>,
    /// Whether a word that no list holds leads on from here.
    takes_unknown: bool,
    /// The classes of the edges, each as one of 64 bits: most classes of an item lead nowhere.
    sieve: u64,
}

/// A path through the tree: for each item the class under which it was taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Match {
    /// The pattern.
    pub(super) pattern: u32,
    /// How many items it takes.
    pub(super) length: u8,
    /// The class of each of them.
    pub(super) classes: [Class; LONGEST],
}

impl Trie {
    /// An empty tree.
    pub(super) fn new() -> Self {
        Self { nodes: vec![Node::default()], first: Vec::new() }
    }

    /// Adds a sequence of class sets (each sorted).
    pub(super) fn add(&mut self, sequence: &[Vec<Class>], pattern: u32) {
        let mut node = 0;
        for classes in sequence {
            node = self.step(node, classes);
        }
        self.nodes[node].ends.push(pattern);
    }

    /// The node behind `node` that is reached by exactly these classes, new where need be.
    fn step(&mut self, node: usize, classes: &[Class]) -> usize {
        let Some(first) = classes.first() else { return node };
        let known = self.nodes[node].edges.iter().filter(|(class, _)| class == first).map(|(_, target)| *target).find(
            |target| {
                let reached: Vec<Class> = self.nodes[node]
                    .edges
                    .iter()
                    .filter(|(_, other)| other == target)
                    .map(|(class, _)| *class)
                    .collect();
                reached == classes
            },
        );
        if let Some(target) = known {
            return target as usize;
        }
        let target = self.nodes.len() as u32;
        self.nodes.push(Node::default());
        let edges = &mut self.nodes[node].edges;
        edges.extend(classes.iter().map(|class| (*class, target)));
        edges.sort_unstable();
        target as usize
    }

    /// Prepares quick checks; call after the last pattern.
    pub(super) fn seal(&mut self, class_count: usize) {
        for node in &mut self.nodes {
            let unknown = |class: Class| class < 32 && (1 << class) & !kind::NUMBERS != 0;
            node.takes_unknown = node.edges.iter().any(|(class, _)| unknown(*class));
            node.sieve = node.edges.iter().fold(0, |sieve, (class, _)| sieve | 1 << (class & 63));
        }
        let edges = &self.nodes[0].edges;
        let place = |class: usize| edges.partition_point(|(own, _)| usize::from(*own) < class);
        let first = (0..class_count).map(|class| {
            let (from, to) = (place(class), place(class + 1));
            let open = |target: u32| {
                let node = &self.nodes[target as usize];
                node.takes_unknown || !node.ends.is_empty()
            };
            let takes_unknown = edges[from..to].iter().any(|(_, target)| open(*target));
            First { from: from as u32, to: to as u32, takes_unknown }
        });
        self.first = first.collect();
    }

    /// Collects every match that begins with the first of `items`.
    pub(super) fn matches(&self, items: &[Item], vocabulary: &Vocabulary, out: &mut Vec<Match>) {
        let mut path = Match { pattern: 0, length: 0, classes: [0; LONGEST] };
        let Some(item) = items.first() else { return };
        let unknown_follows = items.get(1).is_none_or(Item::is_unknown);
        each_class(item, vocabulary, |class| {
            let First { from, to, takes_unknown } = self.first[usize::from(class)];
            if unknown_follows && !takes_unknown {
                return;
            }
            for (_, target) in &self.nodes[0].edges[from as usize..to as usize] {
                path.classes[0] = class;
                path.length = 1;
                self.walk(*target as usize, items, vocabulary, &mut path, out);
            }
        });
    }

    fn walk(&self, node: usize, items: &[Item], vocabulary: &Vocabulary, path: &mut Match, out: &mut Vec<Match>) {
        let depth = usize::from(path.length);
        for pattern in &self.nodes[node].ends {
            out.push(Match { pattern: *pattern, ..*path });
        }
        let edges = &self.nodes[node].edges;
        let (Some(item), false) = (items.get(depth), depth == LONGEST || edges.is_empty()) else { return };
        if item.is_unknown() && !self.nodes[node].takes_unknown {
            return;
        }
        let sieve = self.nodes[node].sieve;
        each_class(item, vocabulary, |class| {
            if sieve >> (class & 63) & 1 == 0 {
                return;
            }
            // Most nodes have a handful of edges.
            let from = if edges.len() > 8 { edges.partition_point(|(own, _)| *own < class) } else { 0 };
            for (own, target) in &edges[from..] {
                if *own != class {
                    if *own < class {
                        continue;
                    }
                    break;
                }
                path.classes[depth] = class;
                path.length = depth as u8 + 1;
                self.walk(*target as usize, items, vocabulary, path, out);
                path.length = depth as u8;
            }
        });
    }
}

/// What is known of an item by its classes, as bits: looked up, not walked.
#[derive(Debug)]
pub(super) struct Bits {
    /// By class.
    classes: Vec<u8>,
    /// By word: with a small first letter, with a capital.
    words: Vec<[u8; 2]>,
}

impl Bits {
    /// Spreads the bits of classes over the words of a sealed vocabulary.
    fn new(classes: Vec<u8>, vocabulary: &Vocabulary) -> Self {
        // What may be any word is one of every word; only words that no list holds are taken for names.
        let any = classes[kind::ANY.trailing_zeros() as usize];
        let name = classes[kind::NAME.trailing_zeros() as usize];
        let words = (0..vocabulary.word_count()).map(|word| {
            let mut bits = [any, if word == 0 { any | name } else { any }];
            for own in vocabulary.memberships(word as u16) {
                for (capital, bits) in [false, true].into_iter().zip(&mut bits) {
                    if own.letters.fit(capital) {
                        *bits |= classes[usize::from(own.class)];
                    }
                }
            }
            bits
        });
        let words = words.collect();
        Self { classes, words }
    }

    /// The phases in which a pattern may begin with an item: most words of a text begin none.
    pub(super) fn of_starts(phases: &[Trie], vocabulary: &Vocabulary) -> Self {
        Self::by_phase(phases, vocabulary, |first| first.from < first.to)
    }

    /// The phases in which a pattern may begin with an item before a word that no list holds: far fewer.
    pub(super) fn of_starts_before_unknown(phases: &[Trie], vocabulary: &Vocabulary) -> Self {
        Self::by_phase(phases, vocabulary, |first| first.takes_unknown)
    }

    fn by_phase(phases: &[Trie], vocabulary: &Vocabulary, begins: impl Fn(&First) -> bool) -> Self {
        let mut classes = vec![0; vocabulary.class_count()];
        for (phase, trie) in phases.iter().enumerate() {
            for (bits, first) in classes.iter_mut().zip(&trie.first) {
                *bits |= u8::from(begins(first)) << phase;
            }
        }
        Self::new(classes, vocabulary)
    }

    /// One bit for each of `marked`, in their order.
    pub(super) fn of_classes(marked: &[Class], vocabulary: &Vocabulary) -> Self {
        let mut classes = vec![0; vocabulary.class_count()];
        for (bit, class) in marked.iter().enumerate() {
            classes[usize::from(*class)] |= 1 << bit;
        }
        Self::new(classes, vocabulary)
    }

    /// Those of a match of this category.
    pub(super) fn of_class(&self, class: Class) -> u8 {
        self.classes[usize::from(class)]
    }

    /// Those of `item`.
    #[inline]
    pub(super) fn of(&self, item: &Item) -> u8 {
        if item.category != 0 {
            return self.of_class(item.category);
        }
        let mut found = self.words[usize::from(item.word)][usize::from(item.capital)];
        let mut kinds = item.kinds & kind::NUMBERS;
        while kinds != 0 {
            found |= self.classes[kinds.trailing_zeros() as usize];
            kinds &= kinds - 1;
        }
        found
    }
}

/// Calls `take` with every class of `item`.
#[inline]
pub(super) fn each_class(item: &Item, vocabulary: &Vocabulary, mut take: impl FnMut(Class)) {
    if item.category != 0 {
        take(item.category);
        return;
    }
    let mut bits = item.kinds;
    while bits != 0 {
        take(bits.trailing_zeros() as Class);
        bits &= bits - 1;
    }
    if item.word == 0 {
        return;
    }
    for own in vocabulary.memberships(item.word) {
        if own.letters.fit(item.capital) {
            take(own.class);
        }
    }
}

//! Scores of a sentence's tokens, and an article's mentions from them.

use super::decode::{Decoder, Mention};
use super::features::{FeatureSet, Observed};
use super::model::Model;
use super::templates::{VIEWS, View};
use super::word::Words;
use crate::document::Segmented;
use std::sync::{Mutex, PoisonError};

/// A model with the features it was trained on, ready to tag. What changes while it runs is kept from
/// article to article, one set for each thread at work; `M` is what others keep by the numbers of words.
#[derive(Debug)]
pub struct Predictor<M = ()> {
    features: FeatureSet,
    model: Model,
    idle: Mutex<Vec<(Worker, M)>>,
}

impl<M: Default> Predictor<M> {
    /// Joins a model with its features.
    pub fn new(features: FeatureSet, model: Model) -> Self {
        Self { features, model, idle: Mutex::default() }
    }

    /// The features.
    pub fn features(&self) -> &FeatureSet {
        &self.features
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Finds all mentions of `text`, in order, and gives `then` the article as seen, with them and with what it
    /// kept for articles before.
    pub fn read<R>(&self, text: &Segmented<'_>, then: impl FnOnce(&Observed, &[Mention], &mut M) -> R) -> R {
        self.with_worker(|worker, kept| {
            worker.read(&self.features, &self.model, text);
            then(&worker.observed, &worker.mentions, kept)
        })
    }

    /// Gives `then` the article as seen, without asking the model for mentions, and what it kept.
    pub fn observe<R>(&self, text: &Segmented<'_>, then: impl FnOnce(&Observed, &mut M) -> R) -> R {
        self.with_worker(|worker, kept| {
            self.features.observe(text, &mut worker.observed);
            then(&worker.observed, kept)
        })
    }

    /// Lends `then` what an idle thread kept.
    fn with_worker<R>(&self, then: impl FnOnce(&mut Worker, &mut M) -> R) -> R {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut worker, mut kept) = idle().pop().unwrap_or_default();
        let result = then(&mut worker, &mut kept);
        idle().push((worker, kept));
        result
    }
}

/// What one thread keeps.
#[derive(Debug, Default)]
struct Worker {
    observed: Observed,
    sums: WordSums,
    decoder: Decoder,
    plan: Plan,
    mentions: Vec<Mention>,
}

/// What is to be added up for the tokens of a sentence: all places are found before any is read, so that the
/// memory they lie in is on its way by then.
#[derive(Debug, Default)]
struct Plan {
    /// Places of the sums of words.
    sums: Vec<u32>,
    /// Hashes of the joined features.
    hashes: Vec<u32>,
    /// What the index has where the search for each of them begins.
    slots: Vec<u32>,
    /// Their rows.
    rows: Vec<u32>,
    /// Where the sums and the hashes, later the rows, of each token end.
    ends: Vec<(u32, u32)>,
    /// Keeps what is read ahead from being taken for idle.
    read_ahead: i16,
}

impl Worker {
    fn read(&mut self, features: &FeatureSet, model: &Model, text: &Segmented<'_>) {
        features.observe(text, &mut self.observed);
        self.mentions.clear();
        for sentence in 0..self.observed.sentences() {
            let tokens = self.observed.tokens(sentence);
            if !tokens.is_empty() {
                self.sum(model, sentence);
                self.decoder.decode(model, tokens.start, &mut self.mentions);
            }
        }
    }

    /// The score of every tag at every token: what each word adds by itself, known from before, and the
    /// rows of all joined features.
    fn sum(&mut self, model: &Model, sentence: usize) {
        let Self { observed, sums, decoder, plan, .. } = self;
        sums.begin(model.lanes, observed);
        plan.list(model, observed, sums, sentence);
        plan.find_rows(model);
        plan.read_ahead(model, sums);
        let scores = decoder.begin(plan.ends.len(), model.lanes);
        match model.lanes {
            16 => plan.add::<16>(model, sums, scores),
            32 => plan.add::<32>(model, sums, scores),
            48 => plan.add::<48>(model, sums, scores),
            _ => plan.add::<64>(model, sums, scores),
        }
    }
}

impl Plan {
    /// Lists the sums and hashes of every token.
    fn list(&mut self, model: &Model, observed: &Observed, sums: &mut WordSums, sentence: usize) {
        self.sums.clear();
        self.hashes.clear();
        self.ends.clear();
        for window in observed.windows(sentence) {
            for (offset, view) in View::around(window.at(0).notable) {
                self.sums.push(sums.place(model, &observed.words, window.number(*offset), *view));
            }
            window.joined(&mut |_, hash| self.hashes.push(hash));
            self.ends.push((self.sums.len() as u32, self.hashes.len() as u32));
        }
    }

    /// Finds the rows of the features that the model kept.
    fn find_rows(&mut self, model: &Model) {
        self.slots.clear();
        self.slots.extend(self.hashes.iter().map(|hash| model.first_slot(*hash)));
        self.rows.clear();
        let mut from = 0;
        for (_, end) in &mut self.ends {
            let features = self.hashes[from..*end as usize].iter().zip(&self.slots[from..]);
            self.rows.extend(features.filter_map(|(hash, slot)| model.row_from(*hash, *slot)));
            from = *end as usize;
            *end = self.rows.len() as u32;
        }
    }

    /// Touches what will be added.
    fn read_ahead(&mut self, model: &Model, sums: &WordSums) {
        let mut seen = 0;
        for row in &self.rows {
            let row = model.row(*row as usize);
            seen ^= row.first().map_or(0, |byte| i16::from(*byte)) ^ row.last().map_or(0, |byte| i16::from(*byte));
        }
        for place in &self.sums {
            let sums = sums.at(*place, model.lanes);
            seen ^= sums.first().copied().unwrap_or(0) ^ sums.last().copied().unwrap_or(0);
        }
        self.read_ahead ^= seen;
    }

    /// Adds up. A token has fewer than 250 features, so that sums of eight-bit weights cannot run over.
    fn add<const LANES: usize>(&self, model: &Model, sums: &WordSums, scores: &mut [i16]) {
        let (mut first_sum, mut first_row) = (0, 0);
        for ((end_sum, end_row), scores) in self.ends.iter().zip(scores.as_chunks_mut::<LANES>().0) {
            let mut total = [0_i16; LANES];
            for place in &self.sums[first_sum..*end_sum as usize] {
                if let Some(sums) = sums.at(*place, LANES).first_chunk::<LANES>() {
                    for (sum, more) in total.iter_mut().zip(sums) {
                        *sum += more;
                    }
                }
            }
            for row in &self.rows[first_row..*end_row as usize] {
                if let Some(weights) = model.row(*row as usize).first_chunk::<LANES>() {
                    for (sum, weight) in total.iter_mut().zip(weights) {
                        *sum += i16::from(weight.cast_signed());
                    }
                }
            }
            *scores = total;
            (first_sum, first_row) = (*end_sum as usize, *end_row as usize);
        }
    }
}

/// The most sums kept.
const MOST_SUMS: usize = 1 << 17;

/// The sums of the rows of all features that a word has by itself, for each view of it, as they are asked
/// for.
#[derive(Debug, Default)]
struct WordSums {
    /// The era of the words that they belong to.
    era: u32,
    /// Number of each word's sums by view; 0 where they are not known yet.
    places: Vec<[u32; VIEWS]>,
    /// The sums, one after the other; the first are never used.
    sums: Vec<i16>,
}

impl WordSums {
    /// Makes room for the words of an article, and forgets all when they are too many or of another era.
    fn begin(&mut self, lanes: usize, observed: &Observed) {
        if self.era != observed.era || self.sums.len() > MOST_SUMS * lanes {
            self.places.clear();
            self.sums.clear();
            self.era = observed.era;
        }
        self.sums.resize(self.sums.len().max(lanes), 0);
        self.places.resize(observed.words.len(), [0; VIEWS]);
    }

    /// Where the sums of a word looked at as `view` are.
    #[inline]
    fn place(&mut self, model: &Model, words: &Words, number: u32, view: View) -> u32 {
        let place = self.places[number as usize][view as usize];
        if place == 0 { self.add(model, words, number, view) } else { place }
    }

    /// The sums at a place.
    #[inline]
    fn at(&self, place: u32, lanes: usize) -> &[i16] {
        &self.sums[place as usize * lanes..][..lanes]
    }

    #[cold]
    fn add(&mut self, model: &Model, words: &Words, number: u32, view: View) -> u32 {
        let from = self.sums.len();
        let place = (from / model.lanes) as u32;
        self.sums.resize(from + model.lanes, 0);
        let sums = &mut self.sums[from..];
        view.templates(words.facts(number), &mut |_, hash| {
            if let Some(row) = model.row_of(hash) {
                add_row(model.row(row as usize), sums);
            }
        });
        self.places[number as usize][view as usize] = place;
        place
    }
}

/// The scores of a sentence from the hashes of all its features; `ends` says where those of each token
/// end, counted from `from`.
pub(super) fn sum_hashes(model: &Model, hashes: &[u32], ends: &[usize], mut from: usize, decoder: &mut Decoder) {
    let scores = decoder.begin(ends.len(), model.lanes);
    for (end, scores) in ends.iter().zip(scores.chunks_exact_mut(model.lanes)) {
        for row in hashes[from..*end].iter().filter_map(|hash| model.row_of(*hash)) {
            add_row(model.row(row as usize), scores);
        }
        from = *end;
    }
}

#[inline]
fn add_row(row: &[u8], sums: &mut [i16]) {
    for (sums, weights) in sums.as_chunks_mut::<16>().0.iter_mut().zip(row.as_chunks::<16>().0) {
        for (sum, weight) in sums.iter_mut().zip(weights) {
            *sum += i16::from(weight.cast_signed());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Article, Meta};
    use crate::document::{Paragraph, Sentence, Token, TokenKind, Zone, ZoneKind};
    use crate::resource::Resources;
    use crate::text::Span;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static PREDICTOR: LazyLock<Predictor> = LazyLock::new(|| {
        let resources = Resources::embedded();
        let features = FeatureSet::new(&resources).unwrap();
        let bytes = resources.bytes("models/entities.model").unwrap();
        let model = Model::open(bytes, "the model", features.fingerprint()).unwrap();
        Predictor::new(features, model)
    });

    /// Words with blanks between them, cut into sentences at full stops.
    fn segment(article: &Article) -> Segmented<'_> {
        let text = article.text();
        let (mut tokens, mut sentences, mut first) = (Vec::new(), Vec::new(), 0);
        let mut at = 0;
        for word in text.split(' ') {
            let kind = if word == "." { TokenKind::Punctuation } else { TokenKind::Word };
            tokens.push(Token { span: Span::at(at, at + word.len()), kind });
            at += word.len() + 1;
            if word == "." || at > text.len() {
                let span = Span::new(tokens[first].span.start(), tokens[tokens.len() - 1].span.end());
                sentences.push(Sentence { span, paragraph: 0, tokens: first as u32..tokens.len() as u32 });
                first = tokens.len();
            }
        }
        let span = Span::at(0, text.len());
        let paragraphs = vec![Paragraph { span, zone: 0, sentences: 0..sentences.len() as u32 }];
        let zones = vec![Zone { span, kind: ZoneKind::Body, paragraphs: 0..1 }];
        Segmented::new(article, zones, paragraphs, sentences, tokens)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn sums_by_word_are_those_of_all_features(
            words in prop::collection::vec("Berlin|New|York|Scholz|scholz|the|said|MAYOR|Élan|3rd|-|\\.|[A-Z]?[a-z]{1,12}", 1..60)
        ) {
            let article = Article::new(Meta::default(), words.join(" ")).unwrap();
            let text = segment(&article);
            let (features, model) = (&PREDICTOR.features, &PREDICTOR.model);
            let mut worker = Worker::default();
            // Twice, so that the second time all words are known.
            for _ in 0..2 {
                worker.read(features, model, &text);
                let mut slow = Vec::new();
                for sentence in 0..worker.observed.sentences() {
                    let (mut hashes, mut ends, mut decoder) = (Vec::new(), Vec::new(), Decoder::default());
                    worker.observed.list(sentence, &mut hashes, &mut ends);
                    sum_hashes(model, &hashes, &ends, 0, &mut decoder);
                    worker.sum(model, sentence);
                    prop_assert_eq!(worker.decoder.scores(), decoder.scores());
                    decoder.decode(model, worker.observed.tokens(sentence).start, &mut slow);
                }
                prop_assert_eq!(&worker.mentions, &slow);
            }
        }
    }
}

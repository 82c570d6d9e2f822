//! Mentions by the trained model, and why it makes them.

use super::Memo;
use super::mark::Mark;
use crate::document::{Label, Segmented};
use crate::error::Result;
use crate::linear::{FeatureSet, Mention, Model, Observed, Predictor};
use crate::resource::Resources;
use crate::resource::gazetteer::Gazetteer;
use crate::tag::ModelFile;
use std::borrow::Cow;
use std::ops::Range;

const EMBEDDED: &str = "models/entities.model";

/// How many features an explanation names.
const NAMED: usize = 6;

/// The features and the weights.
pub(super) struct Linear {
    predictor: Predictor<Memo>,
}

impl Linear {
    /// Opens `model`, or the embedded one.
    pub(super) fn new(resources: &Resources, model: Option<&ModelFile>) -> Result<Self> {
        let features = FeatureSet::new(resources)?;
        let (bytes, place) = match model {
            Some(file) => (Cow::Owned(file.bytes.to_vec()), file.place.as_str()),
            None => (resources.bytes(EMBEDDED)?, EMBEDDED),
        };
        let model = Model::open(bytes, place, features.fingerprint())?;
        Ok(Self { predictor: Predictor::new(features, model) })
    }

    /// The lists.
    pub(super) fn gazetteer(&self) -> &Gazetteer {
        self.predictor.features().gazetteer()
    }

    /// Gives `then` the article as seen, the model's marks in it, in order, and what is kept beside the words.
    pub(super) fn read<R>(&self, text: &Segmented<'_>, then: impl FnOnce(&Observed, Vec<Mark>, &mut Memo) -> R) -> R {
        self.predictor.read(text, |observed, mentions, memo| {
            then(observed, mentions.iter().map(|mention| self.mark(mention)).collect(), memo)
        })
    }

    /// The same without the model: the article as seen, and what is kept beside the words.
    pub(super) fn observe<R>(&self, text: &Segmented<'_>, then: impl FnOnce(&Observed, &mut Memo) -> R) -> R {
        self.predictor.observe(text, then)
    }

    /// A mention as a mark.
    fn mark(&self, mention: &Mention) -> Mark {
        let label = |number: usize| self.predictor.model().labels()[number].clone();
        Mark {
            tokens: mention.tokens.start as u32..mention.tokens.end as u32,
            label: label(mention.label),
            score: mention.score,
            rule: None,
            runner_up: mention.runner_up.map(label),
            attribute: None,
        }
    }

    /// What speaks for `label` at `tokens`, and the label that comes next.
    pub(super) fn explain(&self, text: &Segmented<'_>, tokens: Range<usize>, label: &Label) -> Vec<String> {
        self.predictor.read(text, |observed, mentions, _| self.lines(text, tokens, label, observed, mentions))
    }

    fn lines(
        &self,
        text: &Segmented<'_>,
        tokens: Range<usize>,
        label: &Label,
        observed: &Observed,
        mentions: &[Mention],
    ) -> Vec<String> {
        let model = self.predictor.model();
        let mut lines = Vec::new();
        match mentions.iter().find(|mention| mention.tokens == tokens) {
            Some(mention) => {
                let mark = self.mark(mention);
                let next = mark.runner_up.map_or("no mark".to_owned(), |label| label.to_string());
                lines.push(format!("model: {} with confidence {:.2}; next {next}", mark.label, mark.score));
            }
            None => lines.push("model: marks other tokens here, or none".to_owned()),
        }
        let Some(number) = self.predictor.model().labels().iter().position(|known| known == label) else {
            return lines;
        };
        for index in tokens.clone() {
            let named = observed.named(index);
            let place = (index == tokens.start, index + 1 == tokens.end);
            let mut weights: Vec<(f32, &str)> =
                named.iter().filter_map(|(name, hash)| Some((model.weight(*hash, number, place)?, *name))).collect();
            weights.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()).then(a.1.cmp(b.1)));
            let shown: Vec<String> =
                weights.iter().take(NAMED).map(|(weight, name)| format!("{name} {weight:+.2}")).collect();
            lines.push(format!("{}: {}", text.word(index), shown.join(", ")));
        }
        lines
    }
}

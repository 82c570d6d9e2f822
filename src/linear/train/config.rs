//! How a model is trained.

use crate::error::{Error, Result};

/// How a model is trained.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Passes over the gold.
    pub rounds: usize,
    /// The first step of a weight.
    pub rate: f32,
    /// Added to the length of past steps: the larger, the slower rare features move.
    pub calm: f32,
    /// Pull of every weight towards zero, at each touch.
    pub decay: f32,
    /// The share of features hidden at random from each token, so that none is relied on alone.
    pub dropout: f32,
    /// How often a feature must occur in the gold to be kept.
    pub cutoff: u32,
    /// The most features in the model's file.
    pub features: usize,
    /// Seeds the order of sentences and what is hidden.
    pub seed: u64,
    /// Rounds without gain on the development files after which training stops.
    pub patience: usize,
    /// How much a sentence of taught text counts, beside 1 for one of gold.
    pub taught_weight: f32,
    /// Marks of taught text with a lower score are taken for unknown.
    pub taught_sure: f32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            rounds: 12,
            rate: 0.15,
            calm: 1.0,
            decay: 1e-6,
            dropout: 0.1,
            cutoff: 2,
            features: 100_000,
            seed: 1,
            patience: 3,
            taught_weight: 0.5,
            taught_sure: 0.8,
        }
    }
}

impl Config {
    /// Reads settings in TOML, which `place` names in errors; what is not set keeps its default.
    pub fn parse(text: &str, place: &str) -> Result<Self> {
        let config: Self = toml::from_str(text).map_err(|error| Error::resource(place, error.to_string()))?;
        config.check().map_err(|fault| Error::resource(place, fault))?;
        Ok(config)
    }

    /// Names the first setting that cannot be.
    fn check(&self) -> Result<(), String> {
        let number = |name: &str, value: f32, low: f32, high: f32| {
            if (low..=high).contains(&value) {
                Ok(())
            } else {
                Err(format!("{name} = {value}: must lie between {low} and {high}"))
            }
        };
        number("rate", self.rate, 1e-6, 10.0)?;
        number("calm", self.calm, 1e-3, 1000.0)?;
        number("decay", self.decay, 0.0, 1.0)?;
        number("dropout", self.dropout, 0.0, 0.9)?;
        number("taught_weight", self.taught_weight, 0.0, 100.0)?;
        number("taught_sure", self.taught_sure, 0.0, 1.0)?;
        if self.rounds == 0 || self.features == 0 {
            return Err("rounds and features must be 1 or more".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_cannot_be_set() {
        assert_eq!(Config::parse("rounds = 3", "c.toml").unwrap().rounds, 3);
        let message = |text: &str| Config::parse(text, "c.toml").unwrap_err().to_string();
        assert!(message("rate = -1.0").contains("rate = -1"));
        assert!(message("rate = nan").contains("rate = NaN"));
        assert!(message("rounds = 0").contains("rounds"));
        assert!(message("round = 1").contains("unknown field"));
    }
}

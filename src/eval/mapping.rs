//! Label sets laid over one another: foreign tag sets and ours, from TOML.

use crate::document::Layer;
use crate::error::{Error, Result};
use std::collections::BTreeMap;
use std::str::FromStr;

/// Where a label goes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    /// To this label of this layer.
    To(Layer, String),
    /// Nowhere: marks of the label are left out on both sides.
    Drop,
}

/// A mapping of labels, applied to gold and predictions alike before anything is compared.
///
/// ```toml
/// name = "coarse"
/// unlisted = "drop"          # or "keep", the default
/// [entity]
/// PERSON = "PER"             # a label of the same layer
/// WORK_OF_ART = "-"          # left out
/// [date]
/// DURATION = "entity:DATE"   # a label of another layer
/// ```
/// A label that is the target of a rule in its layer stays as it is, so that a side which already has
/// the mapped labels may be compared with one that has not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    rules: [BTreeMap<String, Target>; 7],
    drop_unlisted: bool,
    /// Layers that the file speaks of: labels of others are kept whatever `unlisted` says.
    layers: Vec<Layer>,
}

impl Mapping {
    /// Reads a mapping; `place` names the file in errors.
    pub fn parse(toml: &str, place: &str) -> Result<Self> {
        let table: toml::Table = toml.parse().map_err(|error: toml::de::Error| {
            let line = error.span().map_or(1, |span| toml[..span.start].matches('\n').count() + 1);
            Error::input(format!("{place}:{line}"), error.message().to_owned())
        })?;
        let fault = |message: String| Error::input(place, message);
        let mut mapping = Self::default();
        for (key, value) in &table {
            match (key.as_str(), value) {
                ("name" | "description", toml::Value::String(_)) => {}
                ("unlisted", toml::Value::String(what)) if what == "keep" => mapping.drop_unlisted = false,
                ("unlisted", toml::Value::String(what)) if what == "drop" => mapping.drop_unlisted = true,
                ("unlisted", _) => return Err(fault("unlisted is neither \"keep\" nor \"drop\"".to_owned())),
                (layer, toml::Value::Table(rules)) => {
                    let layer = Layer::from_str(layer).map_err(fault)?;
                    mapping.add_layer(layer, rules).map_err(fault)?;
                }
                (key, _) => {
                    return Err(fault(format!("{key:?} is none of name, description, unlisted, or a layer's table")));
                }
            }
        }
        Ok(mapping)
    }

    fn add_layer(&mut self, layer: Layer, rules: &toml::Table) -> std::result::Result<(), String> {
        self.layers.push(layer);
        for (from, to) in rules {
            let to = to.as_str().ok_or_else(|| format!("{layer}.{from} is no string"))?;
            let target = match to.split_once(':') {
                _ if to == "-" => Target::Drop,
                Some((other, label)) => Target::To(Layer::from_str(other)?, label.to_owned()),
                None => Target::To(layer, to.to_owned()),
            };
            if let Target::To(into, label) = &target {
                self.layers.push(*into);
                self.rules[into.index()].entry(label.clone()).or_insert_with(|| target.clone());
            }
            self.rules[layer.index()].insert(from.clone(), target);
        }
        Ok(())
    }

    /// The label that marks of `label` have instead, when no mark can have it any more.
    pub fn renamed(&self, label: &str) -> Option<&str> {
        self.rules.iter().find_map(|rules| match rules.get(label)? {
            Target::To(_, to) if to != label && !self.is_target(label) => Some(to.as_str()),
            _ => None,
        })
    }

    fn is_target(&self, label: &str) -> bool {
        self.rules.iter().flat_map(BTreeMap::values).any(|target| matches!(target, Target::To(_, to) if to == label))
    }

    /// All labels that the mapping speaks of.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().flat_map(BTreeMap::keys).map(String::as_str)
    }

    /// Layer and label that stand for `label` of `layer`; nothing when its marks are left out.
    pub fn map<'a>(&'a self, layer: Layer, label: &'a str) -> Option<(Layer, &'a str)> {
        match self.rules[layer.index()].get(label) {
            Some(Target::To(layer, label)) => Some((*layer, label)),
            Some(Target::Drop) => None,
            None if self.drop_unlisted && self.layers.contains(&layer) => None,
            None => Some((layer, label)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_moves_drops_and_keeps_targets() {
        let mapping = Mapping::parse(
            "unlisted = \"drop\"\n[entity]\nPERSON = \"PER\"\nLAW = \"-\"\n[date]\nSET = \"entity:DATE\"",
            "m.toml",
        )
        .unwrap();
        assert_eq!(mapping.map(Layer::Entity, "PERSON"), Some((Layer::Entity, "PER")));
        assert_eq!(mapping.map(Layer::Entity, "PER"), Some((Layer::Entity, "PER")));
        assert_eq!(mapping.map(Layer::Entity, "LAW"), None);
        assert_eq!(mapping.map(Layer::Entity, "WEAPON"), None);
        assert_eq!(
            ["PERSON", "PER", "LAW", "WEAPON"].map(|label| mapping.renamed(label)),
            [Some("PER"), None, None, None]
        );
        assert_eq!(mapping.map(Layer::Date, "SET"), Some((Layer::Entity, "DATE")));
        assert_eq!(mapping.map(Layer::Figure, "MONEY"), Some((Layer::Figure, "MONEY")));
    }

    #[test]
    fn faults_name_file_and_line() {
        let message = |toml| Mapping::parse(toml, "m.toml").unwrap_err().to_string();
        assert!(message("[entity]\nPERSON = ").starts_with("m.toml:2: "));
        assert_eq!(
            message("[people]\nA = \"B\""),
            "m.toml: layer \"people\" is none of zone, paragraph, sentence, token, entity, figure, date"
        );
    }
}

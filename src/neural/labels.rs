//! The labels of a checkpoint as ours, by a file.

use super::decode::Scheme;
use crate::document::{Label, Layer, label};
use crate::error::{Error, Result};
use crate::resource::Resources;
use std::collections::BTreeMap;
use std::path::Path;

/// The map for checkpoints that bring none of their own.
const DEFAULT: &str = "mappings/checkpoints.toml";

/// The file of a checkpoint's own map.
pub(super) const OWN: &str = "labels.toml";

/// What becomes of a label that the map does not name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Unlisted {
    /// It stays as it is.
    #[default]
    Keep,
    /// Its mentions are left out.
    Drop,
    /// The checkpoint is refused.
    Refuse,
}

/// A map from the labels of checkpoints to ours.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    #[serde(default)]
    unlisted: Unlisted,
    /// Whether I may begin a mention, as IOB1 does.
    #[serde(default)]
    loose: bool,
    /// Whether rules correct and complete its marks; else they do where it knows all of our labels.
    rules: Option<bool>,
    /// Their label → ours; nothing, when its mentions are left out.
    #[serde(default)]
    entity: BTreeMap<String, String>,
}

/// The tags of a checkpoint with our names for its labels.
#[derive(Debug)]
pub(super) struct Labels {
    pub(super) scheme: Scheme,
    /// Our label for each of the scheme's; none for those left out.
    ours: Vec<Option<Label>>,
    rules: bool,
}

impl Labels {
    /// Reads the map in the checkpoint's `folder`, or the default one, for the tag names `tags`.
    pub(super) fn open(folder: &Path, resources: &Resources, tags: &[String]) -> Result<Self> {
        let own = folder.join(OWN);
        let (text, place) = match std::fs::read_to_string(&own) {
            Ok(text) => (text, own.display().to_string()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                (resources.text(DEFAULT)?.into_owned(), DEFAULT.to_owned())
            }
            Err(cause) => return Err(Error::Io { path: own, doing: "read", cause }),
        };
        Self::parse(&text, &place, tags)
    }

    fn parse(text: &str, place: &str, tags: &[String]) -> Result<Self> {
        let map: Wire = toml::from_str(text).map_err(|error| Error::resource(place, error.to_string()))?;
        let scheme = Scheme::new(tags, map.loose);
        let ours = scheme
            .labels()
            .iter()
            .map(|theirs| match (map.entity.get(theirs), map.unlisted) {
                (Some(ours), _) if ours.is_empty() => Ok(None),
                (Some(ours), _) => Ok(Some(label::intern(Layer::Entity, ours))),
                (None, Unlisted::Keep) => Ok(Some(label::intern(Layer::Entity, theirs))),
                (None, Unlisted::Drop) => Ok(None),
                (None, Unlisted::Refuse) => Err(Error::resource(
                    place,
                    format!("does not say what {theirs} is; add it to [entity], with \"\" to leave its mentions out"),
                )),
            })
            .collect::<Result<Vec<Option<Label>>>>()?;
        let all = || label::ENTITY.iter().all(|known| ours.iter().flatten().any(|label| label == known));
        let rules = map.rules.unwrap_or_else(all);
        Ok(Self { scheme, ours, rules })
    }

    /// Whether rules are to correct and complete its marks.
    pub(super) fn takes_rules(&self) -> bool {
        self.rules
    }

    /// Our name for the scheme's label of this number; none, when its mentions are left out.
    pub(super) fn ours(&self, label: usize) -> Option<&Label> {
        self.ours.get(label).and_then(Option::as_ref)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail")]

    use super::*;

    fn check(map: &str, tags: &[&str], expected: &[Option<&str>]) {
        let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
        let labels = Labels::parse(map, "labels.toml", &tags).unwrap();
        let ours: Vec<_> = (0..labels.scheme.labels().len()).map(|at| labels.ours(at).map(Label::as_str)).collect();
        assert_eq!(ours, expected);
    }

    #[test]
    fn labels_are_renamed_kept_or_left_out() {
        let map = "[entity]\nPER = \"PERSON\"\nMISC = \"\"\n";
        check(map, &["O", "B-PER", "I-PER", "B-MISC", "B-DISEASE"], &[Some("PERSON"), None, Some("DISEASE")]);
        check(&format!("unlisted = \"drop\"\n{map}"), &["O", "B-PER", "B-DISEASE"], &[Some("PERSON"), None]);
    }

    #[test]
    fn rules_are_for_checkpoints_that_know_all_labels() {
        let rules = |map: &str, tags: &[String]| Labels::parse(map, "labels.toml", tags).unwrap().takes_rules();
        let mut tags: Vec<String> = label::ENTITY.iter().map(|label| format!("B-{label}")).collect();
        assert!(rules("", &tags));
        assert!(!rules("rules = false", &tags));
        assert!(!rules("[entity]\nLAW = \"\"\n", &tags));
        tags.pop();
        assert!(!rules("", &tags));
        assert!(rules("rules = true", &tags));
    }

    #[test]
    fn a_map_with_a_hole_is_refused_where_it_asks_for_it() {
        let tags = ["O".to_owned(), "B-DISEASE".to_owned()];
        let error = Labels::parse("unlisted = \"refuse\"", "labels.toml", &tags).unwrap_err().to_string();
        assert_eq!(
            error,
            "labels.toml: does not say what DISEASE is; add it to [entity], with \"\" to leave its mentions out"
        );
    }
}

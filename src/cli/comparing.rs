//! What every comparison of documents takes.

use super::feed::{Form, Reading};
use super::pairs::Missing;
use anyhow::Context;
use gloss::document::Layer;
use gloss::eval::{Mapping, MatchRule, Selection};
use gloss::format::bio::Scheme;
use gloss::format::json::Fields;
use gloss::resource::Resources;
use gloss::text::OffsetUnit;

/// What every comparison of documents takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Comparing {
    /// Layers to compare; else the entities, figures and dates that gold marks.
    #[arg(long, value_name = "LAYER", value_delimiter = ',')]
    pub(crate) layer: Vec<Layer>,
    /// Labels left out on both sides.
    #[arg(long, value_name = "LABEL", value_delimiter = ',')]
    pub(crate) ignore: Vec<String>,
    /// Labels laid over both sides: a TOML file, or conll2003, ontonotes, coarse.
    #[arg(long, value_name = "FILE|NAME")]
    pub(crate) map: Option<String>,
    /// Percent of a gold mark's tokens (where gold has none: of its letters) that its partner must cover; else any
    /// overlap will do.
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub(crate) min_overlap: Option<f64>,
    /// What becomes of a document that one side does not have.
    #[arg(long, value_enum, default_value = "error")]
    pub(crate) missing: Missing,
    /// What files hold, whatever their endings say: jsonl or conll.
    #[arg(long, value_enum, value_name = "FORM")]
    pub(crate) from: Option<Form>,
    /// The key of a record that holds its text.
    #[arg(long, value_name = "KEY", default_value = "text")]
    pub(crate) text_field: String,
    /// The key of a record that holds its id.
    #[arg(long, value_name = "KEY", default_value = "id")]
    pub(crate) id_field: String,
    /// Unit of offsets in files that name none: codepoint, byte, utf16.
    #[arg(long, value_name = "UNIT", default_value = "codepoint")]
    pub(crate) offsets: OffsetUnit,
    /// Tags of .conll, .bio and .iob files: iob1, iob2 (bio), ioe1, ioe2, iobes, bilou, or lenient.
    #[arg(long, value_name = "SCHEME", default_value = "lenient")]
    pub(crate) scheme: Scheme,
}

impl Comparing {
    /// Which marks are compared.
    pub(crate) fn selection(&self) -> anyhow::Result<Selection> {
        let mapping = match &self.map {
            None => None,
            Some(name) if std::path::Path::new(name).is_file() => Some(Mapping::parse(
                &std::fs::read_to_string(name).with_context(|| format!("{name}: cannot read"))?,
                name,
            )?),
            Some(name) => {
                let path = format!("mappings/{name}.toml");
                let own = Resources::embedded();
                let toml = own.text(&path).map_err(|_| {
                    let known = own.list("mappings").join(", ").replace("mappings/", "").replace(".toml", "");
                    anyhow::anyhow!(
                        "--map {name}: no such file, and none of the mappings that ship with gloss: {known}"
                    )
                })?;
                Some(Mapping::parse(&toml, &path)?)
            }
        };
        Ok(Selection { layers: self.layer.clone(), ignore: self.ignore.clone(), mapping })
    }

    /// How files are read.
    pub(crate) fn reading(&self) -> Reading {
        let fields = Fields { text: self.text_field.clone(), id: self.id_field.clone(), ..Fields::default() };
        let original = gloss::batch::Reading { fields, ..gloss::batch::Reading::default() };
        Reading { unit: self.offsets, scheme: self.scheme, from: self.from, original }
    }

    /// What may be a pair.
    pub(crate) fn rule(&self) -> MatchRule {
        MatchRule { min_overlap_percent: self.min_overlap }
    }
}

fn percent(text: &str) -> Result<f64, String> {
    match text.trim_end_matches('%').parse() {
        Ok(percent) if (1.0..=100.0).contains(&percent) => Ok(percent),
        _ => Err("a percentage lies between 1 and 100; write 50 for a half".to_owned()),
    }
}

//! The entities of a document in gloss's JSON form: which mentions name one person, one country.

use super::json_pen::Pen;
use super::json_write::initial;
use crate::document::label::intern;
use crate::document::{Annotation, Document, Entity, Layer};
use std::collections::HashMap;

/// An entity as files write it.
#[derive(serde::Deserialize)]
pub(super) struct WireEntity {
    pub(super) id: String,
    label: String,
    name: String,
    iso: Option<String>,
    pub(super) mentions: Vec<String>,
}

/// Entities with their mentions found among `marks`.
pub(super) fn into_entities(wire: Vec<WireEntity>, marks: &[Annotation]) -> Result<Vec<Entity>, String> {
    let ids = marks.iter().zip(0..).filter_map(|(mark, place)| Some((mark.id.as_deref()?, place)));
    let places: HashMap<&str, u32> = ids.collect();
    let entity = |entity: WireEntity| {
        let place = |id: &String| {
            let found = places.get(id.as_str()).copied();
            found.ok_or_else(|| format!("entity {:?} has a mention {id:?}, but no entity mark has that id", entity.id))
        };
        let mentions = entity.mentions.iter().map(place).collect::<Result<_, _>>()?;
        let label = intern(Layer::Entity, &entity.label);
        Ok(Entity { id: entity.id, label, name: entity.name, iso: entity.iso, mentions })
    };
    wire.into_iter().map(entity).collect()
}

/// Writes the entities of a document, under their key.
pub(super) fn write(pen: &mut Pen, document: &Document) {
    let marks = document.layer(Layer::Entity);
    let id = |place: &u32| match marks.get(*place as usize).and_then(|mark| mark.id.as_deref()) {
        Some(id) => id.to_owned(),
        None => format!("{}{}", initial(Layer::Entity), place + 1),
    };
    pen.key("entities");
    pen.begin_list();
    for entity in &document.entities {
        pen.item();
        pen.begin_object();
        pen.pair("id", &entity.id);
        pen.pair("label", &entity.label);
        pen.pair("name", &entity.name);
        pen.pair_if("iso", entity.iso.as_deref());
        let ids: Vec<String> = entity.mentions.iter().map(id).collect();
        pen.key("mentions");
        pen.strings(ids.iter().map(String::as_str));
        pen.end_object();
    }
    pen.end_list();
}

//! Two systems on one gold document: what the second fixed, and what it broke.

use super::marks::Item;
use super::report::Change;
use super::score::JudgedLayer;
use crate::document::{Document, Layer};
use crate::text::OffsetUnit;

/// Lists, for one document, the marks that only the second system has right (`fixed`) and those that only
/// the first has right (`broke`): gold marks by strict match, and inventions that the other has not made.
pub fn changes(
    gold: &Document,
    first: &[JudgedLayer<'_>],
    second: &[JudgedLayer<'_>],
    fixed: &mut Vec<Change>,
    broke: &mut Vec<Change>,
) {
    for layer in Layer::ALL {
        let [one, two] = [first, second].map(|judged| judged.iter().find(|judged| judged.layer == layer));
        let golds = one.or(two).map_or(&[][..], |judged| &judged.gold);
        let (right_one, right_two) = (right(one, golds.len()), right(two, golds.len()));
        for (index, item) in golds.iter().enumerate() {
            match (right_one[index], right_two[index]) {
                (false, true) => fixed.push(change(gold, layer, item, true)),
                (true, false) => broke.push(change(gold, layer, item, true)),
                _ => {}
            }
        }
        let (made_one, made_two) = (inventions(one), inventions(two));
        fixed.extend(only(&made_one, &made_two).map(|item| change(gold, layer, item, false)));
        broke.extend(only(&made_two, &made_one).map(|item| change(gold, layer, item, false)));
    }
}

/// For each gold mark, whether a prediction of the same span and label answers it.
fn right(judged: Option<&JudgedLayer<'_>>, golds: usize) -> Vec<bool> {
    let mut right = vec![false; golds];
    for pair in judged.iter().flat_map(|judged| &judged.alignment.same) {
        right[pair.gold] = true;
    }
    right
}

fn inventions<'j, 'a>(judged: Option<&'j JudgedLayer<'a>>) -> Vec<&'j Item<'a>> {
    judged.map_or_else(Vec::new, |judged| judged.inventions().iter().map(|index| &judged.pred[*index]).collect())
}

/// The marks of `these`, in order of place, of the one that the other has not made.
fn only<'j, 'a>(own: &'j [&'j Item<'a>], foreign: &'j [&'j Item<'a>]) -> impl Iterator<Item = &'j Item<'a>> {
    own.iter().copied().filter(|item| foreign.binary_search_by(|other| other.identity(item)).is_err())
}

fn change(document: &Document, layer: Layer, item: &Item<'_>, gold: bool) -> Change {
    let position = |byte: u32| document.article.offsets().from_byte(document.text(), byte, OffsetUnit::Codepoint);
    Change {
        document: document.id().to_owned(),
        layer: layer.name(),
        start: position(item.span.start()),
        end: position(item.span.end()),
        label: item.label.to_owned(),
        text: item.span.of(document.text()).to_owned(),
        gold,
    }
}

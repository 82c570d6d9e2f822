//! Lets the lists settle what a coarse gold label means.

use super::super::gold::GoldSpan;
use crate::document::Label;
use crate::resource::gazetteer::{Gazetteer, Match, Trust};

/// Narrows the labels of each span to the one that the lists give the phrase, or else its head, where
/// they give exactly one of those it may bear; `matches` are the list phrases of the article.
pub(super) fn settle(gazetteer: &Gazetteer, labels: &[Label], matches: &[Match], spans: &mut [GoldSpan]) {
    for span in spans.iter_mut().filter(|span| span.labels.len() > 1) {
        let (start, end) = (span.tokens.start as u32, span.tokens.end as u32);
        let classes = |wanted: &dyn Fn(&Match) -> bool| {
            let from = matches.partition_point(|found| found.tokens.start < start);
            let inside = matches[from..].iter().take_while(|found| found.tokens.start < end);
            inside.filter(|found| wanted(found)).fold(0, |all, found| all | found.classes)
        };
        let whole = classes(&|found| found.tokens == (start..end));
        let head = classes(&|found| found.tokens.end == end && found.tokens.start > start);
        let first = classes(&|found| found.tokens.start == start && found.tokens.end < end);
        let evidence = [(whole, Trust::Mark), (whole, Trust::Hint), (head, Trust::Head), (first, Trust::First)];
        let settled = evidence.into_iter().map(|(classes, trust)| fitting(gazetteer, labels, classes, trust, span));
        if let Some(settled) = settled.into_iter().find(|settled| !settled.is_empty())
            && settled.len() == 1
        {
            span.labels = settled;
        }
    }
}

/// The labels of `span` that one of `classes`, trusted so, gives.
fn fitting(gazetteer: &Gazetteer, labels: &[Label], classes: u32, trust: Trust, span: &GoldSpan) -> Vec<usize> {
    let named = gazetteer.classes().iter().enumerate();
    let named = named.filter(|(bit, class)| classes >> bit & 1 == 1 && class.trust == trust);
    let given: Vec<&str> = named.map(|(_, class)| class.label.as_str()).collect();
    span.labels.iter().copied().filter(|label| given.contains(&labels[*label].as_str())).collect()
}

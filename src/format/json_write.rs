//! Writes documents in gloss's JSON form.

use super::json_entities;
use super::json_pen::Pen;
use super::json_read::text_sha256;
use crate::calendar::Timex;
use crate::document::cuts::CUTTER;
use crate::document::{Amount, Annotation, Article, Bound, Cuts, Document, Figure, Label, Layer, Source, Value};
use crate::text::{OffsetUnit, Span};
use bigdecimal::{BigDecimal, RoundingMode};
use std::cell::Cell;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::io::{self, Write};

/// How documents are written.
#[derive(Clone, Copy, Debug)]
pub struct WriteOptions {
    /// The unit of offsets.
    pub unit: OffsetUnit,
    /// Whether `text` and the words of each mark are written, or pure standoff.
    pub text: bool,
    /// Whether the object is spread over lines, one annotation a line.
    pub pretty: bool,
}

impl Default for WriteOptions {
    fn default() -> Self {
        Self { unit: OffsetUnit::Codepoint, text: true, pretty: false }
    }
}

/// Writes `document` as one JSON object, without a line end.
pub fn write_document(document: &Document, options: &WriteOptions, out: &mut dyn Write) -> io::Result<()> {
    write_cut_document(document, &Cuts::default(), options, out)
}

/// The same with `cuts` that the document does not hold itself.
pub fn write_cut_document(
    document: &Document,
    cuts: &Cuts,
    options: &WriteOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut pen = Pen::with_capacity(document.text().len() + 512, options.pretty);
    compose(document, cuts, *options, &mut pen, |pen| pen.spill(out))?;
    out.write_all(&pen.finish())
}

/// `document` as one JSON object, without a line end.
pub fn document_json(document: &Document, options: &WriteOptions) -> Vec<u8> {
    cut_document_json(document, &Cuts::default(), options)
}

/// The same with `cuts` that the document does not hold itself.
pub fn cut_document_json(document: &Document, cuts: &Cuts, options: &WriteOptions) -> Vec<u8> {
    // Tokens make most of it: some hundred bytes for every five of the text.
    let mut pen = Pen::with_capacity(document.text().len() * 24 + 512, options.pretty);
    let Ok(()) = compose(document, cuts, *options, &mut pen, |_| Ok::<(), Infallible>(()));
    pen.finish()
}

/// Writes all but the end of a document with `pen`, which `spill` may empty behind each annotation.
fn compose<E>(
    document: &Document,
    cuts: &Cuts,
    options: WriteOptions,
    pen: &mut Pen,
    mut spill: impl FnMut(&mut Pen) -> Result<(), E>,
) -> Result<(), E> {
    let writer = Writer::new(&document.article, &options);
    writer.head(pen, document.labels.as_deref());
    pen.key("annotations");
    pen.begin_list();
    for layer in Layer::ALL {
        for (index, cut) in cuts.layer(layer).iter().enumerate() {
            pen.item();
            writer.plain(pen, index, layer, (cut.span, cut.label), Some(&CUTTER));
            spill(pen)?;
        }
        for (index, mark) in document.layer(layer).iter().enumerate() {
            pen.item();
            writer.annotation(pen, index, mark);
            spill(pen)?;
        }
    }
    pen.end_list();
    if !document.entities.is_empty() {
        json_entities::write(pen, document);
    }
    let meta = &document.article.meta;
    if !meta.extra.is_empty() {
        pen.key("meta");
        pen.value(&meta.extra);
    }
    Ok(())
}

/// One mark of `article` as files have it, with the first id of its layer where it has none.
pub fn annotation_json(article: &Article, mark: &Annotation) -> String {
    let mut pen = Pen::with_capacity(256, false);
    Writer::new(article, &WriteOptions::default()).annotation(&mut pen, 0, mark);
    pen.into_text()
}

struct Writer<'a> {
    article: &'a Article,
    options: &'a WriteOptions,
    /// The last position that was converted, in bytes and in the unit: marks come in order, so that the next
    /// one lies near.
    last: Cell<(u32, u32)>,
}

impl<'a> Writer<'a> {
    fn new(article: &'a Article, options: &'a WriteOptions) -> Self {
        Self { article, options, last: Cell::default() }
    }

    /// Everything before the annotations.
    fn head(&self, pen: &mut Pen, labels: Option<&[Label]>) {
        let meta = &self.article.meta;
        pen.begin_document();
        pen.pair("id", &meta.id);
        if let Some(dct) = meta.dct {
            pen.pair("dct", &dct.to_string());
        }
        for (key, value) in [("title", &meta.title), ("source", &meta.source), ("license", &meta.license)] {
            pen.pair_if(key, value.as_deref());
        }
        if self.options.text {
            pen.pair("text", self.article.text());
        }
        pen.pair("text_sha256", &text_sha256(self.article.text()));
        pen.pair("offset_unit", self.options.unit.name());
        if let Some(labels) = labels {
            pen.key("labels");
            pen.strings(labels.iter().map(crate::document::Name::as_str));
        }
    }

    fn annotation(&self, pen: &mut Pen, index: usize, mark: &Annotation) {
        if is_plain(mark) {
            return self.plain(pen, index, mark.layer, (mark.span, &mark.label), mark.source.as_ref());
        }
        pen.begin_object();
        if let Some(id) = &mark.id {
            pen.pair("id", id);
        } else {
            pen.key("id");
            pen.numbered(initial(mark.layer), index + 1);
        }
        pen.plain_pair("layer", mark.layer.name());
        let [start, end] = self.pair(mark.span);
        pen.number_pair("start", start);
        pen.number_pair("end", end);
        if !mark.fragments.is_empty() {
            pen.key("fragments");
            pen.pairs(mark.fragments.iter().map(|span| self.pair(*span)));
        }
        pen.pair("label", &mark.label);
        if self.options.text {
            pen.pair("text", mark.span.of(self.article.text()));
        }
        match mark.value.as_deref() {
            Some(Value::Figure(figure)) => self.figure(pen, figure),
            Some(Value::Timex(timex)) => timex_keys(pen, timex),
            Some(Value::Foreign(value)) => pen.pair("value", value),
            None => {}
        }
        for (key, value) in mark.attributes.iter().flat_map(|attributes| attributes.iter()) {
            pen.foreign_key(key);
            pen.value(value);
        }
        if let Some(score) = mark.score {
            pen.key("score");
            pen.value(&score);
        }
        if let Some(source) = &mark.source {
            pen.key("source");
            pen.joined(&source.tagger, source.detail.as_deref());
        }
        pen.end_object();
    }

    /// The same for the cuts, of which there are the most: nothing but place, label and source.
    fn plain(&self, pen: &mut Pen, index: usize, layer: Layer, (span, label): (Span, &str), source: Option<&Source>) {
        let (before_id, after_id) = opening(layer);
        let [start, end] = self.pair(span);
        pen.raw(before_id);
        pen.number(index + 1);
        pen.raw(after_id);
        pen.number(start as usize);
        pen.raw(",\"end\":");
        pen.number(end as usize);
        pen.raw(",\"label\":\"");
        pen.escaped(label);
        if self.options.text {
            pen.raw("\",\"text\":\"");
            pen.escaped(span.of(self.article.text()));
        }
        if let Some(source) = source {
            pen.raw("\",\"source\":\"");
            pen.escaped(&source.tagger);
            if let Some(detail) = &source.detail {
                pen.raw("/");
                pen.escaped(detail);
            }
        }
        pen.raw("\"}");
    }

    fn position(&self, byte: u32) -> u32 {
        let (offsets, text) = (self.article.offsets(), self.article.text());
        let position = offsets.from_byte_near(text, self.last.get(), byte, self.options.unit);
        self.last.set((byte, position));
        position
    }

    fn pair(&self, span: Span) -> [u32; 2] {
        [self.position(span.start()), self.position(span.end())]
    }

    fn figure(&self, pen: &mut Pen, figure: &Figure) {
        match &figure.amount {
            Amount::Unknown => {}
            Amount::Exact(value) => pen.pair("value", &value.to_plain_string()),
            Amount::Fraction(numerator, denominator) => {
                pen.pair("value", &quotient(*numerator, *denominator));
                pen.pair("fraction", &format!("{numerator}/{denominator}"));
            }
            Amount::Range(low, high) => {
                for (key, end) in [("low", low), ("high", high)] {
                    pen.pair_if(key, end.as_ref().map(BigDecimal::to_plain_string).as_deref());
                }
            }
            Amount::Ratio(parts) => {
                let parts: Vec<_> = parts.iter().map(BigDecimal::to_plain_string).collect();
                pen.pair("ratio", &parts.join(":"));
            }
        }
        if figure.bound != Bound::Exact {
            pen.pair("bound", figure.bound.name());
        }
        if figure.vague {
            pen.key("vague");
            pen.value(&true);
        }
        for (key, value) in [("unit", &figure.unit), ("per", &figure.per)] {
            pen.pair_if(key, value.as_deref());
        }
        for (key, span) in [("extent", figure.extent), ("counts", figure.counts)] {
            if let Some(span) = span {
                pen.key(key);
                pen.span(self.pair(span));
            }
        }
    }
}

/// How an annotation of `layer` begins, before the number of its id and after it.
fn opening(layer: Layer) -> (&'static str, &'static str) {
    match layer {
        Layer::Zone => ("{\"id\":\"z", "\",\"layer\":\"zone\",\"start\":"),
        Layer::Paragraph => ("{\"id\":\"p", "\",\"layer\":\"paragraph\",\"start\":"),
        Layer::Sentence => ("{\"id\":\"s", "\",\"layer\":\"sentence\",\"start\":"),
        Layer::Token => ("{\"id\":\"t", "\",\"layer\":\"token\",\"start\":"),
        Layer::Entity => ("{\"id\":\"e", "\",\"layer\":\"entity\",\"start\":"),
        Layer::Figure => ("{\"id\":\"f", "\",\"layer\":\"figure\",\"start\":"),
        Layer::Date => ("{\"id\":\"d", "\",\"layer\":\"date\",\"start\":"),
    }
}

/// Whether nothing is known of a mark but its place, label and source.
fn is_plain(mark: &Annotation) -> bool {
    mark.id.is_none()
        && mark.fragments.is_empty()
        && mark.value.is_none()
        && mark.attributes.is_none()
        && mark.score.is_none()
}

/// The keys of a date's normal form.
fn timex_keys(pen: &mut Pen, timex: &Timex) {
    let keys = [
        ("value", &timex.value),
        ("mod", &timex.modifier),
        ("quant", &timex.quant),
        ("freq", &timex.freq),
        ("low", &timex.low),
        ("high", &timex.high),
        ("begin_point", &timex.begin_point),
        ("end_point", &timex.end_point),
    ];
    for (key, value) in keys {
        pen.pair_if(key, value.as_deref());
    }
    if let Some((first, last)) = &timex.interval {
        pen.key("interval");
        pen.strings([first.as_str(), last].into_iter());
    }
}

/// The letter with which the ids of a layer begin.
pub(super) fn initial(layer: Layer) -> char {
    layer.name().chars().next().unwrap_or('a')
}

/// A fraction as a decimal of 28 significant digits, trailing zeros dropped.
fn quotient(numerator: i64, denominator: i64) -> String {
    let exact = BigDecimal::from(numerator) / BigDecimal::from(denominator);
    let mut out = String::new();
    let rounded = exact.with_precision_round(PRECISION, RoundingMode::HalfEven).normalized();
    // Writing to a String cannot fail.
    let _ = write!(out, "{}", rounded.to_plain_string());
    out
}

const PRECISION: std::num::NonZeroU64 = match std::num::NonZeroU64::new(28) {
    Some(precision) => precision,
    None => unreachable!(),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::json::{ReadOptions, read_document};

    #[test]
    fn the_short_way_writes_what_the_long_way_would() {
        let text = "a \"b\" \u{e9}";
        let article = Article::new(crate::document::Meta::default(), text.to_owned()).unwrap();
        for (layer, text) in Layer::ALL.into_iter().flat_map(|layer| [(layer, false), (layer, true)]) {
            let mark = Annotation::new(layer, Span::at(2, 5), "a\"b").by(crate::document::Source::with("se\\g", "x"));
            let scored = Annotation { score: Some(0.5), ..mark.clone() };
            let options = WriteOptions { text, ..WriteOptions::default() };
            let writer = Writer::new(&article, &options);
            let write = |mark: &Annotation| {
                let mut pen = Pen::with_capacity(0, false);
                writer.annotation(&mut pen, 6, mark);
                pen.into_text()
            };
            assert_eq!(write(&mark), write(&scored).replace("\"score\":0.5,", ""));
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        let json = r#"{"id":"a","dct":"2024-05-15","text":"🙂 over a third of 12 people in 2020","annotations":[
            {"layer":"figure","start":7,"end":14,"label":"CARDINAL","fraction":"1/3","value":"0.333","bound":"more_than","extent":[2,14]},
            {"layer":"date","start":31,"end":35,"label":"DATE","value":"2020","interval":["2020-01-01","2020-12-31"]},
            {"layer":"figure","start":18,"end":20,"label":"CARDINAL","value":"12","counts":[21,27]}],"url":"x"}"#;
        let document = read_document(json, "test", &ReadOptions::default()).unwrap();
        for unit in [OffsetUnit::Codepoint, OffsetUnit::Byte, OffsetUnit::Utf16] {
            let mut out = Vec::new();
            write_document(&document, &WriteOptions { unit, ..WriteOptions::default() }, &mut out).unwrap();
            let json = String::from_utf8(out).unwrap();
            let mut again = read_document(&json, "test", &ReadOptions::default()).unwrap();
            for layer in Layer::ALL {
                let marks = again.layer(layer).iter().cloned().map(|m| Annotation { id: None, ..m }).collect();
                again.set_layer(layer, marks);
            }
            assert_eq!(again, document, "{json}");
        }
    }
}

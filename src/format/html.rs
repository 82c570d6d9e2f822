//! Reads web pages: the main content as text, and what the page says about itself.

use super::encoding::decode;
use super::markup::{MAX_DEPTH, named_charset, nests_too_deep, squeeze, zones_of_lines};
use super::page_meta::{self, PageMeta};
use crate::document::label::intern;
use crate::document::{Article, Layer, Meta};
use crate::error::{Error, Result};
use crate::text::Span;
use dom_query::Document;
use encoding_rs::Encoding;
use std::collections::HashMap;

/// Reads one page. `meta` brings the id and source; what it already holds stays, the rest is filled
/// from the page. Offsets of the article refer to the extracted text, which the article carries.
///
/// A byte order mark decides on the encoding before `named`, and `named` before what the page says.
pub fn read_page(bytes: Vec<u8>, named: Option<&'static Encoding>, meta: Meta, place: &str) -> Result<Article> {
    let charset = named.or_else(|| named_charset(&bytes));
    let html = decode(bytes, charset, place)?;
    if nests_too_deep(&html) {
        return Err(Error::input(
            place,
            format!("the page's elements nest deeper than {MAX_DEPTH}: it is broken, or no article"),
        ));
    }
    let page = Document::from(html.as_str());
    let about = page_meta::read(&page);
    let zones = zones_of_lines(&page);
    let text = main_text(&html, &page, about.title.as_deref(), &zones, place)?;
    let headline = about.title.as_deref().map(squeeze);
    let mut article = Article::new(fill(meta, about), text)
        .ok_or_else(|| Error::input(place, "the text is longer than 4 GiB; split it"))?;
    article.hints = hints(article.text(), &zones, headline.as_deref())
        .into_iter()
        .map(|(span, zone)| (span, intern(Layer::Zone, zone)))
        .collect();
    Ok(article)
}

/// The page's article: its headline and the lines that the extractor chose.
fn main_text(
    html: &str,
    page: &Document,
    title: Option<&str>,
    zones: &HashMap<String, &'static str>,
    place: &str,
) -> Result<String> {
    let options = rs_trafilatura::Options {
        // Without this, the captions of pictures are lost.
        include_images: true,
        // The crate would cut at a byte, perhaps inside a character.
        max_extracted_len: usize::MAX,
        ..rs_trafilatura::Options::default()
    };
    let found = rs_trafilatura::extract_with_options(html, &options)
        .map_err(|error| Error::input(place, format!("no article was found in the page: {error}")))?;
    let content = found.content_text.trim();
    if content.is_empty() {
        return Err(Error::input(place, "no article was found in the page: its main part holds no text"));
    }
    let has_headline = content.lines().take(4).any(|line| {
        let line = squeeze(line);
        zones.get(&line).is_some_and(|zone| *zone == "headline") || title.is_some_and(|title| squeeze(title) == line)
    });
    match headline(page, title) {
        Some(headline) if !has_headline => Ok(format!("{headline}\n\n{content}\n")),
        _ => Ok(format!("{content}\n")),
    }
}

/// The first heading that the page's title begins with, else the first one inside the article.
fn headline(page: &Document, title: Option<&str>) -> Option<String> {
    let headings = |selector| -> Vec<String> {
        let found = page.try_select(selector);
        found.iter().flat_map(|found| found.iter().map(|heading| squeeze(&heading.text()))).collect()
    };
    let all = headings("h1");
    let named = all
        .iter()
        .find(|heading| !heading.is_empty() && title.is_some_and(|title| squeeze(title).starts_with(heading.as_str())));
    named.cloned().or_else(|| headings("article h1, main h1").into_iter().find(|heading| !heading.is_empty()))
}

fn fill(mut meta: Meta, about: PageMeta) -> Meta {
    meta.title = meta.title.or(about.title);
    meta.license = meta.license.or(about.license);
    if let (None, Some(day)) = (meta.dct, about.published) {
        meta.dct = Some(day);
    }
    let extra = [("byline", about.byline), ("language", about.language), ("site", about.site), ("url", about.url)];
    for (key, value) in extra {
        if let (false, Some(value)) = (meta.extra.contains_key(key), value) {
            meta.extra.insert(key.to_owned(), value.into());
        }
    }
    meta
}

/// The lines of `text` whose zone the tags give away; only the first headline counts as one.
fn hints(text: &str, zones: &HashMap<String, &'static str>, title: Option<&str>) -> Vec<(Span, &'static str)> {
    let mut hints = Vec::new();
    let mut start = 0;
    let mut headline_seen = false;
    for line in text.split_inclusive('\n') {
        let words = line.trim();
        let key = squeeze(words);
        let zone = match zones.get(&key).copied() {
            None if !headline_seen && !key.is_empty() && title == Some(&key) => Some("headline"),
            Some("headline") if headline_seen => Some("subheading"),
            zone => zone,
        };
        if let (Some(zone), false) = (zone, words.is_empty()) {
            headline_seen |= zone == "headline";
            let from = start + (line.len() - line.trim_start().len());
            hints.push((Span::at(from, from + words.len()), zone));
        }
        start += line.len();
    }
    hints
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<!doctype html><html lang="en"><head><title>Bridge reopens | Post</title>
        <meta property="article:published_time" content="2024-05-14T23:30:00-05:00"></head><body>
        <nav><ul><li><a href="/">Home</a></li></ul></nav><article><h1>Bridge reopens</h1>
        <figure><img src="x.jpg"><figcaption>The bridge on its first morning.</figcaption></figure>
        <p>The harbour bridge reopened to traffic on Monday, two years after a freighter struck its eastern pier and
        closed the only direct road between the two halves of the city.</p>
        <h2>A costly repair</h2><p>The work cost €86m, some 40% more than had been planned when it was begun.</p>
        <blockquote><p>No bridge of this size has been lifted before.</p></blockquote>
        <ul><li>Length: 1,204 metres</li><li>Built: 1967</li></ul></article>
        <footer>All rights reserved.</footer></body></html>"#;

    fn read(page: &[u8], named: Option<&str>) -> Result<Article> {
        let named = named.map(|label| super::super::encoding::encoding(label).unwrap());
        read_page(page.to_vec(), named, Meta { id: "a".to_owned(), ..Meta::default() }, "a.html")
    }

    #[test]
    fn an_article_keeps_headline_body_and_zones() {
        let article = read(PAGE.as_bytes(), None).unwrap();
        let text = article.text();
        assert!(text.starts_with("Bridge reopens\n\n"), "{text}");
        assert!(
            text.contains("cost €86m") && !text.contains("All rights reserved") && !text.contains("Home"),
            "{text}"
        );
        let marked: Vec<_> = article.hints.iter().map(|(span, zone)| (zone.as_str(), span.of(text))).collect();
        assert_eq!(
            marked,
            [
                ("headline", "Bridge reopens"),
                ("caption", "The bridge on its first morning."),
                ("subheading", "A costly repair"),
                ("quote", "No bridge of this size has been lifted before."),
                ("list", "Length: 1,204 metres"),
                ("list", "Built: 1967"),
            ]
        );
        assert_eq!(article.meta.dct, Some(jiff::civil::date(2024, 5, 14)));
        assert_eq!(article.meta.extra["language"], "en");
    }

    #[test]
    fn the_page_or_the_user_names_the_encoding() {
        let page = |charset: &str| {
            let mut page = format!("<html><head>{charset}</head><body><article><p>A caf").into_bytes();
            page.extend(b"\xE9 in Paris burnt down on Monday night, the police said.</p></article></body></html>");
            page
        };
        let text = |article: Article| article.text().trim().to_owned();
        let expected = "A café in Paris burnt down on Monday night, the police said.";
        assert_eq!(text(read(&page("<meta charset=latin1>"), None).unwrap()), expected);
        assert_eq!(text(read(&page(""), Some("windows-1252")).unwrap()), expected);
        assert_eq!(text(read(&page("<meta charset=utf-8>"), Some("windows-1252")).unwrap()), expected);
        let error = read(&page(""), None).unwrap_err().to_string();
        assert!(error.starts_with("a.html: byte 42: (0xE9) is no UTF-8"), "{error}");
    }

    #[test]
    fn what_holds_no_article_is_an_error() {
        assert!(read(b"", None).is_err());
        assert!(read(b"<html><body></body></html>", None).is_err());
        let error = read("<div>".repeat(100_000).as_bytes(), None).unwrap_err().to_string();
        assert!(error.contains("nest deeper"), "{error}");
    }
}

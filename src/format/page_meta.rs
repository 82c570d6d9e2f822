//! What a page says about itself: title, authors, day of publication, language, address.

use super::day::day;
use dom_query::{Document, Matcher};
use jiff::civil::Date;
use serde_json::Value as Json;

/// What a page says about itself.
#[derive(Debug, Default, PartialEq)]
pub(super) struct PageMeta {
    pub(super) title: Option<String>,
    pub(super) byline: Option<String>,
    /// The day of publication where it was published, not in Greenwich.
    pub(super) published: Option<Date>,
    pub(super) language: Option<String>,
    pub(super) site: Option<String>,
    pub(super) url: Option<String>,
    pub(super) license: Option<String>,
}

/// Reads JSON-LD, `<meta>`, `<link>`, `<time>` and `<html lang>`, in this order of trust.
pub(super) fn read(page: &Document) -> PageMeta {
    let article = json_ld(page);
    let of_article = |key: &str| article.as_ref().and_then(|article| article.get(key));
    PageMeta {
        title: of_article("headline")
            .and_then(text_of)
            .or_else(|| meta(page, &["og:title", "twitter:title", "dc.title", "citation_title", "parsely-title"]))
            .or_else(|| text(page, "head title, title")),
        byline: of_article("author").and_then(names_of).or_else(|| byline(page)),
        published: ["datePublished", "dateCreated", "uploadDate"]
            .iter()
            .find_map(|key| of_article(key).and_then(text_of).as_deref().and_then(day))
            .or_else(|| published(page)),
        language: attribute(page, "html[lang]", "lang")
            .or_else(|| of_article("inLanguage").and_then(text_of))
            .or_else(|| meta(page, &["content-language", "og:locale", "language"]))
            .map(|language| language.replace('_', "-")),
        site: meta(page, &["og:site_name", "application-name"])
            .or_else(|| of_article("publisher").and_then(|publisher| publisher.get("name")).and_then(text_of)),
        url: attribute(page, "link[rel=canonical][href]", "href").or_else(|| meta(page, &["og:url"])),
        license: attribute(page, "link[rel=license][href], a[rel=license][href]", "href")
            .or_else(|| of_article("license").and_then(text_of)),
    }
}

/// The first JSON-LD object that describes an article; broken JSON is passed over.
fn json_ld(page: &Document) -> Option<Json> {
    let scripts = page.try_select(r#"script[type="application/ld+json"]"#)?;
    scripts.iter().find_map(|script| article_in(serde_json::from_str(script.text().trim()).ok()?, 8))
}

/// The article in a JSON-LD value, at most `depth` lists and graphs down.
fn article_in(value: Json, depth: usize) -> Option<Json> {
    match value {
        Json::Array(items) if depth > 0 => items.into_iter().find_map(|item| article_in(item, depth - 1)),
        Json::Object(mut object) => {
            let is_article = |kind: &str| kind.ends_with("Article") || kind.ends_with("Posting") || kind == "Report";
            let found = match object.get("@type") {
                Some(Json::String(kind)) => is_article(kind),
                Some(Json::Array(kinds)) => kinds.iter().filter_map(Json::as_str).any(is_article),
                _ => false,
            };
            if found {
                return Some(Json::Object(object));
            }
            let inner = ["@graph", "mainEntity", "mainEntityOfPage"].into_iter().find_map(|key| object.remove(key));
            if depth > 0 { article_in(inner?, depth - 1) } else { None }
        }
        _ => None,
    }
}

/// The words of a string, or of the first string in a list.
fn text_of(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(super::markup::squeeze(text)).filter(|text| !text.is_empty()),
        Json::Array(items) => items.iter().find_map(text_of),
        _ => None,
    }
}

/// The names of a person or organisation, or of a list of them, joined by commas.
fn names_of(value: &Json) -> Option<String> {
    let items = match value {
        Json::Array(items) => items.as_slice(),
        other => std::slice::from_ref(other),
    };
    let names: Vec<_> =
        items.iter().filter_map(|item| item.get("name").and_then(text_of).or_else(|| text_of(item))).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// The content of the first `<meta>` whose name, property or item property is one of `keys`.
fn meta(page: &Document, keys: &[&str]) -> Option<String> {
    let all = page.try_select("meta[content]")?;
    keys.iter().find_map(|key| {
        let tag = all.iter().find(|tag| {
            ["name", "property", "itemprop", "http-equiv"]
                .iter()
                .any(|name| tag.attr(name).is_some_and(|value| value.eq_ignore_ascii_case(key)))
        })?;
        tag.attr("content").map(|value| super::markup::squeeze(&value)).filter(|value| !value.is_empty())
    })
}

/// The value of `name` at the first element that `selector` finds.
fn attribute(page: &Document, selector: &str, name: &str) -> Option<String> {
    let value = page.try_select(selector)?.attr(name)?;
    Some(value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// The words of the first element with any that `selector` finds.
fn text(page: &Document, selector: &str) -> Option<String> {
    let matcher = Matcher::new(selector).ok()?;
    page.select_matcher(&matcher)
        .iter()
        .map(|element| super::markup::squeeze(&element.text()))
        .find(|text| !text.is_empty())
}

/// The longest text, in bytes, that is taken for a byline.
const MAX_BYLINE_BYTES: usize = 120;

fn byline(page: &Document) -> Option<String> {
    let keys =
        ["author", "article:author", "byl", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author"];
    let of_meta = keys.iter().find_map(|key| meta(page, &[key]).filter(|name| !name.contains("://")));
    let selectors = ["[itemprop=author]", "[rel=author]", ".byline, .byline-name, .author-name", ".author"];
    of_meta
        .or_else(|| selectors.iter().find_map(|selector| text(page, selector)))
        .or_else(|| plain_byline(page))
        .map(|line| strip_by(&line).to_owned())
        .filter(|line| !line.is_empty() && line.len() <= MAX_BYLINE_BYTES)
}

/// The first paragraph that is nothing but `By` and names.
fn plain_byline(page: &Document) -> Option<String> {
    let paragraphs = page.try_select("p, address")?;
    paragraphs.iter().map(|paragraph| super::markup::squeeze(&paragraph.text())).find(|line| {
        let names = strip_by(line);
        let is_name = |word: &str| {
            word.starts_with(char::is_uppercase) || matches!(word, "and" | "de" | "van" | "von" | "der" | "al" | "bin")
        };
        names.contains(' ')
            && names.len() < line.len()
            && line.len() <= MAX_BYLINE_BYTES
            && !line.ends_with('.')
            && names.split(' ').all(is_name)
    })
}

/// The names of a byline without the word that introduces them.
fn strip_by(line: &str) -> &str {
    match line.split_once(' ') {
        Some((by, names)) if by.trim_end_matches(':').eq_ignore_ascii_case("by") => names.trim(),
        _ => line,
    }
}

fn published(page: &Document) -> Option<Date> {
    let keys = [
        "article:published_time",
        "og:published_time",
        "datePublished",
        "date",
        "pubdate",
        "publishdate",
        "publish-date",
        "dc.date",
        "dc.date.issued",
        "dcterms.created",
        "dcterms.issued",
        "citation_publication_date",
        "parsely-pub-date",
        "sailthru.date",
    ];
    let of_meta = keys.iter().find_map(|key| meta(page, &[key]).as_deref().and_then(day));
    of_meta.or_else(|| {
        let selectors = ["time[pubdate][datetime]", "time[itemprop=datePublished][datetime]", "time[datetime]"];
        selectors.iter().find_map(|selector| attribute(page, selector, "datetime").as_deref().and_then(day))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_ld_comes_before_meta_and_meta_before_the_page() {
        let page = Document::from(
            r#"<html lang="en-GB"><head><title>T | Site</title><meta property="og:title" content="OG">
            <meta name="author" content="Meta Person"><meta property="og:site_name" content="Site">
            <script type="application/ld+json">{broken</script>
            <script type="application/ld+json">{"@graph":[{"@type":"WebPage"},{"@type":["NewsArticle"],"headline":"A  day",
            "author":[{"@type":"Person","name":"Ann Lee"},{"name":"Bo Ek"}],"datePublished":"2024-05-14T00:30:00+02:00"}]}</script>
            </head><body><time datetime="2020-01-01"></time></body></html>"#,
        );
        let found = read(&page);
        assert_eq!(found.title.as_deref(), Some("A day"));
        assert_eq!(found.byline.as_deref(), Some("Ann Lee, Bo Ek"));
        assert_eq!(found.published, Some(jiff::civil::date(2024, 5, 14)));
        assert_eq!(found.language.as_deref(), Some("en-GB"));
        assert_eq!(found.site.as_deref(), Some("Site"));
    }

    #[test]
    fn a_line_of_names_behind_by_is_a_byline() {
        let check = |line: &str, expected: Option<&str>| {
            let page = Document::from(format!("<article><h1>T</h1><p>{line}</p><p>By then it rained.</p></article>"));
            assert_eq!(read(&page).byline.as_deref(), expected, "{line}");
        };
        check("By Jane Roe and Ola de Nord", Some("Jane Roe and Ola de Nord"));
        check("BY <b>Jane Roe</b>", Some("Jane Roe"));
        check("By Monday the water had gone", None);
        check("By Friday", None);
        check("Jane Roe", None);
    }

    #[test]
    fn a_page_without_metadata_is_read_by_its_elements() {
        let page = Document::from(
            r#"<title>T</title><p class="byline">By <a>Ann Lee</a></p><time datetime="2024-07-04T09:10Z">today</time>"#,
        );
        let found = read(&page);
        assert_eq!(found.title.as_deref(), Some("T"));
        assert_eq!(found.byline.as_deref(), Some("Ann Lee"));
        assert_eq!(found.published, Some(jiff::civil::date(2024, 7, 4)));
        assert_eq!(found.language, None);
        assert_eq!(read(&Document::from("")), PageMeta::default());
    }
}

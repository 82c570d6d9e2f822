//! Pictures of places: a line of text with carets under the words in question.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::ops::Range;

/// What is drawn.
pub(crate) struct Picture<'a> {
    /// The sentence above.
    pub(crate) title: &'a str,
    /// The file, and what of it.
    pub(crate) place: &'a str,
    /// The text that holds the place.
    pub(crate) source: &'a str,
    /// The place in `source`, in bytes; nothing when there is none to show.
    pub(crate) span: Option<Range<usize>>,
}

/// The longest line that is shown whole, in bytes; longer ones are cut around the place.
const MAX_LINE_BYTES: usize = 160;

/// Draws `picture` with colours, which the stream drops where they are not wanted.
pub(crate) fn draw(picture: &Picture<'_>) -> String {
    draw_as(picture, Level::ERROR)
}

/// Draws `picture` as information.
pub(crate) fn draw_info(picture: &Picture<'_>) -> String {
    draw_as(picture, Level::INFO)
}

fn draw_as(picture: &Picture<'_>, level: Level<'_>) -> String {
    let mut group = Group::with_title(level.primary_title(picture.title));
    let cut = picture.span.as_ref().map(|span| (span, excerpt(picture.source, span)));
    if let Some((span, (excerpt, shift, line))) = &cut {
        let shown = (span.start - shift).min(excerpt.len())..(span.end - shift).min(excerpt.len());
        let annotation = AnnotationKind::Primary.span(shown);
        let snippet = Snippet::source(excerpt.as_str()).line_start(1 + line).annotation(annotation);
        group = group.element(snippet);
    }
    if !picture.place.is_empty() {
        // Lines may be cut, so the renderer cannot count columns: the place says where it is.
        group = group.element(Level::NOTE.no_name().message(picture.place));
    }
    format!("{}\n", Renderer::styled().render(&[group]))
}

/// The lines of `source` around `span`, cut near it when they are long: the excerpt, at which byte it
/// begins, and how many lines lie before it.
fn excerpt(source: &str, span: &Range<usize>) -> (String, usize, usize) {
    let line_start = source[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let last = span.end.max(span.start);
    let line_end = source[last..].find('\n').map_or(source.len(), |at| last + at);
    let room = MAX_LINE_BYTES.saturating_sub(span.len()) / 2;
    let start = line_start.max(source.floor_char_boundary(span.start.saturating_sub(room)));
    let end = line_end.min(source.ceil_char_boundary((span.end + room).min(source.len())));
    let lines = source[..line_start].bytes().filter(|byte| *byte == b'\n').count();
    (source[start..end].trim_end().to_owned(), start, lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let text = format!("first\n{} here {}", "é".repeat(500), "x".repeat(500));
        let at = text.find("here").unwrap();
        let (excerpt, start, lines) = excerpt(&text, &(at..at + 4));
        assert_eq!(lines, 1);
        assert_eq!(&excerpt[at - start..at - start + 4], "here");
        assert!(excerpt.len() < 200, "{}", excerpt.len());
    }
}

//! Lines that only their neighbours tell: items under the line that announces them, teasers of other
//! articles, counters, readers' comments, the results of a match.

use super::place::Page;
use crate::document::ZoneKind;

/// The longest item of a list without bullets, in bytes.
const ITEM: usize = 400;

/// The most items that one line announces.
const ITEMS: usize = 40;

/// The numbers that may stand before what a line announces: `three risks:`.
const COUNTS: [&str; 9] = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

impl Page<'_> {
    /// Items under a line that ends in a colon: as many as it says, clauses of one sentence, or short lines
    /// without a stop.
    pub(super) fn lists(&mut self) {
        let mut index = 0;
        while index < self.lines.len() {
            let first = index + 1;
            let announces = self.kinds[index].is_none() && self.line(index).ends_with(':');
            let items = if announces { self.items(first) } else { 0 };
            if items >= 2 {
                self.kinds[first..first + items].fill(Some(ZoneKind::List));
            }
            index = first + items;
        }
    }

    /// How many lines from `first` are items of the list that the line before announces.
    fn items(&self, first: usize) -> usize {
        let window = &self.lines[first..self.lines.len().min(first + ITEMS)];
        let is_free = |item: usize| self.kinds[first + item].is_none() && self.line(first + item).len() <= ITEM;
        let free = (0..window.len()).take_while(|item| is_free(*item)).count();
        if let Some(count) = announced(self.line(first - 1)) {
            let fits = count <= free && (0..count).all(|item| !self.line(first + item).starts_with(['"', '“', '‘']));
            return if fits { count } else { 0 };
        }
        let clauses = (0..free).take_while(|item| is_clause(self.line(first + item))).count();
        if clauses > 0 {
            return if clauses < free { clauses + 1 } else { clauses };
        }
        let short = |item: &usize| !window[*item].ends && self.line(first + item).len() <= 80;
        let shorts = (0..free).take_while(short).count();
        if shorts >= 3 { shorts } else { 0 }
    }

    /// A shouted word and a title, in turn, twice or more: teasers of other articles.
    pub(super) fn teasers(&mut self) {
        let mut index = 0;
        while index + 3 < self.lines.len() {
            let pairs = (index..self.lines.len() - 1).step_by(2).take_while(|at| self.is_teaser(*at)).count();
            if pairs >= 2 {
                self.kinds[index..index + 2 * pairs].fill(Some(ZoneKind::Boilerplate));
            }
            index += (2 * pairs).max(1);
        }
    }

    fn is_teaser(&self, index: usize) -> bool {
        let (shout, title) = (self.line(index), self.line(index + 1));
        self.kinds[index].is_none()
            && self.kinds[index + 1].is_none()
            && shout.len() <= 50
            && shout.contains(char::is_alphabetic)
            && !shout.contains(char::is_lowercase)
            && self.lines[index + 1].title
            && !self.lines[index + 1].running
            && self.words_in(index + 1) >= 4
            && title.contains(char::is_lowercase)
    }

    /// A number alone on its line that comes back is a counter of the page; section numbers differ.
    pub(super) fn counters(&mut self) {
        let mut numbers: Vec<(u16, usize)> = (0..self.lines.len())
            .filter(|index| self.kinds[*index].is_none() && self.line(*index).len() <= 3)
            .filter_map(|index| self.line(index).parse().ok().map(|number| (number, index)))
            .collect();
        numbers.sort_unstable();
        for pair in numbers.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
            self.kinds[pair[0].1] = Some(ZoneKind::Boilerplate);
            self.kinds[pair[1].1] = Some(ZoneKind::Boilerplate);
        }
    }

    /// What readers wrote, under the line that counts their comments.
    pub(super) fn comments(&mut self) {
        if let Some(first) = (2..self.lines.len()).find(|index| counts_comments(self.line(*index))) {
            self.kinds[first..].fill(Some(ZoneKind::Boilerplate));
        }
    }

    /// Links to other articles under the last text, written as a list that nothing announces.
    pub(super) fn foot_list(&mut self) {
        let is_list = |kind: &Option<ZoneKind>| *kind == Some(ZoneKind::List);
        let is_page = |kind: &Option<ZoneKind>| *kind == Some(ZoneKind::Boilerplate);
        let end = self.kinds.iter().rposition(|kind| !is_page(kind)).map_or(0, |last| last + 1);
        let first = self.kinds[..end].iter().rposition(|kind| !is_list(kind)).map_or(0, |last| last + 1);
        let above = first
            .checked_sub(1)
            .is_some_and(|above| is_page(&self.kinds[above]) || (self.lines[above].ends && self.lines[above].running));
        let open = self.lines[first..end].iter().filter(|line| !line.ends).count();
        if end - first >= 4 && above && open * 3 >= (end - first) * 2 {
            self.kinds[first..end].fill(Some(ZoneKind::Boilerplate));
        }
    }

    /// The results of matches, below the headline.
    pub(super) fn scores(&mut self) {
        let Some(headline) = self.kinds.iter().position(|kind| *kind == Some(ZoneKind::Headline)) else { return };
        for index in headline + 1..self.lines.len() {
            let open = matches!(self.kinds[index], None | Some(ZoneKind::Headline));
            if open && (is_score(self.line(index)) || is_line_up(self.line(index))) {
                self.kinds[index] = Some(ZoneKind::Table);
            }
        }
    }
}

/// The number of items that a line ending in a colon announces.
fn announced(line: &str) -> Option<usize> {
    line.trim_end_matches(':').rsplit(' ').take(4).find_map(|word| {
        let count = COUNTS.iter().position(|count| word.eq_ignore_ascii_case(count)).map(|at| at + 2);
        count.or_else(|| word.parse().ok().filter(|number| (2..=10).contains(number)))
    })
}

/// Whether the line is a clause that the next one goes on with.
fn is_clause(line: &str) -> bool {
    let line = line.trim_end_matches(" and").trim_end_matches(" or");
    line.ends_with(';') || (line.ends_with(',') && line.starts_with(char::is_lowercase))
}

/// Whether the line counts the comments of readers on the article: `6 thoughts on …`.
fn counts_comments(line: &str) -> bool {
    let mut words = line.split_whitespace();
    words.next().is_some_and(|number| number.parse::<u32>().is_ok())
        && matches!(words.next(), Some("thoughts" | "thought" | "responses" | "comments" | "replies"))
        && matches!(words.next(), Some("on" | "to"))
}

/// Whether the line is the result of a match: `Lisburn Rovers 2-1 Portrush Athletic`.
fn is_score(line: &str) -> bool {
    let is_number = |goals: &str| (1..=3).contains(&goals.len()) && goals.bytes().all(|byte| byte.is_ascii_digit());
    let is_result = |word: &str| word.split_once(['-', '–']).is_some_and(|(a, b)| is_number(a) && is_number(b));
    let is_name = |word: &str| word.starts_with(char::is_uppercase) || word == "&";
    let mut words = line.split(' ');
    line.len() <= 60
        && line.starts_with(char::is_uppercase)
        && words.by_ref().find(|word| !is_name(word)).is_some_and(is_result)
        && words.next().is_some_and(is_name)
        && words.all(is_name)
        && !line.ends_with(['.', '!', '?'])
}

/// Whether the line names a side in its formation: `Lisburn (4-4-2): McIlhatton; Kane, …`.
fn is_line_up(line: &str) -> bool {
    let head = line.char_indices().nth(48).map_or(line, |(end, _)| &line[..end]);
    head.split_once(" (").and_then(|(side, rest)| Some((side, rest.split_once("):")?.0))).is_some_and(
        |(side, formation)| {
            side.split(' ').count() <= 3
                && formation.split('-').count() >= 3
                && formation.split('-').all(|part| part.len() == 1 && part.as_bytes()[0].is_ascii_digit())
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_and_sides_of_a_match() {
        assert!(is_score("Lisburn Rovers 2-1 Portrush Athletic"));
        assert!(!is_score("Rovers won 2-1 on Sunday"));
        assert!(!is_score("Rovers 2-1"));
        assert!(is_line_up("Lisburn (4-4-2): McIlhatton 9; Kane 7"));
        assert!(!is_line_up("The vote (2-1): a narrow win"));
    }

    #[test]
    fn a_line_announces_so_many_items() {
        assert_eq!(announced("Analysts point to three risks:"), Some(3));
        assert_eq!(announced("These are the 5 questions:"), Some(5));
        assert_eq!(announced("She said:"), None);
    }
}

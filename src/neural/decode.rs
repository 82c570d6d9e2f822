//! From scores of tags to mentions: the best path that the scheme allows.

use std::ops::Range;

/// The place of a token in a mention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Outside,
    Begin,
    Inside,
    Last,
    Unit,
}

/// One output of a classifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tag {
    role: Role,
    /// Number of its label; of no meaning for O.
    label: usize,
}

/// The tags of a checkpoint, and what may follow what: BIO, BILOU (also as BIOES), or plain labels.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scheme {
    tags: Vec<Tag>,
    labels: Vec<String>,
    /// Whether a mention may begin with I: in schemes without B, and in IOB1.
    loose: bool,
    /// Labels that have a tag for the end of a mention.
    has_last: Vec<bool>,
    /// For each label the tags behind which its mention may go on.
    going: Vec<Vec<usize>>,
    /// For each tag those it may follow because it goes on with their mention, and for no other reason.
    before: Vec<Vec<usize>>,
    /// The same the other way round: the tags that may follow it.
    behind: Vec<Vec<usize>>,
}

/// A mention in tokens of a sentence.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    pub(super) tokens: Range<usize>,
    pub(super) label: usize,
    /// Its share of all legal paths.
    pub(super) score: f32,
}

impl Scheme {
    /// The scheme of these tag names: `O`, `B-PER`, `I-PER` …, with L or E for the last and U or S for the
    /// only token, or labels alone. `loose` lets I begin a mention, as IOB1 does.
    pub(super) fn new(names: &[String], loose: bool) -> Self {
        let mut labels: Vec<String> = Vec::new();
        let tags: Vec<Tag> = names
            .iter()
            .map(|name| {
                let Some((role, label)) = split(name) else { return Tag { role: Role::Outside, label: 0 } };
                let number = labels.iter().position(|known| known == label).unwrap_or_else(|| {
                    labels.push(label.to_owned());
                    labels.len() - 1
                });
                Tag { role, label: number }
            })
            .collect();
        let has = |role: Role, label: usize| tags.iter().any(|tag| tag.role == role && tag.label == label);
        let has_last = (0..labels.len()).map(|label| has(Role::Last, label)).collect();
        let begins = tags.iter().any(|tag| tag.role == Role::Begin);
        let inner = |tag: &Tag| matches!(tag.role, Role::Begin | Role::Inside);
        let going = |label| (0..tags.len()).filter(|tag| inner(&tags[*tag]) && tags[*tag].label == label).collect();
        let going = (0..labels.len()).map(going).collect();
        let mut scheme = Self {
            loose: loose || !begins,
            before: vec![Vec::new(); tags.len()],
            behind: vec![Vec::new(); tags.len()],
            tags,
            labels,
            has_last,
            going,
        };
        for (number, tag) in scheme.tags.iter().enumerate() {
            for (next_number, next) in scheme.tags.iter().enumerate() {
                if continues(*tag, *next) && !(scheme.closes(*tag) && scheme.opens(*next)) {
                    scheme.before[next_number].push(number);
                    scheme.behind[number].push(next_number);
                }
            }
        }
        scheme
    }

    /// The labels, by number.
    pub(super) fn labels(&self) -> &[String] {
        &self.labels
    }

    /// Number of tags.
    pub(super) fn len(&self) -> usize {
        self.tags.len()
    }

    /// Whether a mention that reaches this tag is over.
    fn closes(&self, tag: Tag) -> bool {
        match tag.role {
            Role::Outside | Role::Unit | Role::Last => true,
            Role::Begin | Role::Inside => !self.has_last[tag.label],
        }
    }

    /// Whether the tag may stand after a closed mention, and at the start.
    fn opens(&self, tag: Tag) -> bool {
        match tag.role {
            Role::Outside | Role::Unit | Role::Begin => true,
            Role::Inside => self.loose,
            Role::Last => false,
        }
    }

    /// The mentions of a sentence: `scores` has a row of tags for each token.
    pub(super) fn mentions(&self, scores: &[f32]) -> Vec<Found> {
        let path = self.best_path(scores);
        let mut found: Vec<Found> = Vec::new();
        let mut open = false;
        for (at, number) in path.iter().enumerate() {
            let tag = self.tags[*number];
            if tag.role == Role::Outside {
                open = false;
                continue;
            }
            match found.last_mut().filter(|last| open && last.label == tag.label) {
                Some(last) if goes_on(tag) => last.tokens.end = at + 1,
                _ => found.push(Found { tokens: at..at + 1, label: tag.label, score: 0.0 }),
            }
            open = matches!(tag.role, Role::Begin | Role::Inside);
        }
        if !found.is_empty() {
            let sums = self.sums(scores);
            for mention in &mut found {
                mention.score = self.share(&sums, &path, mention);
            }
        }
        found
    }

    /// For each label that a mention of just these tokens can bear, its share of all legal paths; greatest first.
    pub(super) fn rivals(&self, scores: &[f32], tokens: Range<usize>) -> Vec<(usize, f32)> {
        let sums = self.sums(scores);
        let share = |label: usize| {
            let mut path = vec![0; tokens.end];
            for (at, tag) in path.iter_mut().enumerate().skip(tokens.start) {
                *tag = self.tag_at(label, at == tokens.start, at + 1 == tokens.end)?;
            }
            Some((label, self.share(&sums, &path, &Found { tokens: tokens.clone(), label, score: 0.0 })))
        };
        let mut rivals: Vec<(usize, f32)> = (0..self.labels.len()).filter_map(share).collect();
        rivals.sort_by(|a, b| b.1.total_cmp(&a.1));
        rivals
    }

    /// The tag of a mention's token: the first and the last of it, or one between.
    fn tag_at(&self, label: usize, first: bool, last: bool) -> Option<usize> {
        let roles: &[Role] = match (first, last) {
            (true, true) => &[Role::Unit, Role::Begin, Role::Inside],
            (true, false) => &[Role::Begin, Role::Inside],
            (false, true) => &[Role::Last, Role::Inside],
            (false, false) => &[Role::Inside],
        };
        let fits = |tag: &&Tag| (!first || self.opens(**tag)) && (!last || self.closes(**tag));
        let find = |role: &Role| {
            let tag = self.tags.iter().filter(fits).find(|tag| tag.role == *role && tag.label == label)?;
            self.tags.iter().position(|known| known == tag)
        };
        roles.iter().find_map(find)
    }

    /// How likely each label is at each token, by its share of all legal paths; none stands for no mention.
    pub(super) fn shares(&self, scores: &[f32], token: usize) -> Vec<(Option<usize>, f32)> {
        let sums = self.sums(scores);
        let width = self.len();
        let range = token * width..(token + 1) * width;
        let weights = sums.forward[range.clone()].iter().zip(&sums.backward[range]).map(|(a, b)| a * b);
        let weights: Vec<f64> = weights.collect();
        let all: f64 = weights.iter().sum();
        let of = |label: Option<usize>| {
            let own = |tag: Tag| (tag.role != Role::Outside).then_some(tag.label) == label;
            (label, (self.sum_where(&weights, own) / all.max(f64::MIN_POSITIVE)) as f32)
        };
        let mut shares: Vec<_> = std::iter::once(None).chain((0..self.labels.len()).map(Some)).map(of).collect();
        shares.sort_by(|a, b| b.1.total_cmp(&a.1));
        shares
    }

    /// Whether `next` may follow `tag`.
    fn follows(&self, tag: Tag, next: Tag) -> bool {
        (self.closes(tag) && self.opens(next)) || continues(tag, next)
    }

    /// The sums over all legal paths up to and from each token.
    fn sums(&self, scores: &[f32]) -> Sums {
        let width = self.len();
        let mut emitted = Vec::with_capacity(scores.len());
        for row in scores.chunks_exact(width) {
            let top = row.iter().fold(f32::MIN, |a, b| a.max(*b));
            emitted.extend(row.iter().map(|score| f64::from(score - top).exp()));
        }
        let mut sums = Sums { forward: vec![0.0; scores.len()], backward: vec![0.0; scores.len()], emitted };
        let length = scores.len() / width;
        // Each row is divided by its sum, which a quotient of sums does not notice.
        let even = |row: &mut [f64]| {
            let sum: f64 = row.iter().sum();
            if sum > 0.0 {
                for value in row {
                    *value /= sum;
                }
            }
        };
        for at in 0..length {
            let (before, now) = sums.forward.split_at_mut(at * width);
            let before = &before[at.saturating_sub(1) * width..];
            let closed = if at == 0 { 1.0 } else { self.sum_where(before, |tag| self.closes(tag)) };
            for (next, tag) in self.tags.iter().enumerate() {
                let came: f64 = if at == 0 { 0.0 } else { self.before[next].iter().map(|tag| before[*tag]).sum() };
                let reach = if self.opens(*tag) { closed + came } else { came };
                now[next] = reach * sums.emitted[at * width + next];
            }
            even(&mut now[..width]);
        }
        for at in (0..length).rev() {
            let (now, after) = sums.backward[at * width..].split_at_mut(width);
            let after: Vec<f64> = if at + 1 == length {
                Vec::new()
            } else {
                after.iter().zip(&sums.emitted[(at + 1) * width..]).map(|(sum, e)| sum * e).take(width).collect()
            };
            let opened = if after.is_empty() { 1.0 } else { self.sum_where(&after, |tag| self.opens(tag)) };
            for (number, tag) in self.tags.iter().enumerate() {
                let goes: f64 =
                    if after.is_empty() { 0.0 } else { self.behind[number].iter().map(|next| after[*next]).sum() };
                now[number] = if self.closes(*tag) { opened + goes } else { goes };
            }
            even(now);
        }
        sums
    }

    /// The sum of the values of those tags.
    fn sum_where(&self, values: &[f64], holds: impl Fn(Tag) -> bool) -> f64 {
        self.tags.iter().zip(values).filter(|(tag, _)| holds(**tag)).map(|(_, value)| value).sum()
    }

    /// The share of the legal paths in which just this mention stands, its tags as in `path`.
    fn share(&self, sums: &Sums, path: &[usize], mention: &Found) -> f32 {
        let width = self.len();
        let (start, end) = (mention.tokens.start, mention.tokens.end);
        let row = |values: &[f64], at: usize| values[at * width..][..width].to_vec();
        // All paths through the mention's tokens, and those with its tags, from the same sums before it.
        let before = if start == 0 { None } else { Some(row(&sums.forward, start - 1)) };
        let step = |reach: &dyn Fn(usize) -> f64, at: usize| -> Vec<f64> {
            (0..width).map(|tag| reach(tag) * sums.emitted[at * width + tag]).collect()
        };
        let came = |before: &[f64], next: Tag, bound: bool| -> f64 {
            let legal = self.tags.iter().zip(before).filter(|(tag, _)| self.follows(**tag, next));
            legal.filter(|(tag, _)| !(bound && continues(**tag, next))).map(|(_, sum)| sum).sum()
        };
        let opening = |tag: usize, bound: bool| match &before {
            None => f64::from(u8::from(self.opens(self.tags[tag]))),
            Some(before) => came(before, self.tags[tag], bound),
        };
        let mut free = step(&|tag| opening(tag, false), start);
        let mut bound = opening(path[start], true) * sums.emitted[start * width + path[start]];
        for (at, tag) in path.iter().enumerate().take(end).skip(start + 1) {
            free = step(&|tag| came(&free, self.tags[tag], false), at);
            bound *= sums.emitted[at * width + tag];
            // Long mentions would run out of small numbers.
            let sum: f64 = free.iter().sum();
            if sum > 0.0 {
                for value in &mut free {
                    *value /= sum;
                }
                bound /= sum;
            }
        }
        let last = self.tags[path[end - 1]];
        let (mut all, mut ending) = (0.0, 0.0);
        if end * width == sums.emitted.len() {
            all = self.tags.iter().zip(&free).filter(|(tag, _)| self.closes(**tag)).map(|(_, sum)| sum).sum();
            ending = f64::from(u8::from(self.closes(last)));
        } else {
            for (number, next) in self.tags.iter().enumerate() {
                let rest = sums.backward[end * width + number] * sums.emitted[end * width + number];
                all += came(&free, *next, false) * rest;
                if self.follows(last, *next) && !continues(last, *next) {
                    ending += rest;
                }
            }
        }
        if all > 0.0 { (bound * ending / all).clamp(0.0, 1.0) as f32 } else { 0.0 }
    }

    /// The legal path with the greatest sum; the first of equals.
    fn best_path(&self, scores: &[f32]) -> Vec<usize> {
        let width = self.len();
        let mut best: Vec<f32> = Vec::with_capacity(scores.len());
        let mut from: Vec<usize> = Vec::with_capacity(scores.len());
        for (at, row) in scores.chunks_exact(width).enumerate() {
            let before = &best[at.saturating_sub(1) * width..at * width];
            let closed = top((0..before.len()).filter(|tag| self.closes(self.tags[*tag])), before);
            // For each label the best of its tags that may go on.
            let going = |tags: &Vec<usize>| {
                let tags = tags.iter().copied();
                if before.is_empty() { None } else { top(tags, before) }
            };
            let inner: Vec<Option<usize>> = self.going.iter().map(going).collect();
            let mut now = Vec::with_capacity(width);
            for (tag, score) in self.tags.iter().zip(row) {
                let goes_on = matches!(tag.role, Role::Inside | Role::Last);
                let inside = if goes_on { inner[tag.label] } else { None };
                let outside = if self.opens(*tag) { closed } else { None };
                let source = match (inside, outside) {
                    (Some(a), Some(b)) => Some(if before[a] >= before[b] { a } else { b }),
                    (a, b) => a.or(b),
                };
                let reach = match source {
                    Some(source) => before[source],
                    None if at == 0 && self.opens(*tag) => 0.0,
                    None => f32::NEG_INFINITY,
                };
                now.push(reach + score);
                from.push(source.unwrap_or(0));
            }
            best.extend(now);
        }
        let Some(last) = (scores.len() / width.max(1)).checked_sub(1) else { return Vec::new() };
        let row = &best[last * width..];
        let mut tag = top((0..width).filter(|tag| self.closes(self.tags[*tag])), row).unwrap_or(0);
        let mut path = vec![tag; last + 1];
        for at in (1..=last).rev() {
            tag = from[at * width + tag];
            path[at - 1] = tag;
        }
        path
    }
}

/// The number of the greatest value; the first of equals.
fn top(numbers: impl Iterator<Item = usize>, values: &[f32]) -> Option<usize> {
    numbers.fold(None, |best: Option<usize>, number| match best {
        Some(best) if values[best] >= values[number] => Some(best),
        _ => Some(number),
    })
}

/// Sums over legal paths: up to each tag of each token, and from it; and e to the power of the scores.
struct Sums {
    forward: Vec<f64>,
    backward: Vec<f64>,
    emitted: Vec<f64>,
}

/// Whether the tag can stand inside a mention.
fn goes_on(tag: Tag) -> bool {
    matches!(tag.role, Role::Inside | Role::Last)
}

/// Whether `next` goes on with the mention of `tag`.
fn continues(tag: Tag, next: Tag) -> bool {
    matches!(tag.role, Role::Begin | Role::Inside) && goes_on(next) && tag.label == next.label
}

/// Role and label of a tag's name; nothing for O.
fn split(name: &str) -> Option<(Role, &str)> {
    if name == "O" || name.is_empty() {
        return None;
    }
    let role = match name.as_bytes() {
        [letter, b'-' | b'_', _, ..] => match letter {
            b'B' => Some(Role::Begin),
            b'I' | b'M' => Some(Role::Inside),
            b'L' | b'E' => Some(Role::Last),
            b'U' | b'S' => Some(Role::Unit),
            _ => None,
        },
        _ => None,
    };
    Some(role.map_or((Role::Inside, name), |role| (role, &name[2..])))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mentions of the tags whose scores are 1 at each token, all others 0.
    fn check(names: &[&str], loose: bool, tokens: &[&[(&str, f32)]], expected: &[(usize, usize, &str)]) {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let scheme = Scheme::new(&names, loose);
        let mut scores = Vec::new();
        for token in tokens {
            for name in &names {
                scores.push(token.iter().find(|(tag, _)| tag == name).map_or(0.0, |(_, score)| *score));
            }
        }
        let found = scheme.mentions(&scores);
        let found: Vec<_> = found
            .iter()
            .map(|mention| (mention.tokens.start, mention.tokens.end, scheme.labels()[mention.label].as_str()))
            .collect();
        assert_eq!(found, expected);
    }

    const BIO: [&str; 5] = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG"];
    const BILOU: [&str; 9] = ["O", "B-PER", "I-PER", "L-PER", "U-PER", "B-ORG", "I-ORG", "L-ORG", "U-ORG"];

    #[test]
    fn bio_mentions_begin_with_b() {
        check(&BIO, false, &[&[("B-PER", 9.0)], &[("I-PER", 9.0)], &[("O", 9.0)]], &[(0, 2, "PER")]);
        check(&BIO, false, &[&[("B-PER", 9.0)], &[("B-PER", 9.0)]], &[(0, 1, "PER"), (1, 2, "PER")]);
        // An I without B is mended by whatever costs least.
        check(&BIO, false, &[&[("O", 1.0)], &[("I-PER", 9.0), ("B-PER", 8.0)]], &[(1, 2, "PER")]);
        check(&BIO, false, &[&[("B-ORG", 2.0)], &[("I-PER", 9.0), ("I-ORG", 8.0)]], &[(0, 2, "ORG")]);
    }

    #[test]
    fn iob1_mentions_may_begin_with_i() {
        check(&BIO, true, &[&[("O", 9.0)], &[("I-PER", 9.0)], &[("B-PER", 9.0)]], &[(1, 2, "PER"), (2, 3, "PER")]);
        check(
            &["O", "PER", "ORG"],
            false,
            &[&[("PER", 9.0)], &[("PER", 9.0)], &[("ORG", 9.0)]],
            &[(0, 2, "PER"), (2, 3, "ORG")],
        );
    }

    #[test]
    fn bilou_mentions_are_closed() {
        check(
            &BILOU,
            false,
            &[&[("B-PER", 9.0)], &[("L-PER", 9.0)], &[("U-ORG", 9.0)]],
            &[(0, 2, "PER"), (2, 3, "ORG")],
        );
        // The sentence may not end inside a mention.
        check(&BILOU, false, &[&[("B-PER", 9.0), ("U-PER", 5.0)]], &[(0, 1, "PER")]);
        check(
            &["O", "B-X", "I-X", "E-X", "S-X"],
            false,
            &[&[("B-X", 9.0)], &[("E-X", 9.0)], &[("S-X", 9.0)]],
            &[(0, 2, "X"), (2, 3, "X")],
        );
    }

    /// All paths, each with the product of e to the power of its scores, 0 where it is not legal.
    fn all_paths(scheme: &Scheme, scores: &[f32]) -> Vec<(Vec<usize>, f64)> {
        let width = scheme.len();
        let mut paths = vec![(Vec::new(), 1.0)];
        for row in scores.chunks_exact(width) {
            let longer = |(path, weight): &(Vec<usize>, f64)| {
                let next = |(tag, score): (usize, &f32)| {
                    let legal = match path.last() {
                        None => scheme.opens(scheme.tags[tag]),
                        Some(last) => scheme.follows(scheme.tags[*last], scheme.tags[tag]),
                    };
                    let path = path.iter().copied().chain([tag]).collect::<Vec<usize>>();
                    (path, if legal { weight * f64::from(*score).exp() } else { 0.0 })
                };
                row.iter().enumerate().map(next).collect::<Vec<_>>()
            };
            paths = paths.iter().flat_map(longer).collect();
        }
        let closed = |path: &[usize]| path.last().is_none_or(|tag| scheme.closes(scheme.tags[*tag]));
        paths.retain(|(path, weight)| *weight > 0.0 && closed(path));
        paths
    }

    #[test]
    fn shares_are_those_of_all_legal_paths() {
        for (names, loose) in [(&BIO[..], false), (&BIO[..], true), (&BILOU[..], false), (&["O", "PER", "ORG"], false)]
        {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            let scheme = Scheme::new(&names, loose);
            let scores: Vec<f32> = (0..3 * names.len()).map(|at| (at * 7919 % 31) as f32 / 10.0).collect();
            let paths = all_paths(&scheme, &scores);
            let all: f64 = paths.iter().map(|(_, weight)| weight).sum();
            let part = |holds: &dyn Fn(&[usize]) -> bool| {
                let sum: f64 = paths.iter().filter(|(path, _)| holds(path)).map(|(_, weight)| weight).sum();
                (sum / all) as f32
            };
            for token in 0..3 {
                for (label, share) in scheme.shares(&scores, token) {
                    let own = |tag: Tag| (tag.role != Role::Outside).then_some(tag.label) == label;
                    let wanted = part(&|path| own(scheme.tags[path[token]]));
                    assert!((share - wanted).abs() < 1e-6, "{names:?} {loose} {label:?}: {share} for {wanted}");
                }
            }
            for (label, share) in scheme.rivals(&scores, 1..3) {
                let tags = [scheme.tag_at(label, true, false), scheme.tag_at(label, false, true)];
                let joined = |path: &[usize]| continues(scheme.tags[path[0]], scheme.tags[path[1]]);
                let wanted = part(&|path| [Some(path[1]), Some(path[2])] == tags && !joined(path));
                assert!((share - wanted).abs() < 1e-6, "{names:?} {loose} {label}: {share} for {wanted}");
            }
        }
    }

    #[test]
    fn nothing_comes_of_nothing() {
        check(&BIO, false, &[], &[]);
    }
}

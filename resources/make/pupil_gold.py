"""Gold for pupil.py: the words of sentences, what is seen of them, and the tags that partial gold allows."""

import collections
import functools
import json
import os
import re

import numpy as np

LABELS = "PERSON NORP FAC ORG GPE LOC PRODUCT EVENT WORK_OF_ART LAW LANGUAGE".split()
COARSE = {"LOC": ["GPE", "LOC", "FAC"], "MISC": ["EVENT", "WORK_OF_ART", "LAW", "PRODUCT", "LANGUAGE"]}
TAGS = ["O"] + [place + "-" + label for place in "UBIL" for label in LABELS]
LONGEST = 128
LISTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lexicons", "entities")
WORD = re.compile(r"\w+|[^\w\s]")


def rows(name):
    with open(os.path.join(LISTS, name + ".tsv"), encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t") for line in file if line.strip() and not line.startswith("#")]


class Lists:
    """The lists of names, by class, matched on runs of letters and on signs."""

    def __init__(self):
        self.phrases, self.longest = collections.defaultdict(set), collections.Counter()
        for row in rows("classes"):
            for words in filter(None, (tuple(WORD.findall(phrase[0])) for phrase in rows(row[0]))):
                self.phrases[words].add(row[1])
                self.longest[words[0]] = max(self.longest[words[0]], len(words))

    def places(self, words):
        """For each word the classes of phrases it lies in, with its place there."""
        parts = [(part, at) for at, word in enumerate(words) for part in WORD.findall(word) or [word]]
        found = [set() for _ in words]
        for first, (part, at) in enumerate(parts):
            done = set()
            for length in range(min(self.longest[part], len(parts) - first), 0, -1):
                end, behind = parts[first + length - 1][1], parts[first + length:first + length + 1]
                if first and parts[first - 1][1] == at or behind and behind[0][1] == end:
                    continue
                for name in self.phrases.get(tuple(p for p, _ in parts[first:first + length]), set()) - done:
                    done.add(name)
                    for word in range(at, end + 1):
                        place = "U" if at == end else "B" if word == at else "L" if word == end else "I"
                        found[word].add(name + place)
        return found


def shape(word):
    return re.sub(r"[^\W\d_]", lambda m: "X" if m[0].isupper() else "x", re.sub(r"\d", "0", word))


@functools.cache
def word_features(word):
    """What a word is by itself."""
    small, kinds = word.lower(), shape(word)
    found = ["w" + small, "c" + word]
    found += ["s" + re.sub(r"(.)\1{2,}", r"\1\1\1", kinds), "t" + re.sub(r"(.)\1+", r"\1", kinds)]
    return found + ["p" + word[:n] for n in (1, 2, 3, 4)] + ["e" + small[-n:] for n in (2, 3, 4)] + ["f" + word[-1:]]


def sentence_case(words):
    letters = [word for word in words if word[:1].isalpha()]
    if letters and all(word.isupper() for word in letters):
        return "A"
    long = [word for word in letters if len(word) > 3]
    return "T" if len(long) > 2 and sum(word[0].isupper() for word in long) > 0.8 * len(long) else "U"


def article_features(sentences, lists):
    """What each token is by its place: lists, how its sentence is written, what its word does elsewhere."""
    small, inside, longer = collections.Counter(), collections.Counter(), collections.defaultdict(set)
    for words in (words for words in sentences if sentence_case(words) == "U"):
        capital = [word[:1].isupper() for word in words]
        for at, word in enumerate(words):
            if not capital[at]:
                small[word] += 1
                continue
            inside[word.lower()] += at > 0
            before, after = at > 1 and capital[at - 1], at + 1 < len(words) and capital[at + 1]
            longer[word.lower()] |= {"e"} if before and not after else {"b"} if after and not before else set()
    for words in sentences:
        case, features = sentence_case(words), []
        for at, (word, places) in enumerate(zip(words, lists.places(words))):
            found = ["g" + place for place in sorted(places)]
            found += ["G" + " ".join(sorted(place[:-1] for place in places)), "k" + case + str(at == 0)]
            if word[:1].isupper():
                key = word.lower()
                found += [f"h{min(small[key], 2)}{min(inside[key], 3)}{at == 0}", "l" + "".join(sorted(longer[key]))]
            features.append(found)
        yield features


def expand(label):
    return [] if label.startswith("OTHER") else COARSE.get(label, [label])


def allowed_tags(tokens, marks, annotated):
    """For each token (start, end) of a sentence the tags that the gold lets it bear."""
    allowed = np.tile([name == "O" or name[2:] not in annotated for name in TAGS], (len(tokens), 1))
    for start, end, labels, sure in marks:
        inside = [at for at, token in enumerate(tokens) if token[0] < end and token[1] > start]
        exact = sure and inside and tokens[inside[0]][0] == start and tokens[inside[-1]][1] == end
        for at in inside:
            place = "U" if len(inside) == 1 else "B" if at == inside[0] else "L" if at == inside[-1] else "I"
            allowed[at] = [not exact or name[0] == place and name[2:] in labels for name in TAGS]
    return allowed


def gold_marks(document, annotated, sure):
    """Marks that are known, without those that overlap an earlier one."""
    marks, end = [], 0
    for mark in sorted(document["annotations"], key=lambda m: (m["start"], -m["end"])):
        if mark["layer"] == "entity" and not mark.get("nominal") and mark["start"] >= end:
            labels = [label for label in expand(mark["label"]) if label in annotated]
            if labels:
                marks.append((mark["start"], mark["end"], labels, mark.get("score", 1.0) >= sure))
                end = mark["end"]
    return marks


def read(gold, segmented, lists, weight=1.0, sure=0.0):
    """Sentences of a file (words, features, allowed tags, weight, number of the document, tokens), and documents."""
    sentences, documents = [], []
    with open(gold, encoding="utf-8") as left, open(segmented, encoding="utf-8") as right:
        for number, (line, cut) in enumerate(zip(left, right)):
            document, cut = json.loads(line), json.loads(cut)
            assert document["id"] == cut["id"] and document["text"] == cut["text"]
            documents.append(document)
            annotated = {fine for label in document.get("labels") or LABELS for fine in expand(label)}
            marks, spans = gold_marks(document, annotated, sure), collections.defaultdict(list)
            for mark in cut["annotations"]:
                spans[mark["layer"]].append((mark["start"], mark["end"]))
            groups = [[t for t in sorted(spans["token"]) if s <= t[0] < e] for s, e in sorted(spans["sentence"])]
            groups = [group[at:at + LONGEST] for group in groups for at in range(0, len(group), LONGEST)]
            words = [[document["text"][start:end] for start, end in group] for group in groups]
            for group, own, features in zip(groups, words, article_features(words, lists)):
                sentences.append((own, features, allowed_tags(group, marks, annotated), weight, number, group))
    return sentences, documents

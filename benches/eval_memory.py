"""Prints the peak memory of `gloss eval` for ever more documents of 400 words with 40 marks a side.

Build first: cargo build --release. Usage: python3 benches/eval_memory.py [target/release/gloss]"""
import json, os, random, resource, subprocess, sys, tempfile

gloss = sys.argv[1] if len(sys.argv) > 1 else "target/release/gloss"
labels = ["PERSON", "ORG", "GPE", "LOC", "NORP", "EVENT"]


def write(folder, documents):
    """Gold and predictions: one mark in ten is missed, one has a wrong border, one a wrong label."""
    draw = random.Random(7)
    paths = [os.path.join(folder, name) for name in ("gold.jsonl", "pred.jsonl")]
    with open(paths[0], "w") as gold_file, open(paths[1], "w") as pred_file:
        for number in range(documents):
            words = ["".join(draw.choices("abcdefghij", k=2 + draw.randrange(8))) for _ in range(400)]
            starts = [0]
            for word in words:
                starts.append(starts[-1] + len(word) + 1)
            gold, pred = [], []
            for word in range(0, 400, 10):
                last, label = word + draw.randrange(3), draw.choice(labels)
                mark = lambda last, label: {"layer": "entity", "start": starts[word], "end": starts[last + 1] - 1, "label": label}
                gold.append(mark(last, label))
                case = draw.randrange(10)
                if case:
                    pred.append(mark(last + (case == 1), draw.choice(labels) if case == 2 else label))
            for file, marks in ((gold_file, gold), (pred_file, pred)):
                file.write(json.dumps({"id": str(number), "text": " ".join(words), "annotations": marks}) + "\n")
    return paths


for documents in (1_000, 10_000, 100_000):
    with tempfile.TemporaryDirectory() as folder:
        paths = write(folder, documents)
        for arguments in (["--bootstrap", "0"], []):
            subprocess.run([gloss, "eval", *paths, *arguments], check=True, stdout=subprocess.DEVNULL)
            # The peak of all children so far; each run is larger than the ones before it.
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            size = sum(os.path.getsize(path) for path in paths) / 1e6
            what = "without intervals" if arguments else "with intervals"
            print(f"{documents:>7} documents, {size:6.0f} MB, {what}: {peak:6.1f} MB at most")

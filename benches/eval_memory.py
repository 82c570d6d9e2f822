"""Prints the peak memory and processor time of `gloss eval` for ever more documents of 400 words with 40 marks a side.

Build first: cargo build --release. Usage: python3 benches/eval_memory.py [target/release/gloss [DOCUMENTS …]]
The largest set takes a gigabyte of the temporary directory while it is scored. Peaks below 15 MB are those of Python
before it becomes gloss: they say that gloss took no more."""
import json, os, random, subprocess, sys, tempfile

gloss = sys.argv[1] if len(sys.argv) > 1 else "target/release/gloss"
sizes = [int(number) for number in sys.argv[2:]] or [1_000, 10_000, 100_000]
labels = ["PERSON", "ORG", "GPE", "LOC", "NORP", "EVENT"]


def write(folder, documents):
    """Gold and predictions: one mark in ten is missed, one has a wrong border, one a wrong label."""
    draw = random.Random(7)
    known = ["".join(draw.choices("abcdefghij", k=2 + draw.randrange(8))) for _ in range(5_000)]
    paths = [os.path.join(folder, name) for name in ("gold.jsonl", "pred.jsonl")]
    with open(paths[0], "w") as gold_file, open(paths[1], "w") as pred_file:
        for number in range(documents):
            words = draw.choices(known, k=400)
            starts = [0]
            for word in words:
                starts.append(starts[-1] + len(word) + 1)

            def mark(first, last, label):
                return {"layer": "entity", "start": starts[first], "end": starts[last + 1] - 1, "label": label}

            gold, pred = [], []
            for word in range(0, 400, 10):
                last, label = word + draw.randrange(3), draw.choice(labels)
                gold.append(mark(word, last, label))
                case = draw.randrange(10)
                if case:
                    pred.append(mark(word, last + (case == 1), draw.choice(labels) if case == 2 else label))
            for file, marks in ((gold_file, gold), (pred_file, pred)):
                file.write(json.dumps({"id": str(number), "text": " ".join(words), "annotations": marks}) + "\n")
    return paths


def measure(arguments):
    """Peak memory in MB and processor time in seconds of one run."""
    child = subprocess.Popen([gloss, "eval", *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"gloss eval ended with {os.waitstatus_to_exitcode(status)}")
    # Linux counts in KiB, macOS in bytes.
    return usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10), usage.ru_utime + usage.ru_stime


for documents in sizes:
    with tempfile.TemporaryDirectory() as folder:
        paths = write(folder, documents)
        size = sum(os.path.getsize(path) for path in paths) / 1e6
        for name, arguments in (("without intervals", ["--bootstrap", "0"]), ("with intervals", [])):
            peak, seconds = measure([*paths, *arguments])
            print(f"{documents:>7} documents, {size:6.0f} MB, {name:<17}: {peak:6.1f} MB at most, {seconds:5.2f} s", flush=True)

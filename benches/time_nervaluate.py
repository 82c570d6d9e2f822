"""Times nervaluate on the files that `cargo bench --bench eval` leaves in the temporary directory.

python3 -m venv /tmp/nervaluate && /tmp/nervaluate/bin/pip install nervaluate==1.2.1
/tmp/nervaluate/bin/python benches/time_nervaluate.py [DOCUMENTS]"""
import json, os, sys, tempfile, time

try:
    from nervaluate.evaluator import Evaluator
except ModuleNotFoundError as error:
    sys.exit(f"{error}\n\n{__doc__}")

folder = os.path.join(tempfile.gettempdir(), "gloss-bench-eval")
if not os.path.isdir(folder):
    sys.exit(f"{folder} is not there; run first: cargo bench --bench eval")
most = int(sys.argv[1]) if len(sys.argv) > 1 else 10000
begin = time.process_time()
sides = []
for name in ("gold.jsonl", "pred.jsonl"):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        documents = [json.loads(line) for _, line in zip(range(most), file)]
    # nervaluate's ends are inclusive.
    sides.append([[{"label": a["label"], "start": a["start"], "end": a["end"] - 1} for a in d["annotations"]] for d in documents])
read = time.process_time()
labels = sorted({mark["label"] for document in sides[0] for mark in document})
result = Evaluator(sides[0], sides[1], tags=labels, loader="dict").evaluate()
scored = time.process_time()
strict = result["overall"]["strict"]
print(f"{len(sides[0])} documents: read {read - begin:.2f} s, scored {scored - read:.2f} s of processor time, strict F1 {strict.f1:.6f}")

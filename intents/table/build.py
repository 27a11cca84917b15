"""Builds table.bin from nothing: grammars -> sentences -> teachers' vectors -> ridge regression -> 128 int8 dimensions.

    python -m venv venv && venv/bin/pip install -r requirements.txt
    OMP_NUM_THREADS=1 venv/bin/python build.py

Everything is seeded and offline once the packages are there. On one core it takes 15 to 20 minutes, most of
it the teachers; their vectors are kept in cache/, so a changed grammar costs only its new sentences.
"""
import argparse
import sys
import time
from pathlib import Path

import numpy as np

import corpus
import fit
import teachers
from table import Table
from text import normalize

HERE = Path(__file__).parent
DIMENSIONS = 128
ROWS = 36_000


def unit(x):
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9)


def targets(e5, minilm, dimensions=256):
    """What the table should say of every sentence, English ones first: both teachers side by side.

    MiniLM reads no Chinese. What it would say is foretold from e5, as well as that can be learned from the English
    sentences (about two thirds of the variance), so that both languages share one space. Each language has its own
    mean, which is taken away: else the language would be most of the meaning.
    """
    n = len(minilm)
    e5 = e5.copy()
    e5[:n] -= e5[:n].mean(0)
    e5[n:] -= e5[n:].mean(0)
    e5 = unit(e5)
    minilm = unit(minilm - minilm.mean(0))
    english = e5[:n]
    foretell = np.linalg.solve(english.T @ english + 5 * np.eye(english.shape[1], dtype=np.float32), english.T @ minilm)
    y = np.concatenate([e5, np.concatenate([minilm, e5[n:] @ foretell])], 1)
    return y @ principal(y, n)[1][:, :dimensions]


def principal(y, n):
    """Principal axes, with both languages of equal weight, however many sentences each has."""
    values, axes = np.linalg.eigh(y[:n].T @ y[:n] / n + y[n:].T @ y[n:] / (len(y) - n))
    return values[::-1], axes[:, ::-1]


def gather(y, lines, pull):
    """Draws what is said of a sentence towards the middle of its grammar line: a line is one matter in many words, and
    that the words differ is not what the table should learn. `lines` has None for sentences of no line."""
    members = {}
    for i, line in enumerate(lines):
        if line is not None:
            members.setdefault(line, []).append(i)
    y = y.copy()
    for of_line in members.values():
        y[of_line] = (1 - pull) * y[of_line] + pull * y[of_line].mean(0)
    return y


def solve(bags, y, df, names, cost, rounds, start=None):
    """Rows for the n-grams `names`, before and after their weights, and what they say of the sentences."""
    rarity = 1 + np.log((1 + len(bags)) / (1 + np.array([df[g] for g in names])))
    weight = (np.array([fit.kind_weight(g) for g in names]) * rarity ** 0.5).astype(np.float32)
    x = fit.matrix(bags, names, weight)
    w = fit.ridge(x, y, cost, rounds, start)
    return w, weight, x @ w


def build(each, rows, cache, cost=0.3, flatten=0.1, pull=0.3):
    begun = time.time()

    def say(what):
        print(f"[{time.time() - begun:4.0f} s] {what}", file=sys.stderr, flush=True)

    texts, words = corpus.corpus(each), teachers.vocabulary()
    english, chinese = ([*texts[l], *corpus.with_words(l, words[l], 7)] for l in ("en", "zh"))
    say(f"{len(english)} English and {len(chinese)} Chinese sentences")
    minilm = teachers.embed(teachers.MiniLm, english, cache).astype(np.float32)
    e5 = teachers.embed(teachers.E5, english + chinese, cache).astype(np.float32)
    say("teachers done")
    lines = [(l, texts[l][t]) if t in texts[l] else None for l, of_it in (("en", english), ("zh", chinese)) for t in of_it]
    y = gather(targets(e5, minilm), lines, pull)
    bags = fit.bags([normalize(t) for t in english + chinese])
    df = fit.vocabulary(bags, 2)
    names = sorted(df)
    say(f"{len(names)} n-grams")
    w, weight, _ = solve(bags, y, df, names, cost, 25)
    # What an n-gram moves, over all the sentences that have it, decides who stays; those learn again without the others.
    moves = np.linalg.norm(w, axis=1) * weight * np.sqrt([df[g] for g in names])
    keep = np.sort(np.argsort(-moves, kind="stable")[:rows])
    names = [names[i] for i in keep]
    w, weight, said = solve(bags, y, df, names, cost, 15, w[keep])
    say(f"cosine to the teachers on the corpus: {float((unit(said) * unit(y)).sum(1).mean()):.3f}")
    values, axes = principal(said, len(english))
    axes = axes[:, :DIMENSIONS] * np.maximum(values[:DIMENSIONS], 1e-9) ** -flatten
    return Table.quantised(names, (w @ axes) * weight[:, None])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=150, help="sentences of a grammar line, at most")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--cache", type=Path, default=HERE / "cache")
    parser.add_argument("--out", type=Path, default=HERE / "table.bin")
    options = parser.parse_args()
    build(options.each, options.rows, options.cache).save(options.out)
    print(f"{options.out}: {options.out.stat().st_size} bytes")

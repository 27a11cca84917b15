"""Measures a table: few-shot classification with n-grams alone and with the table, and the table's agreement with its
teachers. Reads labelled sentences (TSV `text<TAB>label`) from a folder; nothing of them is kept.

The classifier is logistic regression over n-grams and, weighted by `share`, the table's vector. Confidence is the square root of the head's probability times the
nearest example's cosine.
"""
import argparse
import json
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression

from text import grams, normalize

SETS = {  # name: (train, test, lines of test that are not for testing, out of scope)
    "banking77": ("banking77.train_10", "banking77.train", True, "clinc150.oos_val"),
    "clinc150": ("clinc150.train_10", "clinc150.val", False, "clinc150.oos_val"),
    "hwu64": ("hwu64.train_10", "hwu64.train", True, None),
    "dfzh": ("dfzh.train_10", "dfzh.test", False, None),
    "smp19": ("smp19.train_10", "smp19.test", False, None),
}


def rows(path):
    return [tuple(line.rstrip("\n").split("\t")[:2]) for line in path.read_text().splitlines() if "\t" in line]


def weights(gram):
    kind = gram[0]
    return {"w": 1.0, "p": 0.5, "c": 0.5}.get(kind) or (1.0, 1.0, 0.5)[len(gram) - 2]


class Grams:
    """N-gram vectors, weighted as the product weights them, over the vocabulary of some sentences."""

    def __init__(self, texts):
        bags = [set(grams(t, (2, 5), 3)) for t in texts]
        df = {}
        for bag in bags:
            for g in bag:
                df[g] = df.get(g, 0) + 1
        self.ids = {g: i for i, g in enumerate(sorted(df))}
        self.idf = {g: (1 + np.log((1 + len(bags)) / (1 + n))) ** 0.3 for g, n in df.items()}
        self.rarest = (1 + np.log(1 + len(bags))) ** 0.3

    def vectors(self, texts):
        indptr, indices, data = [0], [], []
        for text in texts:
            square, found = 0.0, []
            for g in set(grams(text, (2, 5), 3)):
                value = weights(g) * self.idf.get(g, self.rarest)
                square += value * value
                if g in self.ids:
                    found.append((self.ids[g], value))
            norm = max(square, 1e-9) ** -0.5
            indices += [i for i, _ in found]
            data += [v * norm for _, v in found]
            indptr.append(len(indices))
        return sp.csr_matrix((data, indices, indptr), (len(texts), len(self.ids)), dtype=np.float32)


def auroc(inside, outside):
    both = np.concatenate([inside, outside])
    rank = both.argsort().argsort() + 1.0
    return (rank[:len(inside)].sum() - len(inside) * (len(inside) + 1) / 2) / (len(inside) * len(outside))


class Task:
    def __init__(self, folder, name):
        train, test, rest, oos = SETS[name]
        train = rows(folder / f"{train}.tsv")
        test = rows(folder / f"{test}.tsv")
        if rest:
            known = set(train)
            test = [row for row in test if row not in known]
        self.name, labels = name, sorted({label for _, label in train})
        at = {label: i for i, label in enumerate(labels)}
        self.train = [normalize(t) for t, _ in train]
        self.test = [normalize(t) for t, _ in test]
        self.oos = [normalize(t) for t, _ in rows(folder / f"{oos}.tsv")] if oos else []
        self.raw = [t for t, _ in train], [t for t, _ in test]
        self.y, self.z = np.array([at[l] for _, l in train]), np.array([at[l] for _, l in test])
        self.targets = np.eye(len(labels), dtype=np.float32)[self.y]
        space = Grams(self.train)
        x = space.vectors(self.train)
        asked = self.test + self.oos
        self.known = (x @ x.T).toarray()
        self.asked = (space.vectors(asked) @ x.T).toarray()
        self.everything = self.train + asked

    def run(self, embed=None, share=1.0, c=20.0):
        known, asked = self.known, self.asked
        if embed is not None:
            dense = embed(self.everything)
            n = len(self.train)
            known = known + share * dense[:n] @ dense[:n].T
            asked = asked + share * dense[n:] @ dense[:n].T
        # Coordinates in which dot products are the kernel's: the head sees what it would see of all the features.
        values, vectors = np.linalg.eigh(known)
        keep = values > 1e-4 * values[-1]
        basis = vectors[:, keep] / np.sqrt(values[keep])
        head = LogisticRegression(C=c, max_iter=40, tol=1e-3).fit(known @ basis, self.y)
        scores = asked @ basis @ head.coef_.T.astype(np.float32) + head.intercept_
        guess = scores.argmax(1)
        result = {"accuracy": 100 * float((guess[:len(self.z)] == self.z).mean())}
        if self.oos:
            soft = np.exp(scores - scores.max(1, keepdims=True))
            near = asked.max(1) / (1 + (share if embed is not None else 0))
            sure = np.sqrt(soft.max(1) / soft.sum(1)) * np.maximum(near, 0)
            inside, outside = sure[:len(self.z)], sure[len(self.z):]
            result["auroc"] = float(auroc(inside, outside))
            result["fpr95"] = float((outside >= np.quantile(inside, 0.05)).mean())
        return result


def show(result):
    out = f"{result['accuracy']:5.1f}"
    if "auroc" in result:
        out += f" ({result['auroc']:.3f}/{result['fpr95']:.2f})"
    return out


def measure(tasks, embed, shares=(1.0,), c=20.0):
    for share in shares:
        results = [task.run(embed, share, c) for task in tasks]
        print(f"  share {share}: " + "  ".join(f"{t.name} {show(r)}" for t, r in zip(tasks, results)), flush=True)


if __name__ == "__main__":
    from table import Table
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled sentences")
    parser.add_argument("--table", type=Path, default=Path(__file__).parent / "table.bin")
    parser.add_argument("--share", type=float, nargs="*", default=[1.0])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    tasks = [Task(options.data, name) for name in SETS]
    table = Table.load(options.table)
    if options.json:
        print(json.dumps({t.name: {"without": t.run(), "with": t.run(table.embed, options.share[0])} for t in tasks}, indent=1))
    else:
        print("n-grams alone")
        measure(tasks, None)
        print("with the table")
        measure(tasks, table.embed, options.share)

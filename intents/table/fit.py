"""Ridge regression of teachers' vectors on n-grams, by conjugate gradients on all dimensions at once."""
import sys
from collections import Counter

import numpy as np
import scipy.sparse as sp

from text import grams

KINDS = {"w": 1.0, "p": 0.3, "c": 0.7, "h": 1.0}


def bags(normals):
    return [grams(t) for t in normals]


def vocabulary(all_bags, least):
    """N-grams that at least so many sentences have, and in how many."""
    df = Counter(g for bag in all_bags for g in set(bag))
    return {g: n for g, n in df.items() if n >= least}


def kind_weight(gram):
    return KINDS[gram[0]] if gram[0] != "h" else KINDS["h"] * (1.0, 1.0, 0.8, 0.6)[len(gram) - 2]


def matrix(all_bags, names, weight):
    """Sentences as unit vectors over the n-grams."""
    at = {g: i for i, g in enumerate(names)}
    indptr, indices = [0], []
    for bag in all_bags:
        indices += [at[g] for g in bag if g in at]
        indptr.append(len(indices))
    x = sp.csr_matrix((np.ones(len(indices), np.float32), np.array(indices, np.int32), indptr), (len(all_bags), len(names)))
    x.sum_duplicates()
    x = x @ sp.diags(weight.astype(np.float32))
    norm = np.sqrt(np.asarray(x.multiply(x).sum(1)).ravel())
    return sp.csr_matrix(sp.diags((1 / np.maximum(norm, 1e-9)).astype(np.float32)) @ x, dtype=np.float32)


def ridge(x, y, cost, rounds=40, start=None, told="ridge"):
    """Solves (XᵀX + cost) W = XᵀY. Jacobi-preconditioned conjugate gradients, every column its own step."""
    xt = x.T.tocsr()
    diagonal = np.asarray(x.multiply(x).sum(0)).ravel().astype(np.float32) + cost
    inverse = (1 / diagonal)[:, None]
    b = xt @ y
    w = np.zeros_like(b) if start is None else start.copy()
    r = b - (xt @ (x @ w) + cost * w) if start is not None else b.copy()
    z = inverse * r
    p = z.copy()
    rz = (r * z).sum(0)
    first = np.linalg.norm(b)
    for n in range(rounds):
        q = xt @ (x @ p) + cost * p
        step = rz / np.maximum((p * q).sum(0), 1e-20)
        w += step * p
        r -= step * q
        left = np.linalg.norm(r) / first
        if left < 2e-3:
            break
        z = inverse * r
        new = (r * z).sum(0)
        p = z + (new / np.maximum(rz, 1e-20)) * p
        rz = new
    print(f"  {told}: {n + 1} rounds, residual {left:.4f}", file=sys.stderr, flush=True)
    return w

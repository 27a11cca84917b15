"""The table as a file and as an encoder: the same as intents/src/table.rs.

File: "DHT1", u32 rows, u32 dimensions, rows × u32 key ascending, rows × f32 scale, rows × dimensions int8; all
little-endian. Key: FNV-1a (32 bits) of the n-gram with the sign of its kind. A sentence is the sum of the rows of its
n-grams, each occurrence once, times the row's scale, at unit length; zeros if no n-gram is known.
"""
import struct
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from text import grams, normalize

MAGIC = b"DHT1"


def key(gram):
    h = 0x811C9DC5
    for byte in gram.encode():
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return h


class Table:
    def __init__(self, keys, scales, values):
        self.keys, self.scales, self.values = keys, scales, values
        self.rows = values.astype(np.float32) * scales[:, None]
        self.at = {int(k): i for i, k in enumerate(keys)}

    @classmethod
    def quantised(cls, names, rows):
        """int8 with a scale for each row. Of n-grams with the same key the first one stays."""
        keys = np.array([key(n) for n in names], np.uint32)
        _, first = np.unique(keys, return_index=True)
        keys, rows = keys[first], rows[first]
        scales = np.maximum(np.abs(rows).max(1), 1e-12).astype(np.float32) / 127
        return cls(keys, scales, np.clip(np.rint(rows / scales[:, None]), -127, 127).astype(np.int8))

    def save(self, path):
        Path(path).write_bytes(MAGIC + struct.pack("<II", *self.values.shape) + self.keys.astype("<u4").tobytes()
                               + self.scales.astype("<f4").tobytes() + self.values.tobytes())

    @classmethod
    def load(cls, path):
        raw = Path(path).read_bytes()
        n, d = struct.unpack_from("<II", raw, 4)
        if raw[:4] != MAGIC or len(raw) != 12 + n * (8 + d):
            raise SystemExit(f"{path} is no table")
        return cls(np.frombuffer(raw, "<u4", n, 12), np.frombuffer(raw, "<f4", n, 12 + 4 * n),
                   np.frombuffer(raw, np.int8, n * d, 12 + 8 * n).reshape(n, d))

    def embed(self, normals):
        """Unit vectors of normalised sentences."""
        indptr, indices = [0], []
        for text in normals:
            indices += [i for g in grams(text) if (i := self.at.get(key(g))) is not None]
            indptr.append(len(indices))
        sums = sp.csr_matrix((np.ones(len(indices), np.float32), indices, indptr), (len(normals), len(self.keys))) @ self.rows
        return sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)


if __name__ == "__main__":
    import sys
    table = Table.load(Path(__file__).parent / "table.bin")
    vectors = table.embed([normalize(t) for t in sys.argv[1:]])
    print(np.round(vectors @ vectors.T, 2))

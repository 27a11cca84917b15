"""Writes sentences from the grammars in corpus/: what customers and other people say, in Chinese and English.

A grammar line is a kind and a pattern. `[a|b|c]` chooses (an empty choice is allowed, brackets nest), `{slot}` takes
from the slot of that name. Kinds: v = something to do, s = something that is the case, n = a thing, q = said as it is.
Frames (corpus/frames-*.txt) turn v, s and n into questions, requests and complaints.
The same seed always gives the same sentences.
"""
import argparse
import random
import re
from pathlib import Path

HERE = Path(__file__).parent / "corpus"


def parse(text):
    """A pattern as a tree: a list of str, ("slot", name), ("any", [tree, …])."""
    def sequence(at, stops):
        out, word = [], ""
        while at < len(text) and text[at] not in stops:
            c = text[at]
            if c == "[":
                out.append(word)
                word, choices = "", []
                while True:
                    tree, at = sequence(at + 1, "|]")
                    choices.append(tree)
                    if at >= len(text):
                        raise ValueError(f"unclosed bracket: {text}")
                    if text[at] == "]":
                        break
                out.append(("any", choices))
            elif c == "{":
                end = text.index("}", at)
                out += [word, ("slot", text[at + 1:end])]
                word, at = "", end
            else:
                word += c
            at += 1
        out.append(word)
        return [part for part in out if part != ""], at

    tree, at = sequence(0, "")
    assert at == len(text)
    return tree


def choose(tree, slots, rng):
    out = []
    for part in tree:
        if isinstance(part, str):
            out.append(part)
        elif part[0] == "any":
            out.append(choose(rng.choice(part[1]), slots, rng))
        else:
            out.append(choose(rng.choice(slots[part[1]]), slots, rng))
    return "".join(out)


def ways(tree, slots):
    """How many sentences a pattern has, at most."""
    n = 1
    for part in tree:
        if isinstance(part, str):
            continue
        options = part[1] if part[0] == "any" else slots[part[1]]
        n = min(10**6, n * sum(ways(o, slots) for o in options))
    return n


def read(paths, slots=None):
    """Patterns by kind, and slots, of some grammar files."""
    slots, lines = dict(slots or {}), []
    for path in paths:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            line = line.strip()
            if not line or line.startswith(("#", "==")):
                continue
            try:
                if line[0] == "@":
                    name, values = line[1:].split(" = ", 1)
                    tree = parse(f"[{values}]")
                    slots[name] = tree[0][1]
                else:
                    kind, pattern = line.split(" ", 1)
                    if kind not in ("v", "s", "n", "q"):
                        raise ValueError(f"kind {kind}")
                    lines.append((kind, parse(pattern)))
            except ValueError as e:
                raise SystemExit(f"{path.name}:{number}: {e}")
    return lines, slots


def misspell(text, rng):
    """One slip of the fingers in a longer word."""
    words = text.split(" ")
    long = [i for i, w in enumerate(words) if len(w) > 4 and w.isalpha() and w.isascii()]
    if not long:
        return text
    i = rng.choice(long)
    w = words[i]
    at = rng.randrange(1, len(w) - 1)
    words[i] = rng.choice([w[:at] + w[at + 1:], w[:at] + w[at + 1] + w[at] + w[at + 2:], w[:at] + w[at] + w[at:]])
    return " ".join(words)


WORD_FRAMES = {
    "en": ["what is _", "i need a _", "my _", "problem with _", "how much is the _", "can you _ it", "where is the _",
           "tell me about _", "_ please", "i want to _", "did you _", "the _ is not working", "is it _", "no _"],
    "zh": ["什么是_", "我要_", "_怎么办", "我的_", "有没有_", "_多少钱", "我想_", "怎么_", "请_", "为什么_", "很_", "不_",
           "_在哪里", "帮我_"],
}


def with_words(language, words, seed):
    """Words on their own and each in one frame: so that the table knows words that no grammar has."""
    rng = random.Random(f"{seed} words {language}")
    return list(dict.fromkeys([*words, *(rng.choice(WORD_FRAMES[language]).replace("_", word) for word in words)]))


def sentences(language, each, seed):
    """Distinct sentences of one language, and the number of the grammar line that each is from; up to `each` of every
    line. A line has its own dice, so that a changed line changes no other's sentences."""
    frames, slots = read([HERE / f"frames-{language}.txt"])
    lines, slots = read(sorted(HERE.glob(f"{language}-*.txt")), slots)
    framed = {kind: [tree for k, tree in frames if k == kind] for kind in "vsnq"}
    seen = {}
    for number, (kind, tree) in enumerate(lines):
        rng = random.Random(f"{seed} {kind} {tree}")
        count = ways(tree, slots)
        want = min(each, round(12 * count ** 0.5) + 2) if kind == "q" else min(each, round(30 * count ** 0.5) + 10)
        for n in range(want):
            core = choose(tree, slots, rng)
            if kind == "q":
                text = core
                if rng.random() < 0.3 and framed["q"]:
                    text = choose(rng.choice(framed["q"]), slots, rng).replace("_", core)
            elif n % 4 == 0:
                text = core
            else:
                text = choose(rng.choice(framed[kind]), slots, rng).replace("_", core)
            text = re.sub(r"\s+", " ", text).strip(" ,，")
            if language == "en":
                if rng.random() < 0.04:
                    text = misspell(text, rng)
                if rng.random() < 0.3 and re.match(r"(how|what|when|where|why|who|which|can|do|is|are|will|does|did)\b", text):
                    text += "?"
            elif rng.random() < 0.15:
                text += rng.choice(["？", "?", "！", "。", "啊", "呢", "呀"])
            if len(text) > 1:
                seen.setdefault(text, number)
    return seen


def corpus(each=60, seed=7):
    return {language: sentences(language, each, seed) for language in ("zh", "en")}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=60)
    parser.add_argument("--sample", type=int, default=40)
    options = parser.parse_args()
    for language, texts in corpus(options.each).items():
        print(language, len(texts))
        for text in random.Random(1).sample(list(texts), min(options.sample, len(texts))):
            print("  ", text)

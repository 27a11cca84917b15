"""The project's normaliser and the table's n-grams, in Python: the same as intents/src/normalize.rs and
intents/src/table.rs, except that traditional characters are not simplified (the corpus has none).
"""
import re
import unicodedata

_DROP = re.compile("[\u0300-\u036f\ufe00-\ufe0f\u200b-\u200f\ufeff\u00ad\u2060]")
_APOSTROPHE = re.compile("['’‘`´]")
_CONFUSED = str.maketrans("帐帳佔妳祂甚", "账账占你他什")
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af〇"
HAN = re.compile(f"[{_HAN}]")
_STRETCH = re.compile(rf"[^\s{_HAN}]+")
_SIGNS = "0#@/$"


def fold(text):
    text = _DROP.sub("", unicodedata.normalize("NFKD", text[:600]))
    text = _APOSTROPHE.sub("", unicodedata.normalize("NFC", text).lower()).translate(_CONFUSED)
    out, last, run = [], " ", 0
    for c in text:
        run = run + 1 if c == last else 1
        last = c
        if run <= 2 or c.isnumeric():
            out.append(c)
    return "".join(out)


def _until(pattern, text):
    m = re.search(pattern, text)
    return text[:m.start()] if m else text


def _trim(text, keep=""):
    while text and not (text[-1].isalnum() or text[-1] in keep):
        text = text[:-1]
    return text


def normalize(text):
    text = fold(text)
    out, last, gap, at = [], "", "", 0

    def write(piece, kind):
        nonlocal last, gap
        together = not last or (gap != "mark" and last in ("han", "sign") and kind in ("han", "sign")
                                and (last, kind) != ("sign", "sign"))
        out.append(piece if together else " " + piece)
        last, gap = kind, ""

    while at < len(text):
        c = text[at]
        if c.isspace():
            gap = gap or "space"
            at += 1
        elif HAN.match(c):
            write(c, "han")
            at += 1
        elif c in "$€£¥₽₩₹₿¢":
            write("$", "sign")
            at += 1
        elif c.isalnum():
            stretch = _STRETCH.match(text, at).group()
            web = _trim(stretch, "/")
            address = _trim(_until(r"[^\w.@+\-]", stretch))
            code = _trim(_until(r"[^\w\-.,:/]", stretch))
            digits = sum("0" <= x <= "9" for x in code)
            letters = sum(x.isalpha() for x in code)
            split = any(x in ".,:/" for x in code)
            if web.startswith(("http:/", "https:/", "www.")):
                write("/", "sign")
                at += len(web)
            elif "@" in address and address.split("@", 1)[0] and "." in address.split("@", 1)[1]:
                write("@", "sign")
                at += len(address)
            elif letters == 0 and digits > 0:
                write("#" if digits >= 6 and not split else "0", "sign")
                at += len(code)
            elif digits >= 4 and not split and letters <= digits:
                write("#", "sign")
                at += len(code)
            else:
                word = next((stretch[:i] for i, x in enumerate(stretch) if not x.isalnum()), stretch)
                lead = len(word) - len(word.lstrip("0123456789"))
                if lead > 0 and (lead >= 2 or len(word) - lead > 3):
                    write("0", "sign")
                    if lead < len(word):
                        write(word[lead:], "word")
                else:
                    write(word, "word")
                at += len(word)
        else:
            gap = "mark"
            at += 1
    return "".join(out)


def grams(normal, pieces=(3, 5), han=4, pairs=True):
    """The n-grams of a normalised sentence, as strings that begin with the sign of their kind: w word, p pair,
    c piece of a word, h Chinese characters."""
    words, out = normal.split(" ") if normal else [], []
    for i, word in enumerate(words):
        if HAN.search(word):
            for n in range(1, han + 1):
                out += ["h" + word[k:k + n] for k in range(len(word) - n + 1)]
            continue
        out.append("w" + word)
        if pairs and i + 1 < len(words) and not HAN.search(words[i + 1]):
            out.append("p" + word + " " + words[i + 1])
        if not all(c in _SIGNS for c in word):
            edged = f" {word} "
            for n in range(pieces[0], pieces[1] + 1):
                out += ["c" + edged[k:k + n] for k in range(len(edged) - n + 1)]
    return out

"""Answers as the CMRC 2018 evaluation compares them: Chinese characters and Latin words side by side.

The published rules, followed to the letter so that figures can be set beside published ones:

- lower-case, strip the ends, drop every character of ``IGNORED``;
- each Chinese character (U+4E00 to U+9FA5) is one segment;
- whatever stands between Chinese characters is cut into words by the Penn Treebank conventions.

The published script takes its words from NLTK, whose sentence splitter needs a downloaded model. Its only
effect here is on full stops inside a Latin run; :func:`_sentences` states that effect as a rule.
"""

from __future__ import annotations

import re

__all__ = ["IGNORED", "mixed_segments", "without_ignored"]

# "……" is in the published list too, but as two characters it never equals one: "…" is kept.
IGNORED = frozenset("-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")
_ABBREVIATION = re.compile(
    r"adm|ave|bros|capt|col?|corp|dr|e\.g|etc|gen|gov|hon|i\.e|inc|jr|lt|ltd|maj|messrs|mrs?|ms|mt|no|ph\.d|prof"
    r"|rep|rev|sen|sgt|sr|st|vs|a\.m|p\.m|d\.c|u\.[kns]|u\.s\.a"
)
_SEEN = re.compile(r"\S")
_CLOSERS = "])}>\"'» "
_ALONE = re.compile(r"\.{2,}|[;@#$%&?!\u2012-\u2015]")
_BRACKET = re.compile(r"[\[\](){}<>]")
_OPENING_MARK = re.compile(r"[«‘„]")
_OPENING_QUOTE = re.compile(r"(?<=[ (\[{<])(?:\"|'')")
_OPENING_APOSTROPHE = re.compile(r"(?<!\w)'(?!(?:re|ve|ll|[mtsdn])\b)(?=\w)")
_COMMA = re.compile(r",(?:(\D)|$)")
_LONE_APOSTROPHE = re.compile(r"([^'])' ")
_CLOSING_QUOTE = re.compile(r"''|\"")
_CLITIC = re.compile(r"(?<=[^' ])('[smd]|') ")
_LONG_CLITIC = re.compile(r"(?<=[^' ])('ll|'re|'ve|n't) ")
_CONTRACTION = re.compile(
    r"\b(?:(can)(not)|(d)('ye)|(gim)(me)|(gon)(na)|(got)(ta)|(lem)(me)|(more)('n)|(wan)(na)(?=\s))\b"
)
_IT_IS = re.compile(r"(?<= )('t)(is|was)\b")


def without_ignored(text: str) -> str:
    """``text`` lower-cased and stripped, without the characters that the comparison leaves out."""
    return "".join(character for character in text.lower().strip() if character not in IGNORED)


def mixed_segments(text: str) -> list[str]:
    """Chinese characters and Latin words of ``text`` in order, ignored characters left out."""
    segments: list[str] = []
    run: list[str] = []
    for character in without_ignored(text):
        if "\u4e00" <= character <= "\u9fa5":
            segments += _words("".join(run))
            run.clear()
            segments.append(character)
        else:
            run.append(character)
    return segments + _words("".join(run))


def _words(run: str) -> list[str]:
    return [word for sentence in _sentences(run) for word in _sentence_words(sentence)]


def _sentences(run: str) -> list[str]:
    """Cut after a full stop that ends a word, unless the word is an abbreviation, an initial or a number."""
    if "." not in run:  # nearly every run between Chinese characters
        return [run]
    sentences: list[str] = []
    start = 0
    for stop in re.finditer(r"\.(?=[)\";}\]*:@'({\[«‘»]|[!?](?!\s)|\s+\S)", run):
        after = _SEEN.search(run, stop.end())
        if _ends_sentence(run[max(start, stop.start() - 40) : stop.start()], after[0] if after else ""):
            sentences.append(run[start : stop.end()])
            start = stop.end()
    return [*sentences, run[start:]]


def _ends_sentence(before: str, after: str) -> bool:
    """Whether a full stop between the (at most) 40 characters ``before`` and the first one seen ``after`` does."""
    if before.endswith("."):
        return False
    word = re.split(r"[\s)\";}\]*:@({\[`,&#]|\.{2,}|(?=[!?'])", before)[-1]
    is_initial = len(word) == 1 and word.isalpha()
    is_number = word.replace(",", "").replace(".", "").isdigit()
    if (is_initial or is_number) and (after.islower() or after in ";:,.!?"):
        return False
    return _ABBREVIATION.fullmatch(word) is None


def _sentence_words(sentence: str) -> list[str]:
    text = _OPENING_MARK.sub(r" \g<0> ", sentence)
    text = _OPENING_QUOTE.sub(" `` ", re.sub(r'^"', " `` ", text))
    text = _OPENING_APOSTROPHE.sub("' ", text)
    text = _detach_last_stop(text)
    text = _COMMA.sub(lambda match: f" , {match[1] or ''}", text)
    text = _ALONE.sub(r" \g<0> ", text)
    text = _LONE_APOSTROPHE.sub(r"\1 ' ", text)
    text = _BRACKET.sub(r" \g<0> ", text)
    text = f" {text} ".replace("»", " » ")
    text = " ".join(_CLOSING_QUOTE.sub(" '' ", text).split())
    text = _LONG_CLITIC.sub(r" \1 ", _CLITIC.sub(r" \1 ", f" {text} "))
    text = _CONTRACTION.sub(lambda match: " {} {} ".format(*(part for part in match.groups() if part)), text)
    return _IT_IS.sub(r"\1 \2", text).split()


def _detach_last_stop(text: str) -> str:
    """Put blanks around the full stop that ends ``text``, closing quotes and brackets after it or not."""
    body = text.rstrip()
    stem = body.rstrip(_CLOSERS)
    if not stem.endswith(".") or len(stem) < 2 or stem[-2] == ".":
        return text
    return f"{stem[:-1]} . {body[len(stem) :]} "

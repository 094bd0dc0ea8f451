"""A damaged file never gives an answer: every byte of every file of the seed index flipped, every length cut to,
junk appended, files swapped between generations, and random changes of several bytes.

Each time the whole generation is opened, on a sample the whole retriever; but of the flips of, and cuts in, the files
that a manifest lists, 9 in 10 meet only what opening a generation does with that file: reading it against the manifest.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.soak.scene import folder, quick, tell

from yuanwen_index import IndexUnusable, Retriever, build_index, load_encoder
from yuanwen_index.manifest import MANIFEST
from yuanwen_index.store import CURRENT, open_generation, read_file

SEEDS = Path(__file__).parents[2] / "seeds"
LONGEST = 20  # seconds that opening a damaged index may take
WHOLE_GENERATION = 10  # one flip or cut in so many is met by opening the whole generation
WHOLE_RETRIEVER = 200  # one such opening in so many is of the whole retriever
MANY = ("bytes flipped", "lengths cut to")
ENCODER = load_encoder()


class Patient:
    """An index that is damaged again and again, one file at a time.

    ``opened`` counts how often it was opened, ``searched`` how often of these by a whole retriever.
    """

    def __init__(self, index: Path) -> None:
        self.index = index
        manifest = open_generation(index).manifest
        self.home = index / f"gen-{manifest.generation:06d}"
        self.listed = {self.home / name: (name, record) for name, record in manifest.files.items()}
        self.files = [index / CURRENT, self.home / MANIFEST, *self.listed]
        self.seen: Counter[str] = Counter()
        self.opened = self.searched = 0

    def judge(self, kind: str, file: Path) -> None:
        """Open the damaged index: refused by the name of the file, or what went wrong."""
        signal.alarm(LONGEST)  # a hang ends the run
        self.seen[kind] += 1
        try:
            if not quick() and kind in MANY and file in self.listed and self.seen[kind] % WHOLE_GENERATION:
                read_file(self.home, *self.listed[file])
            else:
                self.open()
        except IndexUnusable as error:
            # CURRENT names generation and manifest: they are what does not fit when it is damaged.
            if file.name not in str(error) and not (file.name == CURRENT and MANIFEST in str(error)):
                self.seen["refused without the file's name"] += 1
        except BaseException as error:
            self.seen[f"crashed with {type(error).__name__}"] += 1
        else:
            self.seen[f"ANSWERED: {kind} {file.name}"] += 1
        finally:
            signal.alarm(0)

    def open(self) -> None:
        """Open the generation, or the whole retriever."""
        self.opened += 1
        if self.opened % WHOLE_RETRIEVER:
            open_generation(self.index)
        else:
            self.searched += 1
            Retriever.open(self.index, encoder=ENCODER)

    def flip(self, file: Path, places: Iterator[int] | range) -> None:
        """Flip a bit of each of these bytes, another one from byte to byte."""
        data = file.read_bytes()
        descriptor = os.open(file, os.O_WRONLY)
        for place in places:
            os.pwrite(descriptor, bytes([data[place] ^ 1 << place % 8]), place)
            self.judge("bytes flipped", file)
            os.pwrite(descriptor, data[place : place + 1], place)
        os.close(descriptor)

    def cut(self, file: Path, lengths: range) -> None:
        """Cut the file to each of these lengths, the longest first."""
        data = file.read_bytes()
        for length in sorted(lengths, reverse=True):
            os.truncate(file, length)
            self.judge("lengths cut to", file)
        file.write_bytes(data)

    def append(self, file: Path, chance: random.Random) -> None:
        """Append a line end, zeros, and junk."""
        data = file.read_bytes()
        for junk in (b"\n", b"\0", bytes(4096), chance.randbytes(1), chance.randbytes(100_000)):
            file.write_bytes(data + junk)
            self.judge("appended junk", file)
        file.write_bytes(data)

    def change(self, chance: random.Random) -> None:
        """Write 2 to 64 random bytes somewhere into some file."""
        file = chance.choice(self.files)
        data = file.read_bytes()
        changed = bytearray(data)
        length = min(chance.randint(2, 64), len(data))
        start = chance.randrange(len(data) - length + 1)
        changed[start : start + length] = chance.randbytes(length)
        if changed != data:
            file.write_bytes(changed)
            self.judge("random changes", file)
            file.write_bytes(data)

    def swap(self, other: Path) -> None:
        """Put each file of another generation in the place of its namesake."""
        for file in self.files[1:]:
            foreign = other / file.relative_to(self.files[1].parent)
            data = file.read_bytes()
            if foreign.read_bytes() != data:
                shutil.copy(foreign, file)
                self.judge("files swapped", file)
                file.write_bytes(data)


def main() -> int:
    """All of it."""
    chance = random.Random(11)
    with folder() as home:
        shutil.copytree(SEEDS, home / "pages")
        build_index([home / "pages"], home / "index", encoder=ENCODER)
        page = min((home / "pages").glob("*.txt"))
        page.write_text(page.read_text("utf-8").replace("监督", "检查"), "utf-8")
        build_index([home / "pages"], home / "index", encoder=ENCODER)
        patient = Patient(home / "index")
        size = 0
        for file in patient.files:
            length = file.stat().st_size
            size += length
            step = max(1, length // 25) if quick() else 1
            patient.flip(file, range(0, length, step))
            patient.cut(file, range(0, length, step))
            patient.append(file, chance)
        for _ in range(50 if quick() else 10_000):
            patient.change(chance)
        patient.swap(home / "index" / "gen-000001")
        open_generation(patient.index)  # it was put back as it was
        kinds = ("bytes flipped", "lengths cut to", "appended junk", "random changes", "files swapped")
        counts = {kind: patient.seen.pop(kind) for kind in kinds}
        bad = dict(patient.seen)
        figures = (
            f"{len(patient.files)} files of {size:,} bytes: "
            + ", ".join(f"{number:,} {kind}" for kind, number in counts.items())
            + f": {sum(counts.values()) - sum(bad.values()):,} refused by name, {sum(bad.values())} not {bad or ''}"
            f" ({patient.opened:,} by opening the generation, {patient.searched} of these by a whole retriever)"
        )
        whole = quick() or counts["bytes flipped"] == size
        return tell("a damaged file never gives an answer", figures, kept=not bad and whole)


if __name__ == "__main__":
    sys.exit(main())

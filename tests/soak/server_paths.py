"""Five hundred strings that try to lead out of the application, on every endpoint: bytes of foreign files in the
answers. What lies beside the index, the index's own files, and files of the system are looked for.
"""

from __future__ import annotations

import secrets
import sys

from tests.soak.running import chat, seed_index
from tests.soak.scene import folder, quick, tell
from tests.ui.traversals import PLACES, leaks, traversals


def main() -> int:
    """All of it."""
    strings = traversals(24 if quick() else 500)
    secret = secrets.token_hex()
    with folder() as home:
        for place in (home, home / "index"):
            place.mkdir(exist_ok=True)
        (home / "secret.txt").write_text(secret, "ascii")
        index = seed_index(home)
        (index / "feedback.jsonl").write_text(f'{{"question": "{secret}"}}\n', "ascii")
        with chat(index) as running:
            marks = (secret.encode(), b"root:", b"PATH=", b"sha256", b"from __future__ import")
            paths = (place + string for place in PLACES for string in strings)
            answered, wrong = leaks(running.address, paths, marks)
    figures = f"{len(strings)} strings on {len(PLACES)} endpoints: {answered:,} requests, {len(wrong)} leaks {wrong[:3] or ''}"
    return tell(
        "no path leads out of the application",
        figures,
        kept=not wrong and answered == len(strings) * len(PLACES),
    )


if __name__ == "__main__":
    sys.exit(main())

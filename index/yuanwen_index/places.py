"""Where an index is: a folder, or a name on a Milvus server."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .errors import UsageError

__all__ = ["MilvusPlace", "Place", "place_of"]

TOKEN = "YUANWEN_MILVUS_TOKEN"  # noqa: S105
CERTIFICATES = "YUANWEN_MILVUS_CA"
_PORT = 19530
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_FORMS = "milvus://HOST[:PORT]/NAME, milvus+tls://HOST[:PORT]/NAME or milvus:FILE.db"


@dataclass(frozen=True, slots=True)
class MilvusPlace:
    """An index called ``name`` on a Milvus server, or in a file of milvus-lite.

    ``uri`` is what the Milvus client takes; ``token`` ("user:password" or a key) is never shown. ``certificates`` is
    a PEM file of the authorities to trust, where the system's are not meant.
    """

    uri: str
    name: str
    token: str = field(default="", repr=False)
    certificates: str = ""

    @property
    def local(self) -> bool:
        """Whether it is a file on this machine."""
        return self.uri.endswith(".db")

    def __str__(self) -> str:
        if self.local:
            return f"milvus:{self.uri}"
        scheme, _, rest = self.uri.partition("://")
        return f"{'milvus+tls' if scheme == 'https' else 'milvus'}://{rest}/{self.name}"


Place = Path | MilvusPlace


def place_of(where: str | Path | MilvusPlace) -> Place:
    """Where an index is, from how a user writes it; UsageError when it cannot be meant so.

    The token of a Milvus server stands before its name in the address or in the environment variable
    ``YUANWEN_MILVUS_TOKEN``, which is not seen in lists of processes; ``YUANWEN_MILVUS_CA`` names a PEM file.
    """
    if isinstance(where, MilvusPlace):
        return where
    if not str(where).startswith(("milvus:", "milvus+tls:")):
        return Path(where)
    if isinstance(where, Path):
        raise UsageError("an index on Milvus is named by a str; a Path would change its address")
    scheme, _, rest = where.partition(":")
    if not rest.startswith("//"):
        return _file(scheme, rest)
    try:
        parts = urlsplit(where)
        port = parts.port or _PORT
    except ValueError as error:
        raise UsageError(f"the address of the Milvus server cannot be read: write {_FORMS}") from error
    name = parts.path.removeprefix("/")
    if not parts.hostname or parts.query or parts.fragment or not _NAME.fullmatch(name):
        raise UsageError(
            f"the address of an index on Milvus is {_FORMS}; NAME is up to 100 Latin letters, digits and underscores"
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    given = ":".join(unquote(part) for part in (parts.username, parts.password) if part)
    return MilvusPlace(
        uri=f"{'https' if scheme == 'milvus+tls' else 'http'}://{host}:{port}",
        name=name,
        token=given or os.environ.get(TOKEN, ""),
        certificates=os.environ.get(CERTIFICATES, ""),
    )


def _file(scheme: str, path: str) -> MilvusPlace:
    if scheme != "milvus" or not path.endswith(".db"):
        raise UsageError(f"an index on Milvus is written {_FORMS}")
    if not Path(path).absolute().parent.is_dir():
        raise UsageError(f"there is no folder {Path(path).absolute().parent} for {Path(path).name}")
    return MilvusPlace(uri=path, name="yuanwen")

"""Who may use the chat: a file of names and scrypt hashes (RFC 7914).

One line a user, ``name:scrypt:n:r:p:salt:hash`` with salt and hash in hexadecimal; empty lines and lines that
begin with ``#`` are passed over. The file holds no password and no way back to one short of guessing.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from yuanwen_index import UsageError

__all__ = ["Accounts", "add_user", "read_accounts", "remove_user"]

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1_000
LONGEST_NAME = 64
MEMORY = 128 * 1024 * 1024  # the most that one hash of a file may ask for, in bytes


@dataclass(frozen=True, slots=True)
class Hash:
    """What is kept of a password: the parameters of scrypt, its salt and its result."""

    n: int
    r: int
    p: int
    salt: bytes
    digest: bytes

    def fits(self, password: str) -> bool:
        """Whether it was made from ``password``, found out in a time that does not depend on where it differs."""
        found = hashlib.scrypt(
            _folded(password),
            salt=self.salt,
            n=self.n,
            r=self.r,
            p=self.p,
            maxmem=MEMORY,
            dklen=len(self.digest),
        )
        return hmac.compare_digest(found, self.digest)

    def __str__(self) -> str:
        return f"scrypt:{self.n}:{self.r}:{self.p}:{self.salt.hex()}:{self.digest.hex()}"


def hashed(password: str) -> Hash:
    """A new hash of ``password``: 32 MiB and some 0.2 seconds to whoever wants to try one."""
    n, r, p, salt = 2**15, 8, 3, secrets.token_bytes(16)
    return Hash(
        n, r, p, salt, hashlib.scrypt(_folded(password), salt=salt, n=n, r=r, p=p, maxmem=MEMORY, dklen=32)
    )


def _folded(password: str) -> bytes:
    """The bytes of a password, the same from every keyboard (NFC, RFC 8265)."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


class Accounts:
    """The users of one file."""

    def __init__(self, hashes: dict[str, Hash]) -> None:
        self.hashes = hashes
        # Stands in for a user that there is not, so that the time of an answer does not tell.
        self._nobody = hashed(secrets.token_hex())

    def admit(self, name: str, password: str) -> bool:
        """Whether ``password`` is that of the user ``name``; takes as long for a name that is none."""
        if len(password) > LONGEST_PASSWORD:
            return False
        known = self.hashes.get(unicodedata.normalize("NFC", name))
        return (known or self._nobody).fits(password) and known is not None


def read_accounts(file: Path) -> Accounts:
    """The users of ``file``.

    Raises:
        UsageError: it cannot be read, others on this machine may read or change it, a line of it is no user,
            or there is none in it.

    """
    hashes = _read(file)
    if not hashes:
        raise UsageError(f"{file} holds no user; add one with: yuanwen user add NAME --auth-file {file}")
    return Accounts(hashes)


def add_user(file: Path, name: str, password: str) -> bool:
    """Give ``name`` this password in ``file``, which is made when it is not there; True for a new user.

    Raises:
        UsageError: the name or the password will not do, or the file cannot be read or written.

    """
    name = unicodedata.normalize("NFC", name)
    if (
        not name
        or len(name) > LONGEST_NAME
        or ":" in name
        or not name.isprintable()
        or name != name.strip("# ")
    ):
        raise UsageError(f"a user's name has 1 to {LONGEST_NAME} printable characters, without a colon")
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise UsageError(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    hashes = _read(file) if file.exists() else {}
    new = name not in hashes
    _write(file, {**hashes, name: hashed(password)})
    return new


def remove_user(file: Path, name: str) -> None:
    """Take ``name`` out of ``file``; UsageError when it is not in it."""
    hashes = _read(file)
    if hashes.pop(unicodedata.normalize("NFC", name), None) is None:
        raise UsageError(f"{file} holds no user {name!r}")
    _write(file, hashes)


def _read(file: Path) -> dict[str, Hash]:
    try:
        mode = file.stat().st_mode
        text = file.read_text("utf-8")
    except OSError as error:
        raise UsageError(f"cannot read the users in {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is no file of users: it is not UTF-8 text") from error
    if os.name == "posix" and mode & 0o007:
        raise UsageError(
            f"everyone on this machine may read or change {file}; close it with: chmod 600 {file}"
        )
    hashes = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            name, found = _user(line, f"{file}, line {number}")
            hashes[name] = found
    return hashes


def _user(line: str, place: str) -> tuple[str, Hash]:
    try:
        name, kind, n, r, p, salt, digest = line.split(":")
        found = Hash(int(n), int(r), int(p), bytes.fromhex(salt), bytes.fromhex(digest))
        sound = kind == "scrypt" and len(found.salt) >= 16 and len(found.digest) >= 32 and name
        if (
            not sound
            or 128 * found.n * found.r > MEMORY // 2
            or found.n < 2
            or found.r < 1
            or not 1 <= found.p <= 16
        ):
            raise ValueError(line)
        found.fits("")  # scrypt itself refuses what is no parameter of it
    except ValueError as error:
        raise UsageError(
            f"{place}: not a user; lines are made by: yuanwen user add NAME --auth-file FILE"
        ) from error
    return name, found


def _write(file: Path, hashes: dict[str, Hash]) -> None:
    """Replace the file whole, readable by its owner only from the first byte on."""
    arriving = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(
            os.open(arriving, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as out:
            out.writelines(f"{name}:{found}\n" for name, found in hashes.items())
            out.flush()
            os.fsync(out.fileno())
        arriving.replace(file)
    except OSError as error:
        arriving.unlink(missing_ok=True)
        raise UsageError(f"cannot write {file}: {error.strerror}") from error

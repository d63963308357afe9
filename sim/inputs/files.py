"""A user's file, opened with care: a regular file of bounded size that can be read. Whatever reads one comes through here."""

import hashlib
import os
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable
from pathlib import Path
from stat import S_ISREG

from sim.inputs.errors import InputError

LARGEST = 20_000_000  # bytes of a table; scenarios and workbooks have less
Say = Callable[..., str]


def read_bytes(path: Path, most: int = LARGEST, in_words: Say = str.format) -> bytes:
    """Return what is in a file of at most `most` bytes. `in_words`: gives a message in the reader's language, its placeholders filled.

    Raises InputError for a file that is missing, larger, or no regular file (a folder, a pipe, a device: nobody knows where these end).
    """
    try:
        if not path.is_dir():
            regular(path)
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            raw = b"" if size > most else stream.read(most + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        why = getattr(error, "strerror", None) or error
        raise InputError(shown(path), "", in_words("cannot be read ({why})", why=why)) from None
    if size > most or len(raw) > most:
        raise InputError(path, "", in_words("more than {count} bytes; at most as many are allowed", count=most))
    return raw


def regular(path: Path) -> os.stat_result:
    """Return what the disk says of a regular file, before it is opened: a pipe would be waited for. Raises OSError for any other."""
    about = path.stat()
    if not S_ISREG(about.st_mode):
        raise OSError("no regular file")
    return about


def digest_of(raw: bytes) -> str:
    """Return the SHA-256 of a text; its line ends do not count."""
    return hashlib.sha256(raw.replace(b"\r\n", b"\n")).hexdigest()


def text_of(path: Path) -> bytes:
    """Return the bytes of a text with the line ends of the repository, whatever a checkout or a spreadsheet made of them. Raises InputError as
    `read_bytes` does."""
    return read_bytes(path).replace(b"\r\n", b"\n")


def read_text(path: Path, most: int = LARGEST) -> str:
    """Return the text of a file in UTF-8, or in UTF-16 with its mark. Raises InputError as `read_bytes` does, and for other text."""
    raw = read_bytes(path, most)
    try:
        return raw.decode("utf-16" if raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(path, f"line {line}", "a letter that is not in UTF-8; save the file as UTF-8") from None


def resolved(path: Path) -> Path:
    """Return a path without links, to tell one file from another. Raises InputError for one that cannot be a file's."""
    try:
        return path.resolve()
    except (OSError, ValueError, RuntimeError) as error:  # ValueError: a NUL in the name; RuntimeError: a loop of links
        raise InputError(shown(path), "", f"cannot be read ({getattr(error, 'strerror', None) or error})") from None


def shown(path: Path) -> str:
    """Return a path as it is printed: control characters of a name are written out."""
    return repr(str(path))[1:-1]

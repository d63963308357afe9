"""Whose a folder is: who writes in it now, what it is for, and which of its files this program wrote. Nobody else's are ever touched.

One rule for all commands: write into a folder that is new, empty or one's own, and replace only what was written here and not changed since.
"""

import hashlib
import json
import os
import platform
import shutil
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from sim.inputs.errors import InputError
from sim.inputs.files import digest_of, regular
from sim.runs.disk.store import (
    HALF,
    IDENTITY,
    NO_ROOM,
    manifest_of,
    not_written,
    read_json,
    sealed,
    write_file,
    write_json,
)

LOCK, WRITTEN = ".bso-lock", "written.json"
OURS = b'{"bso"'  # how a lock begins
HELD = "r+b" if sys.platform == "win32" else "rb"  # a disk may become read-only while we hold a folder
WAIT = 30  # seconds for whoever writes a single file until another has done so
ELSEWHERE = "choose another --out"

if sys.platform == "win32":
    import msvcrt

    def _lock(stream: IO[bytes]) -> None:
        stream.seek(2**30)  # beyond what is written, which others are to read
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(stream: IO[bytes]) -> None:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Taken(InputError):
    """A folder is another's: somebody writes in it now, or it holds something else."""


_held: set[Path] = set()  # folders that this process holds


@contextmanager
def locked(folder: Path, wait: float = 0) -> Iterator[None]:
    """Hold a folder, made where it is not there, so that no other process writes in it. `wait`: seconds that another may take first.

    The system lets go of the lock when the process ends, however it ends: what a crash leaves behind holds nobody up. Raises Taken with the
    holder's name, OSError for a folder that cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    place, path, until = folder.resolve(), folder / LOCK, time.monotonic() + wait
    while (stream := _taken(path)) is None:
        if time.monotonic() >= until:
            raise Taken(folder, "", f"is being written by {_holder(path)}; wait until that is done, or {ELSEWHERE}")
        time.sleep(0.05)
    _held.add(place)
    try:
        yield
    finally:
        _held.discard(place)
        with suppress(OSError):  # on Windows not while it is open, and what stays there holds nobody up
            path.unlink()
        stream.close()


def _taken(path: Path) -> IO[bytes] | None:
    """Return the lock file, locked and with our name in it; None while another has it. Raises OSError for a folder that cannot be written."""
    if path.is_symlink():
        raise InputError(path, "", "is no lock of this program; move it away")
    while True:
        path.touch()
        stream = path.open(HELD)
        try:
            _lock(stream)
        except BlockingIOError:
            stream.close()
            return None
        except OSError as error:
            if sys.platform == "win32" or isinstance(error, PermissionError):
                stream.close()
                return None
            # a disk without such locks: files still say of which experiment they are
        with suppress(OSError):
            if os.path.samestat(os.fstat(stream.fileno()), path.stat()):
                break
        stream.close()  # the one before us took it away just now
    text = stream.read()
    if text and not text.startswith(OURS) and not OURS.startswith(text):
        stream.close()
        raise InputError(path, "", "is no lock of this program; move it away")
    us = {"host": platform.node(), "pid": os.getpid(), "since": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
    try:
        path.write_bytes(json.dumps({"bso": "writes here", **us}).encode())
    except OSError:
        path.unlink()
        stream.close()
        raise
    return stream


def _holder(path: Path) -> str:
    """Return in words who holds a lock."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        who = json.loads(path.read_bytes())
        return f"process {who['pid']} on {who['host']} since {who['since']}"
    return "another process"


@contextmanager
def opened(folder: Path, identity: Mapping[str, Any], replications: int, until: str | None = None) -> Iterator[None]:
    """Hold a folder for an experiment: a new one, or the one that holds it, to go on there.

    What the experiment is stands in its first file, which is written once. Raises Taken when another process writes in it, or it holds
    something else, another experiment, or more replications: nothing is overwritten; InputError when it cannot be written; StorageError when
    the disk has no room for its first file.
    """
    with _holding(folder, identity):
        refuse_other(folder, identity, replications, until)
        if not (folder / IDENTITY).exists():
            write_json(folder / IDENTITY, identity)
        yield


def refuse_other(folder: Path, identity: Mapping[str, Any], replications: int, until: str | None = None) -> None:
    """Raise Taken when a folder holds something else than an experiment, or more of it than is asked for."""
    if not (folder / IDENTITY).exists():
        if _others(folder):
            raise Taken(folder, "", f"holds other files; {ELSEWHERE}")
        return
    present = read_json(folder / IDENTITY)
    different = sorted(k for k in {*present, *identity} if present.get(k) != identity.get(k))
    if different:
        raise Taken(folder, "", f"holds another experiment (different: {', '.join(different)}); {ELSEWHERE}")
    held = manifest_of(folder)
    if held is not None and held["asked"] > replications:
        raise Taken(folder, "", f"holds {held['asked']} replications; ask for at least as many, or another --out")
    if held is not None and until not in (None, held["until"]):
        raise Taken(folder, "", f"holds a run that did not stop by --until {until}; {ELSEWHERE}")


@contextmanager
def own(folder: Path, what: str) -> Iterator[None]:
    """Hold a folder for what a study finds, a `what` (a comparison, say): a new one, or one that this study has written before.

    Raises Taken when another process writes in it or it holds anything else, InputError for a file of ours that somebody changed since, and for
    a folder that cannot be written: nothing is overwritten, and nothing is computed first.
    """
    with _holding(folder, {}):
        others = _others(folder)
        if (folder / IDENTITY).exists():
            raise Taken(folder, "", f"holds an experiment; {ELSEWHERE}")
        if not (folder / WRITTEN).exists():
            if others:
                raise Taken(folder, "", f"holds {others[0]} and no {what} of ours (no {WRITTEN}); {ELSEWHERE}")
            _note(folder, {}, what)
        elif (present := _listed(folder)["what"]) != what:
            raise Taken(folder, "", f"holds {present or 'something else'} and no {what}; {ELSEWHERE}")
        for path in changed(folder):
            raise InputError(
                path, "", f"was changed since it was written, and nothing of yours is replaced; move it away, or {ELSEWHERE}"
            )
        clear_halves(folder)
        yield


@contextmanager
def _holding(folder: Path, first: Mapping[str, Any]) -> Iterator[None]:
    """Hold a folder; say what is wrong when it cannot be written, or has no room for its first file."""
    entered = False
    if folder.is_symlink() and not folder.exists():
        raise InputError(
            folder, "--out", f"is a link to {folder.readlink()}, which is not there; a folder, or a new name, is allowed"
        )
    try:
        with locked(folder):
            entered = True
            yield
    except OSError as error:
        if entered:
            raise
        if error.errno in NO_ROOM:
            raise not_written(folder / IDENTITY, len(sealed(first)), error) from None
        raise InputError(folder, "--out", f"cannot be written ({error.strerror or error})") from None


def _others(folder: Path) -> list[str]:
    """Return what is in a folder beside the lock and what was never finished."""
    return sorted(path.name for path in folder.iterdir() if path.name != LOCK and not HALF.fullmatch(path.name))


def write(path: Path, content: bytes) -> Path:
    """Write a file of an answer (table, picture, report) to its folder, and return its path.

    Its digest is noted beside it before it is there, so that it is known as ours, whatever stops us. Raises InputError when somebody else's
    file, or one that was changed since, has its name: it stays as it is.
    """
    folder, digest = path.parent, _digest(content)
    if folder.resolve() not in _held:
        with locked(folder, WAIT):
            return write(path, content)
    listed = _listed(folder)
    ours = listed["files"].get(path.name, [])
    present = _present(path, ours)
    if present not in (None, digest, *ours):
        raise InputError(path, "", "was not written by this program, or changed since, and stays as it is; move it away")
    if digest not in ours:
        _note(folder, {**listed["files"], path.name: [*ours[-1:], digest]}, listed["what"])
    if present != digest:
        write_file(path, content)
    return path


def clear(folder: Path) -> None:
    """Remove all files that were written here as part of an answer, and not changed since: before the next answer, which may have fewer; those
    in folders of nothing else too."""
    listed = _listed(folder)
    for name in {*listed["files"]} - {path.name for path in changed(folder)}:
        (folder / name).unlink(missing_ok=True)
    for below in folder.iterdir():
        ours = below.is_dir() and not below.is_symlink() and (below / WRITTEN).exists() and not (below / IDENTITY).exists()
        if ours and not _listed(below)["what"]:  # no study's own
            clear(below)


def changed(folder: Path) -> list[Path]:
    """Return the files of an answer that somebody changed since; one that was removed is not."""
    files = _listed(folder)["files"]
    return [folder / name for name, ours in files.items() if _present(folder / name, ours) not in (None, *ours)]


def clear_halves(folder: Path) -> None:
    """Remove what was never finished, of ours."""
    for half in folder.iterdir():
        if HALF.fullmatch(half.name):
            if half.is_dir() and not half.is_symlink():
                shutil.rmtree(half, ignore_errors=True)
            else:
                half.unlink(missing_ok=True)


def _present(path: Path, ours: Collection[str]) -> str | None:
    """Return the digest of a file, None where there is none; of anything else that has its name, nothing that is a digest.

    `ours`: those it had when it was written; an earlier version noted them of all bytes, line ends too.
    """
    if not os.path.lexists(path):
        return None
    try:
        regular(path)
        content = path.read_bytes()
        whole = hashlib.sha256(content).hexdigest()
        return whole if whole in ours else _digest(content)
    except OSError:
        return "unreadable"


def _digest(content: bytes) -> str:
    """Return the SHA-256 of a file; of a text its line ends do not count, as who keeps it may have them made otherwise."""
    return hashlib.sha256(content).hexdigest() if b"\0" in content else digest_of(content)


def _listed(folder: Path) -> dict[str, Any]:
    """Return what the list of a folder holds. Raises InputError for one that is not ours."""
    path = folder / WRITTEN
    if not os.path.lexists(path):
        return {"what": "", "files": {}}
    listed = read_json(path)
    files = listed.get("files")
    here = isinstance(files, dict) and all(isinstance(ours, list) and Path(name).name == name for name, ours in files.items())
    if not here or "what" not in listed:  # a name that leads out of the folder is not ours either
        raise InputError(path, "", "is no list of what was written here; move it away")
    return listed


def _note(folder: Path, files: Mapping[str, Any], what: str) -> None:
    data = sealed({"what": what, "files": dict(files)})
    write_file(folder / WRITTEN, data)

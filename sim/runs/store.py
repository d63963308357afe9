"""Results on disk: chunks that are either whole or not there, a manifest with the SHA-256 of everything, written last."""

import errno
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.inputs.errors import CannotGoOn, InputError

IDENTITY = "experiment.json"
MANIFEST = "manifest.json"
CHUNK = "chunk.json"
SEAL = "sha256"  # in every JSON file written here: the digest of all else that it holds
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
Range = tuple[int, int]  # first and last replication of a chunk
Columns = Mapping[str, NDArray[Any]]


class StorageError(CannotGoOn):
    """A file could not be written. What was finished before is whole."""


def not_written(path: Path, needed: int, error: OSError) -> StorageError:
    """Return the error that names the path, what the system says, and the bytes needed and free."""
    try:
        free = f", {shutil.disk_usage(path.parent).free:,} are free"
    except OSError:
        free = ""
    return StorageError(f"{path}: cannot be written ({error.strerror or error}); {needed:,} bytes are needed{free}")


def sealed(content: Mapping[str, Any]) -> bytes:
    """Return the bytes of a JSON file with its own digest, in the order of the content: that of a law's instruments says which is which."""
    without = {name: value for name, value in content.items() if name != SEAL}
    digest = hashlib.sha256(json.dumps(without, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    return (json.dumps({**content, SEAL: digest}, indent=1, ensure_ascii=False) + "\n").encode()


def write_file(path: Path, content: bytes) -> None:
    """Write a file under a temporary name, synced, and give it its own name."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)


def sync_folder(folder: Path) -> None:
    """Have a renaming in a folder reach the disk."""
    if not hasattr(os, "O_DIRECTORY"):  # Windows
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a sealed JSON file, whole or not at all. Raises StorageError."""
    data = sealed(content)
    try:
        write_file(path, data)
        sync_folder(path.parent)
    except OSError as error:
        raise not_written(path, len(data), error) from None


def read_json(path: Path) -> dict[str, Any]:
    """Return a sealed JSON file, without its seal. Raises InputError when it cannot be read or is damaged."""
    try:
        data = path.read_bytes()
        content = json.loads(data)
    except (OSError, ValueError) as error:
        raise InputError(path, "", f"cannot be read ({error})") from None
    if not isinstance(content, dict):
        raise InputError(path, "", "not a table of results")
    if sealed(content) != data:
        raise InputError(path, "", "damaged: it is not what was written")
    del content[SEAL]
    return content


def combined_digest(digests: Iterable[str]) -> str:
    """Return the SHA-256 of the replications' digests in their order: the same for any chunking and any number of workers."""
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def manifest_of(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of the finished experiment in a folder, None when there is none. Raises InputError when it is damaged."""
    return read_json(folder / MANIFEST) if (folder / MANIFEST).exists() else None


def open_folder(folder: Path, identity: Mapping[str, Any], replications: int, until: str | None = None) -> None:
    """Make a folder for an experiment, or go on in the one that holds it.

    Raises InputError when it cannot be written, holds something else, another experiment, or more replications: nothing is overwritten;
    StorageError when the disk has no room for its first file.
    """
    known = folder / IDENTITY
    try:
        if known.exists():
            present = read_json(known)
            different = sorted(k for k in {*present, *identity} if present.get(k) != identity.get(k))
            if different:
                raise InputError(folder, "", f"holds another experiment (different: {', '.join(different)}); choose another --out")
            held = manifest_of(folder)
            if held is not None and held["asked"] > replications:
                raise InputError(folder, "", f"holds {held['asked']} replications; ask for at least as many, or another --out")
            if held is not None and until not in (None, held["until"]):
                raise InputError(folder, "", f"holds a run that did not stop by --until {until}; choose another --out")
        elif folder.exists() and any(path.name not in (".writable", IDENTITY + ".part") for path in folder.iterdir()):
            raise InputError(folder, "", "holds other files; choose another --out")
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
        if not known.exists():
            write_json(known, identity)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise not_written(known, len(sealed(identity)), error) from None
        raise InputError(folder, "--out", f"cannot be written ({error.strerror or error})") from None


def chunk_name(first: int, last: int) -> str:
    """Return the folder name of the replications first..last."""
    return f"chunk-{first:07d}-{last:07d}"


def plan(folder: Path, replications: int, size: int) -> tuple[list[Range], list[Range]]:
    """Return the chunks (first, last) that are there and those to compute, which together make replications 0 up to `replications`.

    What is there is kept whatever its size; gaps are filled with chunks of at most `size`.
    """
    names = (re.fullmatch(r"chunk-(\d{7,})-(\d{7,})", path.name) for path in folder.glob("chunk-*") if (path / CHUNK).exists())
    ranges = sorted((int(match[1]), int(match[2])) for match in names if match)
    whole: list[Range] = []
    todo: list[Range] = []

    def fill(first: int, end: int) -> None:
        todo.extend((start, min(start + size, end) - 1) for start in range(first, end, size))

    upto = 0
    for first, last in ranges:
        if first >= upto and last < replications:  # else it overlaps what is kept already, or goes beyond what is asked
            fill(upto, first)
            whole.append((first, last))
            upto = last + 1
    fill(upto, replications)
    return whole, todo


def serialised(columns: Columns) -> bytes:
    """Return a table of integer columns as Parquet: page checksums, and bytes of equal weight side by side, which compress best."""
    buffer = pa.BufferOutputStream()
    encoding = {name: "BYTE_STREAM_SPLIT" for name, values in columns.items() if values.dtype != np.bool_}
    options: dict[str, Any] = {"compression": "zstd", "compression_level": 1, "use_dictionary": False, "write_page_checksum": True}
    pq.write_table(pa.table(dict(columns)), buffer, column_encoding=encoding, store_schema=False, write_statistics=False, **options)
    return buffer.getvalue().to_pybytes()


def write_chunk(folder: Path, name: str, files: Mapping[str, bytes], facts: Mapping[str, Any]) -> None:
    """Write a chunk's files, and its facts with the SHA-256 of each file, all at once or not at all. Raises StorageError."""
    part = folder / (name + ".part")
    content = {**facts, "files": {file: hashlib.sha256(data).hexdigest() for file, data in files.items()}}
    everything = {**files, CHUNK: sealed(content)}
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        for file, data in everything.items():
            write_file(part / file, data)
        sync_folder(part)
        if (folder / name).exists() and not (folder / name / CHUNK).exists():
            shutil.rmtree(folder / name)  # damaged: what says what it is has gone
        part.rename(folder / name)
        sync_folder(folder)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise not_written(folder / name, sum(map(len, everything.values())), error) from None


def read_table(folder: Path, chunks: Iterable[str], table: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Return one table of the named chunks, in the order of the replications, or some columns of it.

    Raises InputError for a damaged or missing file.
    """
    frames = []
    for path in (folder / name / f"{table}.parquet" for name in sorted(chunks)):
        if not path.exists() and f"{table}.parquet" not in read_json(path.parent / CHUNK)["files"]:
            continue  # projects are kept of some replications only; a chunk of which all failed has no tables
        try:
            frames.append(pq.read_table(path, columns=columns and [*columns], page_checksum_verification=True).to_pandas())
        except (OSError, pa.ArrowException) as error:
            raise InputError(path, "", f"damaged ({error}); remove its folder and run again") from None
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def problems(folder: Path) -> list[str]:
    """Return what is wrong with the results in a folder, a line each; nothing when they are whole.

    Raises InputError when the folder holds no results.
    """
    if not (folder / MANIFEST).exists() and not (folder / IDENTITY).exists():
        raise InputError(folder, "", f"holds no results (no {MANIFEST})")
    wrong: list[str] = []
    identity = _read(folder / IDENTITY, wrong)
    manifest = _read(folder / MANIFEST, wrong) if (folder / MANIFEST).exists() else None
    if manifest is None and not wrong:
        wrong.append(f"{folder}: not finished; the command that made it goes on from there")
    if manifest and identity and manifest["experiment"] != identity:
        wrong.append(f"{folder / MANIFEST}: of another experiment than {IDENTITY}")
    expected = manifest["chunks"] if manifest else {path.parent.name: None for path in sorted(folder.glob(f"chunk-*[0-9]/{CHUNK}"))}
    digests: dict[int, str] = {}
    for name, files in expected.items():
        chunk = _read(folder / name / CHUNK, wrong)
        if chunk is not None:
            digests |= {int(number): digest for number, digest in chunk["digests"].items()}
            if files is not None and chunk["files"] != files:
                wrong.append(f"{folder / name / CHUNK}: of another run than {MANIFEST}")
            wrong += [line for file, digest in chunk["files"].items() if (line := _differs(folder / name / file, digest))]
    if manifest and not wrong and combined_digest([digests[n] for n in sorted(digests)]) != manifest["digest"]:
        wrong.append(f"{folder / MANIFEST}: the digest is not that of the chunks")
    return wrong


def _read(path: Path, wrong: list[str]) -> dict[str, Any] | None:
    try:
        return read_json(path)
    except InputError as error:
        wrong.append(str(error))
        return None


def _differs(path: Path, digest: str) -> str | None:
    try:
        return None if file_digest(path) == digest else f"{path}: damaged: it is not what was written"
    except OSError as error:
        return f"{path}: cannot be read ({error.strerror or error})"

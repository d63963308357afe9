"""Results on disk: chunks that are either whole or not there, a manifest with the SHA-256 of everything, written last."""

import errno
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.inputs.errors import CannotGoOn, InputError
from sim.inputs.files import read_bytes, regular

IDENTITY = "experiment.json"
MANIFEST = "manifest.json"
CHUNK = "chunk.json"
LARGEST = 10**9  # bytes of a sealed file
SEAL = "sha256"  # in every JSON file written here: the digest of all else that it holds
HALF = re.compile(
    r"\..+\.\d+-\d+\.part|chunk-\d{7,}-\d{7,}\.part"
)  # a file or folder of ours that was never finished (the second: long ago)
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
Range = tuple[int, int]  # first and last replication of a chunk
Columns = Mapping[str, NDArray[Any]]


class StorageError(CannotGoOn):
    """A file could not be written. What was finished before is whole."""


def not_written(path: Path, needed: int, error: OSError) -> StorageError:
    """Return the error that names the path, what the system says, and, where there is no room, the bytes needed and free."""
    room = ""
    if error.errno in NO_ROOM:
        room = f"; {needed:,} bytes are needed"
        with suppress(OSError):
            room = f"; {needed:,} bytes are needed, {shutil.disk_usage(path.parent).free:,} are free"
    return StorageError(f"{path}: cannot be written ({error.strerror or error}){room}")


def seal_of(content: Mapping[str, Any]) -> str:
    """Return the digest of a content without its seal: by it an experiment is known in every file of its own."""
    without = {name: value for name, value in content.items() if name != SEAL}
    return hashlib.sha256(json.dumps(without, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def sealed(content: Mapping[str, Any]) -> bytes:
    """Return the bytes of a JSON file with its own digest, in the order of the content: that of a law's instruments says which is which."""
    return (json.dumps({**content, SEAL: seal_of(content)}, indent=1, ensure_ascii=False) + "\n").encode()


def part_of(path: Path) -> Path:
    """Return a temporary name for a file or folder under way, which no other process and no user gives; see HALF."""
    return path.with_name(f".{path.name}.{os.getpid()}-{time.monotonic_ns()}.part")


def write_file(path: Path, content: bytes) -> None:
    """Write a file under a temporary name, synced, and give it its own name."""
    part = part_of(path)
    try:
        with part.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


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
    """Return a sealed JSON file, without its seal. Raises InputError when it cannot be read or is damaged. Line ends are no damage."""
    data = read_bytes(path, LARGEST).replace(b"\r\n", b"\n")
    try:
        content = json.loads(data)
        whole = isinstance(content, dict) and sealed(content) == data
    except (ValueError, RecursionError) as error:
        raise InputError(path, "", f"cannot be read ({error})") from None
    if not isinstance(content, dict):
        raise InputError(path, "", "not a table of results")
    if not whole:
        raise InputError(path, "", "damaged: it is not what was written")
    del content[SEAL]
    return content


def combined_digest(digests: Iterable[str]) -> str:
    """Return the SHA-256 of the replications' digests in their order: the same for any chunking and any number of workers."""
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file. Raises OSError for what is none."""
    regular(path)
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def manifest_of(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of the finished experiment in a folder, None when there is none. Raises InputError when it is damaged."""
    return read_json(folder / MANIFEST) if (folder / MANIFEST).exists() else None


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


def serialised(columns: Columns, about: Mapping[str, str] | None = None) -> bytes:
    """Return a table as Parquet with page checksums, plain and compressed: an encoding that every reader of Parquet knows.

    `about`: what the file says of itself, by name.
    """
    buffer = pa.BufferOutputStream()
    options: dict[str, Any] = {"compression": "zstd", "compression_level": 1, "use_dictionary": False, "write_page_checksum": True}
    table = pa.table(dict(columns))
    with pq.ParquetWriter(buffer, table.schema, store_schema=False, write_statistics=False, **options) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata(dict(about or {}))
    return buffer.getvalue().to_pybytes()


def write_chunk(folder: Path, name: str, files: Mapping[str, bytes], facts: Mapping[str, Any]) -> None:
    """Write a chunk's files, and its facts with the SHA-256 of each file, all at once or not at all.

    The same chunk may be there by now: a worker outlives the run that started it by a moment. Raises StorageError, InputError when something
    else has its name.
    """
    place, part = folder / name, part_of(folder / name)
    content = {**facts, "files": {file: hashlib.sha256(data).hexdigest() for file, data in files.items()}}
    everything = {**files, CHUNK: sealed(content)}
    try:
        part.mkdir()
        for file, data in everything.items():
            write_file(part / file, data)
        sync_folder(part)
        if place.exists() and not (place / CHUNK).exists():
            _clear_damaged(place, everything)
        if (place / CHUNK).exists():
            shutil.rmtree(part, ignore_errors=True)
            if read_json(place / CHUNK) != json.loads(json.dumps(content)):
                raise InputError(place, "", "another run wrote it meanwhile; choose another --out")
            return
        part.rename(place)
        sync_folder(folder)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise not_written(place, sum(map(len, everything.values())), error) from None


def _clear_damaged(place: Path, files: Iterable[str]) -> None:
    """Remove a chunk that lost its facts. Raises InputError when it holds anything but a chunk's files."""
    for path in place.iterdir():
        if path.name not in files or not path.is_file():
            raise InputError(path, "", f"is no file of this experiment, and {place.name} is to be written again; move it away")
    shutil.rmtree(place)

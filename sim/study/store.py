"""Results on disk: chunks that are either whole or not there, a manifest with the SHA-256 of everything, written last."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.inputs.errors import InputError

IDENTITY = "experiment.json"
MANIFEST = "manifest.json"
CHUNK = "chunk.json"


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file under a temporary name, synced, and give it its own name."""
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8") as stream:
        json.dump(content, stream, indent=1, ensure_ascii=False, sort_keys=True)
        stream.write("\n")
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """Return a JSON file. Raises InputError when it cannot be read."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(path, "", f"cannot be read ({error})") from None
    if not isinstance(content, dict):
        raise InputError(path, "", "not a table of results")
    return content


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def replications_in(folder: Path) -> int:
    """Return how many replications a finished experiment in this folder has; 0 when there is none."""
    manifest = folder / MANIFEST
    return int(read_json(manifest)["replications"]) if manifest.exists() else 0


def open_folder(folder: Path, identity: Mapping[str, Any], replications: int) -> None:
    """Make a folder for an experiment, or go on in the one that holds it.

    Raises InputError when it cannot be written, holds something else, another experiment, or more replications: nothing is overwritten.
    """
    known = folder / IDENTITY
    try:
        if known.exists():
            found = read_json(known)
            different = sorted(k for k in {*found, *identity} if found.get(k) != identity.get(k))
            if different:
                raise InputError(folder, "", f"holds another experiment (different: {', '.join(different)}); choose another --out")
            if replications_in(folder) > replications:
                raise InputError(
                    folder, "", f"holds {replications_in(folder)} replications; ask for at least as many, or another --out"
                )
        elif folder.exists() and any(folder.iterdir()):
            raise InputError(folder, "", "holds other files; choose another --out")
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
        if not known.exists():
            write_json(known, identity)
    except OSError as error:
        raise InputError(folder, "--out", f"cannot be written ({error.strerror or error})") from None


def chunk_name(first: int, last: int) -> str:
    """Return the folder name of the replications first..last."""
    return f"chunk-{first:07d}-{last:07d}"


def write_chunk(folder: Path, name: str, tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any]) -> dict[str, Any]:
    """Write a chunk's tables as Parquet (with page checksums) and its facts, all at once or not at all.

    Returns the facts with the SHA-256 of each file.
    """
    part = folder / (name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    files = {}
    for table, frame in tables.items():
        path = part / f"{table}.parquet"
        with path.open("wb") as stream:
            pq.write_table(
                pa.Table.from_pandas(frame, preserve_index=False),
                stream,
                compression="zstd",
                write_page_checksum=True,
                store_schema=False,
            )
            stream.flush()
            os.fsync(stream.fileno())
        files[path.name] = file_digest(path)
    content = {**facts, "files": files}
    write_json(part / CHUNK, content)
    part.rename(folder / name)
    return content


def read_table(folder: Path, chunks: Iterable[str], table: str) -> pd.DataFrame:
    """Return one table of the named chunks, in the order of the replications. Raises InputError for a damaged or missing file."""
    frames = []
    for path in (folder / name / f"{table}.parquet" for name in sorted(chunks)):
        if not path.exists() and f"{table}.parquet" not in read_json(path.parent / CHUNK)["files"]:
            continue  # projects are kept of some replications only; a chunk of which all failed has no tables
        try:
            frames.append(pq.read_table(path, page_checksum_verification=True).to_pandas())
        except (OSError, pa.ArrowException) as error:
            raise InputError(path, "", f"damaged ({error}); remove its folder and run again") from None
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()

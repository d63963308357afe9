"""Results altered by somebody who makes every seal anew: what only the engine, or git, can tell from those of a run."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.runs.disk.store import CHUNK, IDENTITY, MANIFEST, read_json, seal_of, write_json


def said_of(folder: Path, **experiment: Any) -> None:
    """Have all files of results say that they are of an experiment that differs in these keys."""
    identity = {**read_json(folder / IDENTITY), **experiment}
    write_json(folder / IDENTITY, identity)
    for path in folder.glob("chunk-*/*.parquet"):
        written(path, pq.read_table(path), {"experiment": seal_of(identity)})
    for path in folder.glob(f"chunk-*/{CHUNK}"):
        resealed(path, {"experiment": seal_of(identity)})
    resealed(folder / MANIFEST, {"experiment": identity})


def written(path: Path, table: pa.Table, about: Mapping[str, str] | None = None) -> None:
    """Write a table in the place of another, and its digest in chunk and manifest."""
    if about is None:
        about = {key.decode(): value.decode() for key, value in (pq.read_metadata(path).metadata or {}).items()}
    with pq.ParquetWriter(path, table.schema, store_schema=False) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata(dict(about))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    chunk, manifest = read_json(path.parent / CHUNK), read_json(path.parent.parent / MANIFEST)
    chunk["files"][path.name] = manifest["chunks"][path.parent.name][path.name] = digest
    write_json(path.parent / CHUNK, chunk)
    write_json(path.parent.parent / MANIFEST, manifest)


def resealed(path: Path, changes: Mapping[str, Any]) -> None:
    """Change some keys of a sealed file, and seal it anew."""
    write_json(path, {**read_json(path), **changes})

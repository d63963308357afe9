"""Results read back: every file is of this experiment and is what was written, or is refused by name. Seals and digests tell; of somebody who
makes them anew, only what cannot be so is found (`results/README.md`)."""

import hashlib
from collections.abc import Collection, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.inputs.errors import InputError
from sim.inputs.files import regular
from sim.runs.disk.folders import WRITTEN, changed
from sim.runs.disk.store import CHUNK, IDENTITY, MANIFEST, chunk_name, combined_digest, file_digest, read_json, seal_of

Facts = dict[str, Any]
AGAIN = "remove its folder and run again"
NEEDED = (  # of a manifest
    *("scenario", "title", "title_nl", "seed", "asked", "replications", "failed", "failures", "digest", "objective", "start_year"),
    *("end_year", "law", "required", "standing", "until", "sampling", "populations", "experiment", "chunks"),
)
KEYS = ("year", "test", "nis", "company")  # of the rows of a replication
TOLD = ("objective", "required", "companies", "populations", "forecast")  # what chunks vouch for, as no table holds it
_seen: dict[
    Path, tuple[tuple[int, int, int], str]
] = {}  # digests of files that this process has read, and of which of their versions


def chunk_facts(folder: Path, name: str, experiment: str, files: Mapping[str, str] | None = None) -> Facts:
    """Return the facts of a chunk of an experiment. `files`: what the manifest says of it, where there is one.

    Raises InputError for one that is damaged, of other replications than its name says, of another experiment or another run. One from before
    chunks said of which experiment they are is known by the manifest only.
    """
    path = folder / name / CHUNK
    facts = read_json(path)
    if problem := _wrong_chunk(facts, name):
        raise InputError(path, "", f"{problem}; {AGAIN}")
    if files is not None and facts["files"] != files:
        raise InputError(path, "", f"of another run than {MANIFEST}; {AGAIN}")
    if facts.get("experiment", experiment if files is not None else None) != experiment:
        said = (
            "of another experiment than" if "experiment" in facts else "does not say (an earlier version wrote it) whether it is of"
        )
        raise InputError(path, "", f"{said} the one in {folder}; {AGAIN}, or choose another --out")
    return facts


def _wrong_chunk(facts: Facts, name: str) -> str | None:
    """Return what cannot be in the facts of a chunk."""
    first, last = facts.get("first", -1), facts.get("last", -1)
    if not _is_count(first) or not _is_count(last) or chunk_name(first, last) != name:
        return f"holds replications {first} to {last}, which {name} does not say"
    texts = {key: facts.get(key) for key in ("digests", "failed", "files")}
    for key, of in texts.items():
        if not isinstance(of, dict) or not all(isinstance(value, str) for value in of.values()):
            return f"{key}: not a table of texts"
    if not all(isinstance(facts.get(key, ""), str) for key in ("engine", "plain", "experiment", "told")):
        return "engine, plain, experiment and told are texts"
    if not _each_once([*facts["digests"], *facts["failed"]], first, last):
        return f"does not say of each of the replications {first} to {last}, once, what became of it"
    return None


def _each_once(numbers: Collection[str], first: int, last: int) -> bool:
    """Return whether these are the numbers first..last, each once."""
    return len(numbers) == last - first + 1 and sorted(numbers) == sorted(map(str, range(first, last + 1)))


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31


def read_manifest(folder: Path) -> tuple[dict[str, Any], dict[str, Facts]]:
    """Return the manifest of a finished experiment, and the facts of its chunks by name.

    Raises InputError when one of them is missing or damaged, or they are not of one experiment, and for what a manifest says otherwise than
    experiment and chunks do.
    """
    path, manifest = folder / MANIFEST, read_json(folder / MANIFEST)
    for name in NEEDED:
        if name not in manifest:
            raise InputError(path, name, "missing: made by an earlier version, or changed; run the scenario again")
    identity = read_json(folder / IDENTITY)
    if manifest["experiment"] != identity:
        raise InputError(path, "", f"of another experiment than {IDENTITY}")
    chunks, experiment = manifest["chunks"], seal_of(identity)
    if not isinstance(chunks, dict) or not all(isinstance(files, dict) for files in chunks.values()):
        raise InputError(path, "chunks", "not a table of files")
    facts = {name: chunk_facts(folder, name, experiment, files) for name, files in chunks.items()}
    try:
        problem = _wrong_manifest(manifest, identity, facts.values())
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(folder / IDENTITY, "", f"holds no experiment of this program ({error!r})") from None
    if problem:
        raise InputError(path, *problem)
    return manifest, facts


def _wrong_manifest(manifest: Mapping[str, Any], identity: Mapping[str, Any], chunks: Collection[Facts]) -> tuple[str, str] | None:
    """Return the place and the words of what a manifest says otherwise than its experiment and its chunks; it repeats them for a reader."""
    digests = {int(number): digest for facts in chunks for number, digest in facts["digests"].items()}
    failures, asked = manifest["failures"], manifest["asked"]
    if not isinstance(failures, dict) or not _is_count(asked):
        return "failures", "not a table of replications that failed, of how many were asked for"
    if not _each_once([*map(str, digests), *failures], 0, asked - 1):
        return "asked", f"{asked} replications were asked for, and the chunks hold or lack others"
    scenario = identity["scenario"]
    said: dict[str, Any] = {
        **{name: scenario[name] for name in ("title", "title_nl", "seed", "sampling") if name in scenario},
        **{"scenario": scenario["name"], "law": scenario["law"]["title"], "version": identity["version"]},
        **{"start_year": int(scenario["start"][:4]) + 1, "end_year": int(scenario["end"][:4])},
        **{"replications": len(digests), "failed": len(failures)},
        "digest": combined_digest([digests[number] for number in sorted(digests)]),
    }
    if scenario.get("sampling") == "drawn":
        said["populations"] = asked
    if all("engine" in facts for facts in chunks):
        said["engines"] = sorted({facts["engine"] for facts in chunks})
    for name, value in said.items():
        if manifest.get(name) != value or type(manifest.get(name)) is not type(value):
            return name, f"found {manifest.get(name)!r:.60}; its experiment and its chunks say {value!r:.60}"
    told = {name: manifest.get(name) for name in TOLD}
    if scenario.get("sampling") == "drawn":
        told["populations"] = None
    for facts in chunks:
        if facts.get("told", seal_of(told)) != seal_of(told):
            return ", ".join(TOLD), f"not what {chunk_name(facts['first'], facts['last'])} vouches for"
    path = manifest["required"]
    columns: list[Any] = [path.get(name) for name in ("year", "required", "test")] if isinstance(path, dict) else [None]
    if not all(isinstance(column, list) for column in columns) or len({len(column) for column in columns}) != 1:
        return "required", "not a table of year, required and test"
    if not _is_count(manifest["objective"]) or not _is_count(manifest["populations"]) or not isinstance(manifest["standing"], dict):
        return "objective", "objective and populations are whole numbers, and standing says what they are to be taken for"
    return None


def read_part(
    folder: Path,
    name: str,
    facts: Facts,
    table: str,
    columns: Sequence[str] | None = None,
    needed: Collection[str] = (),
    asked: Mapping[str, tuple[Set[int], Set[int]]] | None = None,
) -> pd.DataFrame | None:
    """Return one table of a chunk, or some columns of it; None where it has none: projects are kept of some replications only, and a chunk of
    which all failed has no tables.

    `needed`: columns that it has to have. `asked`: the years and tests that the experiment has, at the least and at the most. Raises
    InputError for a file that is missing, damaged, not what was written or of another experiment.
    """
    path = folder / name / f"{table}.parquet"
    if path.name not in facts["files"]:
        if path.exists():
            raise InputError(path, "", f"is no file of this chunk ({CHUNK} does not name it); move it away")
        return None
    try:
        source = _verified(path, facts["files"][path.name])
        file = pq.ParquetFile(source, page_checksum_verification=True)
        about = {key.decode(): value.decode() for key, value in (file.metadata.metadata or {}).items()}
        missing = [column for column in (*(columns or ()), *needed) if column not in file.schema_arrow.names]
        new = isinstance(source, pa.Buffer)  # not looked at before
        keys = [key for key in KEYS if new and key in file.schema_arrow.names]
        rows = None if missing else file.read(columns=columns and [*dict.fromkeys((*columns, "replication", *keys))])
    except (OSError, ValueError, pa.ArrowException) as error:
        raise InputError(path, "", f"damaged ({error}); {AGAIN}") from None
    if rows is None:
        raise InputError(path, missing[0], f"no such column: made by another version, or changed; {AGAIN}")
    if about.get("experiment", facts.get("experiment")) != facts.get("experiment"):
        raise InputError(path, "", f"of another experiment; {AGAIN}")
    if problem := _wrong_rows(rows, facts, table) or (_wrong_keys(rows, table, keys, asked or {}) if new else None):
        _seen.pop(path, None)
        raise InputError(path, "", f"{problem}; {AGAIN}")
    return (rows.select([*columns]) if columns else rows).to_pandas()


def _verified(path: Path, digest: str) -> Path | pa.Buffer:
    """Return where to read a file from, once it is known to be what was written. Read whole the first time only."""
    now = regular(path)
    version = now.st_mtime_ns, now.st_size, now.st_ino
    if _seen.get(path) == (version, digest):
        return path
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise ValueError("it is not what was written")
    _seen[path] = version, digest
    return pa.py_buffer(content)


def _wrong_rows(rows: pa.Table, facts: Facts, table: str) -> str | None:
    """Return what cannot be in a table of a chunk: cells that are no numbers, rows of other replications than those that did not fail, or
    more of one than of another."""
    for name, column in zip(rows.column_names, rows.columns, strict=True):
        if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_boolean(column.type)):
            return f"{name}: holds {column.type}, no numbers"
        if column.null_count or (pa.types.is_floating(column.type) and not np.isfinite(column.to_numpy()).all()):
            return f"{name}: holds cells without a number"
    numbers = rows["replication"].to_numpy()
    present = numbers[np.flatnonzero(np.diff(numbers, prepend=-1))].tolist()
    expected = sorted(map(int, facts["digests"]))
    if table == "projects":  # of the first few
        expected = expected[: max(1, len(present))]
    if present != expected and (present or table not in ("tests", "test_totals")):  # a rhythm without tests has none
        return "holds rows of other replications than its chunk"
    each = len(numbers) // max(1, len(present))
    if table != "projects" and each * len(present) != len(numbers):
        return "holds more rows of one replication than of another"
    return None


def _wrong_keys(rows: pa.Table, table: str, keys: Sequence[str], asked: Mapping[str, tuple[Set[int], Set[int]]]) -> str | None:
    """Return what cannot be in the columns that tell rows of a replication apart: every replication has the same, each once, of all years and
    tests; where its projects are, it differs."""
    replications = len(pc.unique(rows["replication"]))
    if table == "projects" or not replications:
        return None
    by_row = {key: rows[key].to_numpy().reshape(replications, -1) for key in keys}
    for key, values in by_row.items():
        if (values != values[0]).any():
            return f"{key}: not the same in the rows of every replication"
        if key in asked and not asked[key][0] <= {*values[0].tolist()} <= asked[key][1]:
            return f"{key}: holds others than its experiment has"
    different = {*zip(*(values[0].tolist() for values in by_row.values()), strict=True)}
    return "holds a row twice" if max(1, len(different)) * replications < len(rows) else None


def problems(folder: Path) -> list[str]:
    """Return what is wrong with the results in a folder, a line each; nothing when they are whole.

    Raises InputError when the folder holds no results.
    """
    if not (folder / MANIFEST).exists() and not (folder / IDENTITY).exists():
        raise InputError(folder, "", f"holds no results (no {MANIFEST})")
    wrong: list[str] = []
    identity = _tried(wrong, read_json, folder / IDENTITY)
    manifest = None
    if not (folder / MANIFEST).exists():
        wrong.append(f"{folder}: not finished; the command that made it goes on from there")
    elif identity is not None:
        manifest = _tried(wrong, read_json, folder / MANIFEST)
    listed = manifest.get("chunks") if manifest else {}
    listed = listed if isinstance(listed, dict) else {}
    for name in sorted({*listed, *(path.parent.name for path in folder.glob(f"chunk-*[0-9]/{CHUNK}"))}):
        if identity is None:
            break
        facts = _tried(wrong, chunk_facts, folder, name, seal_of(identity), listed.get(name))
        if facts is None:
            continue
        wrong += [line for file, digest in facts["files"].items() if (line := _differs(folder / name / file, digest))]
        more = (path for path in (folder / name).iterdir() if path.name not in (CHUNK, *facts["files"]))
        wrong += [f"{path}: is no file of this chunk" for path in sorted(more) if not path.name.startswith(".")]
    if manifest is not None and not wrong:
        _tried(wrong, read_manifest, folder)
    if (folder / WRITTEN).exists():
        wrong += [f"{path}: was changed since it was written" for path in _tried(wrong, changed, folder) or ()]
    return wrong


def _tried(wrong: list[str], read: Any, *given: Any) -> Any:
    """Return what a reader gives; or None, and one line more of what is wrong."""
    try:
        return read(*given)
    except InputError as error:
        wrong.append(str(error))
        return None


def _differs(path: Path, digest: str) -> str | None:
    try:
        return None if file_digest(path) == digest else f"{path}: damaged: it is not what was written"
    except OSError as error:
        return f"{path}: cannot be read ({error.strerror or error})"

"""Results checked against the digests that were kept of them: every bit of every file that holds data."""

from pathlib import Path
from typing import Any

from sim.inputs.errors import InputError
from sim.runs.results import combined_digest
from sim.runs.store import CHUNK, IDENTITY, MANIFEST, file_digest, read_json


def problems(folder: Path) -> list[str]:
    """Return what is wrong with the results in a folder, a line each; nothing when they are whole.

    Raises InputError when the folder holds no results.
    """
    if not (folder / MANIFEST).exists() and not (folder / IDENTITY).exists():
        raise InputError(folder, "", f"holds no results (no {MANIFEST})")
    found: list[str] = []
    identity = _read(folder / IDENTITY, found)
    manifest = _read(folder / MANIFEST, found) if (folder / MANIFEST).exists() else None
    if manifest is None and not found:
        found.append(f"{folder}: not finished; the command that made it goes on from there")
    if manifest and identity and manifest["experiment"] != identity:
        found.append(f"{folder / MANIFEST}: of another experiment than {IDENTITY}")
    expected = manifest["chunks"] if manifest else {path.parent.name: None for path in sorted(folder.glob(f"chunk-*[0-9]/{CHUNK}"))}
    digests: dict[int, str] = {}
    for name, files in expected.items():
        chunk = _read(folder / name / CHUNK, found)
        if chunk is not None:
            digests |= {int(number): digest for number, digest in chunk["digests"].items()}
            if files is not None and chunk["files"] != files:
                found.append(f"{folder / name / CHUNK}: of another run than {MANIFEST}")
            found += [line for file, digest in chunk["files"].items() if (line := _differs(folder / name / file, digest))]
    if manifest and not found and combined_digest([digests[n] for n in sorted(digests)]) != manifest["digest"]:
        found.append(f"{folder / MANIFEST}: the digest is not that of the chunks")
    return found


def _read(path: Path, found: list[str]) -> dict[str, Any] | None:
    try:
        return read_json(path)
    except InputError as error:
        found.append(str(error))
        return None


def _differs(path: Path, digest: str) -> str | None:
    try:
        return None if file_digest(path) == digest else f"{path}: damaged: it is not what was written"
    except OSError as error:
        return f"{path}: cannot be read ({error.strerror or error})"

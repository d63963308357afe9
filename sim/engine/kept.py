"""Compiled code on disk: where, under which names, and for how long."""

import hashlib
import os
import pickle
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

import llvmlite
import numba
from numba.core.caching import NullCache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from sim.inputs.notices import notice

VERSIONS = 8  # of each function, those used last
DAYS = 30  # unused
SEAL = 32  # bytes of the SHA-256 before what is kept


class Kept(NullCache):  # type: ignore[misc]
    """The compiled forms of one function on disk, by the digest of all that it is made of. What cannot be read is compiled again."""

    def __init__(self, name: str, digest: str) -> None:
        self.name, self.digest = name, digest

    def load_overload(self, kinds: Any, target: Any) -> Any:
        """Return what was compiled for these types of arguments, or None."""
        target.refresh()
        path = self._path(kinds, target)
        with suppress(Exception):  # whatever is wrong with a file, it can be made again
            assert path is not None
            kept = path.read_bytes()
            if hashlib.sha256(kept[SEAL:]).digest() == kept[:SEAL]:
                made = CompileResult._rebuild(target, *pickle.loads(kept[SEAL:]))
                with suppress(OSError):
                    os.utime(path)
                return made
        _say_compiling(_of_compiler())
        return None

    def save_overload(self, kinds: Any, made: Any) -> None:
        """Keep what was compiled, and clear away what was not used for long."""
        path = self._path(kinds, made.target_context)
        if path is None:
            return
        data = dumps(made._reduce())
        with suppress(OSError):
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as stream:
                stream.write(hashlib.sha256(data).digest() + data)
            os.replace(stream.name, path)
            self._clear(path.parent)

    def _path(self, kinds: Any, target: Any) -> Path | None:
        if (kept_in := folder()) is None:
            return None
        key = repr((self.digest, str(kinds), target.codegen().magic_tuple()))
        return kept_in / f"{self.name}-{_of_compiler()}-{hashlib.sha256(key.encode()).hexdigest()[:24]}"

    def _clear(self, kept_in: Path) -> None:
        own = sorted(kept_in.glob(f"{self.name}-*"), key=lambda path: path.stat().st_mtime, reverse=True)
        unused = [path for path in kept_in.iterdir() if path.stat().st_mtime < time.time() - DAYS * 86_400]
        for path in {*own[VERSIONS:], *unused}:
            if path.is_dir():  # of an earlier version of the project
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


@cache
def _compiler() -> tuple[Any, ...]:
    """Return all that compiled code depends on beside what is compiled: versions, numba's settings, and how it is compiled here."""
    here = [Path(__file__).with_name(name).read_text(encoding="utf-8") for name in ("blocks.py", "compiled.py")]
    code = [_said(compile(source, "", "exec", optimize=2)) for source in here]  # without docstrings
    settings = sorted(
        (name, value) for name, value in os.environ.items() if name.startswith("NUMBA_") and name != "NUMBA_CACHE_DIR"
    )
    return numba.__version__, llvmlite.__version__, sys.implementation.cache_tag, settings, code


@cache
def _of_compiler() -> str:
    return hashlib.sha256(repr(_compiler()).encode()).hexdigest()[:12]


def _said(code: Any) -> Any:
    return code.co_code, code.co_names, [_said(c) if isinstance(c, CodeType) else repr(c) for c in code.co_consts]


@cache
def folder() -> Path | None:
    """Return where compiled code is kept: in NUMBA_CACHE_DIR, the user's cache, or, where neither can be written, a temporary folder; None
    where nothing can."""
    home = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    try:
        wanted = Path(home or Path.home() / ".cache") / "bso-sim"
        wanted.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=wanted).close()
        return wanted
    except (OSError, RuntimeError) as error:
        instead = _instead()
        notice(f"compiled code is kept {f'in {instead}' if instead else 'nowhere'}, as the cache cannot be written: {error}")
        return instead


def _instead() -> Path | None:
    own = getattr(os, "getuid", lambda: 0)()
    with suppress(OSError):
        instead = Path(tempfile.gettempdir()) / f"bso-sim-{own}"
        with suppress(OSError):
            instead.mkdir(mode=0o700, exist_ok=True)
            if not instead.is_symlink() and instead.stat().st_uid == own:  # somebody else's: what is read from it is run
                return instead
        return Path(tempfile.mkdtemp(prefix="bso-sim-"))
    return None


@cache
def _say_compiling(compiler: str) -> None:
    kept_in = folder()
    some = kept_in is not None and any(kept_in.glob(f"*-{compiler}-*"))  # with nothing of this compiler, all is to be compiled
    what = "compiling what changed, some seconds" if some else "compiling the model, about half a minute"
    notice(f"{what}; kept {f'in {kept_in}' if kept_in else 'nowhere'}")

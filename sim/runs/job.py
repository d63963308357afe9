"""An experiment in its folder: what it lacks and what failed, in the end its manifest; and what it was made from, read back."""

import hashlib
import json
import platform
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from sim.engine.law_calendar import ask
from sim.engine.state import Model
from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario
from sim.inputs.sheets.grid import in_file
from sim.inputs.tables import digest as data_digest
from sim.rules.progress import most_required
from sim.runs.chunk import COMPILED, Facts, Task
from sim.runs.disk.folders import clear_halves, opened
from sim.runs.disk.reading import chunk_facts
from sim.runs.disk.store import IDENTITY, MANIFEST, Range, chunk_name, combined_digest, manifest_of, plan, seal_of, write_json
from sim.runs.source import made_by, plain_source
from sim.runs.standing import standing


class Job:
    """An experiment under way.

    `folder`: where its chunks go. `count`: how many replications it is to have now, at most `most`. `ranges`: the chunks that it lacks, each
    taken off as it is done. `failed`: replications that failed, with their error. `whole`: its manifest is written. `until`: as on the command
    line, None without.
    """

    def __init__(self, folder: Path, most: int, prepare: Callable[[], Task], until: str | None = None) -> None:
        self.folder, self.most, self.until = folder, most, until
        self.count = 0
        self.ranges: list[Range] = []
        self.failed: dict[int, str] = {}
        self.whole = False
        self.identity: dict[str, Any] = {}
        self.told: dict[str, Any] = {}
        self._prepare, self._folder = prepare, ExitStack()

    @cached_property
    def task(self) -> Task:
        """The task: prepared, and its folder held, when it is first asked for; what was written there meanwhile is no longer lacking.

        Raises what `opened` raises, and InputError for a chunk that is not of this experiment.
        """
        task = self._prepare()
        self.identity = identity(task)
        self.told, experiment = told(task), seal_of(self.identity)
        with ExitStack() as held:
            held.enter_context(opened(self.folder, self.identity, self.most, self.until))
            for facts in chunks_of(self.folder, self.most, experiment).values():
                if facts.get("plain", "") not in ("", plain_source()):
                    raise InputError(self.folder, "", "holds replications of another plain model (sim/model); choose another --out")
            self._folder = held.pop_all()
        there = plan(self.folder, self.count, max(self.count, 1))[0]
        self.ranges = [(first, last) for first, last in self.ranges if not any(a <= last and first <= b for a, b in there)]
        return task._replace(experiment=experiment, told=seal_of(self.told))

    @property
    def left(self) -> int:
        """How many replications are still to be computed."""
        return sum(last - first + 1 for first, last in self.ranges)

    def ask(self, count: int, size: int) -> None:
        """Ask for the first `count` replications: what the folder lacks of them is to be computed in chunks of at most `size`."""
        _, self.ranges = plan(self.folder, count, size)
        self.count, self.failed, self.whole = count, {}, False

    def begun(self) -> list[Range]:
        """Return the chunks that it lacks, now that its folder is held. Raises what `task` raises."""
        assert self.task
        return [*self.ranges]

    def done(self, facts: Facts) -> None:
        """Take note of a chunk that is done."""
        self.ranges.remove((facts["first"], facts["last"]))
        self.failed |= {int(number): why for number, why in facts["failed"].items()}

    def finish(self) -> None:
        """Write the manifest, remove what was only half written, and let go: of many, only those under way are in memory."""
        write_json(self.folder / MANIFEST, manifest(self))
        clear_halves(self.folder)
        self.whole = True
        self.close()

    def close(self) -> None:
        """Let go of the task and its folder."""
        self.__dict__.pop("task", None)
        self._folder.close()


def identity(task: Task) -> dict[str, Any]:
    """Return what makes an experiment itself: scenario, seed, data, tables and the model's own source.

    Another number of replications is the same experiment, and so are other costs, as nothing that is simulated depends on them.
    """
    content = task.scenario.model_dump(mode="json", exclude={"replications", "folder", "costs"})
    source = {"version": version("bso-sim"), **made_by(), "tables": digest_of(task.model)}
    drawn = {"drawn": task.futures.identity} if task.futures.sets is not None else {}
    return {"scenario": content, "data": dict(task.region.files), **drawn, **source}


def forecast_key(model: Model) -> str:
    """Return the SHA-256 of what is forecast at its own values, whatever it is called: the engine's integers without seed and sampling."""
    settings = model.settings.copy()
    settings["seed"] = settings["sampling"] = 0
    return digest_of(model._replace(settings=settings))


def chunks_of(folder: Path, count: int, experiment: str) -> dict[str, Facts]:
    """Return the facts of the chunks of the first `count` replications that are there, by name. Raises InputError for one of another
    experiment, or one of which nobody can say so."""
    listed = (manifest_of(folder) or {}).get("chunks", {})
    names = [chunk_name(first, last) for first, last in plan(folder, count, count)[0]]
    return {name: chunk_facts(folder, name, experiment, listed.get(name)) for name in names}


def manifest(job: Job) -> dict[str, Any]:
    """Return the manifest of the replications that a job has now."""
    scenario = job.task.scenario
    chunks = chunks_of(job.folder, job.count, job.task.experiment)
    digests = {int(k): v for chunk in chunks.values() for k, v in chunk["digests"].items()}
    failed = job.failed | {int(k): v for chunk in chunks.values() for k, v in chunk["failed"].items()}
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "title_nl": scenario.title_nl,
        "seed": scenario.seed,
        "asked": job.count,
        "replications": len(digests),
        "failed": len(failed),
        "failures": {str(k): v for k, v in sorted(failed.items())},
        "digest": combined_digest([digests[k] for k in sorted(digests)]),
        "start_year": scenario.start.year + 1,
        "end_year": scenario.end.year,
        "law": scenario.law.title,
        "standing": standing(scenario, job.task.region),
        "engines": sorted({chunk.get("engine", COMPILED) for chunk in chunks.values()}),
        "until": job.until,
        "sampling": scenario.sampling,
        **job.told,
        "populations": job.told["populations"] or job.count,
        "experiment": job.identity,
        "chunks": {name: chunk["files"] for name, chunk in chunks.items()},
        "version": version("bso-sim"),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in ("numpy", "scipy", "numba", "simpy", "pandas", "pyarrow")},
        "command": " ".join([Path(sys.argv[0]).name, *sys.argv[1:]]),
        "written": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def told(task: Task) -> dict[str, Any]:
    """Return what a reader is told of the model that no table holds: its objective, what each measurement requires, the companies' names in the
    order of their numbers, how many populations take turns (None: each replication has its own), and what is forecast."""
    rhythm, model = task.scenario.law.rhythm, task.model
    path = {"year": [m.date.year for m in rhythm], "required": required(model), "test": [m.test for m in rhythm]}
    of_model = {"objective": int(model.start[0]["objective"].sum()), "required": path}
    populations = None if task.scenario.drawn else len(model.start)
    of_region = {"companies": list(task.region.company_names), "populations": populations}
    return {**of_model, **of_region, "forecast": forecast_key(model)}


def required(model: Model) -> list[int]:
    """Return what each measurement asks of all municipalities together (dwellings), in the central population."""
    central, path = model.start[0], model.path[0]
    sums, asked = [], np.zeros(model.levels.shape[1] + model.sib_levels.shape[1], np.int64)
    for r, row in enumerate(model.rhythm):
        most = 0
        for m in range(len(central)):
            ask(model, r, path[m], central["sib"][m], asked)
            most += int(most_required(asked[: row["regular"] + row["sib"]], row["regular"]))
        sums.append(most)
    return sums


def digest_of(model: Model) -> str:
    """Return the SHA-256 of the model's integer tables: quantiles, scores, thresholds, law."""
    total = hashlib.sha256()
    for array in model:
        total.update(np.ascontiguousarray(array).tobytes())
    return total.hexdigest()


def scenario_of(content: dict[str, Any], folder: Path) -> Scenario:
    """Return the scenario that an experiment keeps of itself. Raises InputError when this version no longer understands it."""
    law = content["law"]
    values = {name: {"from" if k == "since" else k: v for k, v in value.items()} for name, value in law["values"].items()}
    whole = {**content, "law": {**law, "values": values}, "outcomes": {"histories": 0}, "replications": 1}
    try:
        return Scenario.model_validate_json(json.dumps(whole))
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))
        raise InputError(
            folder / IDENTITY, place, f"not understood by this version ({error.errors()[0]['msg']}); run the scenario again"
        ) from None


def region_of(scenario: Scenario, files: dict[str, str], folder: Path) -> Region:
    """Return the region that an experiment was made with: the package's data and the user's own tables, if any, found by their name.

    Raises InputError when one of them is not there, or has other bytes than it had then.
    """
    places = [Path(), Path("scenarios"), folder, folder.parent, folder.parent.parent / "scenarios"]
    for key, what in (("official", "official figures"), ("swaps", "swaps of objectives")):
        table = getattr(scenario, key)
        if table is None:
            continue
        paths = {place / table.file: in_file(place / table.file)[0] for place in places}
        digest = files.get(Path(table.file).name)
        found = next((path for path, file in paths.items() if file.is_file() and data_digest(file) == digest), None)
        if found is None:
            raise InputError(folder, "", f"needs the {what} of this run, {Path(table.file).name}; put that file beside the results")
        scenario = scenario.model_copy(update={key: table.model_copy(update={"file": str(found.absolute())})})
    region = load_region(scenario)
    other = [name for name, digest in files.items() if region.files.get(name) != digest]
    if other:
        raise InputError(folder, "", f"made with another {other[0]} than the one here; run the scenario again")
    return region

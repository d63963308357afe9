"""Either engine gives the same bits: whole experiments, whatever the workers and whoever began them."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.scenario.model import Scenario, load_scenario
from sim.runs import job
from sim.runs.chunk import PLAIN, task_of
from sim.runs.experiment import default_folder, run_experiment
from sim.runs.results import Results
from sim.runs.workers.pool import alone, processes
from tests.support.project import BASELINE, ROOT

REPLICATIONS, CHUNK = 6, 2


def files(results: Results) -> dict[str, dict[str, str]]:
    """Return the SHA-256 of every file of every chunk."""
    return results.manifest["chunks"]


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """The baseline by the compiled engine, which computes when nobody says otherwise."""
    found = run_experiment(BASELINE, REPLICATIONS, workers=1, out=tmp_path_factory.mktemp("compiled") / "run", chunk=CHUNK)
    assert (found.engines, found.summary()["engines"]) == (["compiled"], ["compiled"])
    return found


@pytest.mark.parametrize(("workers", "cluster"), [(1, None), (2, None), pytest.param(2, "local", marks=pytest.mark.full)])
def test_the_plain_model_gives_the_files_of_the_compiled_engine(
    workers: int, cluster: str | None, compiled: Results, tmp_path: Path
) -> None:
    """To the last bit of every table, projects included; by one process, by two, and on a cluster."""
    out = tmp_path / "run"
    found = run_experiment(BASELINE, REPLICATIONS, workers=workers, out=out, chunk=CHUNK, cluster=cluster, engine="plain")
    assert files(found) == files(compiled)
    assert found.summary() == {**compiled.summary(), "engines": ["plain"]}


@pytest.mark.full
@pytest.mark.parametrize("engines", [("plain", "compiled"), ("compiled", "plain")])
def test_one_engine_goes_on_where_the_other_stopped(engines: tuple[str, str], compiled: Results, tmp_path: Path) -> None:
    """Half by one, a chunk of it lost, the rest by the other: the same bits, and both are named."""
    first, second = engines
    run_experiment(BASELINE, REPLICATIONS - CHUNK, workers=1, out=tmp_path / "run", chunk=CHUNK, engine=first)
    shutil.rmtree(next((tmp_path / "run").glob("chunk-0000000-*")))
    found = run_experiment(BASELINE, REPLICATIONS, workers=1, out=tmp_path / "run", chunk=CHUNK, engine=second)
    assert files(found) == files(compiled)
    assert found.engines == ["compiled", "plain"]


def scenario_with(tmp_path: Path, sampling: str) -> Scenario:
    """Return the baseline with another sampling and official figures of a municipality, its growth path among them."""
    (tmp_path / "figures.csv").write_text("nis,objective_regular,g1,g2,g3\n11001,100,70,20,10\n", encoding="utf-8")
    path = tmp_path / "official.toml"
    path.write_text(
        f'extends = "{BASELINE}"\ntitle = "official"\ntitle_nl = "officieel"\n[official]\nfile = "figures.csv"\npartial = true\n',
        encoding="utf-8",
    )
    return load_scenario(path, None, 3, sampling)


@pytest.mark.full
@pytest.mark.full
@pytest.mark.parametrize("sampling", ["sobol", "antithetic"])
def test_with_another_sampling_and_official_paths_too(sampling: str, tmp_path: Path) -> None:
    """Of all Flanders; the campaign of small worlds has them as well."""
    scenario = scenario_with(tmp_path, sampling)
    found = [run_experiment(scenario, workers=1, out=tmp_path / engine, engine=engine) for engine in ("compiled", "plain")]
    assert files(found[0]) == files(found[1])
    first = found[1].table("tests").query("nis == 11001").iloc[0]
    assert (first["g1"], first["g2"], first["g3"]) == (70, 20, 10)


def test_the_command_and_the_notebook_take_an_engine(tmp_path: Path) -> None:
    """And say which one it was; another is refused in one line, before anything is computed."""
    command = [
        sys.executable,
        "-m",
        "sim.cli",
        "run",
        str(BASELINE),
        "--replications",
        "1",
        "--json",
        "--out",
        str(tmp_path / "run"),
    ]
    done = subprocess.run([*command, "--engine", "plain"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert (json.loads(done.stdout)["engines"], done.stderr) == (["plain"], "")
    wrong = subprocess.run([*command, "--engine", "plein"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "--engine: found 'plein'; did you mean 'plain'?" in wrong.stderr
    with pytest.raises(InputError, match="compiled, plain"):
        sim.run(BASELINE, 1, out=tmp_path / "other", engine="fortran")
    assert not (tmp_path / "other").exists()


def test_a_folder_takes_no_replications_of_two_plain_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who changes a rule there gets a folder of their own by default, and cannot mix what it gives with what was there."""
    run_experiment(BASELINE, 1, workers=1, out=tmp_path / "run", engine="plain")
    monkeypatch.setattr(job, "plain_source", lambda: "0" * 64)
    for engine in ("plain", "compiled"):
        with pytest.raises(InputError, match="another plain model"):
            run_experiment(BASELINE, 2, workers=1, out=tmp_path / "run", engine=engine)


def test_the_plain_model_has_folders_and_processes_of_its_own() -> None:
    """Where nobody says otherwise: by its source, so that a rule tried there finds no results from before; and all processes, as it is slow."""
    scenario = load_scenario(BASELINE, None, 1)
    task = task_of(scenario, load_region(scenario), PLAIN)
    assert default_folder(task).name.startswith(f"baseline-plain-{task.plain[:8]}")
    assert processes(None, [(0, 19), (20, 39)]) == 1
    assert processes(None, [(0, 19), (20, 39)], alone(task)) == min(os.cpu_count() or 1, 2)


def test_the_plain_model_needs_no_numba() -> None:
    """Nor anything that is compiled: so a debugger sees every step."""
    compiled = {"numba", "sim.engine", "sim.rules.progress", "sim.agents.companies", "sim.agents.municipalities"}
    script = f"import sys, sim.model; print(sorted({compiled} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

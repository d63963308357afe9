"""All records of a test scored together: which was the best, and which differences are more than noise."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from sim.inputs.errors import InputError
from sim.inputs.region.load import DATA
from sim.runs.disk.folders import own
from sim.runs.precision import CONFIDENCE, reach
from sim.studies.records.record import FOLDER, Array, Record, read_record
from sim.studies.records.verdicts import happened, judged, of_flanders, ranked, read_verdicts
from sim.studies.result import Result

LEAST = 0.5  # of the municipalities with a verdict a record has to say something of this share, or it is not ranked

NOISE = "between companies, of all pairs together; what befalls all municipalities alike is in no interval, as there is one test"


@dataclass(frozen=True)
class Ranking(Result):
    """Records ranked. `scores`: a row per record, the best first: `rank`, what it is, of how many municipalities it says something, its mean
    ranked probability score (`rps`, 0 is perfect), and by how much that is worse than the best, with the ends of the interval.

    `pairs`: a row per two records: the better, the worse, the difference of their scores with its interval, and whether it is beyond noise (see
    `difference`). `flanders`: see `of_flanders`, by record. `left_out`: records that are not ranked: of another `test`, or of how few
    `municipalities` they say something. `facts`: `verdicts` known, `municipalities` scored (those of which every record ranked says something),
    `companies` that these have, the `confidence` of all intervals of the pairs together and what `noise` they hold.
    """

    PICTURES: ClassVar[str] = ""
    SCREEN: ClassVar[str] = "screen:show_ranking"
    SUMMED: ClassVar[tuple[str, ...]] = ("scores", "pairs", "flanders", "left_out")


def score_all(verdicts: str | Path, records: str | Path = FOLDER, test: int = 2028, out: str | Path | None = None) -> Ranking:
    """Score every record of a test in a folder against its verdicts, and rank them by the ranked probability score.

    `verdicts`: a CSV of `nis` and `category` (none, 1, 2A, 2B), every municipality once. `out`: a folder for the tables (CSV); default: none are
    written. All are scored on the same municipalities: a record that says nothing of too many is left out, and so is a municipality of which one
    of the others says nothing. Raises InputError for a folder without records of the test, a changed one, and what `read_verdicts` raises.
    """
    paths = sorted(Path(records).glob("*.json"))
    of_all = {path.stem: read_record(path) for path in paths}
    of_test = {name: record for name, record in of_all.items() if record.content["test"] == test}
    if not of_test:
        tests = ", ".join(sorted({str(record.content["test"]) for record in of_all.values()})) or "none"
        raise InputError(records, "", f"no record of the test of {test}; tests on record: {tests}")
    known = read_verdicts(Path(verdicts), {nis: None for record in of_test.values() for nis in record.chances})
    with_verdict = judged(known)
    chances = {name: record.scored(with_verdict) for name, record in of_test.items()}
    there = {name: ~np.isnan(said).any(axis=1) for name, said in chances.items()}
    compared = {name: of_test[name] for name in of_test if there[name].mean() >= LEAST}
    common = np.logical_and.reduce([there[name] for name in compared]) if compared else np.array([False])
    if not common.any():
        raise InputError(records, "", "there is no municipality with a verdict of which every record says something")
    places, companies = np.array(with_verdict)[common], pd.read_csv(DATA / "municipalities.csv").set_index("nis")["company"]
    company = [str(companies.get(nis, nis)) for nis in places]  # a municipality that is new since stands alone
    facts = happened(known, places)
    points = {name: ranked(chances[name][common], facts) for name in compared}
    best_first = sorted(compared, key=lambda name: (float(points[name].mean()), name))
    pairs = _pairs([(name, points[name]) for name in best_first], company)
    counts = {name: int(there[name].sum()) for name in of_test}
    tables = {
        "scores": _scores(best_first, compared, points, pairs, counts),
        "pairs": pairs,
        "flanders": pd.concat([of_flanders(compared[name], known).assign(record=name) for name in best_first], ignore_index=True),
        "left_out": pd.DataFrame(
            [
                {"record": name, "test": record.content["test"], "municipalities": counts.get(name)}
                for name, record in of_all.items()
                if name not in compared
            ],
            columns=["record", "test", "municipalities"],
        ),
    }
    about = {"test": test, "verdicts": len(with_verdict), "municipalities": len(places), "companies": len(set(company))}
    ranking = Ranking(Path(out or records), {**about, "confidence": CONFIDENCE, "noise": NOISE}, tables)
    if out is not None:
        with own(ranking.folder, "scores"):
            ranking.write()
    return ranking


def _scores(
    names: list[str], records: Mapping[str, Record], points: Mapping[str, Array], pairs: pd.DataFrame, counts: Mapping[str, int]
) -> pd.DataFrame:
    """Return the table `scores`. `names`: the best first."""
    rows = []
    for name in names:
        content = records[name].content
        what = {key: content.get(key) for key in ("naive", "scenario", "registered", "replications", "parameter_sets")}
        rows.append({"record": name, **what, "municipalities": counts[name], "rps": float(points[name].mean())})
    table = pd.DataFrame(rows).astype({"replications": "Int64", "parameter_sets": "Int64"})  # a naive forecaster has none
    table.insert(0, "rank", table["rps"].rank(method="min").astype(int))
    to_best = pairs[pairs["better"] == names[0]].set_index("worse")[["difference", "low", "high"]]
    return table.join(to_best.rename(columns={"difference": "worse_by"}), on="record")


def _pairs(points: list[tuple[str, Array]], company: list[str]) -> pd.DataFrame:
    """Return the table `pairs`. `points`: the scores of every record by municipality, the best record first."""
    both = list(combinations(points, 2))
    rows: list[dict[str, Any]] = []
    for (better, of_better), (worse, of_worse) in both:
        mean, half = difference(of_worse - of_better, company, 1 - (1 - CONFIDENCE) / len(both))
        ends = {"low": mean - half, "high": mean + half, "beyond_noise": mean - half > 0}
        rows.append({"better": better, "worse": worse, "difference": mean, **ends})
    return pd.DataFrame(rows, columns=["better", "worse", "difference", "low", "high", "beyond_noise"]).astype(
        {"beyond_noise": bool}
    )


def difference(differences: Array, company: list[str], level: float) -> tuple[float, float]:
    """Return the mean of differences by municipality and half of its interval of this level (infinite for one company).

    Municipalities of a company stand and fall together: companies are the sample (errors clustered by them, Student's t with one degree of
    freedom less than there are; Liang and Zeger 1986). Where many pairs are looked at, the level is to be that of all together (Bonferroni).
    """
    mean, groups = float(differences.mean()), np.unique(company, return_inverse=True)[1]
    sums = np.bincount(groups, differences - mean)
    count = len(sums)
    if count < 2:
        return mean, math.inf
    error = math.sqrt(count / (count - 1) * float((sums**2).sum())) / len(differences)
    return mean, reach(error, count - 1, level)

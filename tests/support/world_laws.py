"""Laws of small random worlds: other numbers, dates, readings, growth paths and rhythms than the draft's, and valid."""

from fractions import Fraction
from typing import Any

import numpy as np

STAGES = ("MJP", "KTP", "realised")
LATER_READINGS = {
    "may_take": ("not_exempt", "anyone", "none_exempted", "none_exempted"),
    "spatial_reasons": (*["room_below_sib"] * 3, "never"),
    "lacking": ("largest", "added"),
    "list_covers": ("lack", "lack", "objective"),
    "schedule_agreed": ("agreement", *["always"] * 3),
    "at_ceiling": ("households_2042", "growth"),
    "sib_at_ceiling": ("stays", "stays", "dropped"),
    "projection": ("2043", "2042"),
    "in_planning": ("preparation", "mjp"),
    "charged_from": ("test_year", "year_after"),
}


def pick(rng: np.random.Generator, *options: Any) -> Any:
    """Return one of the options."""
    return options[int(rng.integers(len(options)))]


def change_law(rng: np.random.Generator, tables: dict[str, Any], objective: float) -> None:
    """Keep the draft's rhythm as far as the horizon goes, or make another one; vary its numbers, dates and readings."""
    law, start, end = tables["law"], tables["start"], tables["end"]
    change_values(rng, law["values"], objective)
    change_calendar(rng, law["calendar"], start)
    if rng.random() < 0.9:
        for name, reading in law["readings"].items():
            if name not in LATER_READINGS:
                reading["value"] = pick(rng, *reading["options"])
    interval = pick(rng, None, None, 12, 36, 72)
    if rng.random() < 0.5:
        change_path(rng, law, start, 3 if interval is None else int(rng.integers(1, 5)))
    if interval is None:
        law["rhythm"] = [row for row in law["rhythm"] if row["date"] <= end]
        law["rhythm"][-1] |= {"test": law["rhythm"][-1]["test"] if rng.random() < 0.3 else None}
        return
    first = start.year + interval // 12
    years = range(first, end.year + 1, interval // 12)
    law["rhythm"] = [measurement(rng, law, start.replace(year=year), interval, year == years[-1]) for year in years]


def change_law_later(rng: np.random.Generator, law: dict[str, Any], start: Any) -> None:
    """Vary what the law got later: readings, instruments by name, when the envelope may grow, SIB at several levels or none."""
    for name, options in LATER_READINGS.items():
        law["readings"][name]["value"] = pick(rng, *options)
    law["values"]["land_activated"]["value"] = pick(rng, Fraction(1, 4), Fraction(1, 4), Fraction(0), Fraction(2, 3))
    years = start.year + np.cumsum(rng.integers(1, 4, int(rng.integers(6))))
    grows = [start.replace(year=int(year), month=pick(rng, 1, 6, 10, 12), day=1) for year in years]
    law["calendar"]["envelope_growth"]["dates"] = pick(rng, law["calendar"]["recalibration"]["dates"], grows, grows)
    use_in_all_ways(law)
    if rng.random() < 0.4:
        change_instruments(rng, law)
    for row in law["rhythm"]:
        if rng.random() < 0.3:
            stages = rng.permutation(STAGES)[: pick(rng, 0, 1, 2, 2, 3)].tolist()
            row["sib"] = [{"stage": stage, "share": share(rng)} for stage in stages]


def tell_tests_apart(law: dict[str, Any]) -> None:
    """Let SIB not be judged at the end of a year in which a test falls: no law may have two of one year."""
    last = law["rhythm"][-1]
    if last.get("test") is None and last["date"].year in {row.get("test") for row in law["rhythm"]}:
        law["readings"]["final_sib"]["value"] = "unsanctioned"


def use_in_all_ways(law: dict[str, Any]) -> None:
    """Tell by land released, and by chance, whether two of the instruments are in use: the readings that the baseline does not follow yet."""
    law["instruments"]["public_land"]["use"], law["instruments"]["beheersrecht"]["use"] = "land", "rare"


def change_instruments(rng: np.random.Generator, law: dict[str, Any]) -> None:
    """Leave some instruments out, and tell otherwise whether one is in use; no more are needed than there are."""
    law["instruments"] = {name: row for name, row in law["instruments"].items() if rng.random() < 0.7}
    for row in law["instruments"].values():
        row["use"] = pick(rng, row["use"], row["use"], "effort", "rare", "land")
    there = sum(row["kind"] == "voluntary" for row in law["instruments"].values())
    law["values"]["voluntary_needed"]["value"] = min(law["values"]["voluntary_needed"]["value"], Fraction(there))


def change_values(rng: np.random.Generator, values: dict[str, Any], objective: float) -> None:
    """Vary the single numbers of the law; its objective and envelope fit the size of the world."""
    envelope = pick(rng, 0, 15, 60, 400, 400, 1_000)
    for name, options in (
        ("objective", (int(objective * pick(rng, 0.2, 0.8, 1.2, 3.0)),)),
        ("ceiling", (Fraction(9, 100), Fraction(1, 50), Fraction(1, 200))),
        ("charged_years", (3, 3, 1, 6)),
        ("verdict_month", (6, 6, 1, 11)),
        ("voluntary_needed", (3, 3, 0, 8)),
        ("rent_in_minimum", (150, 40)),
        ("exemption_threshold", (Fraction(1, 4), Fraction(1, 30), Fraction(2))),
        ("kept_share", (Fraction(1, 4), Fraction(0), Fraction(5, 6))),
        ("envelope", (envelope,)),
        ("envelope_maximum", (envelope, envelope + 50, 2 * envelope + 300)),
        ("envelope_step", (0, 20, 200)),
        ("envelope_used", (Fraction(4, 5), Fraction(1, 3), Fraction(0))),
        ("modest_cap", (Fraction(1, 5), Fraction(1, 15), Fraction(1))),
    ):
        values[name]["value"] = Fraction(pick(rng, *options))


def change_calendar(rng: np.random.Generator, calendar: dict[str, Any], start: Any) -> None:
    """Keep the draft's dates, or make others, few enough months apart that they meet; agreements a year apart at least."""

    def dates(number: int, within: int) -> list[Any]:
        years = start.year + np.cumsum(rng.integers(1, within + 1, number))
        return [start.replace(year=int(year), month=pick(rng, 1, 6, 10, 11, 12), day=1) for year in years]

    if rng.random() < 0.7:
        calendar["exemption"]["dates"] = dates(pick(rng, 0, 1, 1, 1), 4)
    if rng.random() < 0.7:
        month = pick(rng, 1, 6, 11, 12)
        calendar["agreement"]["dates"] = [day.replace(month=month) for day in dates(int(rng.integers(4)), 4)]
    if rng.random() < 0.7:
        calendar["recalibration"]["dates"] = dates(int(rng.integers(5)), 4)


def change_path(rng: np.random.Generator, law: dict[str, Any], start: Any, parts: int) -> None:
    """Make another growth path: legislatures of other years and shares."""
    shares = [Fraction(int(n)) for n in rng.integers(0, 5, parts - 1)] + [Fraction(1)]
    first, path = start.year + 1, []
    for name, part in enumerate(shares):
        last = first + int(rng.integers(0, 7))
        path.append(law["growth_path"][0] | {"name": f"G{name}", "years": f"{first}-{last}", "share": part / sum(shares)})
        first = last + 1
    law["growth_path"] = path


def share(rng: np.random.Generator) -> Fraction:
    """Return a share in sixths."""
    return Fraction(int(rng.integers(0, 7)), 6)


def requirement(rng: np.random.Generator, law: dict[str, Any]) -> dict[str, Any]:
    """Return shares of the legislatures at a stage."""
    return {"stage": pick(rng, *STAGES), "shares": [share(rng) for _ in law["growth_path"]]}


def measurement(rng: np.random.Generator, law: dict[str, Any], date: Any, interval: int, last: bool) -> dict[str, Any]:
    """Return a row of a rhythm: up to three regular requirements, one of SIB, mostly with a test."""
    reading, value = pick(rng, ("last_test", "rhythm"), ("dormant", "counts"))
    other = [requirement(rng, law) for _ in range(rng.integers(4))]
    late = 2 if interval > 12 and rng.random() < 0.2 else 1
    return {
        "date": date,
        "test": None if rng.random() < (0.7 if last else 0.1) else date.year + late,
        "regular": [requirement(rng, law) for _ in range(rng.integers(4))],
        "sib": {"stage": pick(rng, *STAGES), "share": share(rng)},
        "rate": pick(rng, Fraction(1, 4), Fraction(1), Fraction(1, 3)),
        "otherwise": pick(rng, None, {"reading": reading, "value": value, "regular": other}),
        "status": "reading",
        "source": "a random world",
    }

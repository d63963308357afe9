"""Every published figure beside the estimate: what was fitted, what is only reported, and by how much each misses."""

import re

import numpy as np
import pandas as pd

from .facts import Facts, Whole, read_facts
from .old_scheme import NET_2009_2025, after_step_2, mean_share
from .populations import PAIRS
from .stock import YEARS, province_totals

LIVE = ["pipeline_mjp", "pipeline_ktp", "pipeline_construction"]
Row = tuple[str, float, float, str, str]  # what, estimate, published figure, fitted or reported, source


def residuals(estimates: pd.DataFrame) -> pd.DataFrame:
    """Return one row per published figure, for the central population: estimate, anchor, difference, use, source.

    The stock of 2008 is what the estimate implies: that of 2025 less what was realised net. A share realised earlier
    is that of 2025, taken back at the mean pace of Flanders. Sources count differently (owned, managed, with or without rented-in
    dwellings, before or after a merger), so a difference is not always an error.
    """
    facts = read_facts()
    central = estimates[estimates["population"] == 0].set_index("nis")
    rows = region(facts, central) + provinces(facts, central) + companies(facts, central) + municipalities(facts, central)
    table = pd.DataFrame(rows, columns=["figure", "estimate", "anchor", "use", "source"])
    table.insert(3, "difference", (table["estimate"] - table["anchor"]).round(2))
    return table.round({"estimate": 2, "anchor": 2})


def region(facts: Facts, table: pd.DataFrame) -> list[Row]:
    """Return the totals of Flanders and the statements on single municipalities in the sources on the new objective."""
    whole = table["objective_regular"] + table["sib"]
    before = implied_2008(table)
    asked = round(after_step_2(facts, before).sum())
    live = table[LIVE].to_numpy().sum()
    west = (facts.municipalities["province"] == "West-Vlaanderen").to_numpy()
    antwerpen = facts.place(11002)
    rows: list[Row] = [
        ("objective, regular and SIB", whole.sum(), facts.regional_value("regional objective, mandatory"), "fitted", "draft law"),
        ("municipalities without an objective", (whole == 0).sum(), 15, "fitted", "VVSG position 2025 (figures of 2023)"),
        ("objective of West-Vlaanderen", whole[west].sum(), 6852, "reported", "focus-wtv.be; may belong to 56,000"),
        ("stock, owned and rented in, 2025", table["stock"].sum(), 178_743, "fitted", "Wonen in Vlaanderen, annual report 2025"),
        ("stock, the same, end of 2024", table["stock"].sum(), 177_461, "reported", "Flemish budget paper Wonen 2026"),
        ("rented in", table["rented_in"].sum(), 12_666, "fitted", "Wonen in Vlaanderen, annual report 2025"),
        ("rented in, Antwerpen", table["rented_in"].iloc[antwerpen], 658, "fitted", "Statistiek Vlaanderen 2018 (of 2017)"),
        ("old objective", table["old_objective"].sum(), 35_000, "fitted", "VVSG position 2025"),
        ("old objective after step 2", asked, 31_000, "reported", "Flemish page on the social objective, 2009"),
        ("realised net, end of 2025", realised(table).sum(), NET_2009_2025, "fitted", "VVSG position 2025, plus two years"),
        ("share of municipalities short", (table["sib"] > 0).mean(), 0.5, "fitted", "VVSG position 2025 (about)"),
        ("none in 2008", int((before <= 0).sum()), 5, "fitted", "Statistiek Vlaanderen 2018 (of 2017)"),
        ("planned, live and dormant", live + table["pipeline_dormant"].sum(), 14_017, "reported", "VVSG position 2025 (of 2023)"),
        ("room on company land", table["land_company"].sum(), 34_000, "fitted", "VVSG position 2025"),
        ("room on public land", table["land_public"].sum(), 24_000, "fitted", "VVSG position 2025"),
    ]
    for high, low, fact, with_sib in PAIRS:
        value = whole if with_sib else table["objective_regular"]
        rows.append((fact, value[high] - value[low], facts.regional_value(fact), "fitted", "VVSG position 2025 (of 2023)"))
    return rows


def provinces(facts: Facts, table: pd.DataFrame) -> list[Row]:
    """Return the stock per province beside the owned stock of 2020, scaled to the published total of 2025."""
    source = "Wonen in Vlaanderen, evaluation of performance 2020, scaled"
    name = facts.municipalities["province"].to_numpy()
    totals = province_totals(facts).items()
    return [(f"stock of {p}", table["stock"][name == p].sum(), total, "fitted", source) for p, total in totals]


def companies(facts: Facts, table: pd.DataFrame) -> list[Row]:
    """Return the stock in the area of the companies whose own figure was in the press."""
    name = facts.municipalities["company"].to_numpy()
    counted = facts.company_anchors[facts.company_anchors["unit"].str.contains("dwellings|stock")]
    counted = counted[~counted["unit"].str.contains("per year|to build|percent")]
    columns = (counted[c].tolist() for c in ("company", "as_of", "value", "use", "source"))
    return [
        (f"stock of {company}, {as_of}", table["stock"][name == company].sum(), float(value), use, source)
        for company, as_of, value, use, source in zip(*columns, strict=True)
    ]


def municipalities(facts: Facts, table: pd.DataFrame) -> list[Row]:
    """Return every figure on a single municipality; no estimate (nan) where the figure is not a column of ours."""
    rows: list[Row] = []
    for row in facts.anchors.to_dict("records"):
        year = float(re.findall(r"\d{4}", row["as_of"])[-1])
        estimate = estimate_of(facts, table, facts.place(row["nis"]), row["measure"], year)
        rows.append((f"{row['name']}: {row['measure']}, {row['as_of']}", estimate, row["value"], row["use"], row["source"]))
    return rows


def estimate_of(facts: Facts, table: pd.DataFrame, place: int, measure: str, year: float) -> float:
    """Return what the estimate says of one measure in one municipality."""
    here = table.iloc[place]
    before, done, old = float(implied_2008(table)[place]), float(realised(table)[place]), float(here["old_objective"])
    under_way = float(here[[*LIVE, "pipeline_dormant"]].sum())
    households = float(facts.households_2008[place])
    if measure.startswith("bso_2025_objective"):
        return old
    if measure.startswith("social_rental_per_100_households"):
        return 100.0 * (before + done * (year - 2007.0) / YEARS) / float(facts.year(int(year))[place])
    estimates = {
        "bso_2009_richtcijfer": old,
        "nulmeting_social_rental": before,
        "nulmeting_share_of_households": 100.0 * before / households,
        "social_rental_stock": before + done * (year - 2008.0) / YEARS,
        "bso_realised_pct": 100.0 * done / old * mean_share(year) / (NET_2009_2025 / 35_000) if old else float("nan"),
        "bso_pipeline": under_way,
        "bso_2042_within_reach": under_way / max(1.0, float(here["objective_regular"] + here["sib"])),
        "households": households,
    }
    return estimates.get(measure, float("nan"))


def realised(table: pd.DataFrame) -> Whole:
    """Return what each municipality realised net of the BSO 2009-2025 (dwellings)."""
    return (table["old_objective"] - table["sib"] + table["overshoot"]).to_numpy(np.int64)


def implied_2008(table: pd.DataFrame) -> Whole:
    """Return the stock of 2008 that the estimates imply (dwellings)."""
    return np.asarray(table["stock"].to_numpy(np.int64) - realised(table))


def checks(estimates: pd.DataFrame) -> list[tuple[str, bool]]:
    """Return what the estimate must meet, with whether it does."""
    facts = read_facts()
    groups = [g.set_index("nis") for _, g in estimates.groupby("population")]
    whole = [g["objective_regular"] + g["sib"] for g in groups]
    none = [int((w == 0).sum()) for w in whole]
    live = [int(g[LIVE].to_numpy().sum()) for g in groups]
    name = facts.municipalities["province"].to_numpy()
    near = [abs(g["stock"][name == p].sum() / t - 1) < 0.01 for g in groups for p, t in province_totals(facts).items()]
    pairs = [abs(row[1] - row[2]) <= 2 for row in region(facts, groups[0])[-len(PAIRS) :]]
    verdicts = [
        ("regular objectives and SIB are 45,000 in every population", all(w.sum() == 45_000 for w in whole)),
        (f"12 to 18 municipalities without an objective in the central population ({none[0]})", 12 <= none[0] <= 18),
        (f"about that in the others (median 12-18, each 8-28: {min(none)}-{max(none)})", is_about(none)),
        ("provinces within 1% in every population", all(near)),
        ("stock within 1% of 177,461 (end of 2024)", all(abs(g["stock"].sum() / 177_461 - 1) < 0.01 for g in groups)),
        ("old objective 35,000", all(g["old_objective"].sum() == 35_000 for g in groups)),
        ("overshoot less SIB is 900", all((g["overshoot"] - g["sib"]).sum() == NET_2009_2025 - 35_000 for g in groups)),
        ("nobody has both SIB and overshoot", not ((estimates["sib"] > 0) & (estimates["overshoot"] > 0)).any()),
        ("SIB between 4,000 and 11,000", all(4_000 <= g["sib"].sum() <= 11_000 for g in groups)),
        ("45% to 55% of the municipalities short", all(0.45 <= (g["sib"] > 0).mean() <= 0.55 for g in groups)),
        (f"live pipeline between 5,000 and 14,000 ({min(live)}-{max(live)})", min(live) >= 5_000 and max(live) <= 14_000),
        ("both published differences within 2 dwellings", all(pairs)),
        ("nothing negative but scores", (estimates.drop(columns="known").to_numpy() >= 0).all()),
        ("known: mean 0 and standard deviation 1 (4,096) in every population", all(is_standard(g["known"]) for g in groups)),
    ]
    return [(what, bool(passed)) for what, passed in verdicts]


def is_standard(known: "pd.Series[int]") -> bool:
    """Say whether a column of normal scores in 1/4096 has mean 0 and standard deviation 1, to a hundredth."""
    return abs(known.mean()) < 41 and abs(known.std() - 4096) < 41


def is_about(none: list[int]) -> bool:
    """Say whether the numbers of municipalities without an objective lie about the published 15."""
    return 12 <= float(np.median(none)) <= 18 and min(none) >= 8 and max(none) <= 28

"""What official figures change: which of them take the place of which estimates, what they add up to, and whose outcome moves most."""

from collections.abc import Iterator, Mapping

import pandas as pd

from sim.inputs.region.model import Region
from sim.studies.compare.options import Option

SHARED = ("objective_regular", "sib")  # which together are a municipality's objective
MOST = 10  # municipalities that are shown


def figures(options: Mapping[str, Option]) -> pd.DataFrame:
    """Return a row per option, column and municipality whose figure is another one than the first option's: its value there (mean over the
    populations, lowest and highest) and in the option. No rows where no figures are laid over the estimates."""
    base, *others = options.values()
    rows = [
        {"option": other.name, "column": column, "nis": int(base.region.nis[i]), "municipality": base.region.names[i], **of}
        for other in others
        for column, i, of in _replaced(base.region, other.region)
    ]
    return pd.DataFrame(rows)


def _replaced(base: Region, other: Region) -> Iterator[tuple[str, int, dict[str, float]]]:
    """Yield every figure that is laid over one of two regions only, or otherwise: column, index of the municipality, and its values."""
    for column in other.estimates:
        one, two = base.laid.get(column, {}), other.laid.get(column, {})
        for i in sorted({*one, *two}):
            if one.get(i) != two.get(i):
                before, after = base.estimates[column][:, i], other.estimates[column][:, i]
                ends = {"low": int(before.min()), "high": int(before.max())}
                yield column, i, {"before": float(before.mean()), **ends, "after": float(after.mean())}


def together(options: Mapping[str, Option], laid: pd.DataFrame) -> pd.DataFrame:
    """Return a row per option: what the objectives of all municipalities add up to (mean over the populations), the law's, and how many figures
    of how many municipalities are others than the first option's."""
    rows = []
    for name, option in options.items():
        objective = sum(option.region.estimates[column].sum(axis=1).mean() for column in SHARED)
        own = laid[laid["option"] == name]
        law = int(option.scenario.law.values.objective.value)
        counts = {"figures": len(own), "municipalities": own["nis"].nunique()}
        rows.append({"option": name, "objective": float(objective), "law": law, **counts})
    return pd.DataFrame(rows)


def most_changed(municipalities: pd.DataFrame, laid: pd.DataFrame, option: str) -> pd.DataFrame:
    """Return the rows of the municipalities that an option's figures change most, those with figures of their own first (`own`): by their chance
    of 2B, then by dwellings realised; with the objective that they have in the first option (`objective_before`)."""
    first = municipalities.loc[municipalities["option"] == municipalities["option"].iloc[0]].set_index("nis")["objective"]
    rows = municipalities[municipalities["option"] == option].copy()
    rows["objective_before"] = rows["nis"].map(first)
    rows["own"] = rows["nis"].isin(laid.loc[laid["option"] == option, "nis"])
    changes = {"own": rows["own"], "chance": rows["ever_2B_difference"].abs(), "dwellings": rows["realised_difference"].abs()}
    order = pd.DataFrame(changes).sort_values(list(changes), ascending=False, kind="stable").index
    found = rows.loc[order]
    return found[(found["ever_2B_difference"] != 0) | (found["realised_difference"] != 0)].head(MOST)

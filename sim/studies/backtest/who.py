"""Who, not only how many: how well single municipalities are foreseen, by the model and by its first edition."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from sim.runs.scores import crps
from sim.studies.backtest.drawn import AS_IS, FIRST_EDITION, Variant
from sim.studies.backtest.naive import RAND, RAND_ENOUGH, known_outcomes

EDITIONS = (AS_IS, FIRST_EDITION)
FEWEST = 3  # municipalities: of fewer a rank correlation says nothing


def who(said: Mapping[Variant, pd.DataFrame]) -> pd.DataFrame:
    """Return a row per start, kind of figure and edition: how near the forecasts of single municipalities come.

    `said`: what replications say, by edition and start. `what`: share (of its objective realised, as published) or enough (whether one of the
    19 municipalities of the Vlaamse Rand will have realised its objective by 2025, as expected in 2019). `municipalities`: how many. `crps`:
    the mean of their scores (of `enough` Brier's); lower is better. `rank`: Spearman's correlation of the forecast means and what happened.
    """
    shares = known_outcomes().query("measure == 'share'").set_index("outcome")["value"]
    enough = pd.Series({f"enough_{nis}": float(nis in RAND_ENOUGH) for nis in sorted(RAND)})
    rows = []
    for start in sorted({start for _, start in said}):
        for what, facts in (("share", shares), ("enough", enough)):
            for edition in EDITIONS:
                rows.append({"start": start, "what": what, "edition": edition, **foreseen(said[edition, start], facts)})
    return pd.DataFrame(rows)


def foreseen(said: pd.DataFrame, facts: "pd.Series[float]") -> dict[str, Any]:
    """Return of the facts of which replications say something how many there are, the mean CRPS and the rank correlation (NaN: too few)."""
    known = facts[[name for name in facts.index if name in said]]
    values = said[list(known.index)]
    scores = [crps(values[name].to_numpy(np.float64), float(fact)) for name, fact in known.items()]
    told = len(known) >= FEWEST and values.mean().nunique() > 1
    rank = float(spearmanr(values.mean(), known).statistic) if told else np.nan
    return {"municipalities": len(known), "crps": float(np.mean(scores)), "rank": rank}

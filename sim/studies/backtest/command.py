"""The old scheme forecast, and held against what happened."""

from sim.studies.command_options import AsJson, Lang, Language, Out, Replications, Seed, Workers, tell, under_way


def backtest(
    replications: Replications = 200,
    seed: Seed = None,
    workers: Workers = None,
    out: Out = None,
    as_json: AsJson = False,
    lang: Lang = Language.nl,
) -> None:
    """Forecast the objective of 2009-2025 from 2008, 2015 and 2019, and hold it against what happened."""
    from sim.studies.backtest import study

    with under_way() as progress:
        result = study.backtest(replications, seed, workers, out, progress, checked=0 if as_json else None)
    if as_json:
        tell(result, as_json, lang)
    else:
        result.show(lang.value, [*result.plot(lang.value), result.report(lang.value)])

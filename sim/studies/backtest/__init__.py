"""Would the model have foreseen the scheme of 2009-2025?"""

from sim.studies.registry import Command, Study

STUDY = Study(
    place=70,
    commands=(
        Command(
            "command:backtest",
            "bso backtest",
            "the scheme of 2009-2025 forecast from 2008, 2015 and 2019 and held against what happened, as table, picture and page",
        ),
    ),
    calls={"backtest": "study:backtest"},
    tables={
        "verdict": "tables:verdict",
        "acceptance": "tables:acceptance",
        "who": "tables:who",
        "drivers": "tables:drivers",
        "backtest": "tables:scores",
        "doubts": "tables:assumption_checks",
    },
)

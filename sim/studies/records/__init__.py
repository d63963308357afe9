"""What was forecast of a test, and how good was it?"""

from sim.studies.registry import Command, Study

STUDY = Study(
    place=100,
    commands=(
        Command(
            "command:register",
            "bso register RESULTS",
            "the chances of a test's verdicts put on record (`results/registered/`); `--naive`: those of naive forecasters",
        ),
        Command(
            "command:score",
            "bso score [RECORD] VERDICTS",
            "a forecast on record scored once the verdicts are known, or all of them, ranked",
        ),
    ),
    calls={"register": "study:register", "score": "study:score", "score_all": "ranking:score_all"},
    tables={"records": "tables:records"},
)

"""What was forecast of a test, and how good was it?"""

from sim.studies.registry import Command, Study

STUDY = Study(
    place=100,
    commands=(
        Command(
            "command:register",
            "bso register RESULTS",
            "the chances of a test's verdicts put on record (`results/registered/`)",
        ),
        Command("command:score", "bso score RECORD VERDICTS", "a forecast on record scored, once the verdicts are known"),
    ),
    calls={"register": "study:register", "score": "study:score"},
)

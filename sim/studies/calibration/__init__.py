"""Which parameters fit the past, and how much of a forecast's spread is not knowing them?"""

from sim.studies.registry import Command, Study

STUDY = Study(
    place=90,
    commands=(
        Command("command:calibrate", "bso calibrate", "parameters fitted to what was known by the end of 2016"),
        Command(
            "command:bands",
            "bso bands SCENARIO",
            "how much of the spread of a forecast is luck, and how much not knowing its parameters",
        ),
    ),
    calls={"calibrate": "study:calibrate", "bands": "bands:bands"},
    tables={"fitted": "tables:fitted", "later": "tables:later", "bands": "tables:bands"},
)

"""Which parameters fit the past, and what does a forecast say with what is not known carried into it?"""

from sim.studies.registry import Command, Study

STUDY = Study(
    place=90,
    commands=(
        Command("command:calibrate", "bso calibrate", "parameters fitted to what was known by the end of 2016"),
        Command(
            "command:bands",
            "bso bands SCENARIO",
            "a forecast with what is not known carried into it, luck and not knowing told apart",
        ),
    ),
    calls={"calibrate": "study:calibrate", "bands": "bands:bands"},
    tables={"fitted": "tables:fitted", "later": "tables:later", "bands": "tables:bands"},
)

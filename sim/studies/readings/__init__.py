"""Which readings of the law matter?"""

from sim.studies.registry import Command, Study

STUDY = Study(
    place=30,
    commands=(
        Command(
            "command:readings",
            "bso readings SCENARIO",
            "which reading of the law matters, in dwellings, 2B verdicts and euro, with the same luck",
        ),
    ),
    calls={"readings": "study:readings"},
)

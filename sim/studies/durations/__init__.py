"""Which lead times do real projects have?"""

from sim.studies.registry import Command, Study

STUDY = Study(
    place=110,
    commands=(
        Command(
            "command:durations",
            "bso durations FILE.csv",
            "lead times fitted to a list of real projects (`stage`, `begun`, `ended`), those still under way "
            "included, with 95% intervals beside what the baseline assumes (a stage asks at least 10 that are finished, in Dutch or "
            "English: `fase`, `begonnen`, `geëindigd`); a picture, and a scenario `durations.toml` that runs with them",
        ),
    ),
    calls={"durations": "study:durations"},
)

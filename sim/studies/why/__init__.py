"""Why did a verdict fall, and what would have changed it?"""

from sim.studies.registry import Command, Study

STUDY = Study(
    place=60,
    commands=(
        Command(
            "command:why",
            "bso why RESULTS --municipality NAME --test YEAR",
            "why a verdict fell: requirements, plan, euro, the projects that would have made the difference, the "
            "least change to category 1",
        ),
    ),
    calls={"why": "study:why"},
)

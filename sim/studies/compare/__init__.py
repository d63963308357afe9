"""What does another rule, lever or calendar of tests do?"""

from sim.studies.registry import Command, Study

STUDY = Study(
    place=20,
    commands=(
        Command(
            "command:compare",
            "bso compare BASE VARIANT...",
            "scenarios, or folders of results, in pairs: differences with intervals, regret, euro per dwelling, "
            "what would have prevented each 2B; `--report` writes one HTML file to read, print and send",
        ),
        Command(
            "command:sweep",
            "bso sweep FILE",
            "levers crossed (`scenarios/sweeps/`: a grid or a list), ranked by an outcome; goes on where it stopped; `--report` as above",
        ),
    ),
    calls={"compare": "study:compare", "sweep": "sweep:sweep"},
)

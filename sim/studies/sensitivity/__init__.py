"""Which of the uncertain parameters matter, and in which futures does the objective fail?"""

from sim.studies.registry import Command, Study

STUDY = Study(
    place=40,
    commands=(
        Command(
            "command:sensitivity",
            "bso sensitivity SCENARIO",
            "what matters: a tornado, Morris, with `--method sobol` Sobol's indices, and in words in which "
            "futures the objective fails; needs the extra `[sensitivity]`",
        ),
    ),
    calls={"sensitivity": "study:sensitivity"},
    tables={"sensitivity": "tables:sensitivity"},
)

"""The readings of the law: what was chosen where the documents are silent or disagree, and what else the engine knows."""

from pydantic import Field, model_validator

from sim.inputs.errors import nearest
from sim.inputs.scenario.parameters import Frozen

OPTIONS = {  # what the engine knows, the default first
    "sib_beside_regular": ["as_asked", "sib_first"],
    "rounding": ["up", "down"],
    "category_2B": ["either", "both"],
    "exemption_ratio": ["per_year", "literal"],
    "exempted_sib": ["lapses", "returns_to_pot"],
    "overshoot_at_ceiling": ["once", "again"],
    "realised": ["net", "gross", "kept", "let"],
    "dormant": ["asleep", "counts"],
    "rent_in_condition": ["from_2030", "always", "never"],
    "land_list": ["identified", "theoretical"],
    "last_test": ["vvsg", "rhythm"],
    "charged": ["each", "once"],
    "final_sib": ["unsanctioned", "sanctioned"],
}


class Reading(Frozen):
    """A choice where the documents are silent or disagree: its value, what else it could be, what it is about and why it is open."""

    value: str
    options: list[str] = Field(min_length=2)
    what: str = Field(min_length=1)
    why: str = Field(min_length=1)

    @model_validator(mode="after")
    def _known(self) -> "Reading":
        if self.value not in self.options:
            raise ValueError(f"value: found {self.value!r}; {nearest(self.value, self.options)}")
        return self


class Readings(Frozen):
    """Every reading by its name."""

    sib_beside_regular: Reading
    rounding: Reading
    category_2B: Reading
    exemption_ratio: Reading
    exempted_sib: Reading
    overshoot_at_ceiling: Reading
    realised: Reading
    dormant: Reading
    rent_in_condition: Reading
    land_list: Reading
    last_test: Reading
    charged: Reading
    final_sib: Reading

    @model_validator(mode="after")
    def _known(self) -> "Readings":
        for name, options in OPTIONS.items():
            found = getattr(self, name).options
            if found != options:
                raise ValueError(f"{name}.options: found {', '.join(found)}; {', '.join(options)} is what the engine knows")
        return self

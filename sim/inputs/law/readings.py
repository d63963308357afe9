"""The readings of the law: what was chosen where the documents are silent or disagree, and what else the engine knows."""

from typing import Annotated

from pydantic import Field, model_validator

from sim.inputs.errors import nearest
from sim.inputs.scenario.frozen import Frozen


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
    """Every reading by its name, with what the engine knows of it: the default first."""

    sib_beside_regular: Annotated[Reading, ["as_asked", "sib_first"]]
    rounding: Annotated[Reading, ["up", "down"]]
    category_2B: Annotated[Reading, ["either", "both"]]
    exemption_ratio: Annotated[Reading, ["per_year", "literal"]]
    exempted_sib: Annotated[Reading, ["lapses", "returns_to_pot"]]
    overshoot_at_ceiling: Annotated[Reading, ["once", "again"]]
    realised: Annotated[Reading, ["net", "gross", "kept", "let"]]
    dormant: Annotated[Reading, ["asleep", "counts"]]
    rent_in_condition: Annotated[Reading, ["from_2030", "always", "never"]]
    land_list: Annotated[Reading, ["identified", "theoretical"]]
    last_test: Annotated[Reading, ["vvsg", "rhythm"]]
    yearly_measurement: Annotated[Reading, ["path", "next"]]
    charged: Annotated[Reading, ["each", "once"]]
    final_sib: Annotated[Reading, ["unsanctioned", "sanctioned"]]
    may_take: Annotated[Reading, ["not_exempt", "anyone", "none_exempted"]]
    spatial_reasons: Annotated[Reading, ["room_below_sib", "never"]]
    lacking: Annotated[Reading, ["largest", "added"]]
    list_covers: Annotated[Reading, ["lack", "objective"]]
    schedule_agreed: Annotated[Reading, ["agreement", "always"]]
    at_ceiling: Annotated[Reading, ["households_2042", "growth"]]
    sib_at_ceiling: Annotated[Reading, ["stays", "dropped"]]
    projection: Annotated[Reading, ["2043", "2042"]]
    in_planning: Annotated[Reading, ["preparation", "mjp"]]
    charged_from: Annotated[Reading, ["test_year", "year_after"]]

    @model_validator(mode="after")
    def _known(self) -> "Readings":
        for name, field in Readings.model_fields.items():
            options, found = field.metadata[0], getattr(self, name).options
            if found != options:
                raise ValueError(f"{name}.options: found {', '.join(found)}; {', '.join(options)} is what the engine knows")
        return self

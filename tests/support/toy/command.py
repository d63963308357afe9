"""The command `bso toy`."""

from sim.studies.command_options import AsJson, Lang, Language, Out, tell


def toy(out: Out = None, as_json: AsJson = False, lang: Lang = Language.nl) -> None:
    """Count the municipalities of each company."""
    from sim.studies.toy import study

    tell(study.toy(out), as_json, lang)

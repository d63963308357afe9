"""`bso serve`: the forecast as a page in a browser, or as files for any web server."""

from pathlib import Path
from typing import Annotated

import typer

from sim.inputs.errors import InputError
from sim.report.outside import one_line, put, say
from sim.studies.command_options import Cluster, Workers, between

HERE = ("localhost", "127.0.0.1", "::1")


STARTING = "reads and compiles; a moment"  # said before the first page can be asked for


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; 127.0.0.1: only this machine can read the page.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(callback=between(1, 65535), help="Port to listen on.")] = 8042,
    name: Annotated[
        list[str] | None,
        typer.Option(help="A name by which readers know this machine, beside localhost; more than one may be given."),
    ] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Annotated[Path, typer.Option(help="Folder where answers are kept, found again after a restart.")] = Path(
        "results/wat-als"
    ),
    write: Annotated[
        Path | None, typer.Option(help="Write the pages to this folder, for any web server, and stop; levers are not among them.")
    ] = None,
    choices: Annotated[
        str | None,
        typer.Option(
            help="With --write: the choices that stand side by side, as the address of that page has them behind its question mark.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Show the forecast in a browser: the outlook, your municipality, and levers to push at. On this machine only, unless told otherwise."""
    try:
        from sim.web import server
    except ModuleNotFoundError as error:
        raise InputError("bso serve", "", f"needs the package {error.name}; pip install 'bso-sim[web]'") from None
    if choices is not None and write is None:
        raise InputError("--choices", "", "goes with --write")
    if write is not None:
        from sim.web.options import chosen
        from sim.web.written import write_pages

        put(one_line(write_pages(write, chosen(choices))))
        return
    names = (*HERE, host, *(name or ()))
    if host not in HERE:
        say(f"listens on {host}: everybody who can reach this machine can read the page and have it compute; there is no password")
    say(STARTING)
    server.serve(host, port, names, workers, out, cluster)

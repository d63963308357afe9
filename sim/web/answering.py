"""What every answer of the server shares: the reader's language, and a figure or a table as a file."""

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from sim.report.language import Language
from sim.web.figures import View

KINDS = {"csv": "text/csv; charset=utf-8", "svg": "image/svg+xml", "png": "image/png"}


def lang_of(request: Request) -> str:
    """Return the reader's language, by the address."""
    return "en" if request.url.path == "/en" or request.url.path.startswith("/en/") else "nl"


async def answer_file(request: Request, view: View) -> Response:
    """Answer with the figure or table of a page that the address names, as a file of its kind."""
    name, kind = request.path_params["name"], request.path_params["kind"]
    if kind not in KINDS:
        raise HTTPException(404)
    content = await asyncio.to_thread(view.file, name, kind, Language(lang_of(request)))
    if content is None:
        raise HTTPException(404)
    return Response(content, media_type=KINDS[kind], headers={"content-disposition": f'attachment; filename="{name}.{kind}"'})

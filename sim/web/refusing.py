"""What is said to a request that is refused: a page in the reader's language, and no more than the kind of what is wrong."""

from starlette.responses import HTMLResponse, Response
from starlette.types import Scope

from sim.web.layout import refused_page

KNOWN = (400, 403, 404, 405, 413, 414, 421, 500, 503)


class Refused(Exception):
    """A request that is not answered, with its HTTP status."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(str(code))


def refusal(scope: Scope, code: int, detail: str = "") -> Response:
    """Return the page that says that, and why, a request is refused. `detail`: one line more."""
    lang = "en" if str(scope.get("path", "")).startswith("/en") else "nl"
    return HTMLResponse(refused_page(lang, code if code in KNOWN else 400, detail), code)

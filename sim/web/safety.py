"""What the server lets in and what it says with everything it gives: the names it answers to, who may send, how long an address may be, and the
headers by which a browser runs and loads nothing of anybody else."""

import logging
import re
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sim.web.refusing import Refused, refusal

MOST_ADDRESS, MOST_HEADERS, MOST_BODY = 4_000, 16_000, 5_000_000
UPLOADED = re.compile(r"(/en)?/woonmaatschappij/[a-z0-9-]+/eigen")  # the only addresses that take anything
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # without any a browser would call the origin of our own form null
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
READ = ("GET", "HEAD")
log = logging.getLogger("sim.web")


class Guarded:
    """An application behind a guard. `hosts`: the names it answers to, without their port; None: any (who listens to others says so)."""

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self.app, self.hosts = app, frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it. Whatever goes wrong is noted in the log, and a reader is told no more than that."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        begun = False

        async def with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        try:
            self._check(scope)
            await self.app(scope, receive, with_headers)
        except Refused as error:
            await refusal(scope, error.code)(scope, receive, with_headers)
        except Exception:
            log.exception("a fault of bso-sim itself, at %s", scope["path"][:200].encode("ascii", "backslashreplace").decode())
            if not begun:
                await refusal(scope, 500)(scope, receive, with_headers)

    def _check(self, scope: Scope) -> None:
        """Raise Refused for a request that is not answered."""
        headers = Headers(scope=scope)
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MOST_ADDRESS:
            raise Refused(414)
        if sum(len(name) + len(value) for name, value in scope["headers"]) > MOST_HEADERS:
            raise Refused(400)
        if len(headers.getlist("host")) != 1 or _name(headers["host"]) not in self.hosts:
            raise Refused(421)
        length = headers.get("content-length", "0")
        if scope["method"] not in READ:
            origin = headers.get("origin", "")
            if not (origin.startswith(("http://", "https://")) and urlsplit(origin).netloc == headers["host"]):
                raise Refused(403)
            if scope["method"] != "POST" or not UPLOADED.fullmatch(scope["path"]):
                raise Refused(405)
        most = MOST_BODY if scope["method"] == "POST" else 0
        if "transfer-encoding" in headers or not (
            length.isascii() and length.isdigit() and len(length) < 9 and int(length) <= most
        ):
            raise Refused(413)


def _name(host: str) -> str:
    """Return the name in a Host header, without its port; nothing for one that cannot be."""
    try:
        parts = urlsplit(f"//{host}")
        name, _ = parts.hostname or "", parts.port
    except ValueError:
        return ""
    return name if parts.netloc == host and "@" not in host and not parts.path else ""

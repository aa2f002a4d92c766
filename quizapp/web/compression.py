"""Pages and files go over the wire at a fifth of their size; a file is packed once per process, a page each time."""

from flask import Flask
from flask import Request
from flask import Response
from flask import request
from flask_compress import Compress

from quizapp.web.security import STATIC
from quizapp.web.security import is_from_another_site

#: A paper of 54 KB goes as 6.5 KB and costs a millisecond more than its fourteen; level 9 takes ten for two percent.
BROTLI_LEVEL = 5
#: A saved answer's reply and the like fit into one packet as they are.
MIN_BYTES = 1000


class Packing(Compress):
    def after_request(self, response: Response | None) -> Response:
        assert response is not None
        if request.endpoint in STATIC and response.status_code == 200:
            # A body that is still being read from the disk would be packed again for everybody.
            response.direct_passthrough = False
            response.make_sequence()
        if response.status_code == 206 or _may_be_measured():
            response.vary.add("Accept-Encoding")
            return response
        return super().after_request(response)


class PackedFiles(dict[str, bytes]):
    """Packed files by encoding and path, so as many as there are files; pages have no name here and are not kept."""

    def set(self, key: str, packed: bytes) -> None:
        if not key.endswith(";"):
            self[key] = packed


def init_app(app: Flask) -> None:
    app.config["COMPRESS_ALGORITHM"] = ["br", "gzip"]
    app.config["COMPRESS_BR_LEVEL"] = BROTLI_LEVEL
    app.config["COMPRESS_MIN_SIZE"] = MIN_BYTES
    app.config["COMPRESS_STREAMS"] = False
    app.config["COMPRESS_CACHE_BACKEND"] = PackedFiles
    app.config["COMPRESS_CACHE_KEY"] = _name_of_file
    Packing(app)


def _name_of_file(asked: Request) -> str:
    return asked.path if asked.endpoint in STATIC else ""


def _may_be_measured() -> bool:
    """Whether another site chose the address of this page.

    Every page repeats its own address and holds what is secret; how well the two compress together would tell, request
    by request, what the secret is (BREACH). Whoever is sent here by another site's link gets the page as it is.
    """
    return request.endpoint not in STATIC and is_from_another_site()

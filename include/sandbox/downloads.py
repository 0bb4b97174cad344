"""Files by the `Url` of their attachment: what was uploaded, to whoever has a token for the division (FACTS 6.10)."""

from __future__ import annotations

import base64
from urllib.parse import quote

from include.sandbox.oauth import OAuth
from include.sandbox.server import Request, Response
from include.sandbox.world import World

PATH = "/docs/SysAttachment.aspx"


def download(world: World, oauth: OAuth, request: Request) -> Response:
    """Return the content of an attachment."""
    identity = oauth.identity(request.headers.get("authorization", ""))
    if identity is None:
        return Response(401, b"", {"Location": "/docs/Login.aspx"})
    row = world.database.find("document_attachments", ID=request.parameters.get("ID", "").lower())
    if request.method != "GET" or row is None or row["Division"] not in identity.divisions:
        return Response(404)
    name = quote(row["FileName"], safe="")
    headers = {"Content-Type": "application/octet-stream", "Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(200, base64.b64decode(row["_content"]), headers)

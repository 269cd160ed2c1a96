"""A Hub on loopback: as much of its HTTP interface as an upload and a download use. Files go through Git LFS if their names end in .safetensors."""

import base64
import hashlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

TOKEN = "hf_for_tests"


class FakeHub:
    """Runs while it is open; `repos` has the files by repository, `requests` what was asked."""

    def __enter__(self):
        self.repos: dict[str, dict[str, bytes]] = {}
        self.private: dict[str, object] = {}
        self.blobs: dict[str, bytes] = {}
        self.requests: list[tuple[str, str]] = []
        hub = self

        class Handler(_Handler):
            fake = hub

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake: FakeHub

    def _serve(self):
        body = self._body()
        self.fake.requests.append((self.command, self.path))
        for method, pattern, answer in _ROUTES:
            match = re.fullmatch(pattern, unquote(self.path.partition("?")[0]))
            if match and self.command in method:
                return answer(self, body, *match.groups())
        self.send(404)

    do_GET = do_HEAD = do_POST = do_PUT = _serve

    def _body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def send(self, status, content=b"", headers=()):
        content = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **dict(headers)}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def may_write(self):
        if self.headers.get("Authorization") == f"Bearer {TOKEN}":
            return True
        self.send(401, {"error": "no token"})
        return False

    def create(self, body):
        if self.may_write():
            asked = json.loads(body)
            repo = f"{asked.get('organization', 'me')}/{asked['name']}"
            known = repo in self.fake.repos
            self.fake.repos.setdefault(repo, {})
            self.fake.private.setdefault(repo, asked.get("private", asked.get("visibility")))
            self.send(409 if known else 200, {"url": f"{self.fake.url}/{repo}"})

    def validate(self, body):
        assert json.loads(body)["content"].startswith("---\n")
        self.send(200, {"errors": [], "warnings": []})

    def preupload(self, body, repo):
        files = [
            {"path": file["path"], "uploadMode": "lfs" if file["path"].endswith(".safetensors") else "regular", "shouldIgnore": False}
            for file in json.loads(body)["files"]
        ]
        self.send(200, {"files": files})

    def batch(self, body, repo):
        objects = [
            {"oid": one["oid"], "size": one["size"], "actions": {"upload": {"href": f"{self.fake.url}/lfs/{one['oid']}"}}}
            for one in json.loads(body)["objects"]
        ]
        self.send(200, {"transfer": "basic", "objects": objects}, {"Content-Type": "application/vnd.git-lfs+json"})

    def upload(self, body, oid):
        assert hashlib.sha256(body).hexdigest() == oid
        self.fake.blobs[oid] = body
        self.send(200)

    def commit(self, body, repo):
        if self.may_write():
            for line in body.splitlines():
                part = json.loads(line)
                value = part["value"]
                if part["key"] == "file":
                    self.fake.repos[repo][value["path"]] = base64.b64decode(value["content"])
                if part["key"] == "lfsFile":
                    self.fake.repos[repo][value["path"]] = self.fake.blobs[value["oid"]]
            self.send(200, {"commitUrl": f"{self.fake.url}/{repo}/commit/{'c' * 40}", "commitOid": "c" * 40, "success": True})

    def resolve(self, body, repo, revision, name):
        files = self.fake.repos.get(repo, {})
        if repo not in self.fake.repos:
            self.send(404, headers={"X-Error-Code": "RepoNotFound"})
        elif name not in files:
            self.send(404, headers={"X-Error-Code": "EntryNotFound", "X-Repo-Commit": "c" * 40})
        else:
            content = files[name]
            self.send(200, content, {"X-Repo-Commit": "c" * 40, "ETag": f'"{hashlib.sha256(content).hexdigest()}"'})

    def log_message(self, *_):
        pass


_ROUTES = (
    (("POST",), "/api/repos/create", _Handler.create),
    (("POST",), "/api/validate-yaml", _Handler.validate),
    (("POST",), "/api/models/([^/]+/[^/]+)/preupload/main", _Handler.preupload),
    (("POST",), r"/([^/]+/[^/]+)\.git/info/lfs/objects/batch", _Handler.batch),
    (("PUT",), "/lfs/([0-9a-f]+)", _Handler.upload),
    (("POST",), "/api/models/([^/]+/[^/]+)/commit/main", _Handler.commit),
    (("GET", "HEAD"), "/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", _Handler.resolve),
)

"""Answers two calls of AWS Backup as its documentation has them: restore_jobs.py DIRECTORY

GET /restore-jobs/ID answers the file DIRECTORY/ID.json (API "DescribeRestoreJob"). PUT /restore-jobs/ID/validations keeps what was sent
in DIRECTORY/ID.results, a line each (API "PutRestoreValidationResult"), unless there is a file DIRECTORY/refuse.
"""

import http.server
import json
import pathlib
import sys

DIRECTORY = pathlib.Path(sys.argv[1])


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body=b"", error=None):
        self.send_response(status)
        if error:
            self.send_header("x-amzn-ErrorType", error)
            body = json.dumps({"Code": error, "Message": "no"}).encode()
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        file = DIRECTORY / f"{self.path.removeprefix('/restore-jobs/')}.json"
        if file.exists():
            self.answer(200, file.read_bytes())
        else:
            self.answer(400, error="ResourceNotFoundException")

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if (DIRECTORY / "refuse").exists():
            return self.answer(400, error="InvalidRequestException")
        job = self.path.removeprefix("/restore-jobs/").removesuffix("/validations")
        with open(DIRECTORY / f"{job}.results", "a") as results:
            results.write(body + "\n")
        self.answer(204)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"Running on http://127.0.0.1:{server.server_port}", file=sys.stderr, flush=True)
server.serve_forever()

"""An S3 that breaks off in the middle of every download, of the first one, or falls silent: broken_s3.py always|once|changed|silent

Its objects are the numbers from 0 to 255 again and again. "changed" is "once", and the object is written again at that moment.
Says on standard error where it listens.
"""

import http.server
import re
import sys
import time

OBJECT = bytes(range(256)) * 4000
downloads = 0


class Handler(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.head(0, len(OBJECT))

    def do_GET(self):
        global downloads
        downloads += 1
        asked = re.match(r"bytes=(\d+)-(\d*)$", self.headers.get("Range", "bytes=0-"))
        if "If-Match" in self.headers and self.headers["If-Match"] != self.tag():
            words = b"<Error><Code>PreconditionFailed</Code><Message>It was written again.</Message></Error>"
            self.send_response(412)
            self.send_header("Content-Length", str(len(words)))
            self.end_headers()
            self.wfile.write(words)
            return
        begin, end = int(asked[1]), min(int(asked[2] or len(OBJECT) - 1) + 1, len(OBJECT))
        self.head(begin, end)
        if sys.argv[1] in ("once", "changed") and downloads > 1:
            self.wfile.write(OBJECT[begin:end])
            return
        self.wfile.write(OBJECT[begin : (begin + end) // 2])
        self.wfile.flush()
        if sys.argv[1] == "silent":
            time.sleep(600)
        self.close_connection = True

    def tag(self):
        is_new = sys.argv[1] == "changed" and downloads > 1
        return '"fedcba9876543210fedcba9876543210"' if is_new else '"0123456789abcdef0123456789abcdef"'

    def head(self, begin, end):
        self.send_response(206 if "Range" in self.headers else 200)
        self.send_header("Content-Length", str(end - begin))
        if "Range" in self.headers:
            self.send_header("Content-Range", f"bytes {begin}-{end - 1}/{len(OBJECT)}")
        self.send_header("ETag", self.tag())
        self.send_header("Last-Modified", "Wed, 25 Nov 2026 17:19:09 GMT")
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"Running on http://127.0.0.1:{server.server_port}", file=sys.stderr, flush=True)
server.serve_forever()

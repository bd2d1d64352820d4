"""Keeps each request as a line of JSON: listener.py FILE. Prints its port first."""
import http.server
import json
import sys
import time


class Handler(http.server.BaseHTTPRequestHandler):
    refused = set()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        with open(sys.argv[1], "a", encoding="utf-8") as file:
            print(json.dumps({"path": self.path, "type": self.headers["Content-Type"], "body": body}), file=file)
        if "silent" in self.path:
            time.sleep(600)
        refuses = "refuse" in self.path or ("once" in self.path and self.path not in self.refused)
        self.refused.add(self.path)
        self.send_response(500 if refuses else 200)
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_port, flush=True)
server.serve_forever()

"""What is told: receivers that keep what came, and misbehave when asked to."""

import http.server
import json
import threading
import time

from programs import wait_for

# Most of what is waited for comes within a second; a busy machine gets some more.
ARRIVAL_SECONDS_MAX = 30


class Got:
    """One request as it came."""

    def __init__(self, path, headers, body):
        self.path, self.headers, self.body, self.at = path, headers, body, time.time()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def id(self):
        return self.headers.get("webhook-id")


class Collection:
    """What came, and waiting for more."""

    def __init__(self):
        self.got = []

    def wait(self, count, seconds_max=ARRIVAL_SECONDS_MAX, where=lambda got: True):
        """At least so many that please."""
        chosen = lambda: [got for got in list(self.got) if where(got)]
        wait_for(lambda: len(chosen()) >= count, seconds_max, f"{count} messages arrive ({len(self.got)} did)")
        return chosen()


class Sink(Collection):
    """An HTTP server. `answer` says for each POST what to answer: a status, or status and JSON. `gauge` is what GET
    says."""

    def __init__(self, answer=lambda got: 200, port=0, gauge=str):
        super().__init__()
        sink = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                got = Got(self.path, self.headers, body)
                said = answer(got)
                status, content = said if isinstance(said, tuple) else (said, {})
                content = content if isinstance(content, bytes) else json.dumps(content).encode()
                sink.got.append(got)
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def do_GET(self):
                said = gauge().encode()
                self.send_response(200)
                self.send_header("content-type", "text/plain; version=0.0.4")
                self.send_header("content-length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            # Two hundred at once are nothing for a receiver.
            request_queue_size = 256

            def handle_error(self, *_):
                # A sender that was killed is part of the test.
                pass

        self.server = Server(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

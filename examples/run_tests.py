#!/usr/bin/env python3
"""Proves with real OpenTelemetry clients that what Hawkeye answers is exactly what happened.

Each combination of an example app, an OTLP encoding and a naming convention runs by itself: the app starts under
OpenTelemetry, gets a known mix of requests, and is stopped. Every request carries a trace id of its own, so each
can be looked up again afterwards. At last the server is killed and started again, and must still know all of them.

    HAWKEYE_BIN=target/release/hawkeye examples/run_tests.py [--only flask] [--requests 60]

Packages are installed once, into HAWKEYE_EXAMPLES_CACHE or else examples/.cache.
"""

import argparse
import collections
import concurrent.futures
import contextlib
import dataclasses
import hashlib
import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

EXAMPLES = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("HAWKEYE_EXAMPLES_CACHE") or EXAMPLES / ".cache").resolve()

# An app under OpenTelemetry takes 2 s to start on a free core.
START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 30
# An exporter is answered after the spans are stored, so this is only for the way to the reader.
READ_BACK_SECONDS_MAX = 10
REQUEST_SECONDS_MAX = 20
INSTALL_SECONDS_MAX = 600

COMBINATIONS_AT_ONCE = 2
REQUESTS_AT_ONCE = 4
# Smaller than a combination's number of requests, so that reading back takes several pages.
PAGE_SIZE = 25


# What is tested.


@dataclasses.dataclass(frozen=True)
class App:
    """An example app, how it spells the route of one order, and what its broken route raises."""

    name: str
    command: tuple[str, ...]
    folder: pathlib.Path
    order_route: str
    error_type: str


@dataclasses.dataclass(frozen=True)
class Place:
    """Where an app says that it runs."""

    provider: str
    deployment: str
    region: str


@dataclasses.dataclass(frozen=True)
class Combination:
    app: App
    protocol: str
    compression: str
    # The value of OTEL_SEMCONV_STABILITY_OPT_IN; empty stands for the old names.
    conventions: str
    place: Place

    @property
    def title(self):
        encoding = self.protocol + (f"+{self.compression}" if self.compression else "")
        return f"{self.app.name} {encoding} {CONVENTION_TITLES[self.conventions]}"

    @property
    def service(self):
        return self.title.replace(" ", "-").replace("/", "-").replace("+", "-")

    @property
    def version(self):
        # A comma and a space must survive the encoding of OTEL_RESOURCE_ATTRIBUTES.
        return f"2.0.0-{self.app.name}, größer"

    @property
    def instance(self):
        return f"{self.service}-7d9c"


CONVENTION_TITLES = {"": "old", "http": "new", "http/dup": "dup"}

PLACES = [
    Place("aws", "production", "eu-west-1"),
    Place("azure", "staging", "westeurope"),
    Place("gcp", "production", "europe-west1"),
    Place("on_premises", "factory", "hall-3"),
]

GRPC_AND_PROTOBUF = [("grpc", ""), ("grpc", "gzip"), ("http/protobuf", ""), ("http/protobuf", "gzip")]
# The JSON exporter for Python does not install beside this release of the others.
PYTHON_ENCODINGS = GRPC_AND_PROTOBUF
NODE_ENCODINGS = [*GRPC_AND_PROTOBUF, ("http/json", ""), ("http/json", "gzip")]

BY_HAND = {"requests.json": "application/json", "requests.ndjson": "application/x-ndjson"}


def combinations():
    python = CACHE / "python" / "venv" / "bin"
    traced_python = (str(python / "opentelemetry-instrument"), str(python / "python"))
    flask = App(
        "flask",
        (*traced_python, "flask_app.py"),
        EXAMPLES / "python",
        order_route="/orders/<int:order_id>",
        error_type="RuntimeError",
    )
    fastapi = App(
        "fastapi",
        (*traced_python, "fastapi_app.py"),
        EXAMPLES / "python",
        order_route="/orders/{order_id}",
        error_type="RuntimeError",
    )
    express = App(
        "express",
        ("node", "--require", "./tracing.js", "app.js"),
        CACHE / "node-express",
        order_route="/orders/:id",
        # Express answers for the broken route, so the span of the server hears of no exception.
        error_type="",
    )
    older = dataclasses.replace(express, name="express-older", folder=CACHE / "node-express-older")
    tested = [
        (flask, PYTHON_ENCODINGS, CONVENTION_TITLES),
        (fastapi, PYTHON_ENCODINGS, CONVENTION_TITLES),
        # Since 0.221 OpenTelemetry for Node sends the new names, whatever the variable says.
        (express, NODE_ENCODINGS, ["http"]),
        (older, NODE_ENCODINGS, CONVENTION_TITLES),
    ]
    kinds = [
        (app, *encoding, conventions)
        for app, encodings, modes in tested
        for encoding in encodings
        for conventions in modes
    ]
    return [Combination(*kind, PLACES[index % len(PLACES)]) for index, kind in enumerate(kinds)]


@dataclasses.dataclass(frozen=True)
class Call:
    """A request to an app, and what Hawkeye must say about it."""

    method: str
    target: str
    status: int
    route: str
    trace_id: str
    parent_span_id: str


def calls(app, count):
    """The same mix for every app; only the ids and the spelling of one route differ."""
    kinds = [
        ("GET", "/orders", 200, "/orders"),
        ("GET", "/orders?page=2&sort=item", 200, "/orders"),
        ("GET", "/orders/{number}", 200, app.order_route),
        ("POST", "/orders", 201, "/orders"),
        ("GET", "/orders/{number}?full=yes", 200, app.order_route),
        ("GET", "/reports/daily", 500, "/reports/daily"),
        ("GET", "/orders", 200, "/orders"),
        # A known route whose order does not exist, and a path that no route fits.
        ("GET", "/orders/9{number}000", 404, app.order_route),
        ("POST", "/orders", 201, "/orders"),
        ("GET", "/nothing/here/{number}", 404, "{unmatched}"),
    ]
    made = []
    for index in range(count):
        method, target, status, route = kinds[index % len(kinds)]
        target = target.format(number=1 + index % 100)
        made.append(Call(method, target, status, route, secrets.token_hex(16), secrets.token_hex(8)))
    return made


# One combination, from the start of the app to the comparison.


def check_combination(combination, hawkeye, folder, count):
    """Returns what is wrong, as sentences; nothing when all is right."""
    expected = calls(combination.app, count)
    log = folder / f"{combination.service}.log"
    started_ms = time.time() * 1e3
    relay = Relay(hawkeye.addresses["otlp_grpc" if combination.protocol == "grpc" else "otlp_http"])
    with relay, running_app(combination, relay.address, log) as (app, port):
        with concurrent.futures.ThreadPoolExecutor(REQUESTS_AT_ONCE) as pool:
            statuses = list(pool.map(lambda call: send(call, port), expected))
        faults = [
            f"the app answered {status} to {call.method} {call.target}, not {call.status}"
            for call, status in zip(expected, statuses)
            if status != call.status
        ]
        app.send_signal(signal.SIGTERM)
        code = app.wait(STOP_SECONDS_MAX)
        if code != 0:
            faults.append(f"the app ended with code {code}")
    ended_ms = time.time() * 1e3

    def is_read_back():
        return hawkeye.count_of(combination.service) >= count

    # A wrong count is told by the comparison, which knows more about it.
    poll(is_read_back, READ_BACK_SECONDS_MAX)
    faults += compare_wire(combination, relay.sent())
    faults += compare_facets(combination, expected, hawkeye)
    faults += compare_endpoints(combination, expected, hawkeye)
    faults += compare_requests(combination, expected, hawkeye, (started_ms, ended_ms))
    if faults:
        faults.append("the log of the app ends:\n" + log.read_text(errors="replace")[-2_000:])
    return faults


def send(call, port):
    """Sends one request and returns the status of the answer.

    It reads until the app closes the connection: then the app is done with the request, and its span has ended.
    """
    body = b'{"item":"coffee"}' if call.method == "POST" else b""
    head = (
        f"{call.method} {call.target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"traceparent: 00-{call.trace_id}-{call.parent_span_id}-01\r\n\r\n"
    )
    answer = b""
    with socket.create_connection(("127.0.0.1", port), REQUEST_SECONDS_MAX) as connection:
        connection.sendall(head.encode() + body)
        while chunk := connection.recv(65_536):
            answer += chunk
    return int(answer.split(b" ", 2)[1])


def compare_wire(combination, sent):
    """Whether the exporter spoke as it was told to: otherwise the combination would prove nothing."""
    faults = []
    if combination.protocol == "grpc":
        is_protocol = sent.startswith(b"PRI * HTTP/2.0")
    else:
        media_type = {"http/json": b"json", "http/protobuf": b"x-protobuf"}[combination.protocol]
        is_protocol = re.search(rb"(?i)\r\ncontent-type: application/" + media_type + rb"\r\n", sent)
    if not is_protocol:
        faults.append(f"the exporter did not speak {combination.protocol}: {sent[:300]}")
    # Attribute names are readable in every encoding unless they are compressed.
    names = {name for name in (b"http.method", b"http.request.method") if name in sent}
    wanted = {
        "": {b"http.method"},
        "http": {b"http.request.method"},
        "http/dup": {b"http.method", b"http.request.method"},
    }[combination.conventions]
    if names != (set() if combination.compression else wanted):
        faults.append(f"the exporter sent the names {names}")
    return faults


def compare_facets(combination, expected, hawkeye):
    """The sums by status, method, endpoint, version and environment; these come from the rollups."""
    place, count = combination.place, len(expected)
    environment = f"{place.provider}/{place.deployment}/{place.region}"
    wanted = {
        "status": collections.Counter(str(call.status) for call in expected),
        "method": collections.Counter(call.method for call in expected),
        "endpoint": collections.Counter(
            f"{combination.service} {call.method} {call.route}" for call in expected
        ),
        "version": {combination.version: count},
        "environment": {environment: count},
        "provider": {place.provider: count},
        "deployment": {place.deployment: count},
        "region": {place.region: count},
        "service": {combination.service: count},
    }
    answer = hawkeye.get("/api/v1/facets", service=combination.service, fields=",".join(wanted))
    faults = []
    for field, counts in wanted.items():
        got = {value["label"]: value["requests"] for value in answer["fields"][field]}
        if got != dict(counts):
            faults.append(f"facet {field} is {got}, not {dict(counts)}")
    return faults


def compare_endpoints(combination, expected, hawkeye):
    """The statistics of each endpoint."""
    answer = hawkeye.get("/api/v1/endpoints", service=combination.service, limit=100)
    got = {
        (item["method"], item["route"]): (
            item["stats"]["requests"],
            item["stats"]["client_errors"],
            item["stats"]["server_errors"],
        )
        for item in answer["items"]
    }
    wanted = {}
    for call in expected:
        requests, client_errors, server_errors = wanted.get((call.method, call.route), (0, 0, 0))
        wanted[call.method, call.route] = (
            requests + 1,
            client_errors + (400 <= call.status < 500),
            server_errors + (call.status >= 500),
        )
    return [] if got == wanted else [f"the endpoints are {got}, not {wanted}"]


def compare_requests(combination, expected, hawkeye, window_ms):
    """Each single request, found again by the trace id it was sent with."""
    rows = hawkeye.requests_of(combination.service)
    faults = []
    if len(rows) != len(expected):
        faults.append(f"{len(rows)} requests were read back, not {len(expected)}")
    if len({row["span_id"] for row in rows}) != len(rows):
        faults.append("span ids are not unique")
    by_trace = {row["trace_id"]: row for row in rows}
    unknown = by_trace.keys() - {call.trace_id for call in expected}
    if unknown:
        faults.append(f"{len(unknown)} requests were never sent, for example {by_trace[unknown.pop()]}")

    place = combination.place
    for call in expected:
        row = by_trace.get(call.trace_id)
        if row is None:
            faults.append(f"{call} is missing")
            continue
        path = call.target.split("?")[0]
        wanted = {
            "service": combination.service,
            "method": call.method,
            "route": call.route,
            "status": call.status,
            "outcome": "ok" if call.status < 400 else "client_error" if call.status < 500 else "server_error",
            "error_type": combination.app.error_type if call.status >= 500 else "",
            "kind": "server",
            # A path that is its own route is not stored twice.
            "path": "" if path == call.route else path,
            "parent_span_id": call.parent_span_id,
            "version": combination.version,
            "instance": combination.instance,
            "provider": place.provider,
            "deployment": place.deployment,
            "region": place.region,
            "synthetic": False,
        }
        flat = row | row["endpoint"] | row["environment"]
        got = {field: flat[field] for field in wanted}
        if got != wanted:
            differing = {field: (got[field], wanted[field]) for field in wanted if got[field] != wanted[field]}
            faults.append(f"{call.method} {call.target} differs (got, expected): {differing}")
        end_ms = row["start_ms"] + row["duration_ms"]
        # A thousandth for the rounding to microseconds.
        if not window_ms[0] - 1 <= row["start_ms"] <= end_ms <= window_ms[1] + 1:
            faults.append(f"{call.method} {call.target} ran outside of the test: {row['start_ms']} to {end_ms}")
    return faults


def check_by_hand(hawkeye, file, media_type):
    """The files that are sent by hand, record by record."""
    body = (EXAMPLES / "curl" / file).read_bytes()
    lines = body.splitlines() if media_type == "application/x-ndjson" else []
    sent = [json.loads(line) for line in lines] or json.loads(body)
    answer = hawkeye.post("/api/v1/requests", body, media_type)
    faults = []
    if answer != {"accepted": len(sent), "duplicates": 0, "rejected": 0, "errors": []}:
        faults.append(f"the answer is {answer}")

    def facts(record, endpoint):
        # What the path of the one record without a route becomes.
        route = endpoint.get("route", "/orders/{id}")
        return (endpoint.get("method", "GET"), route, record.get("status", 200), record["duration_ms"])

    wanted = sorted(facts(record, record) for record in sent)
    got = sorted(facts(row, row["endpoint"]) for row in hawkeye.requests_of(sent[0]["service"]))
    return faults if got == wanted else [*faults, f"the requests are {got}, not {wanted}"]


def check_totals(hawkeye, expected_requests):
    """The server's own count of what it took in: nothing twice, nothing refused."""
    ingest = hawkeye.get("/api/v1/status")["ingest"]
    faults = []
    if ingest["requests_accepted"] != expected_requests:
        faults.append(f"{ingest['requests_accepted']} requests were accepted, not {expected_requests}")
    if ingest["requests_rejected"] != 0:
        faults.append(f"{ingest['requests_rejected']} requests were rejected")
    return faults


def check_after_kill(hawkeye, services, count):
    """What an exporter was told is stored survives kill -9."""
    hawkeye.kill()
    hawkeye.start()
    answer = hawkeye.get("/api/v1/facets", fields="service", limit=5_000)
    by_service = {value["value"]: value["requests"] for value in answer["fields"]["service"]}
    faults = [
        f"{service} has {by_service.get(service, 0)} requests after the restart, not {count}"
        for service in services
        if by_service.get(service) != count
    ]
    for service in services:
        rows = len(hawkeye.requests_of(service))
        if rows != count:
            faults.append(f"{service} has {rows} single requests after the restart, not {count}")
    return faults


# The programs that take part.


class Hawkeye:
    """A server with a data folder of its own, on free ports."""

    def __init__(self, binary, folder):
        self.binary = binary
        self.data = folder / "data"
        self.log = folder / "hawkeye.log"
        self.output = folder / "hawkeye.out"
        self.process = None
        self.addresses = {}

    def start(self):
        variables = {name: value for name, value in os.environ.items() if not name.startswith("HAWKEYE_")}
        variables |= {
            "HAWKEYE_SERVER__HTTP_ADDRESS": "127.0.0.1:0",
            "HAWKEYE_OTLP__HTTP_ADDRESS": "127.0.0.1:0",
            "HAWKEYE_OTLP__GRPC_ADDRESS": "127.0.0.1:0",
            "HAWKEYE_STORAGE__PATH": str(self.data),
        }
        with self.output.open("wb") as output, self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve"], env=variables, stdin=subprocess.DEVNULL, stdout=output, stderr=log
            )

        def is_listening():
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended: {self.log.read_text(errors='replace')[-2_000:]}")
            lines = self.output.read_text().splitlines(keepends=True)
            self.addresses = dict(line.split() for line in lines if line.endswith("\n"))
            return {"listening", "otlp_http", "otlp_grpc"} <= self.addresses.keys()

        if not poll(is_listening, START_SECONDS_MAX):
            raise RuntimeError("the server does not say where it listens")

    def get(self, path, **parameters):
        return self.ask(urllib.request.Request(f"{self.url(path)}?{urllib.parse.urlencode(parameters)}"))

    def post(self, path, body, media_type):
        return self.ask(urllib.request.Request(self.url(path), body, {"content-type": media_type}))

    def url(self, path):
        return self.addresses["listening"] + path

    def ask(self, question):
        # A proxy has no business between two programs of one machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(question, timeout=REQUEST_SECONDS_MAX) as answer:
            return json.load(answer)

    def count_of(self, service):
        return self.get("/api/v1/overview", service=service)["current"]["requests"]

    def requests_of(self, service):
        rows, cursor = [], {}
        while True:
            page = self.get("/api/v1/requests", service=service, limit=PAGE_SIZE, **cursor)
            rows += page["items"]
            if page["next_cursor"] is None:
                return rows
            cursor = {"cursor": page["next_cursor"]}

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Returns whether the server ended in order."""
        if self.process is None or self.process.poll() is not None:
            return False
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_SECONDS_MAX) == 0
        except subprocess.TimeoutExpired:
            self.kill()
            return False


class Relay:
    """Passes connections on to an address, byte by byte, and remembers what was sent there."""

    def __init__(self, url):
        self.target = urllib.parse.urlsplit(url)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.connections = []

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        # Closing alone would not wake the thread that waits for a connection.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection((self.target.hostname, self.target.port))
                sent = bytearray()
                self.connections.append(sent)
                threading.Thread(target=pump, args=(near, far, sent), daemon=True).start()
                threading.Thread(target=pump, args=(far, near, bytearray()), daemon=True).start()

    def sent(self):
        return b"".join(self.connections)


def pump(source, sink, copy):
    with contextlib.suppress(OSError):
        while chunk := source.recv(65_536):
            copy += chunk
            sink.sendall(chunk)
        sink.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def running_app(combination, endpoint, log):
    """The app and its port, once it accepts connections. It is killed if it still runs at the end."""
    for _ in range(3):
        port = free_port()
        with log.open("ab") as output:
            app = subprocess.Popen(
                combination.app.command,
                cwd=combination.app.folder,
                env=app_variables(combination, endpoint, port),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        try:
            if poll(lambda: app.poll() is not None or accepts(port), START_SECONDS_MAX) and app.poll() is None:
                yield app, port
                return
        finally:
            if app.poll() is None:
                app.kill()
            app.wait()
    raise RuntimeError(f"the app does not start: {log.read_text(errors='replace')[-2_000:]}")


def app_variables(combination, endpoint, port):
    """What a user sets, and nothing else."""
    place = combination.place
    # The older name of the deployment belongs to the older conventions.
    deployment = "deployment.environment.name" if combination.conventions else "deployment.environment"
    attributes = {
        "service.version": combination.version,
        "service.instance.id": combination.instance,
        "cloud.provider": place.provider,
        "cloud.region": place.region,
        deployment: place.deployment,
    }
    variables = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    variables |= {
        "PORT": str(port),
        "NO_PROXY": "127.0.0.1,localhost",
        "OTEL_SERVICE_NAME": combination.service,
        "OTEL_RESOURCE_ATTRIBUTES": ",".join(
            f"{name}={urllib.parse.quote(value)}" for name, value in attributes.items()
        ),
        "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
        "OTEL_EXPORTER_OTLP_PROTOCOL": combination.protocol,
        "OTEL_METRICS_EXPORTER": "none",
        "OTEL_LOGS_EXPORTER": "none",
        # Several exports while requests come in, and one more at the end.
        "OTEL_BSP_SCHEDULE_DELAY": "100",
    }
    if combination.compression:
        variables["OTEL_EXPORTER_OTLP_COMPRESSION"] = combination.compression
    if combination.conventions:
        variables["OTEL_SEMCONV_STABILITY_OPT_IN"] = combination.conventions
    return variables


def free_port():
    """A port that nobody had a moment ago. If somebody takes it meanwhile, the app ends and gets another."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def accepts(port):
    # No request, since that would be counted.
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def poll(condition, seconds_max):
    """Whether the condition came true in time."""
    deadline = time.monotonic() + seconds_max
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


# Packages.


def install_python():
    requirements = EXAMPLES / "python" / "requirements.txt"
    folder = CACHE / "python"
    with installation(folder, sys.version.encode() + requirements.read_bytes()) as is_needed:
        if is_needed:
            run([sys.executable, "-m", "venv", "--clear", folder / "venv"], folder)
            pip = [folder / "venv" / "bin" / "python", "-m", "pip", "--disable-pip-version-check"]
            run([*pip, "install", "--quiet", "--requirement", requirements], folder)


def install_node(packages, folder):
    """The app with the packages that another folder names."""
    source = EXAMPLES / "node-express"
    node = subprocess.run(["node", "--version"], capture_output=True, check=True).stdout
    with installation(folder, node + (packages / "package-lock.json").read_bytes()) as is_needed:
        for path in (packages / "package.json", packages / "package-lock.json", packages / ".npmrc"):
            shutil.copy(path, folder)
        for path in (source / "app.js", source / "tracing.js"):
            shutil.copy(path, folder)
        if is_needed:
            run(["npm", "ci", "--ignore-scripts", "--silent"], folder)


@contextlib.contextmanager
def installation(folder, inputs):
    """Whether the folder has to be installed anew, because its inputs are others than the last time."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp, digest = folder / "installed", hashlib.sha256(inputs).hexdigest()
    is_needed = not stamp.exists() or stamp.read_text() != digest
    if is_needed:
        print(f"installing {folder.name}", flush=True)
    yield is_needed
    stamp.write_text(digest)


def run(command, folder):
    subprocess.run(command, cwd=folder, check=True, timeout=INSTALL_SECONDS_MAX, stdin=subprocess.DEVNULL)


# The whole.


class Report:
    """Prints one line per check, and counts."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def add(self, title, faults, seconds):
        self.passed += not faults
        self.failed += bool(faults)
        print(f"{'FAILED' if faults else 'ok':6} {title} ({seconds:.1f} s)", flush=True)
        # The first faults tell the story; sixty of the same kind hide it.
        for fault in faults[:5] + faults[5:][-1:]:
            print("       " + fault.replace("\n", "\n       "), flush=True)


def timed(check, *arguments):
    """What the check found wrong, and how long it took. What breaks it off is a fault as well."""
    started = time.monotonic()
    try:
        faults = check(*arguments)
    except Exception as error:  # One broken combination must not hide the others.
        faults = [f"{type(error).__name__}: {error}"]
    return faults, time.monotonic() - started


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="run the combinations whose title contains this")
    parser.add_argument("--requests", type=int, default=60, help="requests per combination")
    options = parser.parse_args()
    binary = os.environ.get("HAWKEYE_BIN")
    if not binary:
        parser.error("set HAWKEYE_BIN to the hawkeye program to test")
    chosen = [combination for combination in combinations() if options.only in combination.title]
    if not chosen:
        parser.error(f"no combination has `{options.only}` in its title")

    install_python()
    express = EXAMPLES / "node-express"
    install_node(express, CACHE / "node-express")
    install_node(express / "older-opentelemetry", CACHE / "node-express-older")
    report = Report()
    with tempfile.TemporaryDirectory(prefix="hawkeye-examples-") as name:
        folder = pathlib.Path(name)
        hawkeye = Hawkeye(pathlib.Path(binary).resolve(), folder)
        try:
            hawkeye.start()
            with concurrent.futures.ThreadPoolExecutor(COMBINATIONS_AT_ONCE) as pool:
                running = {
                    pool.submit(timed, check_combination, combination, hawkeye, folder, options.requests): combination
                    for combination in chosen
                }
                for done in concurrent.futures.as_completed(running):
                    report.add(f"{running[done].title}: {options.requests} requests", *done.result())
            total = options.requests * len(chosen)
            report.add(f"all together: {total} requests", *timed(check_totals, hawkeye, total))
            for file, media_type in BY_HAND.items():
                report.add(f"by hand: {file}", *timed(check_by_hand, hawkeye, file, media_type))
            services = [combination.service for combination in chosen]
            killed = timed(check_after_kill, hawkeye, services, options.requests)
            report.add(f"after kill -9 and a restart: {total} requests", *killed)
        finally:
            stopped = hawkeye.stop()
        report.add("the server stops in order", [] if stopped else [hawkeye.log.read_text()[-2_000:]], 0)
    print(f"{report.passed} passed, {report.failed} failed", flush=True)
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())

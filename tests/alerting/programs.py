"""The programs that take part: Hawkeye, Prometheus, Alertmanager and amtool, on free ports in folders of their own."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

# A debug build on a busy core takes some seconds to start.
START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 30
REQUEST_SECONDS_MAX = 30

PROMETHEUS = "prometheus"
ALERTMANAGER = "prometheus-alertmanager"

# Where links in messages begin. A server on a free port does not know its own address.
PUBLIC_URL = "http://hawkeye.example"

# A proxy has no business between two programs of one machine.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Wrong(Exception):
    """Something is not as it should be; the message says what."""


def check(is_right, message):
    if not is_right:
        raise Wrong(message)


def check_equal(got, expected, what):
    check(got == expected, f"{what} is {got!r}, not {expected!r}")


def wait_for(condition, seconds_max, what):
    """The first true answer of the condition."""
    deadline = time.monotonic() + seconds_max
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise Wrong(f"{what}: not within {seconds_max} s")
        time.sleep(0.05)


def free_port():
    """A port that nobody had a moment ago."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def request(method, url, body=None, headers=None):
    """Status and body of the answer, whatever the status is."""
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": "application/json"} | (headers or {})
    question = urllib.request.Request(url, data, headers, method=method)
    try:
        with OPENER.open(question, timeout=REQUEST_SECONDS_MAX) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read()


class Program:
    """A program that runs until it is stopped. What it says is in a file beside its data."""

    def __init__(self, folder, name):
        self.folder = pathlib.Path(folder)
        self.log = self.folder / f"{name}.log"
        self.process = None

    def run(self, command, variables=None, output=None):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                env=os.environ if variables is None else variables,
                stdin=subprocess.DEVNULL,
                stdout=output or log,
                stderr=log,
                cwd=self.folder,
            )

    def check_runs(self):
        if self.process.poll() is not None:
            raise Wrong(f"the program ended: {self.log.read_text(errors='replace')[-2_000:]}")

    def is_ready(self, url):
        self.check_runs()
        try:
            return request("GET", url)[0] == 200
        except OSError:
            return False

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Returns whether it ended in order."""
        if self.process is None or self.process.poll() is not None:
            return False
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_SECONDS_MAX) == 0
        except subprocess.TimeoutExpired:
            self.kill()
            return False

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()


class Hawkeye(Program):
    """The server under test. `options` are its configuration's, as HAWKEYE_ALERTING__HEARTBEAT_URL."""

    def __init__(self, folder, command="serve", **options):
        super().__init__(folder, "hawkeye")
        self.command = command
        self.binary = pathlib.Path(os.environ["HAWKEYE_BIN"]).resolve()
        self.output = self.folder / "hawkeye.out"
        self.options = options
        self.url = None

    def start(self):
        variables = {name: value for name, value in os.environ.items() if not name.startswith("HAWKEYE_")}
        variables |= {
            "HAWKEYE_SERVER__HTTP_ADDRESS": "127.0.0.1:0",
            "HAWKEYE_OTLP__HTTP_ADDRESS": "127.0.0.1:0",
            "HAWKEYE_OTLP__GRPC_ADDRESS": "127.0.0.1:0",
            "HAWKEYE_STORAGE__PATH": str(self.folder / "data"),
            # What receives is on this machine.
            "HAWKEYE_ALERTING__NETWORKS_ALLOWED": "127.0.0.0/8",
            "HAWKEYE_ALERTING__PUBLIC_URL": PUBLIC_URL,
        } | self.options
        with self.output.open("wb") as output:
            self.run([self.binary, self.command], variables, output)

        def is_listening():
            self.check_runs()
            lines = self.output.read_text().splitlines(keepends=True)
            addresses = dict(line.split() for line in lines if line.endswith("\n"))
            self.url = addresses.get("listening")
            return self.url is not None and self.is_ready(f"{self.url}/-/ready")

        wait_for(is_listening, START_SECONDS_MAX, "the server says where it listens")

    def ask(self, method, path, body=None):
        status, answer = request(method, self.url + path, body)
        check(status < 300, f"{method} {path} answered {status}: {answer[:500].decode(errors='replace')}")
        return json.loads(answer) if answer else None

    def get(self, path, **parameters):
        return self.ask("GET", f"{path}?{urllib.parse.urlencode(parameters)}")

    def channel(self, id, kind, **secrets):
        channel = {"id": id, "name": id, "is_enabled": True, "kind": kind}
        self.ask("PUT", f"/api/v1/channels/{id}", {"channel": channel, "secrets": secrets})

    def webhook(self, id, url, **secrets):
        self.channel(id, {"type": "webhook", "url": url}, **secrets)

    def route(self, *steps, group_by=("alertname", "instance"), group_interval_s=1, **others):
        """Everything takes these steps; a step is a dictionary, or stands for its channels at once."""
        steps = [step if isinstance(step, dict) else {"after_s": 0, "channels": list(step)} for step in steps]
        routing = self.get("/api/v1/alert-routing") | others
        routing["route"] |= {"group_by": list(group_by), "group_interval_s": group_interval_s}
        routing["receivers"] = [{"name": "default", "steps": steps}]
        self.ask("PUT", "/api/v1/alert-routing", routing)

    def send(self, *alerts):
        """As Prometheus would."""
        self.ask("POST", "/api/v2/alerts", list(alerts))

    def alerts(self, **query):
        return self.get("/api/v1/alerts", **query)["items"]


def alert(instance, is_over=False, labels=None, annotations=None):
    """An alert as it is posted."""
    made = {
        "labels": {"alertname": "Test", "severity": "critical", "instance": instance} | (labels or {}),
        "annotations": {"summary": f"{instance} is down"} | (annotations or {}),
    }
    return made | ({"endsAt": "2020-01-01T00:00:00Z"} if is_over else {})


class Prometheus(Program):
    """Scrapes a target each second, and sends what its one rule says to an Alertmanager, or to what speaks like one."""

    def __init__(self, folder, target_url, alertmanager_url, rule):
        super().__init__(folder, "prometheus")
        self.target, self.alertmanager = (urllib.parse.urlsplit(url).netloc for url in (target_url, alertmanager_url))
        self.rule = rule

    def start(self):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        # JSON is YAML, too.
        config = {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": ["rules.yml"],
            "alerting": {
                "alertmanagers": [
                    {"api_version": "v2", "static_configs": [{"targets": [self.alertmanager]}]}
                ]
            },
            "scrape_configs": [{"job_name": "orders", "static_configs": [{"targets": [self.target]}]}],
        }
        rules = {"groups": [{"name": "test", "rules": [self.rule]}]}
        (self.folder / "rules.yml").write_text(json.dumps(rules))
        (self.folder / "prometheus.yml").write_text(json.dumps(config))
        self.run(
            [
                PROMETHEUS,
                "--config.file=prometheus.yml",
                "--storage.tsdb.path=tsdb",
                f"--web.listen-address=127.0.0.1:{port}",
            ]
        )
        wait_for(lambda: self.is_ready(f"{self.url}/-/ready"), START_SECONDS_MAX, "Prometheus is ready")


class Alertmanager(Program):
    """Alone, with one webhook."""

    def __init__(self, folder, webhook_url):
        super().__init__(folder, "alertmanager")
        self.webhook_url = webhook_url

    def start(self):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        route = {"receiver": "hook", "group_by": ["alertname"], "group_wait": "0s", "group_interval": "1s"}
        receivers = [{"name": "hook", "webhook_configs": [{"url": self.webhook_url}]}]
        (self.folder / "alertmanager.yml").write_text(json.dumps({"route": route, "receivers": receivers}))
        self.run(
            [
                ALERTMANAGER,
                "--config.file=alertmanager.yml",
                "--storage.path=alertmanager",
                f"--web.listen-address=127.0.0.1:{port}",
                "--cluster.listen-address=",
            ]
        )
        wait_for(lambda: self.is_ready(f"{self.url}/-/ready"), START_SECONDS_MAX, "Alertmanager is ready")


def amtool(url, *arguments, is_json=False):
    """What amtool prints; that it fails is wrong."""
    command = ["amtool", f"--alertmanager.url={url}", *(["--output=json"] if is_json else []), *arguments]
    # A configuration of whoever runs this must not count.
    variables = os.environ | {"HOME": "/nonexistent", "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(command, capture_output=True, text=True, env=variables, timeout=60, check=False)
    check(done.returncode == 0, f"{' '.join(command)} failed: {(done.stderr or done.stdout)[-500:]}")
    return json.loads(done.stdout) if is_json else done.stdout

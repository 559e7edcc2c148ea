#!/usr/bin/env python3
"""Alerting against the real programs it works with: Prometheus, Alertmanager, amtool, an SMTP server; and against
receivers that behave like Slack, PagerDuty, Opsgenie, Discord, Teams and web hooks, or misbehave.

    HAWKEYE_BIN=target/debug/hawkeye tests/alerting/run_tests.py [--only mail]

Needs Debian's packages prometheus and prometheus-alertmanager, and openssl. Packages of Python are installed once, into
HAWKEYE_ALERTING_CACHE or else tests/alerting/.cache.
"""

import argparse
import concurrent.futures
import hashlib
import logging
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import warnings

HERE = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("HAWKEYE_ALERTING_CACHE") or HERE / ".cache").resolve()
INSTALL_SECONDS_MAX = 600
PROGRAMS = ("prometheus", "prometheus-alertmanager", "amtool", "openssl")

# Each has a server of its own, which mostly waits.
CHECKS_AT_ONCE = 4


def install():
    """The Python that has the packages."""
    requirements = HERE / "requirements.txt"
    stamp, digest = CACHE / "installed", hashlib.sha256(sys.version.encode() + requirements.read_bytes())
    python = CACHE / "venv" / "bin" / "python"
    if not stamp.exists() or stamp.read_text() != digest.hexdigest():
        print("installing Python packages", flush=True)
        CACHE.mkdir(parents=True, exist_ok=True)
        pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        for command in ([sys.executable, "-m", "venv", "--clear", CACHE / "venv"], [*pip, "-r", requirements]):
            subprocess.run(command, check=True, timeout=INSTALL_SECONDS_MAX, stdin=subprocess.DEVNULL)
        stamp.write_text(digest.hexdigest())
    return python


def checks():
    # A client that does not trust the server, and a warning that aiosmtpd gives about itself.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", category=DeprecationWarning, module="aiosmtpd")
    # These need the packages.
    import delivery
    import mail
    import prometheus
    import rule_files
    import services

    # What takes longest comes first.
    return [
        ("mail: the chart of an anomaly", mail.check_chart),
        ("A2: a sink that is down, then up", delivery.check_recovery),
        ("Prometheus to Hawkeye to Alertmanager", prometheus.check_chain),
        ("mail: STARTTLS, login, threads", mail.check_threads),
        ("mail: 4xx comes again, 5xx is told elsewhere", mail.check_refusals),
        ("amtool: alerts, silences, configuration, kill -9", prometheus.check_amtool),
        ("A12: hostile labels in a mail", mail.check_hostile),
        ("A12: hostile labels in web hooks, signed", services.check_webhooks),
        ("A12: hostile labels in Slack", services.check_slack),
        ("A12: hostile labels in PagerDuty and Opsgenie", services.check_pagers),
        ("A12: hostile labels in Discord and Teams", services.check_chats),
        ("acknowledge by a link", delivery.check_link),
        ("escalation to whoever is on call", delivery.check_escalation),
        ("hawkeye rules check, diff, apply, test", rule_files.check_rules),
    ]


def timed(check):
    """What is wrong, what else is known, and how long it took. A folder for each."""
    notes, started = [], time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hawkeye-alerting-") as folder:
        try:
            check(pathlib.Path(folder), notes.append)
            fault = None
        except Exception as error:  # One broken check must not hide the others.
            place = error.__traceback__
            while place.tb_next and pathlib.Path(place.tb_next.tb_frame.f_code.co_filename).parent == HERE:
                place = place.tb_next
            here = f"{pathlib.Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}"
            fault = f"{type(error).__name__}: {error} (at {here})"
    return fault, notes, time.monotonic() - started


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="run the checks whose title contains this")
    options = parser.parse_args()
    if not os.environ.get("HAWKEYE_BIN"):
        parser.error("set HAWKEYE_BIN to the hawkeye program to test")
    missing = [name for name in PROGRAMS if not shutil.which(name)]
    if missing:
        parser.error(f"install {', '.join(missing)}: apt-get install prometheus prometheus-alertmanager openssl")
    python = install()
    if pathlib.Path(sys.prefix) != python.parent.parent:
        os.execv(python, [python, __file__, *sys.argv[1:]])
    chosen = [(title, check) for title, check in checks() if options.only in title]
    if not chosen:
        parser.error(f"no check has `{options.only}` in its title")
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(CHECKS_AT_ONCE) as pool:
        running = {pool.submit(timed, check): title for title, check in chosen}
        for done in concurrent.futures.as_completed(running):
            fault, notes, seconds = done.result()
            failed += fault is not None
            print(f"{'FAILED' if fault else 'ok':6} {running[done]} ({seconds:.1f} s)", flush=True)
            for line in [*notes, *([fault] if fault else [])]:
                print("       " + line.replace("\n", "\n       "), flush=True)
    print(f"{len(chosen) - failed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

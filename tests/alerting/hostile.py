"""Labels that somebody wrote to do harm."""

import json
import re

# The largest notification of any channel. Common receivers take a megabyte.
BODY_SIZE_BYTES_MAX = 256 * 1_024

# What follows a line break in labels and annotations.
LINES = ("Bcc:", "X-Injected:", "RCPT TO:")

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"
MENTIONS = "@here @channel @everyone <!here> <!channel> <!subteam^S1> <@U123> <at>everyone</at>"
TEMPLATE = "{{ 7*7 }} {% for a in alerts %}x{% endfor %} ${7*7} {{ secrets }}"
LINK = "[click](https://evil.example) <https://evil.example|Open in Hawkeye> javascript:alert(1)"
LONG = "x" * 10_000


def hostile_alert(is_over=False):
    commands = "down\r\nBcc: evil@example.com\r\nX-Injected: yes\r\n\r\nRCPT TO:<evil@example.com>"
    text = f"{commands} {SCRIPT} {MENTIONS} {TEMPLATE} {LINK} \x1b[31m\u202e"
    made = {
        "labels": {
            "alertname": f"Hostile {SCRIPT} {MENTIONS} {TEMPLATE}",
            "severity": "critical",
            "service": f"orders\r\nBcc: evil@example.com {MENTIONS}",
            "endpoint": f"POST /orders {SCRIPT} {LINK}",
            "environment": f"aws/{TEMPLATE}/{MENTIONS}",
            "team": MENTIONS,
            "long": LONG,
            "instance": "hostile",
        },
        "annotations": {
            "summary": f"{text} {LONG[:2_000]}",
            "description": f"One line.\n{text}",
            "runbook_url": "javascript:alert(document.cookie)",
        },
        "generatorURL": "javascript:alert(1)",
    }
    return made | ({"endsAt": "2020-01-01T00:00:00Z"} if is_over else {})


def strings(value):
    """All strings in JSON, with the names of the fields that lead there."""
    if isinstance(value, str):
        yield (), value
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from (((name, *path), text) for path, text in strings(item))


def live_mentions(value):
    """What would call everybody: an `@` right before such a word."""
    found = re.compile(r"@(?:here|channel|everyone)", re.IGNORECASE)
    return [text for _, text in strings(value) if found.search(text)]


def controls(value):
    """Strings with characters that no message needs."""
    return [text for _, text in strings(value) if re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", text)]


def size(value):
    return len(json.dumps(value).encode())

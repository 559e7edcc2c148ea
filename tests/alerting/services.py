"""Receivers that behave like the services that people use. What they are sent must have the right shape, whatever is in
the labels: fired, acknowledged and resolved, with labels that somebody wrote to do harm."""

import base64
import hashlib
import hmac
import re
import time

from hostile import BODY_SIZE_BYTES_MAX, LONG, controls, hostile_alert, live_mentions, size, strings
from programs import PUBLIC_URL, Hawkeye, check, check_equal
from sinks import Sink

# All that may be in markup for Slack: our own links. Of labels there are only bytes in %XX.
OUR_LINK = rf"<{re.escape(PUBLIC_URL)}/[\w./?=&;%~-]*\|(Acknowledge|Silence|Open in Hawkeye|Details)>"
OUR_MARKUP = re.compile(f"{OUR_LINK}( · {OUR_LINK})*")

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def tell_all_there_is(hawkeye, sinks):
    """A hostile alert fires, is acknowledged, and is over. Each sink has three messages or more of it then."""
    hawkeye.send(hostile_alert())
    for sink in sinks:
        sink.wait(1)
    [fired] = hawkeye.alerts()
    hawkeye.ask("POST", "/api/v1/alerts/actions", {"ids": [fired["id"]], "action": "acknowledge", "actor": "ann"})
    for sink in sinks:
        sink.wait(2)
    hawkeye.send(hostile_alert(is_over=True))
    for sink in sinks:
        sink.wait(3)


def check_signature(got):
    """Standard Webhooks, written anew from its specification."""
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signed = b".".join([got.id.encode(), got.headers["webhook-timestamp"].encode(), got.body])
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    check_equal(got.headers["webhook-signature"], f"v1,{expected}", "the signature")
    age_s = time.time() - int(got.headers["webhook-timestamp"])
    check(-5 <= age_s <= 120, f"the signature is {age_s:.0f} s old")


def check_webhooks(folder, note):
    attempts = []

    def failing_once(got):
        attempts.append(got)
        return 503 if len(attempts) == 1 else 200

    template = '{"text": {{ title }}, "labels": {{ common_labels }}, "first": {{ alerts[0].summary }}}'
    formats = {"json": {}, "cloud_events": {}, "alertmanager": {}, "template": {"template": template}}
    with Hawkeye(folder) as hawkeye:
        sinks = {name: Sink() for name in formats}
        for name, more in formats.items():
            kind = {"type": "webhook", "url": sinks[name].url, "format": name, "headers": {"x-team": "checkout"}} | more
            hawkeye.channel(name.replace("_", "-"), kind, signing_secret=SECRET, bearer_token="t0ken")
        retried = Sink(failing_once)
        hawkeye.channel("retried", {"type": "webhook", "url": retried.url}, signing_secret=SECRET)
        hawkeye.route([*(name.replace("_", "-") for name in formats), "retried"])
        tell_all_there_is(hawkeye, sinks.values())
        retried.wait(4)
        for name, sink in [*sinks.items(), ("retried", retried)]:
            for got in sink.got:
                check_signature(got)
                check(len(got.body) < BODY_SIZE_BYTES_MAX, f"{name}: {len(got.body)} bytes")
                if name != "retried":
                    check_equal(got.headers["authorization"], "Bearer t0ken", f"{name}: the token")
                    check_equal(got.headers["x-team"], "checkout", f"{name}: the header of the channel")
                injected = [it for it in got.headers if it.lower() in ("bcc", "x-injected")]
                check_equal(injected, [], f"{name}: injected headers")
        check_equal(len({got.id for got in retried.got[:2]}), 1, "ids of the first notification's two attempts")
        check_equal(len({got.id for got in retried.got}), 3, "ids of three notifications")

        statuses = [got.json["status"] for got in sinks["json"].got]
        check_equal(statuses, ["firing", "acknowledged", "resolved"], "the statuses")
        check_equal(len({got.json["thread"] for got in sinks["json"].got}), 1, "the number of threads")
        first = sinks["json"].got[0].json
        [told] = first["alerts"]
        sent = hostile_alert()["labels"]
        for label in ("alertname", "service", "endpoint", "team"):
            check_equal(told["labels"][label], sent[label], f"the label {label}, which JSON carries as it is")
        check(len(told["labels"]["long"]) < len(LONG), "a long label is not cut")
        check(max(len(text) for _, text in strings(first)) <= 2_100, "a text is not cut")

        for got in sinks["cloud_events"].got:
            check(got.headers["content-type"].startswith("application/cloudevents+json"), "the content type")
            event = got.json
            check_equal(event["specversion"], "1.0", "the version of CloudEvents")
            check_equal(event["type"], f"dev.hawkeye.notification.{event['data']['status']}", "the type")
            for field in ("id", "source", "time", "subject"):
                check(event[field], f"the event has no {field}")
            check_equal(event["id"], event["data"]["key"], "the event's id")
        for got, status in zip(sinks["alertmanager"].got, ["firing", "firing", "resolved"]):
            body = got.json
            check_equal((body["version"], body["status"]), ("4", status), "version and status of Alertmanager's shape")
            for field in ("receiver", "groupKey", "groupLabels", "commonLabels", "commonAnnotations", "externalURL"):
                check(field in body, f"Alertmanager's shape has no {field}")
            check_equal(body["alerts"][0]["status"], status, "the alert's status in Alertmanager's shape")
        rendered = sinks["template"].got[0].json
        check_equal(rendered["labels"]["team"], sent["team"], "the label in a template")
        check("{{ 7*7 }}" in rendered["first"], "a template in a label was filled in")


def check_slack(folder, note):
    count = []

    def answer(got):
        count.append(got)
        return 200, {"ok": True, "channel": "C024BE91L", "ts": f"17000000{len(count)}.000100"}

    with Hawkeye(folder) as hawkeye, Sink(answer) as api, Sink(lambda got: (200, b"ok")) as hook:
        hawkeye.channel("bot", {"type": "slack", "channel": "#alerts", "api_url": f"{api.url}/api"}, token="xoxb-1")
        hawkeye.channel("hook", {"type": "slack_webhook"}, url=f"{hook.url}/services/T0/B0/secret")
        hawkeye.route(["bot", "hook"])
        tell_all_there_is(hawkeye, [hook])
        # One message, then an update and a reply of each further notification.
        api.wait(5)
        for got in api.got:
            check_equal(got.headers["authorization"], "Bearer xoxb-1", "the token")
        methods = [got.path.removeprefix("/api/") for got in api.got]
        check_equal(methods, ["chat.postMessage"] + 2 * ["chat.update", "chat.postMessage"], "the methods")
        first, *others = [got.json for got in api.got]
        check_equal(first["channel"], "#alerts", "the channel of the first message")
        for body in others:
            check_equal(body["channel"], "C024BE91L", "the channel of what follows")
            check_equal(body.get("ts") or body["thread_ts"], "170000001.000100", "the message that is meant")
        check("[resolved]" in others[-2]["text"], "the message is not updated to resolved")
        for body in [got.json for got in [*api.got, *hook.got]]:
            check_equal(live_mentions(body), [], "mentions")
            check_equal(controls(body), [], "control characters")
            check(size(body) < 40_000, f"{size(body)} bytes")
            check(len(body["blocks"]) <= 50, f"{len(body['blocks'])} blocks")
            check_equal((body["parse"], body["link_names"]), ("none", False), "how Slack reads names")
            check("<" not in body["text"], f"markup in the text: {body['text']}")
            for texts in texts_of(body["blocks"]):
                check(len(texts["text"]) <= 3_000, "a block is too long")
                if texts["type"] == "mrkdwn":
                    check(OUR_MARKUP.fullmatch(texts["text"]), f"other than our links in markup: {texts['text']}")


def texts_of(value):
    """All text objects of Slack's blocks."""
    if isinstance(value, dict):
        if value.get("type") in ("mrkdwn", "plain_text"):
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from texts_of(item)


def check_pagers(folder, note):
    with Hawkeye(folder) as hawkeye, Sink(lambda got: (202, {"status": "success"})) as pagerduty:
        with Sink(lambda got: (202, {"result": "Request will be processed"})) as opsgenie:
            hawkeye.channel("pagerduty", {"type": "pager_duty", "api_url": pagerduty.url}, routing_key="R0123456789")
            hawkeye.channel("opsgenie", {"type": "opsgenie", "api_url": opsgenie.url}, api_key="0ps")
            hawkeye.route(["pagerduty", "opsgenie"])
            tell_all_there_is(hawkeye, [pagerduty, opsgenie])
        events = [got.json for got in pagerduty.got]
        check_equal({got.path for got in pagerduty.got}, {"/v2/enqueue"}, "PagerDuty's path")
        check_equal([it["event_action"] for it in events], ["trigger", "acknowledge", "resolve"], "the actions")
        check_equal(len({it["dedup_key"] for it in events}), 1, "the number of keys")
        check(len(events[0]["dedup_key"]) <= 255, "the key is too long")
        check_equal({it["routing_key"] for it in events}, {"R0123456789"}, "the routing key")
        payload = events[0]["payload"]
        check_equal(payload["severity"], "critical", "PagerDuty's severity")
        check(payload["source"] and len(payload["summary"]) <= 1_024, "source and summary")
        check(size(events[0]) < 512 * 1_024, f"{size(events[0])} bytes")
        check_equal(controls([event for event in events]), [], "control characters")
        for link in events[0]["links"]:
            check(link["href"].startswith(PUBLIC_URL), f"odd link {link}")

        paths = [got.path for got in opsgenie.got]
        alias = opsgenie.got[0].json["alias"]
        close = [f"/v2/alerts/{alias}/{action}?identifierType=alias" for action in ("acknowledge", "close")]
        check_equal(paths, ["/v2/alerts", *close], "Opsgenie's paths")
        check_equal({got.headers["authorization"] for got in opsgenie.got}, {"GenieKey 0ps"}, "the key")
        made = opsgenie.got[0].json
        check_equal(made["priority"], "P1", "Opsgenie's priority")
        check(len(made["message"]) <= 130 and len(made["description"]) <= 15_000, "Opsgenie's bounds")
        check(len(alias) <= 512, "the alias is too long")
        check("<script" not in made["description"], "markup in Opsgenie's description")
        total = sum(len(name) + len(value) for name, value in made["details"].items())
        check(total <= 8_000, f"Opsgenie's details have {total} characters")


def check_chats(folder, note):
    with Hawkeye(folder) as hawkeye, Sink(lambda got: (204, b"")) as discord, Sink(lambda got: (202, b"")) as teams:
        hawkeye.channel("discord", {"type": "discord"}, url=f"{discord.url}/api/webhooks/1/secret")
        hawkeye.channel("teams", {"type": "teams"}, url=f"{teams.url}/workflows/1")
        hawkeye.route(["discord", "teams"])
        tell_all_there_is(hawkeye, [discord, teams])
        for got in discord.got:
            body = got.json
            check_equal(body["allowed_mentions"], {"parse": []}, "whom Discord may mention")
            check_equal(live_mentions(body), [], "mentions in Discord")
            check_equal(controls(body), [], "control characters in Discord")
            check(len(body["content"]) <= 2_000, "Discord's content is too long")
            [embed] = body["embeds"]
            texts = [embed["title"], embed["description"], embed["footer"]["text"]]
            check(len(embed["title"]) <= 256 and len(embed["description"]) <= 4_096, "an embed's part is too long")
            check(sum(len(text) for text in texts) <= 6_000, "the embed is too long")
            check("[click](" not in embed["description"], "a link from a label in Discord")
            check("<@" not in embed["description"].replace("\\<", ""), "a mention in Discord")
        for got in teams.got:
            body = got.json
            check(len(got.body) <= 28 * 1_024, f"{len(got.body)} bytes for Teams")
            check_equal(live_mentions(body), [], "mentions in Teams")
            check_equal(controls(body), [], "control characters in Teams")
            [card] = body["attachments"]
            check_equal(card["contentType"], "application/vnd.microsoft.card.adaptive", "the kind of the card")
            # In a TextBlock markdown would be read.
            kinds = {text for path, text in strings(card) if path[-1] == "type"}
            check("TextBlock" not in kinds, f"kinds in the card: {kinds}")
            links = [text for path, text in strings(card) if path[-1] == "url"]
            check(all(link.startswith(PUBLIC_URL) for link in links), f"links in the card: {links}")

"""Mail through a real SMTP server with STARTTLS, a private authority and login."""

import html.parser
import struct
import subprocess
import zlib

from hostile import BODY_SIZE_BYTES_MAX, LINES, hostile_alert
from mail_server import MailServer
from programs import PUBLIC_URL, Hawkeye, alert, check, check_equal
from sinks import Sink

# Retried after five seconds.
RETRY_SECONDS_MAX = 30
# The demo writes weeks of requests and detects in them.
DEMO_SECONDS_MAX = 110

TAGS_KNOWN = {"html", "head", "meta", "body", "h1", "p", "a", "b", "br", "div", "img", "span"}
HEADERS_KNOWN = {
    "from", "to", "subject", "date", "message-id", "in-reply-to", "references", "auto-submitted",
    "x-auto-response-suppress", "mime-version", "content-type", "content-transfer-encoding",
}


def certificate(folder):
    """An authority of our own and what it certifies: the authority's file, and the server's two."""
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    for command in (
        ["req", "-x509", *new_key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Test authority",
         "-addext", "basicConstraints=critical,CA:TRUE"],
        ["req", *new_key, "-keyout", "mail.key", "-out", "mail.csr", "-subj", "/CN=Mail"],
        ["x509", "-req", "-in", "mail.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
         "-extfile", "names", "-out", "mail.pem"],
    ):
        subprocess.run(["openssl", *command], cwd=folder, check=True, capture_output=True, timeout=60)
    return folder / "ca.pem", folder / "mail.pem", folder / "mail.key"


def channel(hawkeye, id, server, to=("Ann <ann@example.com>", "bob@example.com")):
    kind = {
        "type": "email", "smtp_host": "127.0.0.1", "smtp_port": server.port, "security": "starttls",
        "username": server.USER, "from": "Hawkeye <hawkeye@example.com>", "to": list(to),
    }
    hawkeye.channel(id, kind, password=server.PASSWORD)


class Tags(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.attributes = set(), [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}
        self.links += [value for name, value in attributes if name in ("href", "src")]


def parts(letter):
    """The text and the HTML."""
    kinds = [part.get_content_type() for part in letter.message.walk() if not part.is_multipart()]
    check_equal(kinds[:2], ["text/plain", "text/html"], "the parts")
    check_equal(letter.message.get_content_type(), "multipart/alternative", "the kind of the mail")
    text, page = letter.message.get_body(("plain",)), letter.message.get_body(("html",))
    return text.get_content(), page.get_content()


def check_threads(folder, note):
    """What a mail has, and that the mails of a run are one thread."""
    authority, own_certificate, key = certificate(folder)
    with MailServer(own_certificate, key) as server:
        with Hawkeye(folder, SSL_CERT_FILE=str(authority)) as hawkeye:
            channel(hawkeye, "mail", server)
            hawkeye.route(["mail"])
            hawkeye.send(alert("a", annotations={"description": "Line one.\nLine two."}))
            first = server.wait(1)[0]
            check(first.is_secured, "the connection is not secured")
            check_equal(first.login, server.USER, "who logged in")
            check_equal(first.sender, "hawkeye@example.com", "the sender")
            check_equal(first.recipients, ["ann@example.com", "bob@example.com"], "the recipients")
            message = first.message
            check_equal(message["subject"], "[critical] Critical: a is down", "the subject")
            check_equal(message["auto-submitted"], "auto-generated", "Auto-Submitted")
            names = {name.lower() for name in message.keys()}
            check(names <= HEADERS_KNOWN, f"odd headers: {names - HEADERS_KNOWN}")
            text, page = parts(first)
            for words in ("[critical] a is down", "Line one.", "Line two.", "Acknowledge: http", "Why you are told"):
                check(words in text, f"`{words}` is missing in the text: {text}")
            tags = Tags(page)
            check(tags.tags <= TAGS_KNOWN, f"odd tags in {tags.tags}")
            check(any("/ack/" in link for link in tags.links), "no link acknowledges")
            hawkeye.send(alert("a", is_over=True))
            last = server.wait(2)[1].message
            check(last["subject"].startswith("[resolved]"), f"the last subject: {last['subject']}")
            check(message["message-id"] != last["message-id"], "both have the same id")
            check_equal(last["references"], message["references"], "References")
            check_equal(last["in-reply-to"], message["references"], "In-Reply-To")
            hawkeye.send(alert("b"))
            other = server.wait(3)[2].message
            check(other["references"] != message["references"], "another alert is in the same thread")
        # The same server without our authority: nobody is told over a connection that nobody vouches for.
        stranger = folder / "stranger"
        stranger.mkdir()
        with Hawkeye(stranger) as hawkeye:
            channel(hawkeye, "mail", server)
            tested = hawkeye.ask("POST", "/api/v1/channels/mail/test")
            check_equal(tested["outcome"], "retry", "a test over an untrusted connection")
            check("no trusted connection" in tested["error"], f"the error does not say why: {tested['error']}")
        check_equal(len(server.got), 3, "the number of mails")


def check_chart(folder, note):
    """A mail about an anomaly shows it. The demo has one that is not over."""
    authority, own_certificate, key = certificate(folder)
    with MailServer(own_certificate, key) as server:
        with Hawkeye(folder, command="demo", SSL_CERT_FILE=str(authority)) as hawkeye:
            channel(hawkeye, "mail", server)
            hawkeye.route(["mail"], group_by=["service"], tell_demo=True)
            letter = server.wait(1, DEMO_SECONDS_MAX)[0]
    _, page = parts(letter)
    [image] = [part for part in letter.message.walk() if part.get_content_maintype() == "image"]
    check_equal(image.get_content_type(), "image/png", "the kind of the image")
    check_equal(image.get_content_disposition(), "inline", "how the image is shown")
    check_equal(image["content-id"].strip("<>"), "chart@hawkeye", "the name of the image")
    check('src="cid:chart@hawkeye"' in page, "the page does not show the image")
    width, height = png_size(image.get_content())
    check(400 <= width <= 2_000 and 100 <= height <= 1_000, f"the image has {width} x {height} points")
    check("demo data" in page, "it does not say that it is about the demo")
    note(f"{len(letter.raw)} bytes with a chart of {width} x {height} points")


def png_size(data):
    """Width and height; every part of the file must be whole."""
    check(data.startswith(b"\x89PNG\r\n\x1a\n"), "the image is no PNG")
    at, kinds, points = 8, [], b""
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        content = data[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack_from(">I", data, at + 8 + length)
        check_equal(checksum, zlib.crc32(kind + content), "a checksum in the image")
        kinds.append(kind)
        points += content if kind == b"IDAT" else b""
        at += 12 + length
    check_equal((kinds[0], kinds[-1]), (b"IHDR", b"IEND"), "the first and the last part of the image")
    check(len(set(zlib.decompress(points))) > 2, "the image shows nothing")
    return struct.unpack_from(">II", data, 16)


def check_refusals(folder, note):
    """4xx is tried again with the same id; 5xx is lost, and said on the other channels."""
    authority, own_certificate, key = certificate(folder)
    attempts = []

    def answer(letter):
        if "gone@example.com" in letter.recipients:
            return "550 5.7.1 not wanted"
        attempts.append(letter)
        return "451 4.3.0 come back" if len(attempts) == 1 else "250 taken"

    server = MailServer(own_certificate, key, answer)
    with server, Sink() as sink, Hawkeye(folder, SSL_CERT_FILE=str(authority)) as hawkeye:
        channel(hawkeye, "busy", server, ["busy@example.com"])
        hawkeye.route(["busy"])
        hawkeye.send(alert("a"))
        first, again = server.wait(2, RETRY_SECONDS_MAX)
        check_equal(again.message["message-id"], first.message["message-id"], "the id of the second attempt")
        waited = again.at - first.at
        check(waited >= 4, f"tried again after {waited:.1f} s already")

        channel(hawkeye, "gone", server, ["gone@example.com"])
        hawkeye.webhook("hook", sink.url)
        hawkeye.route(["gone"])
        hawkeye.send(alert("b"))
        told = sink.wait(1)[0].json
        check_equal(told["reason"], "dead_letter", "what the other channel is told")
        check("gone" in told["title"] and "550" in " ".join(told["why"]), f"the loss: {told['title']} {told['why']}")
        lost = hawkeye.get("/api/v1/notifications", state="dead")["items"]
        check_equal([it["channel"] for it in lost], ["gone"], "the lost notifications")
        note(f"the second attempt came {waited:.1f} s after the first, asked are 5 s")


def check_hostile(folder, note):
    """No label becomes a header, a recipient or markup, and none makes a mail large."""
    authority, own_certificate, key = certificate(folder)
    with MailServer(own_certificate, key) as server, Hawkeye(folder, SSL_CERT_FILE=str(authority)) as hawkeye:
        channel(hawkeye, "mail", server)
        hawkeye.route(["mail"])
        hawkeye.send(hostile_alert())
        letter = server.wait(1)[0]
        message = letter.message
        check_equal(letter.recipients, ["ann@example.com", "bob@example.com"], "the recipients")
        names = [name.lower() for name in message.keys()]
        check(set(names) <= HEADERS_KNOWN, f"headers were added: {set(names) - HEADERS_KNOWN}")
        check_equal(len(names), len(set(names)), "the number of different headers")
        lines = letter.raw.split(b"\r\n\r\n", 1)[0].split(b"\r\n")
        check(max(len(line) for line in lines) < 998, "a header's line is longer than 998 bytes")
        check(len(message["subject"]) <= 150, "the subject is long")
        text, page = parts(letter)
        tags = Tags(page)
        check(tags.tags <= TAGS_KNOWN, f"odd tags: {tags.tags - TAGS_KNOWN}")
        check(not any(name.startswith("on") for name in tags.attributes), f"odd attributes: {tags.attributes}")
        for link in tags.links:
            check(link.startswith(f"{PUBLIC_URL}/"), f"odd link {link}")
        check(len(letter.raw) < BODY_SIZE_BYTES_MAX, f"{len(letter.raw)} bytes")
        check("{{ 7*7 }}" in text, "a template in a label was filled in")
        check(not any(line.startswith(LINES) for line in text.splitlines()), "a line of a label stands alone")
        note(f"{len(letter.raw)} bytes of mail for {len(str(hostile_alert()))} bytes of alert")

"""An SMTP server that keeps what came."""

import contextlib
import email
import email.policy
import ssl
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from programs import free_port
from sinks import Collection


class Letter:
    """One mail as it came."""

    def __init__(self, envelope, is_secured, login):
        self.sender, self.recipients = envelope.mail_from, envelope.rcpt_tos
        self.raw, self.is_secured, self.login = envelope.content, is_secured, login
        self.message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.at = time.time()


class MailServer(Collection):
    """A real SMTP server with STARTTLS and login. `answer` says for each letter what to answer after its data."""

    USER, PASSWORD = "hawkeye", "correct horse battery staple"

    def __init__(self, certificate, key, answer=lambda letter: "250 taken"):
        super().__init__()
        mail = self

        class Handler:
            async def handle_DATA(self, server, session, envelope):
                login = session.auth_data.decode() if session.auth_data else None
                letter = Letter(envelope, session.ssl is not None, login)
                said = answer(letter)
                mail.got.append(letter)
                return said

        def authenticate(server, session, envelope, mechanism, data):
            known = data.login.decode() == self.USER and data.password.decode() == self.PASSWORD
            return AuthResult(success=known, auth_data=data.login if known else None)

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.port = free_port()
        self.controller = Controller(
            Handler(),
            hostname="127.0.0.1",
            port=self.port,
            tls_context=context,
            require_starttls=True,
            authenticator=authenticate,
            auth_required=True,
        )

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(RuntimeError):
            self.controller.stop()

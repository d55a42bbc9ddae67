#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An SMTP server on a free port of 127.0.0.1; writes the port, then each message it takes as a line of JSON.

Arguments say how it behaves: `RCPT=550 no` or `DATA=451 later` is what it answers there, to the first `TIMES=2` messages
or to all; `DATA=hang` never answers, `DATA=cut` closes the connection. `REFUSED=a@example.org` is an address that it does
not take. `CERTIFICATE=file` and `KEY=file` make it ask for STARTTLS, `PASSWORD=word` for a log-in of the user muster. Ends
when its standard input does.
"""

import asyncio
import json
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

behaviour = dict(argument.split("=", 1) for argument in sys.argv[1:])
left = int(behaviour.get("TIMES", "1000000"))


def answer(command):
    """What is answered to a command in place of OK, as often as that is ordered."""
    global left
    if command not in behaviour or left == 0:
        return None
    left -= 1
    return behaviour[command]


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        refusal = "550 5.1.1 unknown here" if behaviour.get("REFUSED") == address else answer("RCPT")
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        refusal = answer("DATA")
        if refusal == "hang":
            await asyncio.sleep(3600)
        if refusal == "cut":
            server.transport.abort()
        if refusal:
            return refusal
        taken = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "content": envelope.content.decode("ascii"),
            "encrypted": session.ssl is not None,
            "user": session.auth_data.login.decode() if session.auth_data else None,
        }
        print(json.dumps(taken), flush=True)
        return "250 taken"


class AnyPort(Controller):
    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def is_muster(server, session, envelope, mechanism, data):
    # Not handled: otherwise the server takes it that a wrong password has been answered to.
    success = (data.login, data.password) == (b"muster", behaviour["PASSWORD"].encode())
    return AuthResult(success=success, handled=False, auth_data=data)


options = {}
if "CERTIFICATE" in behaviour:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(behaviour["CERTIFICATE"], behaviour["KEY"])
    options.update(tls_context=context, require_starttls=True)
if "PASSWORD" in behaviour:
    options.update(authenticator=is_muster, auth_required=True)

controller = AnyPort(Handler(), hostname="127.0.0.1", port=0, **options)
controller.start()
print(controller.port, flush=True)
sys.stdin.read()
controller.stop()

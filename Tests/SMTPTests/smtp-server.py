#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""An SMTP server on a free port of 127.0.0.1; writes the port, then each message it takes as a line of JSON.

An argument `RCPT=550 no` or `DATA=451 later` is what it answers there. Ends when its standard input does.
"""

import json
import sys

from aiosmtpd.controller import Controller

answers = dict(argument.split("=", 1) for argument in sys.argv[1:])


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if "RCPT" in answers:
            return answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if "DATA" in answers:
            return answers["DATA"]
        taken = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "content": envelope.content.decode("ascii")}
        print(json.dumps(taken), flush=True)
        return "250 taken"


class AnyPort(Controller):
    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


controller = AnyPort(Handler(), hostname="127.0.0.1", port=0)
controller.start()
print(controller.port, flush=True)
sys.stdin.read()
controller.stop()

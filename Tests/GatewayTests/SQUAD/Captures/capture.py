#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes down what a real SQUAD answers, for SQUADCaptureTests to hold the gateway against.

    deploy/squad up; eval "$(deploy/squad env)"; python3 capture.py > answers.json

It wants a SQUAD in which nothing has happened yet: deploy/squad wipe before. What changes from run to run is masked: ids, times, and where the server is.
"""
import http.client
import json
import os
import re
import sys
import urllib.parse

URL = urllib.parse.urlsplit(os.environ["MUSTER_TEST_SQUAD_URL"])
TOKEN, PLAIN = os.environ["MUSTER_TEST_SQUAD_TOKEN"], os.environ["MUSTER_TEST_SQUAD_PLAIN_TOKEN"]
JOB = "/api/submitjob/muster/demo/1.0/qemu"
DEFINITION = "job_name: boot\ndevice_type: qemu\n"
FILE = (
    '--x\r\nContent-Disposition: form-data; name="backend"\r\n\r\nlab-a\r\n'
    '--x\r\nContent-Disposition: form-data; name="definition"; filename="job.yaml"\r\n'
    "Content-Type: application/octet-stream\r\n\r\n" + DEFINITION + "\r\n--x--\r\n"
)
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"


def form(**fields):
    return urllib.parse.urlencode(fields)


# name, method, path, body, type of the body, how the token is sent
CASES = [
    ("version", "GET", "/api/version/", None, None, "none"),
    ("submit", "POST", JOB + "/", form(backend="lab-a", definition=DEFINITION), FORM, "token"),
    ("submit without the slash, by Auth-Token", "POST", JOB, form(backend="lab-a", definition=DEFINITION), FORM, "auth"),
    ("submit a file", "POST", JOB, FILE, MULTIPART, "token"),
    ("no backend", "POST", JOB, form(definition=DEFINITION), FORM, "token"),
    ("unknown backend", "POST", JOB, form(backend="lab-z", definition=DEFINITION), FORM, "token"),
    ("no definition", "POST", JOB, form(backend="lab-a"), FORM, "token"),
    ("broken definition", "POST", JOB, form(backend="lab-a", definition="a: ["), FORM, "token"),
    ("no form", "POST", JOB, None, None, "token"),
    ("submit without a token", "POST", JOB, form(backend="lab-a", definition=DEFINITION), FORM, "none"),
    ("submit with a bad token", "POST", JOB, form(backend="lab-a", definition=DEFINITION), FORM, "bad"),
    ("submit without the right", "POST", JOB, form(backend="lab-a", definition=DEFINITION), FORM, "plain"),
    ("submit with GET", "GET", JOB, None, None, "token"),
    ("watch without an id", "POST", "/api/watchjob/muster/demo/1.0/qemu", form(backend="lab-a"), FORM, "token"),
    ("watch without a backend", "POST", "/api/watchjob/muster/demo/1.0/qemu", form(testjob_id="1"), FORM, "token"),
    ("watch an unknown backend", "POST", "/api/watchjob/muster/demo/1.0/qemu", form(testjob_id="1", backend="z"), FORM, "token"),
    ("watch a wrong id", "POST", "/api/watchjob/muster/demo/1.0/qemu", form(testjob_id="x", backend="lab-a"), FORM, "token"),
    ("create a build", "POST", "/api/createbuild/muster/demo/2.0", form(callback_url="https://ci.example.org/hook"), FORM, "token"),
    ("create a build again", "POST", "/api/createbuild/muster/demo/2.0", "", FORM, "token"),
    ("create a build, wrong method", "POST", "/api/createbuild/muster/demo/3.0", form(callback_url="https://a.example.org", callback_method="put"), FORM, "token"),
    ("create a build, wrong event", "POST", "/api/createbuild/muster/demo/3.0", form(callback_url="https://a.example.org", callback_event="x"), FORM, "token"),
    ("create a build, wrong url", "POST", "/api/createbuild/muster/demo/3.0", form(callback_url="nonsense"), FORM, "token"),
    ("groups", "GET", "/api/groups/?slug=muster", None, None, "token"),
    ("no such group", "GET", "/api/groups/?slug=nobody", None, None, "token"),
    ("projects", "GET", "/api/projects/?slug=demo&group=1", None, None, "token"),
    ("builds", "GET", "/api/builds/?version=1.0&project=1", None, None, "token"),
    ("no such build in the list", "GET", "/api/builds/?version=9.9&project=1", None, None, "token"),
    ("build", "GET", "/api/builds/1/", None, None, "token"),
    ("no such build", "GET", "/api/builds/999999/", None, None, "token"),
    ("status", "GET", "/api/builds/1/status/", None, None, "token"),
    ("status of an empty build", "GET", "/api/builds/2/status/", None, None, "token"),
    ("test jobs", "GET", "/api/builds/1/testjobs/?limit=2", None, None, "token"),
    ("test jobs, next page", "GET", "/api/builds/1/testjobs/?limit=2&offset=2", None, None, "token"),
    ("summary", "GET", "/api/builds/1/testjobs_summary/", None, None, "token"),
    ("summary by environment", "GET", "/api/builds/1/testjobs_summary/?per_environment", None, None, "token"),
    ("test job", "GET", "/api/testjobs/1/", None, None, "token"),
    ("no such test job", "GET", "/api/testjobs/999999/", None, None, "token"),
    ("definition", "GET", "/api/testjobs/1/definition/", None, None, "token"),
    ("callbacks", "GET", "/api/builds/2/callbacks/", None, None, "token"),
    ("register a callback", "POST", "/api/builds/1/callbacks/", form(callback_url="https://ci.example.org/1", callback_record_response="False"), FORM, "token"),
    ("the same callback again", "POST", "/api/builds/1/callbacks/", form(callback_url="https://ci.example.org/1"), FORM, "token"),
    ("register nothing", "POST", "/api/builds/1/callbacks/", "", FORM, "token"),
    ("register without a token", "POST", "/api/builds/1/callbacks/", form(callback_url="https://ci.example.org/1"), FORM, "none"),
    ("resubmit an unknown job", "POST", "/api/resubmit/999999", None, None, "token"),
    ("resubmit what runs", "POST", "/api/testjobs/1/resubmit/", None, None, "token"),
    ("resubmit what runs, the other way", "POST", "/api/resubmit/1", None, None, "token"),
    ("cancel a job", "POST", "/api/testjobs/1/cancel/", None, None, "token"),
    ("cancel a build", "POST", "/api/builds/1/cancel/", None, None, "token"),
]
TOKENS = {
    "token": {"Authorization": "token " + TOKEN},
    "auth": {"Auth-Token": TOKEN},
    "bad": {"Authorization": "token " + "0" * 40},
    "plain": {"Authorization": "token " + PLAIN},
    "none": {},
}


def masked(text):
    text = text.replace(f"http://{URL.netloc}", "SERVER")
    return re.sub(r'"\d{4}-\d\d-\d\dT[\d:.]+Z"', '"TIME"', text)


def ask(case):
    name, method, path, body, content_type, token = case
    connection = http.client.HTTPConnection(URL.hostname, URL.port, timeout=120)
    headers = dict(TOKENS[token])
    if content_type:
        headers["Content-Type"] = content_type
    connection.request(method, path, body=body, headers=headers)
    answer = connection.getresponse()
    text = answer.read().decode("utf-8", "replace")
    kind = answer.getheader("Content-Type", "")
    return {
        "name": name, "method": method, "path": path, "body": body, "body_type": content_type, "token": token,
        "status": answer.status, "type": kind, "text": masked(text if "<html" not in text else "HTML"),
    }


json.dump([ask(case) for case in CASES], sys.stdout, indent=1)
print()

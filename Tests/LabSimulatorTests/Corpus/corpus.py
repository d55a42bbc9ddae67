#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes corpus.json: job definitions, and what LAVA's own loader and schema say of each.

  corpus.py LAVA > corpus.json

LAVA is a clone of LAVA's repository with its release tags. The verdicts come from running its schema for submissions
at two releases, those that the simulator simulates; nothing of LAVA is copied. Needs PyYAML with libyaml (LAVA loads
definitions by CSafeLoader) and voluptuous. The definitions are written for this corpus: each has one property that
LAVA's sample jobs, or people's own jobs, have.
"""
import json
import subprocess
import sys
import tempfile
import types

VERSIONS = ("2023.01", "2024.05")

# The comment that Muster puts before what it submits; it drops a byte order mark.
TAG = "# muster: 00000000-0000-4000-8000-000000000000\n"

HEAD = "job_name: corpus\nvisibility: public\ntimeouts: {job: {minutes: 5}}\n"
DEVICE = "device_type: sim\n"
ACTIONS = "actions:\n- boot: {method: qemu}\n"
JOB = DEVICE + HEAD + ACTIONS
QUIET = "job_name: corpus\nvisibility: public\n"


def job(more="", head=DEVICE + HEAD, actions=ACTIONS):
    return head + more + actions


def actions(*lines):
    return job(actions="actions:\n" + "".join(f"- {line}\n" for line in lines))


def roles(text, more="", steps="- boot: {role: [host], method: qemu}\n"):
    return f"{HEAD}protocols:\n  lava-multinode:\n    roles:\n{text}{more}actions:\n{steps}"


HOST = "      host: {device_type: sim, count: 1}\n"
GUEST = "      guest: {connection: ssh, count: 2, expect_role: host, host_role: host, request: lava-start}\n"
DEFINITION = "{repository: 'https://git.example.org/tests.git', from: git, path: smoke.yaml, name: smoke}"
INLINE = "{repository: {metadata: {name: x}, run: {steps: [echo]}}, from: inline, path: x.yaml, name: x}"

CASES = {
    # How a text is written.
    "plain": JOB,
    "crlf": JOB.replace("\n", "\r\n"),
    "cr alone": JOB.replace("\n", "\r"),
    "no newline at the end": JOB.rstrip("\n"),
    "document marks": "---\n" + JOB + "...\n",
    "a directive": "%YAML 1.1\n---\n" + JOB,
    "a later version's directive": "%YAML 1.2\n---\n" + JOB,
    "byte order mark": "\ufeff" + JOB,
    "byte order mark, then a comment": "\ufeff# a job\n" + JOB,
    "byte order mark behind a comment": "# a job\n\ufeff" + JOB,
    "byte order mark behind a comment, flow style": "# a job\n\ufeff" + json.dumps({
        "device_type": "sim", "job_name": "corpus", "visibility": "public", "timeouts": {"job": {"minutes": 5}},
        "actions": [{"boot": {"method": "qemu"}}]}),
    "byte order mark behind a comment, document marks": "# a job\n\ufeff---\n" + JOB,
    "two byte order marks": "\ufeff\ufeff" + JOB,
    "JSON": json.dumps({"device_type": "sim", "job_name": "corpus", "visibility": "public",
                        "timeouts": {"job": {"minutes": 5}}, "actions": [{"boot": {"method": "qemu"}}]}),
    "JSON indented by tabs": '{\n\t"device_type": "sim",\n\t"job_name": "corpus",\n\t"visibility": "public",\n'
                             '\t"timeouts": {"job": {"minutes": 5}},\n\t"actions": [{"boot": {"method": "qemu"}}]\n}\n',
    "tab as indentation": "device_type: sim\njob_name: x\ntimeouts:\n\tjob: {minutes: 5}\n",
    "a comment on each line": JOB.replace("\n", "  # why\n"),
    "next line character": job("metadata: {a: \"b\u0085c\"}\n"),
    "emoji and other scripts": job("metadata: {a: 🚀, b: проверка, c: 测试}\n"),
    "only a comment": "# nothing\n",
    "empty": "",
    "a list": "- a\n- b\n",
    "a word": "hello\n",
    "two documents": JOB + "---\n" + JOB,
    "a lone mark at the end": JOB + "---\n",
    "a bell": job("metadata: {a: \"\\a\"}\n"),
    "a raw escape character": job("metadata: {a: \"\u001b[31m\"}\n"),
    "block scalars": actions("boot: {method: u-boot, commands: [a]}",
                             "test:\n    definitions:\n    - repository:\n        run:\n          steps:\n"
                             "          - |\n            echo one\n            echo two\n          - >-\n            folded\n"
                             "      from: inline\n      path: x.yaml\n      name: x"),
    "deep flow": job("metadata: {a: " + "[" * 30 + "]" * 30 + "}\n"),
    # What stands twice, anchors, merges.
    "priority twice": job("priority: low\npriority: high\n"),
    "device_type twice": "device_type: none\n" + JOB,
    "a key twice in a mapping of its own": job("metadata: {a: 1, a: two}\n"),
    "an anchor and an alias": job("metadata: {a: &x one, b: *x}\n"),
    "an alias before its anchor": job("metadata: {b: *x, a: &x one}\n"),
    "an undefined alias": job("metadata: {b: *y}\n"),
    "a merged timeout": job("", head="job_name: corpus\nvisibility: public\ndevice_type: sim\n"
                            "timeouts: {job: &t {minutes: 5}, action: {<<: *t}}\n"),
    "a merge of a word": job("metadata: {<<: word, b: 2}\n"),
    "a merge of a list of mappings": job("metadata: {a: 1}\nsecrets: {<<: [{a: b}, {c: d}], e: f}\n"),
    "an alias as a key": job("metadata: {&k a: 1, b: {*k : 2}}\n"),
    # Tags.
    "a python tag": job("context: {arch: !!python/object/apply:os.system [id]}\n"),
    "a python name": job("context: {arch: !!python/name:os.system }\n"),
    "a tag of one's own": job("metadata: {a: !mine 1}\n"),
    "a lone exclamation mark": job("metadata: {a: ! 12}\n"),
    "a text by tag": job("metadata: {a: !!str 12}\n"),
    "a number by tag": job("metadata: {a: !!int \"12\"}\n"),
    "a word that is no number, by tag": job("metadata: {a: !!int twelve}\n"),
    "a set": job("metadata: {a: !!set {x, y}}\n"),
    "an ordered mapping": job("metadata: {a: !!omap [x: 1]}\n"),
    "binary": job("metadata: {a: !!binary aGVsbG8=}\n"),
    "binary that is none": job("metadata: {a: !!binary x}\n"),
    "an equals sign": job("metadata: {a: =}\n"),
    # Keys.
    "an unrendered template as a value": "device_type: {{ DEVICE }}\n" + HEAD + ACTIONS,
    "an unrendered template as the document": "{{ DEVICE }}: 1\n",
    "a list as a key": job("metadata: {? [a] : 1}\n"),
    "a mapping as a key": job("metadata:\n  ? {a: 1}\n  : 2\n"),
    "an unrendered template in quotes": job("metadata: {a: '{{ DEVICE }}'}\n"),
    "a template's statement": "{% if x %}\n" + JOB,
    "a dollar sign": "device_type: $DEVICE\n" + HEAD + ACTIONS,
    "a number as a key": job("12: 3\n"),
    "nothing as a key": job("~: 3\n"),
    "an unknown key": job("target: kvm01\n"),
    # Types of the values that LAVA looks at.
    "job_name is a number": "device_type: sim\njob_name: 5\nvisibility: public\ntimeouts: {job: {minutes: 5}}\n" + ACTIONS,
    "job_name is a version": JOB.replace("job_name: corpus", "job_name: 6.10"),
    "job_name is a date": JOB.replace("job_name: corpus", "job_name: 2026-01-31"),
    "job_name is no date": JOB.replace("job_name: corpus", "job_name: 2026-13-31"),
    "job_name is yes": JOB.replace("job_name: corpus", "job_name: yes"),
    "job_name is quoted yes": JOB.replace("job_name: corpus", "job_name: 'yes'"),
    "job_name is empty": JOB.replace("job_name: corpus", "job_name: ''"),
    "job_name is nothing": JOB.replace("job_name: corpus", "job_name:"),
    "job_name of 200": JOB.replace("corpus", "n" * 200),
    "job_name of 201": JOB.replace("corpus", "n" * 201),
    "job_name of 200 characters that take more bytes": JOB.replace("corpus", "测" * 200),
    "job_name missing": JOB.replace("job_name: corpus\n", ""),
    "device_type is a number": JOB.replace("device_type: sim", "device_type: 7"),
    "device_type with a leading zero": JOB.replace("device_type: sim", "device_type: 0o17"),
    "device_type as octal": JOB.replace("device_type: sim", "device_type: 017"),
    "device_type with an exponent": JOB.replace("device_type: sim", "device_type: 1e3"),
    "device_type is empty": JOB.replace("device_type: sim", "device_type: ''"),
    "device_type is a list": JOB.replace("device_type: sim", "device_type: [sim]"),
    "visibility personal": JOB.replace("public", "personal"),
    "visibility private": JOB.replace("public", "private"),
    "visibility missing": JOB.replace("visibility: public\n", ""),
    "visibility of a group that is no list": JOB.replace("public", "{group: a}"),
    "visibility of something else": JOB.replace("public", "{team: [a]}"),
    "actions missing": DEVICE + HEAD,
    "actions empty": DEVICE + HEAD + "actions: []\n",
    "actions nothing": DEVICE + HEAD + "actions:\n",
    "actions a mapping": DEVICE + HEAD + "actions: {boot: {method: qemu}}\n",
    "timeouts missing": DEVICE + QUIET + ACTIONS,
    "timeouts without a job's": job(head=DEVICE + QUIET + "timeouts: {action: {minutes: 5}}\n"),
    "timeouts of every kind": job(head=DEVICE + QUIET + "timeouts: {job: {hours: 1}, action: {minutes: 5}, "
                                  "connection: {seconds: 30}, queue: {days: 1}, actions: {power-off: {seconds: 10}}, "
                                  "connections: {bootloader-interrupt: {minutes: 1}}}\n"),
    "a timeout as a number": job(head=DEVICE + QUIET + "timeouts: {job: 300}\n"),
    "a timeout as a text": job(head=DEVICE + QUIET + "timeouts: {job: {minutes: '5'}}\n"),
    "a timeout with a fraction": job(head=DEVICE + QUIET + "timeouts: {job: {minutes: 1.5}}\n"),
    "a timeout in sixties": job(head=DEVICE + QUIET + "timeouts: {job: {seconds: 1:30}}\n"),
    "a timeout in two units": job(head=DEVICE + QUIET + "timeouts: {job: {minutes: 5, seconds: 3}}\n"),
    "a timeout in weeks": job(head=DEVICE + QUIET + "timeouts: {job: {weeks: 1}}\n"),
    "an empty timeout": job(head=DEVICE + QUIET + "timeouts: {job: {}}\n"),
    "a timeout of zero": job(head=DEVICE + QUIET + "timeouts: {job: {minutes: 0}}\n"),
    "a timeout that is skipped": job(head=DEVICE + QUIET + "timeouts: {job: {minutes: 5, skip: true}}\n"),
    "a timeout of an action with capitals": job(
        head=DEVICE + QUIET + "timeouts: {job: {minutes: 5}, actions: {Power_Off: {minutes: 1}}}\n"),
    "priority as a word": job("priority: medium\n"),
    "priority as another word": job("priority: urgent\n"),
    "priority as a capital word": job("priority: High\n"),
    "priority as a number": job("priority: 77\n"),
    "priority as a number in quotes": job("priority: '77'\n"),
    "priority with a fraction": job("priority: 7.5\n"),
    "priority yes": job("priority: yes\n"),
    # The rest of the top level.
    "metadata of texts and numbers": job("metadata: {a: b, c: 3, d: '4.5', e: true}\n"),
    "metadata with a fraction": job("metadata: {a: 4.5}\n"),
    "metadata with a list": job("metadata: {a: [b, c]}\n"),
    "metadata with a mapping": job("metadata: {a: {b: c}}\n"),
    "metadata with nothing": job("metadata: {a: }\n"),
    "metadata with a date": job("metadata: {a: 2026-01-31}\n"),
    "metadata with a number as a key": job("metadata: {1: a}\n"),
    "metadata with a fraction as a key": job("metadata: {1.5: a}\n"),
    "metadata that is a list": job("metadata: [a]\n"),
    "context": job("context: {arch: amd64, memory: 2048, no_kvm: 'yes', extra_options: ['-smp', 4]}\n"),
    "context with an unknown variable": job("context: {colour: red}\n"),
    "context with a fraction": job("context: {memory: 1.5}\n"),
    "context with a mapping": job("context: {arch: {a: b}}\n"),
    "secrets": job("secrets: {API_KEY: a, NUMBER: 5}\n"),
    "secrets that are a list": job("secrets: [a]\n"),
    "environment": job("environment: {LANG: C}\n"),
    "environment that is a text": job("environment: LANG=C\n"),
    "reboot_to_fastboot": job("reboot_to_fastboot: false\n"),
    "reboot_to_fastboot as a text": job("reboot_to_fastboot: 'false'\n"),
    "a device of its own": job("device: sim-01\n"),
    "a tag that is a number": job("tags: [1]\n"),
    "tags that are a text": job("tags: usb\n"),
    "notify": job("notify: {criteria: {status: finished}, verbosity: quiet, callback: "
                  "{url: 'https://ci.example.org/', method: POST, dataset: all, content-type: json, token: t}}\n"),
    "notify callbacks": job("notify: {criteria: {status: complete}, callbacks: [{url: 'https://ci.example.org/'}]}\n"),
    "notify with both forms": job("notify: {criteria: {status: complete}, callback: {url: a}, callbacks: [{url: b}]}\n"),
    "notify without criteria": job("notify: {verbosity: quiet}\n"),
    "notify with an unknown status": job("notify: {criteria: {status: done}}\n"),
    "notify with an unknown verbosity": job("notify: {criteria: {status: all}, verbosity: loud}\n"),
    "notify with an unknown method": job("notify: {criteria: {status: all}, callback: {url: a, method: PUT}}\n"),
    "notify with a key of one's own": job("notify: {criteria: {status: all}, colour: red}\n"),
    "notify with recipients": job("notify: {criteria: {status: all}, recipients: [{to: {method: email, email: a@b.c}}]}\n"),
    "notify with a recipient by post": job("notify: {criteria: {status: all}, recipients: [{to: {method: post}}]}\n"),
    "notify that compares": job("notify: {criteria: {status: all}, compare: {query: {username: a, name: b}}}\n"),
    # Actions.
    "deploy, boot and test": actions(
        "deploy: {to: tmpfs, timeout: {minutes: 2}, images: {rootfs: {url: 'http://x/r', image_arg: '-drive {rootfs}'}}}",
        "boot: {method: qemu, media: tmpfs, prompts: ['root@'], auto_login: {login_prompt: 'login:', username: root}}",
        f"test: {{timeout: {{minutes: 3}}, definitions: [{DEFINITION}, {INLINE}]}}"),
    "deploy by tftp": actions("deploy: {to: tftp, kernel: {url: 'http://x/k', type: zimage}, dtb: {url: 'http://x/d'}, "
                              "modules: {url: 'http://x/m', compression: gz}, os: debian}"),
    "deploy by tftp without a URL": actions("deploy: {to: tftp, kernel: {image: k}}"),
    "deploy without to": actions("deploy: {images: {}}"),
    "deploy to a number": actions("deploy: {to: 5}"),
    "deploy with a container and steps": actions(
        "deploy: {to: downloads, images: {a: {url: 'http://x/a'}}, postprocess: {docker: {image: d, steps: [a, b]}}}"),
    "boot without method": actions("boot: {prompts: ['#']}"),
    "boot with commands as a text": actions("boot: {method: u-boot, commands: ramdisk, prompts: '#'}"),
    "boot with commands as a number": actions("boot: {method: u-boot, commands: 5}"),
    "boot with parameters": actions("boot: {method: minimal, parameters: {shutdown-message: off, count: 'x'}}"),
    "boot with a number as a parameter": actions("boot: {method: minimal, parameters: {count: 3}}"),
    "boot with a login that lacks its user": actions("boot: {method: qemu, auto_login: {login_prompt: 'login:'}}"),
    "boot with a login that has more": actions(
        "boot: {method: qemu, auto_login: {login_prompt: a, username: b, password_prompt: c, password: d, "
        "login_commands: [su]}}"),
    "boot with a login of another kind": actions(
        "boot: {method: qemu, auto_login: {login_prompt: a, username: b, shell: sh}}"),
    "test with monitors": actions(
        "test: {monitors: [{name: boot-log, start: a, end: b, pattern: '(?P<x>.*)', fixupdict: {PASS: pass}}]}"),
    "test with a monitor whose name has a space": actions(
        "test: {monitors: [{name: boot log, start: a, end: b, pattern: c}]}"),
    "test that is interactive": actions(
        "test: {interactive: [{name: net, prompts: ['=> '], echo: discard, script: "
        "[{command: dhcp, name: dhcp, successes: [{message: bound}], failures: [{message: TIMEOUT, exception: "
        "InfrastructureError, error: no net}]}, {command: null}, {delay: 5}]}]}"),
    "test that is interactive, with an unknown exception": actions(
        "test: {interactive: [{name: net, prompts: ['=> '], script: [{command: a, failures: [{message: b, exception: "
        "UserError}]}]}]}"),
    "test with services": actions(
        "test: {services: [{name: web, from: git, repository: 'https://x/y.git', path: compose.yaml, service: web}]}"),
    "test in a container": actions(f"test: {{docker: {{image: debian}}, definitions: [{DEFINITION}]}}"),
    "test without anything": actions("test: {timeout: {minutes: 2}}"),
    "test with a definition that lacks its name": actions(
        "test: {definitions: [{repository: 'https://x/y.git', from: git, path: a.yaml}]}"),
    "test with parameters": actions(
        "test: {definitions: [{repository: 'https://x/y.git', from: git, path: a.yaml, name: a, parameters: {A: 1, B: x}, "
        "branch: main, revision: abc}]}"),
    "test with parameters as a list": actions(
        "test: {definitions: [{repository: 'https://x/y.git', from: git, path: a.yaml, name: a, parameters: [A]}]}"),
    "test with an inline definition that has more": actions(
        "test: {definitions: [{repository: {run: {steps: [a]}, colour: {}}, from: inline, path: a, name: a}]}"),
    "test with history and a revision": actions(
        "test: {definitions: [{repository: 'https://x/y.git', from: git, path: a.yaml, name: a, revision: abc, "
        "shallow: true}]}"),
    "a command": actions("command: {name: usb_hub_on, timeout: {minutes: 1}}"),
    "a command without a name": actions("command: {do: it}"),
    "an unknown action": actions("sleep: {seconds: 5}"),
    "two actions in one": actions("{boot: {method: qemu}, command: {name: x}}"),
    "an action that is a word": actions("boot"),
    "an action without anything": actions("boot:"),
    "an action with a timeout as a number": actions("boot: {method: qemu, timeout: 5}"),
    "namespaces and a repeat": actions("boot: {method: qemu, namespace: a, connection-namespace: b, repeat: 3}"),
    # Multinode and other protocols.
    "two roles": roles(HOST + "      client: {device_type: sim, count: 2, context: {arch: arm64}}\n"),
    "a role over ssh": roles(HOST + GUEST),
    "a role over ssh whose host is not there": roles(GUEST),
    "a role over ssh that expects nobody": roles(HOST + "      guest: {connection: ssh, count: 1, host_role: host}\n"),
    "a role that expects another and has no host": roles(
        HOST + "      guest: {connection: ssh, count: 1, expect_role: host}\n"),
    "a role that expects one who is not there": roles(
        HOST + "      guest: {connection: ssh, count: 1, host_role: host, expect_role: nobody}\n"),
    "a role with an unknown context": roles("      host: {device_type: sim, count: 1, context: {colour: red}}\n"),
    "a role twice": roles(HOST + "      host: {device_type: sim, count: 2}\n"),
    "roles that are a list": f"{HEAD}protocols: {{lava-multinode: {{roles: [a]}}}}\n" + ACTIONS,
    "a group's own key": f"{HEAD}protocols: {{lava-multinode: {{target_group: a, roles: {{host: {{device_type: sim, "
                         f"count: 1}}}}}}}}\n" + ACTIONS,
    "a multinode timeout": f"{HEAD}protocols: {{lava-multinode: {{timeout: {{minutes: 2}}, roles: {{host: "
                           f"{{device_type: sim, count: 1}}}}}}}}\n" + ACTIONS,
    "an unknown protocol": job("protocols: {lava-lxc: {name: a}}\n"),
    "xnbd": job("protocols: {lava-xnbd: {port: auto}}\n"),
}


def load(text):
    """What LAVA's loader makes of a text: the value, and its words if it refuses."""
    import yaml

    try:
        return yaml.load(text, Loader=yaml.CSafeLoader), None
    except yaml.YAMLError as error:
        return None, str(error)
    except Exception as error:  # LAVA catches YAMLError alone, and answers 500.
        return None, f"{type(error).__name__}: {error}"


def verdicts(version):
    """One line of JSON for each text on standard input: null, or why the schema at a release refuses it."""
    django, settings = types.ModuleType("django"), types.ModuleType("django.conf")
    settings.settings = types.SimpleNamespace(EXTRA_CONTEXT_VARIABLES=[])
    package = types.ModuleType("lava_scheduler_app")
    package.__path__ = ["lava_scheduler_app"]
    sys.modules |= {"django": django, "django.conf": settings, "lava_scheduler_app": package}
    sys.path.insert(0, ".")
    from lava_scheduler_app import schema

    for line in sys.stdin:
        value, words = load(json.loads(line))
        try:
            if words is None:
                schema.validate_submission(value)
        except schema.SubmissionException as error:
            words = str(error)
        except Exception as error:
            words = f"{type(error).__name__}: {error}"
        print(json.dumps(words))


def main(repository):
    texts = "".join(json.dumps(text) + "\n" for text in CASES.values())
    found = {}
    for version in VERSIONS:
        with tempfile.TemporaryDirectory() as folder:
            tree = subprocess.run(
                ["git", "-C", repository, "archive", version, "lava_common", "lava_scheduler_app/schema.py"],
                check=True, capture_output=True).stdout
            subprocess.run(["tar", "-x", "-C", folder], input=tree, check=True)
            lines = subprocess.run([sys.executable, __file__, "--verdicts", version], input=texts, text=True,
                                   cwd=folder, check=True, capture_output=True).stdout
            found[version] = [json.loads(line) for line in lines.splitlines()]
    corpus = [
        {"name": name, "definition": text, "yaml": load(text)[1], "tagged": load(TAG + text.removeprefix("\ufeff"))[1],
         "submission": {version: found[version][place] for version in VERSIONS}}
        for place, (name, text) in enumerate(CASES.items())
    ]
    json.dump(corpus, sys.stdout, indent=1, ensure_ascii=True)
    print()


if sys.argv[1] == "--verdicts":
    verdicts(sys.argv[2])
else:
    main(sys.argv[1])

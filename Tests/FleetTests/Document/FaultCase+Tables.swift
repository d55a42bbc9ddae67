// SPDX-License-Identifier: Apache-2.0

extension FaultCase {
    static let keys: [FaultCase] = [
        FaultCase(#"{"jobs": []}"#, "/build", nil, "is missing"),
        FaultCase(#"{"build": "/g/p/v"}"#, "/jobs", nil, "is missing"),
        FaultCase("[]", "", nil, "must be an object, not an array"),
        FaultCase("null", "", nil, "must be an object, not null"),
        FaultCase(Documents.with(rest: #", "baseline": "a b""#), "/baseline", "a b", "must be the id of a jobset"),
        FaultCase(Documents.with(rest: #", "baseline": "/group/v1""#), "/baseline", "/group/v1", "must be the id of"),
        FaultCase(Documents.with(rest: #", "baseline": """#), "/baseline", "", "is empty"),
        FaultCase(Documents.with(rest: #", "baseline": null"#), "/baseline", nil, "must be a string, not null"),
        FaultCase(Documents.with(rest: #", "baseline": ["v1"]"#), "/baseline", nil, "must be a string, not an array"),
        FaultCase(Documents.with(rest: #", "timeout": 0"#), "/timeout", "0", "from 1 to 31536000"),
        FaultCase(Documents.with(rest: #", "timeout": "1h""#), "/timeout", nil, "must be a number, not a string"),
        FaultCase(Documents.with(rest: #", "open": 1"#), "/open", nil, "must be a boolean, not a number"),
        FaultCase(Documents.with(rest: #", "total": 3"#), "/total", nil, #"give "open": true with it"#),
        FaultCase(Documents.with(rest: #", "open": true, "total": -1"#), "/total", "-1", "a whole number from 0"),
        FaultCase(Documents.with(rest: #", "seal": true"#), "/seal", nil, "belongs to a document that adds jobs"),
        FaultCase(Documents.with(rest: #", "priority": 101"#), "/priority", "101", "from 0 to 100"),
        FaultCase(Documents.with(rest: #", "max_failures": -1"#), "/max_failures", "-1", "a whole number from 0"),
        FaultCase(Documents.with(rest: #", "max_failures": "101%""#), "/max_failures", "101%", "a percentage from"),
        FaultCase(Documents.with(rest: #", "max_failures": "5""#), "/max_failures", "5", "a percentage from"),
        FaultCase(Documents.with(rest: #", "max_failures": []"#), "/max_failures", nil, "must be a number"),
        FaultCase(#"{"jobset": "x", "jobs": []}"#, "/jobset", "x", "must be the id of a jobset, a UUID"),
        FaultCase(#"{"jobset": "7E2B8A8F-5D0B-4C3E-9B9F-0A6E1B2C3D4E"}"#, "/jobs", nil, "is missing"),
        FaultCase(
            #"{"jobset": "7E2B8A8F-5D0B-4C3E-9B9F-0A6E1B2C3D4E", "jobs": [], "build": "/g/p/v"}"#,
            "/build",
            nil,
            #"must not be given together with "jobset""#
        ),
        FaultCase(
            Documents.with(rest: #", "empty_jobs": "fail""#),
            "/empty_jobs",
            "fail",
            #"must be "incomplete" or "pass""#
        ),
        FaultCase(Documents.with(rest: #", "empty_jobs": true"#), "/empty_jobs", nil, "must be a string"),
        FaultCase(Documents.with(name: #"5"#), "/jobs/0/name", nil, "must be a string, not a number"),
        FaultCase(Documents.with(name: #""""#), "/jobs/0/name", "", "is empty"),
        FaultCase(Documents.with(name: #"" a""#), "/jobs/0/name", " a", "must be one line"),
        FaultCase(Documents.with(name: #""a\nb""#), "/jobs/0/name", "a\nb", "must be one line"),
        FaultCase(Documents.with(expect: #"5"#), "/jobs/0/expect", nil, "must be an object, not a number"),
        FaultCase(Documents.with(expect: #"{}"#), "/jobs/0/expect", nil, "says nothing"),
        FaultCase(Documents.with(expect: #"{"suites": [""]}"#), "/jobs/0/expect/suites/0", "", "is empty"),
        FaultCase(Documents.with(expect: #"{"cases": -1}"#), "/jobs/0/expect/cases", "-1", "from 0 to 10000000"),
        FaultCase(
            Documents.with(expect: #"{"cases": 1, "zebra": 1}"#),
            "/jobs/0/expect/zebra",
            nil,
            "known here: cases, suites"
        ),
        FaultCase(Documents.with(rest: #", "retries": "2""#), "/retries", nil, "must be a number, not a string"),
        FaultCase(Documents.with(rest: #", "retries": 11"#), "/retries", "11", "must be a whole number from 0 to 10"),
        FaultCase(Documents.with(rest: #", "retries": -1"#), "/retries", "-1", "must be a whole number from 0 to 10"),
        FaultCase(Documents.with(rest: #", "retries": 1.5"#), "/retries", "1.5", "must be a whole number from 0 to 10"),
        FaultCase(
            Documents.with(rest: #", "retries": 1e99"#),
            "/retries",
            "1e99",
            "must be a whole number from 0 to 10"
        ),
        FaultCase(Documents.with(rest: #", "job": {}"#), "/job", nil, #"did you mean "jobs"?"#),
        FaultCase(Documents.with(rest: #", "calback_url": 1"#), "/calback_url", nil, #"did you mean "callback_url"?"#),
        FaultCase(Documents.with(rest: #", "Labels": 1"#), "/Labels", nil, #"did you mean "labels"?"#),
        FaultCase(Documents.with(rest: #", "zebra/~": 1"#), "/zebra~1~0", nil, "known here: baseline, build, callback"),
        FaultCase(Documents.with(rest: #", "jobs": []"#), "/jobs", nil, "stands there more than once"),
        FaultCase(Documents.with(rest: #", "j\u006fbs": []"#), "/jobs", nil, "stands there more than once"),
        FaultCase(Documents.with(jobs: "{}"), "/jobs", nil, "must be an array, not an object"),
        FaultCase(Documents.with(jobs: "[7]"), "/jobs/0", nil, "must be an object, not a number"),
        FaultCase(Documents.with(jobs: "null"), "/jobs", nil, "must be an array, not null"),
    ]

    static let builds: [FaultCase] = [
        ("", "is empty"), ("g/p/v", "begin with \"/\""), ("/g/p", "three parts, not 2"),
        ("/g/p/v/", "three parts, not 4"),
        ("//p/v", "the group must"), ("/g/-p/v", "the project must"), ("/g/~p/v", "the project must"),
        ("/g/p/a b", "the version must"),
        ("/g/p/a+b", "the version must"), ("/~/p/v", "the group must"), ("/g/p/é", "the version must"),
    ].map { FaultCase(#"{"build": "\#($0.0)", "jobs": []}"#, "/build", $0.0, $0.1) }

    static let jobs: [FaultCase] = [
        FaultCase(job(#""backend": "lab-a", "definition": "a: 1""#), "/jobs/0/environment", nil, "is missing"),
        FaultCase(job(#""environment": "e", "definition": "a: 1""#), "/jobs/0/backend", nil, "is missing"),
        FaultCase(job(#""environment": "e", "backend": "lab-a""#), "/jobs/0/definition", nil, "is missing"),
        FaultCase(
            job(#""environment": "e e", "backend": "lab-a", "definition": "a: 1""#),
            "/jobs/0/environment",
            "e e",
            "must be at most 100 letters"
        ),
        FaultCase(
            job(#""environment": 1, "backend": "lab-a", "definition": "a: 1""#),
            "/jobs/0/environment",
            nil,
            "must be a string, not a number"
        ),
        FaultCase(
            job(#""environment": null, "backend": "lab-a", "definition": "a: 1""#),
            "/jobs/0/environment",
            nil,
            "must be a string, not null"
        ),
        FaultCase(
            job(#""environment": "e", "backend": "lab-c", "definition": "a: 1""#),
            "/jobs/0/backend",
            "lab-c",
            "known: lab-a, lab-b, the-backend-name"
        ),
        FaultCase(
            job(#""environment": "e", "backend": "lab-a", "definition": "a: 1", "after": "boot""#),
            "/jobs/0/after",
            nil,
            "is not supported"
        ),
        FaultCase(
            job(#""environment": "e", "backend": "lab-a", "defenition": "a: 1", "definition": "a: 1""#),
            "/jobs/0/defenition",
            nil,
            #"did you mean "definition"?"#
        ),
    ]

    static let definitions: [FaultCase] = [
        (#""""#, "is empty"), (#"" \n\t ""#, "is blank"),
        (#""a: \u0000""#, "has a NUL character (U+0000) in it"),
        ("\" # nothing\\n\"", "has no YAML document"),
        (#""a: 1\n---\nb: 2""#, "must be one YAML document"),
        (#""a: 1\nb: [1, 2\nc: 3""#, "is not YAML at line 3, column 2"),
        (#""a: 1\n\tb: 2""#, "is not YAML at line 2, column 1"),
        (#""a: \"x""#, "is not YAML at line 1, column 6"),
        (#""a: *b""#, "is not YAML at line 1, column 4: an alias without its anchor"),
        (#""a: \u0007""#, "is not YAML at line 1, column 4: control characters are not allowed"),
    ].map { definition, reason in
        FaultCase(Documents.with(definition: definition), "/jobs/0/definition", definition == "\"\"" ? "" : nil, reason)
    }

    static let urls: [FaultCase] = [
        ("ftp://a", "ftp://a", "must begin with http"), ("a.example/x", "a.example/x", "must begin with http"),
        ("http://", "http://", "must name a host"),
        ("http:///x", "http:///x", "must name a host"), ("http://u:p@a/", nil, "must not hold a user"),
        ("http://a/#f", "http://a/", "must not have a fragment"),
        ("http://a/ b", "http://a/ b", "must be ASCII without white space"),
        ("http://ä/", "http://ä/", "must be ASCII"), ("http://a:0/", "http://a:0/", "has a port"),
        ("http://a:99999/", "http://a:99999/", "has a port"), ("http://a/%2", "http://a/%2", "write it as %25"),
        ("http://[a]/?t=1", "http://[a]/", "not an IPv6 address"),
        ("http://a!b/", "http://a!b/", "no host name has"),
        ("http://a/[b]", "http://a/[b]", "write it as %5B"), ("http://a/?v[B]=1%2F", "http://a/", "write it as %5B"),
        ("http://a/?b=]", "http://a/", "write it as %5D"), ("http://a/|", "http://a/|", "write it as %7C"),
        ("http://a/%FF", "http://a/%FF", "not UTF-8"), ("http://a:22/hook", "http://a:22/hook", "has port 22"),
        ("http://127.1/", "http://127.1/", "four decimal"),
        ("http://0x7f.0.0.1/", "http://0x7f.0.0.1/", "four decimal"),
        ("http://a\\\\b/", "http://a\\b/", "no host name has"), ("http://a/\\n", "http://a/\n", "must be ASCII"),
    ].map { url, shown, reason in
        FaultCase(Documents.with(rest: #", "callback_url": "\#(url)""#), "/callback_url", shown, reason)
    }

    static let callbacks: [FaultCase] = [
        FaultCase(callback("{}"), "/callback/url", nil, "is missing"),
        FaultCase(callback(#"{"url": "http://a", "events": "finished"}"#), "/callback/events", nil, "must be an array"),
        FaultCase(callback(#"{"url": "http://a", "events": []}"#), "/callback/events", nil, "is empty"),
        FaultCase(
            callback(#"{"url": "http://a", "events": ["finished", "done"]}"#),
            "/callback/events/1",
            "done",
            "known: finished, first_failure, deadline, canceled"
        ),
        FaultCase(
            callback(#"{"url": "http://a", "events": ["deadline", "deadline"]}"#),
            "/callback/events/1",
            "deadline",
            "stands there more than once"
        ),
        FaultCase(
            callback(#"{"url": "http://a", "method": "DELETE"}"#),
            "/callback/method",
            "DELETE",
            "must be one of POST, PUT"
        ),
        FaultCase(callback(#"{"url": "http://a", "headers": []}"#), "/callback/headers", nil, "must be an object"),
        FaultCase(
            callback(#"{"url": "http://a", "headers": {"Host": "x"}}"#),
            "/callback/headers/Host",
            nil,
            "Muster sets itself"
        ),
        FaultCase(
            callback(#"{"url": "http://a", "headers": {"WebHook-Id": "x"}}"#),
            "/callback/headers/WebHook-Id",
            nil,
            "Muster sets itself"
        ),
        FaultCase(
            callback(#"{"url": "http://a", "headers": {"a b": "x"}}"#),
            "/callback/headers/a b",
            nil,
            "not a name that a header can have"
        ),
        FaultCase(
            callback(#"{"url": "http://a", "headers": {"X": "a\r\nb: c"}}"#),
            "/callback/headers/X",
            nil,
            "a header can't carry"
        ),
        FaultCase(
            callback(#"{"url": "http://a", "headers": {"X": "a", "x": "b"}}"#),
            "/callback/headers/x",
            nil,
            "more than once"
        ),
        FaultCase(
            callback(#"{"url": "http://a", "headers": {"X": 1}}"#),
            "/callback/headers/X",
            nil,
            "must be a string"
        ),
        FaultCase(
            Documents.with(rest: #", "callback_url": "http://a", "callback": {"url": "http://a"}"#),
            "/callback_url",
            nil,
            "must not be given together"
        ),
        FaultCase(Documents.with(rest: #", "labels": {"a": 1}"#), "/labels/a", nil, "must be a string, not a number"),
        FaultCase(Documents.with(rest: #", "labels": {"a b": ""}"#), "/labels/a b", nil, "must be named by"),
        FaultCase(Documents.with(rest: #", "labels": {"a": "", "a": ""}"#), "/labels/a", nil, "more than once"),
    ]

    static let syntax: [FaultCase] = [
        ("", "is empty"), (" \n", "line 2, column 1: the text ends where a value is expected"),
        ("{", "line 1, column 2"), (#"{"build" 1}"#, "line 1, column 10"),
        (#"{"a": 1,}"#, "line 1, column 9: a comma must be followed"),
        (#"{a: 1}"#, "line 1, column 2: a key in double quotes"),
        (Documents.with() + "x", "more text follows"), ("{\n\"é\": tru}", "line 2, column 6"),
        (#"{"labels": {"a": "\ud800"}}"#, "half of a surrogate pair"),
        (#"{"labels": {"a": "\x"}}"#, "not an escape"), ("{\"labels\": {\"a\": \"\n\"}}", "must be escaped"),
    ].map { FaultCase($0.0, "", nil, $0.1) }

    static func job(_ members: String) -> String { Documents.with(jobs: "[{\(members)}]") }
    static func callback(_ value: String) -> String { Documents.with(rest: #", "callback": \#(value)"#) }
}

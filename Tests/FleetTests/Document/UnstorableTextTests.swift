// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Fleet

/// What JSON and YAML can spell and the database can't keep is refused where it stands.
@Suite("Text that can't be stored")
struct UnstorableTextTests {
    /// Each place of a document where a text may stand, `#` being the text.
    private static let places: [(document: String, pointer: String)] = [
        (Documents.with(rest: ##", "labels": {"branch": "#"}"##), "/labels/branch"),
        (Documents.with(rest: ##", "baseline": "#""##), "/baseline"),
        (Documents.with(rest: ##", "callback_url": "http://a/#""##), "/callback_url"),
        (Documents.with(rest: ##", "report": {"mail": ["#"]}"##), "/report/mail/0"),
        (callback(##""events": ["#"]"##), "/callback/events/0"),
        (callback(##""headers": {"A": "#"}"##), "/callback/headers/A"),
        (callback(##""payload": "#", "content_type": "text/plain""##), "/callback/payload"),
        (callback(##""payload": "#", "content_type": "application/x-www-form-urlencoded""##), "/callback/payload"),
        (callback(##""body": "#", "content_type": "text/plain""##), "/callback/body"),
        (
            callback(##""body": "{{jobset.id}}", "content_type": "text/plain", "parameters": {"p": "#"}"##),
            "/callback/parameters/p"
        ),
        (callback(##""secret": "#""##), "/callback/secret"),
        (squad(##""callback_payload": "#", "callback_payload_is_json": "no""##), "/callback_payload"),
        (squad(##""callback_headers": "#""##), "/callback_headers"),
        (squad(##""callback_event": "#""##), "/callback_event"),
        (##"{"build": "#", "jobs": []}"##, "/build"),
        (job(##""environment": "#", "backend": "lab-a", "definition": "a""##), "/jobs/0/environment"),
        (job(##""environment": "e", "backend": "#", "definition": "a""##), "/jobs/0/backend"),
        (job(##""environment": "e", "backend": "lab-a", "definition": "a: #""##), "/jobs/0/definition"),
        (job(##""environment": "e", "backend": "lab-a", "lab_job": "#""##), "/jobs/0/lab_job"),
    ]

    private static func callback(_ rest: String) -> String {
        Documents.with(rest: #", "callback": {"url": "http://a", \#(rest)}"#)
    }

    private static func squad(_ rest: String) -> String {
        Documents.with(rest: #", "callback_url": "http://a", \#(rest)"#)
    }

    private static func job(_ members: String) -> String { Documents.with(jobs: "[{\(members)}]") }

    @Test("NUL is refused in every text of a document, at its place", arguments: places)
    func nul(document: String, pointer: String) {
        for text in [#"\u0000"#, #"a\u0000b"#, #"\u0000\u0000"#] {
            let faults = Documents.faults(document.replacing("#", with: text))
            #expect(faults.map(\.pointer) == [pointer])
            #expect(faults.first?.reason.contains("NUL") == true)
            #expect(faults.allSatisfy { StorableText.isStorable("\($0)") })
        }
    }

    @Test("Half of a surrogate pair is refused in every text of a document", arguments: places)
    func halfPair(document: String, pointer: String) {
        for text in [#"\ud800"#, #"a\udfffb"#, #"\ud800\ud800"#] {
            let faults = Documents.faults(document.replacing("#", with: text))
            #expect(faults.first?.reason.contains("half of a surrogate pair") == true)
        }
    }

    @Test("What YAML spells of it is refused as well")
    func yaml() throws {
        let json = try YAMLToJSON.convert(Array(#"{build: /g/p/v, jobs: [], labels: {a: "x\0y"}}"#.utf8))
        let text = String(decoding: json, as: UTF8.self)
        #expect(Documents.faults(text).map(\.pointer) == ["/labels/a"])
    }

    @Test("What is only told of is mended")
    func mended() {
        #expect("a\0b\u{1}é\0".storable == "a\u{FFFD}b\u{1}é\u{FFFD}")
        #expect("e\u{301}\0".storable == "e\u{301}\u{FFFD}")
        #expect("".storable == "")
        let fault = Fault(pointer: "/a\0", value: "\0", reason: "\0")
        #expect(StorableText.isStorable("\(fault)"))
    }
}

/// A byte order mark says nothing, at whatever door a text comes in.
@Suite("Byte order marks")
struct ByteOrderMarkTests {
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    @Test(
        "A definition that begins with one is read as if it did not",
        arguments: [
            #"job_name: a\nvisibility: public\n"#, #"# a comment\njob_name: a\n"#, #"---\na: 1\nb: 2\n"#,
            #"%YAML 1.1\n---\na: 1\n"#, #"- a\n- b\n"#, #"{a: 1,\n b: 2}"#, #"\r\na: 1\r\nb: 2"#,
        ]
    )
    func definition(_ text: String) {
        #expect(Documents.faults(Documents.with(definition: "\"\\ufeff\(text)\"")) == [])
        #expect(Documents.faults(Documents.with(definition: "\"\(text)\"")) == [])
    }

    @Test(
        "A fault behind one is where it would be without it",
        arguments: [#"a: 1\nb: [\n"#, #"a: b: c"#, #"a: \u0007"#]
    )
    func position(_ text: String) {
        let marked = Documents.faults(Documents.with(definition: "\"\\ufeff\(text)\""))
        #expect(marked == Documents.faults(Documents.with(definition: "\"\(text)\"")))
        #expect(marked.count == 1)
    }

    @Test("A document in YAML may begin with one")
    func document() throws {
        let yaml = Array("build: /g/p/v\njobs: []\n".utf8)
        let (marked, plain) = (try YAMLToJSON.convert(Self.mark + yaml), try YAMLToJSON.convert(yaml))
        #expect(marked == plain)
    }

    @Test("A definition with one is shown with it and without its secrets")
    func masked() throws {
        #expect(
            try MaskedDefinition.text(of: "\u{FEFF}secrets: {KEY: s3cret!}\nb: s3cret!\n")
                == "\u{FEFF}secrets: {'KEY': '<masked>'}\nb: <masked>\n"
        )
    }

    @Test("A document whose definition has one is the same document as without, however its definitions are kept")
    func digest() throws {
        let plain = try Documents.read(Documents.with(definition: #""a: 1\nb: 2\n""#))
        let text = Documents.with(definition: #""\ufeffa: 1\nb: 2\n""#)
        #expect(try Documents.read(text).digest == plain.digest)
        let unkept = try IncomingDocument.read(
            Array(text.utf8),
            limits: DocumentLimits(),
            knownBackends: ["lab-a"],
            keepsDefinitions: false
        )
        guard case .jobset(let document) = unkept else {
            Issue.record("no jobset")
            return
        }
        #expect(document.digest == plain.digest)
    }

    @Test("Only the first is a mark: a second is a part of the text")
    func second() {
        let once = Documents.faults(Documents.with(definition: #""\ufeff\ufeffa: 1\nb: 1""#))
        #expect(once.map(\.pointer) == ["/jobs/0/definition"])
    }
}

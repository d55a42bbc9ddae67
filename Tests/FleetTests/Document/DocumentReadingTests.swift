// SPDX-License-Identifier: Apache-2.0

import Fleet
import Testing

@Suite("Reading a jobset document")
struct DocumentReadingTests {
    @Test("The document of the design is read as it stands")
    func design() throws {
        let document = try Documents.read(Documents.design)
        #expect(document.build.description == "/group-slug/project-slug/build-version")
        #expect(document.callback?.url == "https://url-to-be-called-after-last-job-is-completed.com")
        #expect(document.jobs.map(\.environment) == ["environmentA", "environmentB"])
        #expect(document.jobs.allSatisfy { $0.definition == "the: yaml-job-definition" })
        #expect(document.labels.isEmpty)
        #expect(document.digest.count == 32)
    }

    @Test("Everything that a document can say is kept exactly")
    func full() throws {
        let document = try Documents.read(Documents.full)
        #expect(document.build.group == "~me")
        #expect(document.callback?.headers == ["Authorization": "Bearer x"])
        #expect(document.labels == ["branch": "main", "tier": "1"])
        #expect(document.jobs[0].definition == "job_name: \"a\"\nlist:\n- é😀\n")
        #expect(document.jobs[1].backend == "lab-b")
    }

    @Test("A jobset may be empty, and a document may begin with a byte order mark")
    func emptyJobset() throws {
        let document = try Documents.read([0xEF, 0xBB, 0xBF] + Array(Documents.with().utf8))
        #expect(document.jobs.isEmpty)
        #expect(document.callback == nil)
    }

    @Test("A callback shows neither its query nor its headers")
    func callbackDescription() throws {
        let document = try Documents.read(Documents.full)
        #expect(document.callback?.description == "https://ci.example.com:8443/hook (1 headers)")
    }

    @Test(
        "What LAVA takes as YAML is taken",
        arguments: [
            #""a: 1\na: 2""#, #""%YAML 1.1\n---\na: 1\n""#, "\" # a comment\\na: {b: [c, d ]}\\n\"",
            #""a: &x 1\nb: *x\n<<: {c: d}""#, #""{}""#, #""a: !!str 1\nb: !include c\n...""#, #""\ufeffa: 1""#,
        ]
    )
    func definitions(_ definition: String) {
        #expect(Documents.faults(Documents.with(definition: definition)) == [])
    }

    @Test(
        "URLs that lead to a server are taken",
        arguments: [
            "http://a", "https://a.example/", "HTTPS://A.example:2/x?y=z&a%5B%5D=b", "http://[::1]:65535/",
            "http://1.2.3.4?x",
            "http://a_b.example/%20",
        ]
    )
    func urls(_ url: String) {
        #expect(Documents.faults(Documents.with(rest: #", "callback_url": "\#(url)""#)) == [])
    }
}

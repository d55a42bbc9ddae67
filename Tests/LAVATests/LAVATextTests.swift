// SPDX-License-Identifier: Apache-2.0

import Foundation
import LAVALabs
import Testing
import YAML

@testable import LAVA

@Suite struct LAVATextTests {
    @Test("A tag is read back from the first line alone") func tag() {
        let tag = UUID()
        func read(_ definition: String) -> UUID? { LeadingComment.read(definition).flatMap(MusterTag.read) }
        let tagged = LeadingComment.added(MusterTag.comment(tag), to: "job_name: a")
        #expect(read(tagged) == tag)
        #expect(read("# muster: \(tag.uuidString.lowercased())\r\njob_name: a") == tag)
        #expect(read("# muster: \(tag.uuidString.lowercased())") == tag)
        #expect(read("job_name: a\n# muster: \(tag.uuidString.lowercased())\n") == nil)
        #expect(read("# muster: \(tag.uuidString)x\n") == nil)
        #expect(read("# muster: short") == nil)
        #expect(tagged.contains(tag.uuidString.lowercased()))
    }

    @Test("A comment is the whole first line, and one that is too long is none") func comment() {
        #expect(LeadingComment.read("# a: b \nx") == "a: b ")
        #expect(LeadingComment.read("#a\n") == nil && LeadingComment.read(" # a\n") == nil)
        let longest = String(repeating: "ä", count: LeadingComment.maximumBytes / 2)
        #expect(LeadingComment.read("# \(longest)\n") == longest)
        #expect(LeadingComment.read("# \(longest)a\n") == nil)
    }

    @Test("A value is cut out of LAVA's metadata, over several lines and with quotes") func metadata() {
        let text = """
            case: job
            definition: lava
            error_msg: 'Invalid job data: ["Image file ''/tmp/no-such-kernel'' does not
              exist or is not readable"]

              '
            error_type: Job
            result: fail

            """
        #expect(YAMLBlock.scalar("definition", of: text) == "lava")
        #expect(YAMLBlock.scalar("error_type", of: text) == "Job")
        #expect(
            YAMLBlock.scalar("error_msg", of: text)
                == "Invalid job data: [\"Image file '/tmp/no-such-kernel' does not exist or is not readable\"]\n"
        )
        #expect(YAMLBlock.scalar("nothing", of: text) == nil)
        #expect(YAMLBlock.scalar("level", of: "level: '3.1'\n") == "3.1")
    }

    @Test("Hostile metadata end in nothing, not in a crash") func hostile() {
        #expect(YAMLBlock.scalar("a", of: "a: " + String(repeating: "[", count: 100_000)) == nil)
        #expect(YAMLBlock.scalar("a", of: "a:\n" + String(repeating: "- ", count: 100_000)) == nil)
        #expect(YAMLBlock.scalar("a", of: "a:\n " + String(repeating: "? ", count: 100_000)) == nil)
        #expect(YAMLBlock.scalar("a", of: "a:\n" + String(repeating: "-\t", count: 100_000)) == nil)
        #expect(YAMLBlock.scalar("a", of: "a: 'x\n") == nil)
        #expect(LAVAGroup(definition: "protocols: {lava-multinode: 7}\n") == nil)
        #expect(LAVAGroup(definition: "protocols:\n  lava-multinode:\n" + Self.bomb + "  target_group: g\n") == nil)
        #expect(LAVAGroup(definition: "protocols:\n  lava-multinode: &a [*a]\n") == nil)
    }

    /// A key that is an alias of aliases: exponential for whoever hashes it.
    static let bomb: String = {
        let list = { (item: String) in "[" + Array(repeating: item, count: 9).joined(separator: ", ") + "]" }
        let lines = (0...13).map { n in "  a\(n): &a\(n) \(list(n == 0 ? "x" : "*a\(n - 1)"))\n" }.joined()
        return lines + "  ? *a13\n  : v\n"
    }()

    @Test("A key that is an alias of aliases is refused, and costs nothing", .timeLimit(.minutes(10))) func bomb() {
        let bomb = Self.bomb
        #expect(YAMLBlock.scalar("definition", of: "definition:\n" + bomb) == nil)
        #expect(LAVAGroup(definition: "protocols:\n  lava-multinode:\n" + bomb.replacing("  ", with: "    ")) == nil)
        let head = "job_name: a\nprotocols:\n  lava-multinode:\n    roles: {one: {count: 1}}\n"
        #expect(GroupDefinition(head + "metadata:\n" + bomb) == nil)
        // Without such a key it is read, and the look at all that it stands for is given up.
        let values = head + "metadata:\n" + bomb.replacing("? *a13\n  : v", with: "last: *a13")
        let group = LAVAGroup(targetGroup: "g", subID: 0, role: "one", roles: [:])
        let definition = GroupDefinition(values)
        #expect(definition != nil && definition?.made(group, dump: values) == false)
    }

    @Test(
        "A list, a mapping and an alias of itself are no keys and no values",
        arguments: [
            "a:\n  ? [b]\n  : c\n", "a:\n  ? {b: c}\n  : d\n", "a: &x [*x]\n", "a: &x {b: *x}\n", "a: *x\n",
            "a: &x b\nc:\n  ? *x\n  : d\n",
        ]
    )
    func refusedNodes(text: String) {
        #expect(YAMLNodes(text, limits: .init(bytes: 1_000)) == nil)
    }

    @Test("Of a key that stands there twice the last counts, and an alias is what it stands for") func lookUp() throws {
        var nodes = try #require(
            YAMLNodes("a: 1\nx: &x {k: v, l: [1, 2]}\na: 2\ny: *x\n", limits: .init(bytes: 1_000))
        )
        #expect(nodes.text(nodes.value("a", of: nodes.root)) == "2")
        let y = nodes.value("y", of: nodes.root)
        #expect(nodes.text(nodes.value("k", of: y)) == "v" && nodes.text(y) == nil)
        #expect(nodes.items(of: nodes.value("l", of: y))?.compactMap { nodes.text($0) } == ["1", "2"])
        #expect(nodes.entries(of: nodes.root).map(\.key) == ["x", "a", "y"] && !nodes.isSpent)
        #expect(YAMLNodes("a: b", limits: .init(bytes: 3)) == nil)
        #expect(YAMLNodes("[1, 2, 3]", limits: .init(bytes: 100, nodes: 3)) == nil)
        #expect(YAMLNodes("[[[1]]]", limits: .init(bytes: 100, depth: 2)) == nil)
        #expect(
            YAMLNodes("", limits: .init(bytes: 100)) == nil
                && YAMLNodes("--- a\n--- b\n", limits: .init(bytes: 99)) == nil
        )
    }

    @Test(
        "A multinode definition with keys that stand there twice is read as LAVA reads it, and its members are known by it"
    )
    func twice() throws {
        let definition = """
            job_name: old
            job_name: new
            protocols:
              lava-multinode:
                roles:
                  host: {device_type: none, count: 40}
                  guest: {device_type: sim, count: 1, count: 2}
                  host: {device_type: sim, count: 1}
            actions:
            - boot: {role: [host], role: [host, guest], method: old-method, method: new-method, prompts: [left-over]}
              boot: {role: [host, guest], method: qemu, method: new-method}
            metadata: {key: overwritten, key: kept}
            """
        let group = try #require(GroupDefinition(definition))
        #expect(group.jobName == "new" && group.roles == ["host", "guest"] && group.size == 3)
        let member = LAVAGroup(targetGroup: "g", subID: 0, role: "host", roles: [:])
        let dump = "actions:\n- boot: {method: new-method, role: host}\nmetadata: {key: kept}\n"
        #expect(group.made(member, dump: dump))
        #expect(!group.made(member, dump: dump.replacing("new-method", with: "old-method")))
    }

    @Test("A text that goes too deep is read no further, whatever comes then") func costOfDepth() {
        // As deep as may be, and then nothing but tokens: a level deeper it is given up at once.
        func text(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "[],", count: 1_000_000)
                + String(repeating: "]", count: depth)
        }
        for depth in [63, 990] {
            var events = YAMLEvents(text(depth))
            var count = 0
            var isRefused = false
            reading: while true {
                switch events.next() {
                case .end: break reading
                case .failure:
                    isRefused = true
                    break reading
                default: count += 1
                }
            }
            #expect(isRefused == (depth > 63))
            #expect(isRefused ? count < 100 : count > 2_000_000)
        }
    }

    @Test("A large group with hyphens in its roles is read whole") func largeGroup() throws {
        let roles = (1...150).map { "      '\($0)': one-of-the-clients-\($0)\n" }.joined()
        let definition = """
            job_name: a
            protocols:
              lava-multinode:
                group_size: 150
                role: one-of-the-clients-2
                roles:
            \(roles)    sub_id: 1
                target_group: 4d171054-dc58-4aaa-8132-4a2ff2e7fe20
            visibility: public

            """
        let group = try #require(LAVAGroup(definition: definition))
        #expect(group.memberIDs == Array(1...150) && group.roles[7] == "one-of-the-clients-7")
        #expect(group.size == 150 && group.subID == 1 && group.role == "one-of-the-clients-2")
    }

    @Test("Ids are spread over lists that fit a request line") func chunks() {
        let ids = Array(1_000_000_000..<1_000_002_000) + [1_000_000_000]
        let chunks = LAVAClient.chunks(of: ids)
        #expect(chunks.flatMap(\.self) == Array(1_000_000_000..<1_000_002_000))
        for chunk in chunks {
            let list = chunk.map(String.init).joined(separator: ",")
            let request = LAVARequest(
                "jobs/",
                query: [("id__in", list), ("ordering", "id"), ("limit", "200"), ("offset", "0")]
            )
            #expect(request.url(root: "/api/v0.2").utf8.count < 4_000)
        }
        #expect(LAVAClient.chunks(of: []).isEmpty)
    }

    @Test("Lab job names are told apart") func names() throws {
        #expect(LAVALabJobID("21")?.number == 21)
        #expect(LAVALabJobID("39.0")?.number == 39)
        let second = try #require(LAVALabJobID("39.1"))
        #expect(second.number == nil && second.group == 39 && second.isMultinode)
        for text in ["", "a", "1.a", "1.2.3", "-1", "0", "99999999999999999999"] {
            #expect(LAVALabJobID(text) == nil)
        }
    }

    @Test("A page's title and first words are what is left of it") func html() {
        let page =
            "<html><head><title> | HTTP 500 </title><style>p{}</style></head><body><nav>menu</nav>"
            + "<h1>500 Internal Server Error</h1><p>Device tag &#x27;x&#x27; does not exist</p></body></html>"
        #expect(AnswerText.plain(html: page) == "| HTTP 500: 500 Internal Server Error Device tag 'x' does not exist")
        #expect(AnswerText.complaint(html: page, status: 500) == "Device tag 'x' does not exist")
        #expect(AnswerText.plain(html: "") == "")
        #expect(AnswerText.plain(html: "<script>" + String(repeating: "<", count: 1_000)) == "")
    }

    @Test("A token shows nowhere") func token() {
        let lab = LAVALab(name: "a", url: URL(string: "https://lab.example")!, token: LAVAToken(" secret\n"))
        var dumped = ""
        dump(lab, to: &dumped)
        #expect(
            !dumped.contains("secret") && !"\(lab)".contains("secret") && !String(reflecting: lab).contains("secret")
        )
        #expect(lab.token?.value == "secret")
    }

    @Test(
        "The API is found below the address",
        arguments: [
            ("https://l", "https://l/api/v0.2"), ("https://l/", "https://l/api/v0.2"),
            ("https://l/api/v0.2/", "https://l/api/v0.2"), ("https://l/lava?x=1", "https://l/lava/api/v0.2"),
        ]
    )
    func root(url: String, root: String) throws {
        #expect(LAVALab(name: "a", url: try #require(URL(string: url))).apiRoot == root)
    }
}

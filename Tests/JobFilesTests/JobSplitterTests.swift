// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import YAML

@testable import JobFiles

@Suite("Taking a file of jobs apart")
struct JobSplitterTests {
    static let document = #"""
        {
          "build": "/g/p/1", "labels": {"a": "}],{", "é": "日本"},
          "jobs": [
            {"environment": "one", "definition": "a: \"}]\\\", \ud83d\ude00 \u00e9\n日本"},
            {"nested": [[], {}, {"a": [1, -2.5e+10, true, false, null]}]} ,
            "text", 17, null, []
          ],
          "retries": 2
        }

        """#
    static let jobs = [
        #"{"environment": "one", "definition": "a: \"}]\\\", \ud83d\ude00 \u00e9\n日本"}"#,
        #"{"nested": [[], {}, {"a": [1, -2.5e+10, true, false, null]}]}"#, #""text""#, "17", "null", "[]",
    ]

    @Test("Jobs and members come out as they stand there, however the file is cut into blocks")
    func everySplit() throws {
        for size in 1...Self.document.utf8.count {
            let split = try Splitting(Self.document, blocks: size)
            #expect(split.jobs == Self.jobs, "in blocks of \(size)")
            #expect(split.lines == [4, 5, 6, 6, 6, 6])
            #expect(
                split.members == [
                    "build": #""/g/p/1""#, "labels": #"{"a": "}],{", "é": "日本"}"#, "retries": "2",
                ]
            )
            #expect(!split.isLines)
        }
    }

    @Test("What was taken apart is the document, once it is put together again")
    func together() throws {
        let block = Array(Self.document.utf8)
        var splitter = JobSplitter(maximumBytes: 1 << 20) { Array(block[$0...]) }
        var chunk = Chunk(index: 0, first: 0)
        while let job = try splitter.next() { chunk.append(job) }
        let again = MessageText.jobset(splitter.members, jobs: chunk.jobs)
        let before = try JSONSerialization.jsonObject(with: Data(block)) as? NSDictionary
        let after = try JSONSerialization.jsonObject(with: Data(again)) as? NSDictionary
        #expect(before == after && before != nil)
    }

    @Test("Keys may stand before and behind the jobs, and `jobs` may be spelled with escapes")
    func keys() throws {
        let split = try Splitting(#"{"jobs":[{"a":1},{"b":2}],"build":"/g/p/1"}"#)
        #expect(split.jobs == [#"{"a":1}"#, #"{"b":2}"#])
        #expect(split.members == ["build": #""/g/p/1""#])
        #expect(try Splitting(#"{"\u006aobs":[{"a":1}]}"#).jobs == [#"{"a":1}"#])
        // A key of that name in a value is no jobs.
        #expect(try Splitting(#"{"labels":{"jobs":[1]},"jobs":[2]}"#).jobs == ["2"])
    }

    @Test("Empty jobs, an empty document, a bare array, and a mark at the beginning")
    func shapes() throws {
        #expect(try Splitting(#"{"jobs": [ ]}"#).jobs.isEmpty)
        #expect(try Splitting("{}").members.isEmpty)
        #expect(try Splitting(" [ 1 , {\"a\":2} ] ").jobs == ["1", #"{"a":2}"#])
        let marked = [0xEF, 0xBB, 0xBF] + Array(#"{"jobs":[1]}"#.utf8)
        for size in 1...marked.count { #expect(try Splitting(bytes: marked, blocks: size).jobs == ["1"]) }
    }

    @Test("Jobs that are no array are kept, for whoever says what is wrong with them")
    func noArray() throws {
        #expect(try Splitting(#"{"jobs": {"a": 1}, "b": 2}"#).members == ["jobs": #"{"a": 1}"#, "b": "2"])
        #expect(try Splitting(#"{"jobs":7}"#).members == ["jobs": "7"])
    }

    @Test("In JSON lines the first is the head, and each further one a job")
    func lines() throws {
        let text = "{\"build\": \"/g/p/1\"}\n{\"a\": \"\\n}\"}\r\n\n{\n\"b\": []}\n"
        for size in 1...text.utf8.count {
            let split = try Splitting(text, blocks: size)
            #expect(split.isLines)
            #expect(split.members == ["build": #""/g/p/1""#])
            #expect(split.jobs == [#"{"a": "\n}"}"#, "{\n\"b\": []}"])
            #expect(split.lines == [2, 4])
        }
    }

    static let broken: [(String, Int, Int, String)] = [
        ("", 1, 1, "there is nothing in it"),
        ("  \n ", 2, 2, "there is nothing in it"),
        ("7", 1, 1, "an object is expected here"),
        (#"{"jobs": [{"a": 1},]}"#, 1, 20, "a comma must be followed by an element"),
        ("{\"jobs\": [\n  {\"a\" 1}\n]}", 2, 8, "\":\" after a key is expected here"),
        ("{\"a\": 1,\n}", 2, 1, "a comma must be followed by a key in double quotes"),
        ("{\"a\": 1\n\"b\": 2}", 2, 1, "\",\" or \"}\" is expected here"),
        ("{\"日本\": [1 2]}", 1, 11, "\",\" or \"]\" is expected here"),
        ("{\"a\": tru}", 1, 10, "true, false or null is expected here"),
        ("{\"a\": 01}", 1, 8, "this is not a number"),
        ("{\"a\": -}", 1, 8, "this is not a number"),
        ("{\"a\": 1.}", 1, 9, "a digit is expected here"),
        ("{\"a\": 1e}", 1, 9, "a digit is expected here"),
        ("{\"a\": \"\\x\"}", 1, 9, "this is not an escape that JSON knows"),
        ("{\"a\": \"\\u12g4\"}", 1, 12, "\\u must be followed by four hexadecimal digits"),
        ("{\"a\": \"\\ud800\"}", 1, 14, "this escape is half of a surrogate pair"),
        ("{\"a\": \"\\udc00\"}", 1, 13, "this escape is half of a surrogate pair"),
        ("{\"a\": \"x\ny\"}", 1, 9, "a control character in a string must be escaped"),
        ("{\"a\": [}", 1, 8, "a value is expected here"),
        ("{\"a\": [1}", 1, 9, "\",\" or \"]\" is expected here"),
        ("{\"a\": {\"b\"}}", 1, 11, "\":\" after a key is expected here"),
        ("{\"a\": 1", 1, 8, "the text ends within an object"),
        ("{\"a\": \"x", 1, 9, "the text ends within a string"),
        ("{\"jobs\": [1,\n", 2, 1, "the text ends within an array"),
        ("{\"jobs\": []} x", 1, 14, "an object is expected here"),
        ("{\"jobs\": []}\n{}", 2, 1, "the document has ended, but more text follows"),
        ("[1]\n{}", 2, 1, "the document has ended, but more text follows"),
        ("{\"build\": 1}\n[1]", 2, 1, "a job, which is an object, is expected here"),
        ("{\"jobs\": [],\n \"jobs\": []}", 2, 2, "\"jobs\" stands there once more"),
    ]

    @Test("What is no JSON is told with its line and column, however the file is cut", arguments: broken)
    func faults(text: String, line: Int, column: Int, problem: String) {
        for size in [1, 2, 3, 7, .max] {
            #expect(throws: BrokenJobFile(place: TextPosition(line: line, column: column), problem: problem)) {
                try Splitting(text, blocks: size)
            }
        }
    }

    static let notUTF8: [[UInt8]] = [
        [0x80], [0xC0, 0xAF], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF],
        [0xF0, 0x80, 0x80, 0x80], [0xE6, 0x97],
    ]

    @Test("Text that is not UTF-8 is refused", arguments: notUTF8)
    func encoding(bytes: [UInt8]) {
        let text = Array("{\"a\": \"".utf8) + bytes + Array("\"}".utf8)
        for size in [1, 2, .max] {
            #expect(throws: BrokenJobFile.self) { try Splitting(bytes: text, blocks: size) }
        }
    }

    @Test("Nesting has a limit, and so has one job")
    func limits() throws {
        let deep = String(repeating: "[", count: 62) + String(repeating: "]", count: 62)
        #expect(try Splitting("{\"jobs\": [\(deep)]}").jobs == [deep])
        #expect(throws: BrokenJobFile.self) { try Splitting("{\"jobs\": [[\(deep)]]}") }
        #expect(try Splitting("{\"jobs\": [\"12345678\"]}", maximumBytes: 10).jobs.count == 1)
        #expect(throws: BrokenJobFile.self) { try Splitting("{\"jobs\": [\"123456789\"]}", maximumBytes: 10) }
    }

    @Test("A long text is held one value at a time, whatever stands between the values")
    func memory() throws {
        let space = String(repeating: " \n", count: 5_000)
        let job = "{\"a\":\(space)\"\(String(repeating: "é", count: 2_000))\"}"
        let pieces = ["{\"jobs\"", ":", "[", job, ",", job, "]", ",", "\"build\":", "1", "}"]
        let text = Array(pieces.joined(separator: space).utf8)
        for blocks in [1, 7, 256, .max] {
            var longest = 0
            var splitter = JobSplitter(maximumBytes: job.utf8.count) { offset in
                Array(text[offset..<(offset + min(blocks, text.count - offset))])
            }
            var jobs: [SplitJob] = []
            while let job = try splitter.next() {
                jobs.append(job)
                longest = max(longest, splitter.heldBytes)
            }
            #expect(jobs.map { String(decoding: $0.text, as: UTF8.self) } == [job, job])
            #expect(blocks > 256 || longest <= 2 * (job.utf8.count + blocks))
            #expect(jobs.map(\.place.line) == [15_001, 30_001])
        }
    }
}

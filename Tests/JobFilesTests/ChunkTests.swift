// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import TestSupport
import Testing

@testable import JobFiles

@Suite("Chunks of a large file")
struct ChunkTests {
    /// A file for one test.
    static func file<Result>(_ text: String, name: String = "jobs.json", _ body: (JobFile) throws -> Result) throws
        -> Result
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "muster-chunks-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = folder.appending(path: name)
        try Data(text.utf8).write(to: url)
        return try body(try JobFile(path: url.path))
    }

    static func plan(
        _ file: JobFile,
        _ purpose: JobFileCheck.Purpose = .jobset,
        jobs: Int = 3,
        bytes: Int = 1 << 20
    ) throws -> ChunkPlan {
        var check = JobFileCheck(
            file: file,
            purpose: purpose,
            chunkLimits: ChunkLimits(jobs: jobs, bytes: bytes),
            limits: DocumentLimits(),
            knownBackends: ["lab-a"]
        )
        return try check.run { _, _ in }
    }

    @Test("Chunks are full up to their limit of jobs, in the file's order", arguments: [0, 1, 2, 3, 4, 6, 7])
    func byJobs(count: Int) throws {
        try Self.file(JobText.lines(count)) { file in
            let plan = try Self.plan(file)
            #expect(plan.total == count)
            #expect(plan.chunks.map(\.first) == Array(stride(from: 0, to: count, by: 3)))
            #expect(plan.chunks.map(\.index) == Array(plan.chunks.indices))
            #expect(plan.chunks.dropLast().allSatisfy { $0.count == 3 })
        }
    }

    @Test("Chunks stay below their limit of bytes, unless one job alone is longer", arguments: [1, 80, 200, 300])
    func byBytes(bytes: Int) throws {
        try Self.file(JobText.lines(20)) { file in
            var reader = ChunkReader(file, firstLine: .head, limits: ChunkLimits(jobs: 100, bytes: bytes))
            var count = 0
            while let chunk = try reader.nextChunk() {
                #expect(chunk.count == 1 || chunk.jobs.count <= bytes)
                #expect(chunk.first == count)
                #expect(chunk.lines == (0..<chunk.count).map { chunk.first + 2 + $0 })
                count += chunk.count
            }
            #expect(count == 20)
        }
    }

    @Test("A document and JSON lines of the same jobs make the same jobset, in whatever chunks they go")
    func sameID() throws {
        let jobs = (0..<7).map { JobText.job($0) }.joined(separator: ",\n  ")
        let plan = try Self.file(JobText.lines(7)) { try Self.plan($0) }
        let document = try Self.file(#"{"jobs": [\#(jobs)], "build": "/g/p/1"}"#) { try Self.plan($0, jobs: 2) }
        #expect(plan.chunks != document.chunks)
        #expect(ContentID.jobset(plan) == ContentID.jobset(document))
        let other = try Self.file(JobText.lines(7, head: #"{"build": "/g/p/2"}"#)) { try Self.plan($0) }
        #expect(ContentID.jobset(plan) != ContentID.jobset(other))
        let fewer = try Self.file(JobText.lines(6)) { try Self.plan($0) }
        #expect(ContentID.jobset(plan) != ContentID.jobset(fewer))
    }

    @Test("Each chunk has an id of its own, the same each time; in other chunks only the first keeps it")
    func chunkIDs() throws {
        func ids(jobs: Int) throws -> [UUID] {
            try Self.file(JobText.lines(20)) { file in
                let plan = try Self.plan(file, jobs: jobs)
                let target = ChunkTarget(newJobset: plan, id: nil)
                return plan.chunks.map(target.id)
            }
        }
        let first = try ids(jobs: 3)
        #expect(try ids(jobs: 3) == first)
        #expect(Set(first).count == first.count)
        let other = try ids(jobs: 4)
        #expect(other[0] == first[0])
        #expect(Set(other.dropFirst()).isDisjoint(with: first))
        #expect(first.allSatisfy { $0.uuid.6 >> 4 == 8 && $0.uuid.8 >> 6 == 2 })
    }

    @Test("The head leaves the jobset open for as many jobs as the file has, unless the file leaves it open itself")
    func head() throws {
        func head(_ head: String) throws -> JobsetDocument {
            try Self.file(JobText.lines(7, head: head)) { file in
                let text = try #require(ChunkTarget(newJobset: try Self.plan(file), id: nil).head)
                return try JobsetDocument.read(text, knownBackends: ["lab-a"])
            }
        }
        let sealed = try head(#"{"build": "/g/p/1", "open": false, "priority": 70}"#)
        #expect(sealed.isOpen && sealed.declaredTotal == 7 && sealed.jobs.isEmpty && sealed.priority == 70)
        let open = try head(#"{"build": "/g/p/1", "open": true}"#)
        #expect(open.isOpen && open.declaredTotal == nil)
        let declared = try head(#"{"build": "/g/p/1", "open": true, "total": 9}"#)
        #expect(declared.declaredTotal == 9)
    }

    private func refusal(_ text: String, _ purpose: JobFileCheck.Purpose = .jobset) throws -> [String] {
        try Self.file(text) { file in
            do {
                _ = try Self.plan(file, purpose)
                return []
            } catch let error as JobFileError {
                return Array(error.lines.dropFirst().dropLast())
            }
        }
    }

    @Test("Every fault is told before anything is sent, with the job's place in the whole file and its line")
    func faults() throws {
        var lines = [#"{"build": "nope"}"#] + (0..<9).map { JobText.job($0) }
        lines[8] = JobText.job(7, backend: "lab-z")
        lines[9] = #"{"environment": "e", "backend": "lab-a"}"#
        #expect(
            try refusal(lines.joined(separator: "\n")) == [
                #"  /jobs/7/backend: is not a known backend; known: lab-a (found "lab-z") (line 9)"#,
                "  /jobs/8/definition: is missing (line 10)",
                #"  /build: must look like "/group/project/version", and so begin with "/" (found "nope")"#,
            ]
        )
    }

    @Test("What was found before the JSON breaks is told as well")
    func broken() throws {
        let text = JobText.lines(4) + JobText.job(4, backend: "lab-z") + "\n{\"a\" 1}\n"
        #expect(
            try refusal(text) == [
                #"  /jobs/4/backend: is not a known backend; known: lab-a (found "lab-z") (line 6)"#,
                "  the document: can't be read from line 7, column 6 on: \":\" after a key is expected here",
            ]
        )
    }

    @Test("A declared total must have room for the file's jobs, and is only for open jobsets")
    func total() throws {
        #expect(
            try refusal(JobText.lines(7, head: #"{"build": "/g/p/1", "open": true, "total": 6}"#)) == [
                #"  /total: is less than the 7 jobs that are given (found "6")"#
            ]
        )
        #expect(try refusal(JobText.lines(7, head: #"{"build": "/g/p/1", "total": 7}"#)).count == 1)
    }

    @Test("An addition is an object with jobs alone, a bare array, or lines that are all jobs")
    func additions() throws {
        let jobs = (0..<4).map { JobText.job($0) }
        for text in [
            #"{"jobs": [\#(jobs.joined(separator: ","))]}"#, "[\(jobs.joined(separator: ", "))]",
            jobs.joined(separator: "\n"),
        ] {
            let plan = try Self.file(text) { try Self.plan($0, .addition) }
            #expect(plan.total == 4 && plan.members.isEmpty)
        }
        #expect(try Self.file(jobs[0]) { try Self.plan($0, .addition).total } == 1)
        #expect(
            try refusal(#"{"build": "/g/p/1", "jobs": [\#(jobs[0])]}"#, .addition) == [
                "  /build: does not belong to an addition: the file has jobs and nothing else (line 1)"
            ]
        )
    }
}

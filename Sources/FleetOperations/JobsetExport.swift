// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import FleetStore
import Foundation

/// Takes an archive, piece by piece.
package protocol ArchiveSink {
    @concurrent mutating func write(_ bytes: [UInt8]) async throws
}

/// All that is kept of a jobset, as a tar archive that is made while it is written: no more of it is in memory than a file.
///
/// | file | content |
/// |---|---|
/// | `jobset.json` | the jobset |
/// | `jobs-000000.jsonl` … | a job on each line, by position; each file begins with the position in its name |
/// | `definitions/000000.yaml` … | the definition of the job at this position, without its secrets |
/// | `results-000001.jsonl` … | a test case on each line, LAVA's own suite included |
/// | `deliveries.jsonl` | a delivery on each line |
/// | `report.json`, `report.txt`, … | the latest report, in each of its formats |
package struct JobsetExport: Sendable {
    private let store: FleetStore
    private let jobset: Jobset
    private let labs: LabAddresses
    private let mask: @Sendable (String) async throws -> String?

    private static let jobsPerFile = 1_000
    private static let resultsPerFile = 10_000

    /// - Parameter mask: A definition without its secrets; `nil` for one that is not shown.
    package init(
        of jobset: Jobset,
        in store: FleetStore,
        labs: LabAddresses,
        mask: @escaping @Sendable (String) async throws -> String?
    ) {
        self.jobset = jobset
        self.store = store
        self.labs = labs
        self.mask = mask
    }

    /// Writes the archive, piece by piece.
    @concurrent package func write(to sink: inout some ArchiveSink) async throws {
        try await file("jobset.json", try Self.text(jobset), &sink)
        try await jobs(&sink)
        try await results(&sink)
        try await file("deliveries.jsonl", try Self.lines(try await store.deliveries(of: jobset.id)), &sink)
        if let report = try await store.storedReport(jobsetID: jobset.id) {
            for format in ReportFormat.allCases {
                if let text = report[format] { try await file("report.\(format.fileEnd)", Array(text.utf8), &sink) }
            }
        }
        try await sink.write(TarArchive.end)
    }

    @concurrent private func jobs(_ sink: inout some ArchiveSink) async throws {
        var from = 0
        while true {
            let jobs = try await store.jobs(of: jobset.id, from: from, limit: Self.jobsPerFile)
            guard let last = jobs.last else { return }
            let name = Self.number(jobs[0].position)
            try await file("jobs-\(name).jsonl", try Self.lines(jobs.map { $0.linked(labs) }), &sink)
            for job in jobs {
                guard let text = try await store.definition(of: jobset.id, position: job.position),
                    let shown = try await mask(text)
                else { continue }
                try await file("definitions/\(Self.number(job.position)).yaml", Array(shown.utf8), &sink)
            }
            from = last.position + 1
        }
    }

    @concurrent private func results(_ sink: inout some ArchiveSink) async throws {
        var filter = ResultFilter(includesLavaSuite: true, limit: Self.resultsPerFile)
        var number = 0
        repeat {
            let page = try await store.resultPage(of: jobset.id, filter)
            guard !page.results.isEmpty else { return }
            number += 1
            let lines = try Self.lines(page.results.map { $0.linked(labs) })
            try await file("results-\(Self.number(number)).jsonl", lines, &sink)
            filter.after = page.next
        } while filter.after != nil
    }

    @concurrent private func file(_ name: String, _ bytes: [UInt8], _ sink: inout some ArchiveSink) async throws {
        let time = Int((jobset.finishedAt ?? jobset.createdAt).timeIntervalSince1970)
        try await sink.write(TarArchive.head(of: name, size: bytes.count, time: time))
        if !bytes.isEmpty { try await sink.write(bytes) }
        let padding = TarArchive.padding(of: bytes.count)
        if !padding.isEmpty { try await sink.write(padding) }
    }

    private static func text(_ value: some Encodable) throws -> [UInt8] {
        Array(try FleetJSON.text(value).utf8) + [0x0A]
    }

    private static func lines(_ values: [some Encodable]) throws -> [UInt8] {
        try values.reduce(into: []) { $0 += try FleetJSON.bytes($1) + [0x0A] }
    }

    private static func number(_ number: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: max(0, 6 - text.count)) + text
    }
}

extension ReportFormat {
    /// How the name of a file ends that has it.
    fileprivate var fileEnd: String {
        switch self {
        case .json: "json"
        case .text: "txt"
        case .html: "html"
        case .junit: "junit.xml"
        case .mail: "mail.txt"
        case .kcidb: "kcidb.json"
        }
    }
}

/// The frame of a tar archive: POSIX's `ustar` (IEEE Std 1003.1-1988, section 10.1.1).
enum TarArchive {
    private static let blockBytes = 512
    private static let largestSize = 0o77_777_777_777

    /// The end of an archive: two blocks of zeros.
    static let end = [UInt8](repeating: 0, count: 2 * blockBytes)

    /// The head of a file.
    ///
    /// - Parameters:
    ///   - name: Its path: at most 100 bytes of ASCII.
    ///   - size: How many bytes it has, less than 8 GiB.
    ///   - time: When it was changed, in seconds since 1970.
    static func head(of name: String, size: Int, time: Int) -> [UInt8] {
        precondition(name.utf8.count <= 100 && (0...largestSize).contains(size), "a file that does not fit into ustar")
        var block = [UInt8](repeating: 0, count: blockBytes)
        put(name, at: 0, &block)
        put(octal(0o644, digits: 7), at: 100, &block)
        put(octal(0, digits: 7), at: 108, &block)
        put(octal(0, digits: 7), at: 116, &block)
        put(octal(size, digits: 11), at: 124, &block)
        put(octal(min(max(0, time), largestSize), digits: 11), at: 136, &block)
        put("        ", at: 148, &block)
        put("0", at: 156, &block)
        put("ustar\u{0}00", at: 257, &block)
        put("muster", at: 265, &block)
        put("muster", at: 297, &block)
        // The sum of all bytes, in which its own place counts as spaces.
        put(octal(block.reduce(0) { $0 + Int($1) }, digits: 6) + "\u{0} ", at: 148, &block)
        return block
    }

    /// What fills a file of this size up to whole blocks.
    static func padding(of size: Int) -> [UInt8] {
        [UInt8](repeating: 0, count: (blockBytes - size % blockBytes) % blockBytes)
    }

    private static func put(_ text: String, at place: Int, _ block: inout [UInt8]) {
        let bytes = Array(text.utf8)
        block.replaceSubrange(place..<place + bytes.count, with: bytes)
    }

    private static func octal(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: digits - text.count) + text
    }
}

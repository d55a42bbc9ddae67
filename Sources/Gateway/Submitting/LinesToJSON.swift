// SPDX-License-Identifier: Apache-2.0

import Fleet

/// JSON lines as one document: the first line is the jobset without its jobs, every other one a job.
enum LinesToJSON {
    /// The document.
    ///
    /// - Throws: ``DocumentFaults`` when the first line is no object. All else is found by whoever reads the document.
    static func convert(_ text: [UInt8]) throws(DocumentFaults) -> [UInt8] {
        let lines = text.split { $0 == UInt8(ascii: "\n") }.map { trimmed($0) }.filter { !$0.isEmpty }
        guard let head = lines.first, head.first == UInt8(ascii: "{"), head.last == UInt8(ascii: "}") else {
            let reason = "the first line must be a JSON object: the jobset without its jobs"
            throw DocumentFaults(faults: [Fault(pointer: "", reason: reason)])
        }
        var document: [UInt8] = []
        document.reserveCapacity(text.count + 16)
        document += head.dropLast()
        let isEmpty = trimmed(head.dropFirst().dropLast()).isEmpty
        document += Array((isEmpty ? "\"jobs\":[" : ",\"jobs\":[").utf8)
        for (number, line) in lines.dropFirst().enumerated() {
            if number > 0 { document.append(UInt8(ascii: ",")) }
            document += line
        }
        document += Array("]}".utf8)
        return document
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D }
        guard let end = line.lastIndex(where: { !isBlank($0) }) else { return [] }
        return line[...end].drop(while: isBlank)
    }
}

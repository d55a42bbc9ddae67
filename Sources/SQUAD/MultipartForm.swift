// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A test run as `multipart/form-data`.
///
/// Its fields go as files: Django, below SQUAD, bounds what comes in plain fields (`DATA_UPLOAD_MAX_MEMORY_SIZE`).
struct MultipartForm {
    let boundary: String
    let body: [UInt8]

    var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    /// - Parameter boundary: Something that the fields' JSON can't hold by chance.
    init(_ run: TestRun, boundary: String = "muster-\(UUID().uuidString)") throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var body: [UInt8] = []
        func add(_ name: String, _ content: Data) {
            let head = """
                --\(boundary)\r
                Content-Disposition: form-data; name="\(name)"; filename="\(name).json"\r
                Content-Type: application/json\r
                \r

                """
            body += Array(head.utf8) + content + Array("\r\n".utf8)
        }
        add("metadata", try encoder.encode(run.metadata))
        // A field that is there makes a file in SQUAD's storage, empty or not.
        if !run.tests.isEmpty { add("tests", try encoder.encode(run.tests)) }
        if !run.metrics.isEmpty { add("metrics", try encoder.encode(run.metrics)) }
        self.boundary = boundary
        self.body = body + Array("--\(boundary)--\r\n".utf8)
    }
}

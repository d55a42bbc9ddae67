// SPDX-License-Identifier: Apache-2.0

import Crypto

/// The digest over what a document means.
///
/// Each field is hashed behind its length, and each list behind its count, so that no two documents run together into
/// the same bytes; keys are sorted by their bytes. Definitions are hashed where they lie.
struct DocumentDigest {
    private var hash = SHA256()

    /// A digest under a rule: another one begins with another word, and so shares no digest with this.
    init(of rule: String) { add(rule) }

    /// The 32 bytes.
    func finish() -> [UInt8] { Array(hash.finalize()) }

    mutating func add(_ callback: CallbackRequest?) {
        add(callback == nil ? 0 : 1)
        guard let callback else { return }
        add(callback.url)
        add(callback.headers)
        addUnlessDefault("events", callback.events.map { $0.map(\.rawValue).joined(separator: " ") })
        addUnlessDefault("method", callback.method?.rawValue)
        addUnlessDefault("template", callback.template)
        addUnlessDefault("body", callback.body)
        addUnlessDefault("payload", callback.payload)
        addUnlessDefault("content_type", callback.contentType?.rawValue)
        addUnlessDefault("secret", callback.secret)
        guard let parameters = callback.parameters else { return }
        add("parameters")
        add(parameters)
    }

    /// Jobs; `definition` has that of the job at a place, if the jobs themselves have none with them.
    mutating func add(_ jobs: [JobEntry], definition: ((Int) -> String)?) {
        add(jobs.count)
        for (place, job) in jobs.enumerated() {
            add(job.environment)
            add(job.backend)
            add(definition?(place) ?? job.definition)
            addUnlessDefault("lab_job", job.labJob.map { "\($0)" })
            addUnlessDefault("name", job.name)
            addUnlessDefault("expect", job.expect?.described)
            addUnlessDefault("priority", job.priority != JobsetDocument.defaultPriority ? "\(job.priority)" : nil)
            addUnlessDefault("retries", job.retries.map { "\($0)" })
            addUnlessDefault("timeout", job.timeout?.described)
        }
    }

    /// What came later is only there where it says something, so that older documents keep their digests.
    mutating func addUnlessDefault(_ name: String, _ value: String?) {
        guard let value else { return }
        add(name)
        add(value)
    }

    private mutating func add(_ number: Int) {
        withUnsafeBytes(of: UInt64(number).bigEndian) { hash.update(bufferPointer: $0) }
    }

    mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            add(bytes.count)
            hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
        }
    }

    mutating func add(_ entries: [String: String]) {
        add(entries.count)
        for (name, value) in entries.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            add(name)
            add(value)
        }
    }
}

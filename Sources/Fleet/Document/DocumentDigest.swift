// SPDX-License-Identifier: Apache-2.0

import Crypto

/// The digest over what a document means.
///
/// Each field is hashed behind its length, and each list behind its count, so that no two documents run together into
/// the same bytes; keys are sorted by their bytes. Definitions are hashed where they lie.
struct DocumentDigest {
    private var hash = SHA256()

    static func over(
        build: Build,
        callback: CallbackRequest?,
        jobs: [JobEntry],
        labels: [String: String],
        retries: Int
    ) -> [UInt8] {
        var digest = DocumentDigest()
        // Names the rule: another one would begin with another word, and so share no digest with this.
        digest.add("muster.jobset.1")
        digest.add(build.description)
        digest.add(callback == nil ? 0 : 1)
        if let callback {
            digest.add(callback.url)
            digest.add(callback.headers)
        }
        digest.add(jobs.count)
        for job in jobs {
            digest.add(job.environment)
            digest.add(job.backend)
            digest.add(job.definition)
        }
        digest.add(labels)
        // What came later is only there where it says something, so that older documents keep their digests.
        if retries > 0 {
            digest.add("retries")
            digest.add(retries)
        }
        return Array(digest.hash.finalize())
    }

    private mutating func add(_ number: Int) {
        withUnsafeBytes(of: UInt64(number).bigEndian) { hash.update(bufferPointer: $0) }
    }

    private mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            add(bytes.count)
            hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
        }
    }

    private mutating func add(_ entries: [String: String]) {
        add(entries.count)
        for (name, value) in entries.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            add(name)
            add(value)
        }
    }
}

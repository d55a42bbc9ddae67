// SPDX-License-Identifier: Apache-2.0

/// What a job may say of its own run: how long it may take, how often it is tried, and which job goes first.
extension DocumentReader {
    /// Reads one of the keys `priority`, `retries` and `timeout` of a job.
    mutating func readJobTerm(_ key: String, _ pointer: String, into job: inout JobEntry) throws(JSONSyntaxError) {
        switch key {
        case "priority": job.priority = try readWholeNumber(pointer, JobsetDocument.priorities) ?? job.priority
        case "retries": job.retries = try readWholeNumber(pointer, 0...limits.maximumRetries)
        default: job.timeout = try readJobTimeout(pointer)
        }
    }

    private mutating func readJobTimeout(_ pointer: String) throws(JSONSyntaxError) -> JobTimeout? {
        guard try isObject(pointer) else { return nil }
        var timeout = JobTimeout()
        var seen: Set<String> = []
        let before = faults.count
        var members = try cursor.enterObject()
        while let key = try cursor.nextKey(&members) {
            guard try accepts(key, in: pointer, .jobTimeout, &seen) else { continue }
            let seconds = try readWholeNumber("\(pointer)/\(key)", 1...limits.maximumTimeout)
            if key == "queued" { timeout.queued = seconds } else { timeout.running = seconds }
        }
        if seen.isEmpty, faults.count == before {
            faults.add(pointer, "says nothing: give \"queued\", \"running\" or both")
        }
        return timeout
    }

    /// What only several keys together can get wrong.
    mutating func checkJobTerms(of job: JobEntry, _ seen: Set<String>, _ pointer: String) {
        if seen.contains("lab_job") {
            for key in ["priority", "retries"] where seen.contains(key) {
                faults.add("\(pointer)/\(key)", "must not be given together with \"lab_job\": the lab has it already")
            }
        }
        guard let most = limits.labTimeouts?[job.backend] else { return }
        check(job.timeout?.queued, "\(pointer)/timeout/queued", atMost: most.queued, "queued", of: job.backend)
        check(job.timeout?.running, "\(pointer)/timeout/running", atMost: most.running, "running", of: job.backend)
    }

    private mutating func check(_ own: Int?, _ pointer: String, atMost most: Int?, _ part: String, of backend: String) {
        guard let own, let most, own > most else { return }
        faults.add(
            pointer,
            "must not be more than \(most), the \(part)_limit_seconds of \(backend)",
            found: "\(own)"
        )
    }
}

extension KnownKeys {
    static let jobTimeout = KnownKeys(supported: ["queued", "running"])
}

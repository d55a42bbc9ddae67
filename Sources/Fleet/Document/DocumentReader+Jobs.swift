// SPDX-License-Identifier: Apache-2.0

internal import YAML

extension DocumentReader {
    /// Reads the value of `jobs`.
    mutating func readJobs() throws(JSONSyntaxError) {
        guard try isNext(.array, "/jobs") else { return }
        var elements = try cursor.enterArray()
        var count = 0
        while try cursor.nextElement(&elements) {
            count += 1
            if count <= limits.maximumJobs { try readJob("/jobs/\(count - 1)") } else { try cursor.skip() }
        }
        if count > limits.maximumJobs {
            faults.add("/jobs", "has \(count) jobs; the limit is \(limits.maximumJobs)")
        }
    }

    private mutating func readJob(_ pointer: String) throws(JSONSyntaxError) {
        guard try isObject(pointer) else { return }
        var seen: Set<String> = []
        var job = JobEntry(environment: "", backend: "", definition: "")
        var offset: Int?
        var members = try cursor.enterObject()
        while let key = try cursor.nextKey(&members) {
            guard try accepts(key, in: pointer, .job, &seen) else { continue }
            switch key {
            case "environment": job.environment = try readEnvironment("\(pointer)/environment")
            case "backend": job.backend = try readBackend("\(pointer)/backend")
            case "lab_job": job.labJob = try readLabJob("\(pointer)/lab_job")
            case "name": job.name = try readName("\(pointer)/name")
            case "expect": job.expect = try readExpect("\(pointer)/expect")
            case "priority", "retries", "timeout": try readJobTerm(key, "\(pointer)/\(key)", into: &job)
            default:
                offset = cursor.offset
                let text = try readDefinition("\(pointer)/definition")
                if keepsDefinitions { job.definition = text }
            }
        }
        let isWatched = seen.contains("lab_job")
        for key in ["environment", "backend"] + (isWatched ? [] : ["definition"]) where !seen.contains(key) {
            faults.add("\(pointer)/\(key)", "is missing")
        }
        if isWatched, seen.contains("definition") {
            faults.add("\(pointer)/lab_job", "must not be given together with \"definition\": the lab has it already")
        }
        checkJobTerms(of: job, seen, pointer)
        // A document with a fault is never used, so its other definitions needn't be kept either.
        if faults.count == 0 { jobs.append(job) } else { jobs = [] }
        if !keepsDefinitions { definitionOffsets.append(offset) }
    }

    /// Has the definition of the job at a place, read once more; `nil` where the jobs have them.
    var definition: ((Int) -> String)? {
        guard !keepsDefinitions else { return nil }
        let (bytes, offsets) = (cursor.bytes, definitionOffsets)
        return { place in
            guard let offset = offsets[place] else { return "" }
            var cursor = JSONCursor(bytes, from: offset)
            return ByteOrderMark.removed(from: (try? cursor.string()) ?? "")
        }
    }

    private mutating func readEnvironment(_ pointer: String) throws(JSONSyntaxError) -> String {
        guard let text = try readString(pointer) else { return "" }
        if !Slug.isValid(text) {
            faults.add(
                pointer,
                "must be at most \(Slug.maximumLength) letters, digits, \"_\", \".\" and \"-\", and begin with a letter or digit",
                found: text
            )
        }
        return text
    }

    private mutating func readName(_ pointer: String) throws(JSONSyntaxError) -> String? {
        guard let text = try readString(pointer) else { return nil }
        if text.unicodeScalars.count > JobName.maximumLength {
            faults.add(
                pointer,
                "has \(text.unicodeScalars.count) characters; the limit is \(JobName.maximumLength)",
                found: String(text.prefix(Fault.maximumValueLength))
            )
        } else if JobName.shown(text) != text {
            faults.add(
                pointer,
                "must be one line without control characters, and without a space at its beginning or end",
                found: text
            )
        }
        return text
    }

    private mutating func readBackend(_ pointer: String) throws(JSONSyntaxError) -> String {
        guard let text = try readString(pointer) else { return "" }
        if !knownBackends.contains(text) { faults.add(pointer, unknownBackend, found: text) }
        return text
    }

    /// LAVA's number of a job, as a number or as text.
    private mutating func readLabJob(_ pointer: String) throws(JSONSyntaxError) -> Int? {
        guard try cursor.kind() == .string else { return try readWholeNumber(pointer, Self.labJobs) }
        guard let text = try readString(pointer) else { return nil }
        if let number = Int(text), Self.labJobs.contains(number), "\(number)" == text { return number }
        faults.add(pointer, "must be the lab's number of a job, such as \"1234\"", found: text)
        return nil
    }

    /// What LAVA counts its jobs with.
    private static let labJobs = 1...Int(Int32.max)

    private var unknownBackend: String {
        guard !knownBackends.isEmpty else { return "is not a known backend; none is configured" }
        let listed = 10
        let names = knownBackends.sorted()
        let rest = names.count > listed ? " and \(names.count - listed) more" : ""
        return "is not a known backend; known: \(names.prefix(listed).joined(separator: ", "))\(rest)"
    }

    /// A definition may hold secrets, so a fault never quotes it.
    private mutating func readDefinition(_ pointer: String) throws(JSONSyntaxError) -> String {
        guard let text = try readString(pointer) else { return "" }
        let size = text.utf8.count
        if size > limits.maximumDefinitionBytes {
            faults.add(pointer, "has \(size) bytes; the limit is \(limits.maximumDefinitionBytes)")
        } else if let complaint = DefinitionRule.complaint(about: text) {
            faults.add(pointer, complaint)
        }
        // An editor's mark says nothing, and a definition with it is the same as one without.
        return ByteOrderMark.removed(from: text)
    }
}

extension KnownKeys {
    static let job = KnownKeys(
        supported: [
            "backend", "definition", "environment", "expect", "lab_job", "name", "priority", "retries", "timeout",
        ],
        // Decision 54.
        refused: [
            "after": """
            is not supported: the jobs of a jobset run independently of one another. Make one job of steps that need \
            each other, or submit the next jobset when this one has passed
            """
        ]
    )
}

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

extension DocumentReader {
    /// One of the words of an enumeration, or `nil` and a fault.
    mutating func readWord<Word: RawRepresentable & CaseIterable>(
        _ pointer: String
    ) throws(JSONSyntaxError) -> Word? where Word.RawValue == String {
        guard let text = try readString(pointer) else { return nil }
        if let word = Word(rawValue: text) { return word }
        let words = Word.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
        faults.add(pointer, "must be \(words)", found: String(text.prefix(Fault.maximumValueLength)))
        return nil
    }

    /// `expect` of a job: the results that it must bring.
    mutating func readExpect(_ pointer: String) throws(JSONSyntaxError) -> ExpectedResults? {
        guard try isObject(pointer) else { return nil }
        var expect = ExpectedResults()
        var seen: Set<String> = []
        var members = try cursor.enterObject()
        while let key = try cursor.nextKey(&members) {
            guard try accepts(key, in: pointer, .expect, &seen) else { continue }
            if key == "suites" {
                expect.suites = try readSuites("\(pointer)/suites")
            } else {
                expect.cases = try readWholeNumber("\(pointer)/cases", ExpectedResults.caseNumbers) ?? 0
            }
        }
        if seen.isEmpty { faults.add(pointer, "says nothing: give \"suites\", \"cases\" or both") }
        return expect
    }

    private mutating func readSuites(_ pointer: String) throws(JSONSyntaxError) -> [String] {
        guard try isNext(.array, pointer) else { return [] }
        var suites: [String] = []
        var count = 0
        var elements = try cursor.enterArray()
        while try cursor.nextElement(&elements) {
            defer { count += 1 }
            guard count < ExpectedResults.maximumSuites else {
                try cursor.skip()
                continue
            }
            guard let text = try readString("\(pointer)/\(count)") else { continue }
            if text.utf8.count > ExpectedResults.maximumSuiteBytes {
                let limit = ExpectedResults.maximumSuiteBytes
                faults.add("\(pointer)/\(count)", "has \(text.utf8.count) bytes; the limit is \(limit)")
            } else if !suites.contains(text) {
                suites.append(text)
            }
        }
        if count > ExpectedResults.maximumSuites {
            faults.add(pointer, "has \(count) suites; the limit is \(ExpectedResults.maximumSuites)")
        }
        return suites
    }
}

extension KnownKeys {
    static let expect = KnownKeys(supported: ["cases", "suites"])
}

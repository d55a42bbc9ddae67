// SPDX-License-Identifier: Apache-2.0

import Foundation
internal import YAML

/// Walks through a document once and gathers its meaning and its faults.
struct DocumentReader {
    var cursor: JSONCursor
    let limits: DocumentLimits
    let knownBackends: Set<String>
    let keepsDefinitions: Bool
    var faults: FaultList

    var build: Build?
    var callback: CallbackRequest?
    var squad = SQUADCallback()
    var jobs: [JobEntry] = []
    /// Where in the document each job's definition begins, if the jobs do not keep them.
    var definitionOffsets: [Int?] = []
    var labels: [String: String] = [:]
    var retries = 0
    var isOpen = false
    var declaredTotal: Int?
    var timeout: Int?
    var maxFailures: FailureLimit?
    var priority = JobsetDocument.defaultPriority
    var baseline: BaselineName?
    var report: ReportRequest?
    var emptyJobs: EmptyJobs?
    var source: JobsetSource?
    var jobsetID: UUID?
    var seals = false

    init(body: [UInt8], limits: DocumentLimits, knownBackends: Set<String>, keepsDefinitions: Bool = true) {
        self.cursor = JSONCursor(body, from: ByteOrderMark.count(before: body))
        self.limits = limits
        self.knownBackends = knownBackends
        self.keepsDefinitions = keepsDefinitions
        self.faults = FaultList(limit: limits.maximumFaults)
    }

    /// Reads the document, or throws everything that is wrong with it.
    mutating func read() throws(DocumentFaults) -> IncomingDocument {
        guard isReadable() else { throw DocumentFaults(faults: faults.all) }
        do {
            try readDocument()
            try cursor.end()
        } catch {
            let position = TextPosition(of: error.offset, in: cursor.bytes)
            faults.add("", "is not valid JSON at \(position): \(error.problem)")
        }
        guard faults.count == 0, let document else { throw DocumentFaults(faults: faults.all) }
        return document
    }

    /// What was read, if it has no fault.
    private var document: IncomingDocument? {
        if let jobsetID {
            return .addition(
                JobsetAddition(
                    jobsetID: jobsetID,
                    jobs: jobs,
                    seals: seals,
                    declaredTotal: declaredTotal,
                    callback: callback,
                    definition: definition
                )
            )
        }
        return build.map { build in
            .jobset(
                JobsetDocument(
                    build: build,
                    callback: callback,
                    jobs: jobs,
                    labels: labels,
                    retries: retries,
                    isOpen: isOpen,
                    declaredTotal: declaredTotal,
                    timeout: timeout.map { .seconds($0) },
                    maxFailures: maxFailures,
                    priority: priority,
                    baseline: baseline,
                    report: report,
                    emptyJobs: emptyJobs,
                    source: source,
                    definition: definition
                )
            )
        }
    }

    /// Checks what must hold before there is any point in looking for JSON.
    private mutating func isReadable() -> Bool {
        let bytes = cursor.bytes
        if bytes.count > limits.maximumDocumentBytes {
            faults.add("", "has \(bytes.count) bytes; the limit is \(limits.maximumDocumentBytes)")
        } else if bytes.isEmpty {
            faults.add("", "is empty")
        } else {
            do {
                _ = try UTF8Span(validating: bytes.span)
            } catch {
                let position = TextPosition(of: error.byteOffsets.lowerBound, in: bytes)
                faults.add("", "is not UTF-8 at \(position)")
            }
        }
        return faults.count == 0
    }

    private mutating func readDocument() throws(JSONSyntaxError) {
        guard try isObject("") else { return }
        var seen: Set<String> = []
        var callbackURL: CallbackRequest?
        var members = try cursor.enterObject()
        while let key = try cursor.nextKey(&members) {
            guard try accepts(key, in: "", .any, &seen) else { continue }
            switch key {
            case "callback_url": callbackURL = try readURL("/callback_url").map { CallbackRequest(url: $0) }
            case "callback": callback = try readCallback()
            case "jobs": try readJobs()
            case "labels": try readLabels()
            case "report": try readReport()
            case "source": try readSource()
            case _ where SQUADCallback.keys.contains(key): try readSQUADKey(key)
            default: try readSingleValue(key)
            }
        }
        if seen.contains("jobset") { checkAddition(seen) } else { checkJobset(seen) }
        if seen.isSuperset(of: ["callback", "callback_url"]) {
            faults.add("/callback_url", "must not be given together with \"callback\", which has a \"url\" of its own")
        }
        checkLabels()
        callback = squadCallback(url: callbackURL, seen) ?? callback
    }

    private mutating func readSingleValue(_ key: String) throws(JSONSyntaxError) {
        let pointer = "/\(key)"
        switch key {
        case "baseline": try readBaseline(pointer)
        case "build": try readBuild()
        case "empty_jobs": emptyJobs = try readWord(pointer)
        case "jobset": try readJobsetID()
        case "open": isOpen = try readBoolean(pointer) ?? false
        case "seal": seals = try readBoolean(pointer) ?? false
        case "total": declaredTotal = try readWholeNumber(pointer, 0...limits.maximumTotal)
        case "timeout": timeout = try readWholeNumber(pointer, 1...limits.maximumTimeout)
        case "priority": priority = try readWholeNumber(pointer, JobsetDocument.priorities) ?? priority
        case "max_failures": try readMaxFailures(pointer)
        default: retries = try readWholeNumber(pointer, 0...limits.maximumRetries) ?? 0
        }
    }

    private mutating func readBuild() throws(JSONSyntaxError) {
        guard let text = try readString("/build") else { return }
        build = Build(text)
        if build == nil { faults.add("/build", BuildRule.complaint(about: text), found: text) }
    }

    private mutating func readBaseline(_ pointer: String) throws(JSONSyntaxError) {
        guard let text = try readString(pointer) else { return }
        baseline = BaselineName(text)
        if baseline == nil {
            faults.add(
                pointer,
                "must be the id of a jobset, a build such as \"/group/project/version\", or a version of this project",
                found: text
            )
        }
    }

    private mutating func readJobsetID() throws(JSONSyntaxError) {
        guard let text = try readString("/jobset") else { return }
        jobsetID = UUID(uuidString: text)
        if jobsetID == nil { faults.add("/jobset", "must be the id of a jobset, a UUID", found: text) }
    }

    /// A number of jobs, or a percentage as a string.
    private mutating func readMaxFailures(_ pointer: String) throws(JSONSyntaxError) {
        guard try cursor.kind() == .string else {
            maxFailures = try readWholeNumber(pointer, 0...FailureLimit.maximumCount).map(FailureLimit.count)
            return
        }
        guard let text = try readString(pointer) else { return }
        maxFailures = text.hasSuffix("%") ? FailureLimit(text) : nil
        if maxFailures == nil {
            faults.add(pointer, "must be a whole number, or a percentage from \"0%\" to \"100%\"", found: text)
        }
    }

    // MARK: What the two kinds of documents need

    private mutating func checkJobset(_ seen: Set<String>) {
        for key in ["build", "jobs"] where !seen.contains(key) { faults.add("/\(key)", "is missing") }
        if seen.contains("seal") {
            faults.add("/seal", "belongs to a document that adds jobs to a \"jobset\", which it names")
        }
        guard let declaredTotal else { return }
        if !isOpen {
            faults.add("/total", "is only for a jobset that is open: give \"open\": true with it, or leave it out")
        } else if jobs.count > declaredTotal {
            faults.add("/total", "is less than the \(jobs.count) jobs that are given", found: "\(declaredTotal)")
        }
    }

    private mutating func checkAddition(_ seen: Set<String>) {
        for key in seen.subtracting(KnownKeys.addition.supported).sorted() {
            faults.add("/\(key)", "must not be given together with \"jobset\", which has it already")
        }
        let says = ["callback", "callback_url", "jobs", "total"].contains(where: seen.contains)
        if !says, !seals { faults.add("/jobs", "is missing") }
    }

    // MARK: What every object and value needs

    /// Whether `key` is to be read; otherwise it is a fault and its value has been skipped.
    mutating func accepts(
        _ key: String,
        in pointer: String,
        _ known: KnownKeys,
        _ seen: inout Set<String>
    ) throws(JSONSyntaxError) -> Bool {
        let isSupported = known.supported.contains(key)
        if !isSupported, faults.isFull {
            // Millions of unknown keys must cost no more than reading past them.
            faults.addUnlisted()
            try cursor.skip()
            return false
        }
        let place = "\(pointer)/\(Self.escaped(key))"
        if !isSupported {
            faults.add(place, known.refusal(of: key))
        } else if !seen.insert(key).inserted {
            faults.add(place, "stands there more than once")
        } else {
            return true
        }
        try cursor.skip()
        return false
    }

    /// Whether an object comes next; otherwise it is a fault and the value has been skipped.
    mutating func isObject(_ pointer: String) throws(JSONSyntaxError) -> Bool { try isNext(.object, pointer) }

    /// Whether a value of `kind` comes next; otherwise it is a fault and the value has been skipped.
    mutating func isNext(_ kind: JSONCursor.Kind, _ pointer: String) throws(JSONSyntaxError) -> Bool {
        let found = try cursor.kind()
        if found == kind { return true }
        faults.add(pointer, "must be \(kind.rawValue), not \(found.rawValue)")
        try cursor.skip()
        return false
    }

    /// A string that can be stored, or `nil` and a fault. Every value that is text is read by it.
    mutating func readText(_ pointer: String) throws(JSONSyntaxError) -> String? {
        guard try isNext(.string, pointer) else { return nil }
        let text = try cursor.string()
        guard let complaint = StorableText.complaint(about: text) else { return text }
        faults.add(pointer, complaint)
        return nil
    }

    /// A string that isn't empty, or `nil` and a fault.
    mutating func readString(_ pointer: String) throws(JSONSyntaxError) -> String? {
        guard let text = try readText(pointer) else { return nil }
        guard text.isEmpty else { return text }
        faults.add(pointer, "is empty", found: "")
        return nil
    }

    /// `true` or `false`, or `nil` and a fault.
    mutating func readBoolean(_ pointer: String) throws(JSONSyntaxError) -> Bool? {
        guard try isNext(.boolean, pointer) else { return nil }
        return try cursor.boolean()
    }

    /// A whole number in a range, or `nil` and a fault.
    mutating func readWholeNumber(_ pointer: String, _ range: ClosedRange<Int>) throws(JSONSyntaxError) -> Int? {
        guard try isNext(.number, pointer) else { return nil }
        let text = try cursor.number()
        if let number = Int(text), range.contains(number) { return number }
        faults.add(
            pointer,
            "must be a whole number from \(range.lowerBound) to \(range.upperBound)",
            found: String(text.prefix(Fault.maximumValueLength))
        )
        return nil
    }

    /// A URL that may be called, or `nil` and a fault.
    mutating func readURL(_ pointer: String) throws(JSONSyntaxError) -> String? {
        guard let text = try readString(pointer) else { return nil }
        let complaint: String?
        do throws(CallbackURL.Fault) {
            let url = try CallbackURL(text, maximumBytes: limits.maximumURLBytes)
            complaint = limits.callbackAddresses?.complaint(about: url)
        } catch {
            complaint = error.description
        }
        guard let complaint else { return text }
        faults.add(pointer, complaint, found: CallbackURL.shown(text))
        return nil
    }

    /// `key` as a part of a JSON pointer (RFC 6901), cut to a length that a person can read.
    static func escaped(_ key: String) -> String {
        let key = key.count > Fault.maximumValueLength ? key.prefix(Fault.maximumValueLength - 1) + "…" : key
        return key.replacing("~", with: "~0").replacing("/", with: "~1")
    }
}

extension KnownKeys {
    static let document = KnownKeys(
        supported: [
            "baseline", "build", "callback", "callback_event", "callback_headers", "callback_method",
            "callback_payload", "callback_payload_is_json", "callback_record_response", "callback_url", "empty_jobs",
            "jobs", "labels", "max_failures", "open", "priority", "report", "retries", "source", "timeout", "total",
        ]
    )
    static let addition = KnownKeys(
        supported: ["callback", "callback_url"] + SQUADCallback.keys + ["jobs", "jobset", "seal", "total"]
    )
    /// Both, for as long as it is not known which of them is being read.
    static let any = KnownKeys(
        supported: Set(document.supported + addition.supported).sorted()
    )
}

// SPDX-License-Identifier: Apache-2.0

/// Walks through a document once and gathers its meaning and its faults.
struct DocumentReader {
    var cursor: JSONCursor
    let limits: DocumentLimits
    let knownBackends: Set<String>
    var faults: FaultList

    var build: Build?
    var callback: CallbackRequest?
    var jobs: [JobEntry] = []
    var labels: [String: String] = [:]
    var retries = 0

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    init(body: [UInt8], limits: DocumentLimits, knownBackends: Set<String>) {
        self.cursor = JSONCursor(body, from: body.starts(with: Self.byteOrderMark) ? Self.byteOrderMark.count : 0)
        self.limits = limits
        self.knownBackends = knownBackends
        self.faults = FaultList(limit: limits.maximumFaults)
    }

    /// Reads the document, or throws everything that is wrong with it.
    mutating func read() throws(DocumentFaults) -> JobsetDocument {
        guard isReadable() else { throw DocumentFaults(faults: faults.all) }
        do {
            try readDocument()
            try cursor.end()
        } catch {
            let position = TextPosition(of: error.offset, in: cursor.bytes)
            faults.add("", "is not valid JSON at \(position): \(error.problem)")
        }
        guard faults.count == 0, let build else { throw DocumentFaults(faults: faults.all) }
        return JobsetDocument(build: build, callback: callback, jobs: jobs, labels: labels, retries: retries)
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
            guard try accepts(key, in: "", .document, &seen) else { continue }
            switch key {
            case "build": try readBuild()
            case "callback_url": callbackURL = try readURL("/callback_url").map { CallbackRequest(url: $0) }
            case "callback": callback = try readCallback()
            case "jobs": try readJobs()
            case "retries": retries = try readWholeNumber("/retries", 0...limits.maximumRetries) ?? 0
            default: try readLabels()
            }
        }
        for key in ["build", "jobs"] where !seen.contains(key) { faults.add("/\(key)", "is missing") }
        if seen.isSuperset(of: ["callback", "callback_url"]) {
            faults.add("/callback_url", "must not be given together with \"callback\", which has a \"url\" of its own")
        }
        callback = callback ?? callbackURL
    }

    private mutating func readBuild() throws(JSONSyntaxError) {
        guard let text = try readString("/build") else { return }
        build = Build(text)
        if build == nil { faults.add("/build", BuildRule.complaint(about: text), found: text) }
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

    /// A string that isn't empty, or `nil` and a fault.
    mutating func readString(_ pointer: String) throws(JSONSyntaxError) -> String? {
        guard try isNext(.string, pointer) else { return nil }
        let text = try cursor.string()
        guard text.isEmpty else { return text }
        faults.add(pointer, "is empty", found: "")
        return nil
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
        guard let complaint = URLRule.complaint(about: text, maximumBytes: limits.maximumURLBytes) else { return text }
        faults.add(pointer, complaint, found: URLRule.shown(text))
        return nil
    }

    /// `key` as a part of a JSON pointer (RFC 6901), cut to a length that a person can read.
    static func escaped(_ key: String) -> String {
        let key = key.count > Fault.maximumValueLength ? key.prefix(Fault.maximumValueLength - 1) + "…" : key
        return key.replacing("~", with: "~0").replacing("/", with: "~1")
    }
}

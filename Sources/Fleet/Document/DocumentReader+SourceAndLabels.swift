// SPDX-License-Identifier: Apache-2.0

extension DocumentReader {
    /// `source`: what the build was made of.
    mutating func readSource() throws(JSONSyntaxError) {
        guard try isObject("/source") else { return }
        var found = JobsetSource()
        var seen: Set<String> = []
        var members = try cursor.enterObject()
        while let key = try cursor.nextKey(&members) {
            guard try accepts(key, in: "/source", .source, &seen), let known = JobsetSource.CodingKeys(rawValue: key)
            else { continue }
            found[known] = try readChecked("/source/\(key)") { JobsetSource.complaint(about: $0, known) }
        }
        source = found.settings.isEmpty ? nil : found
    }

    /// A string in which nothing is wrong, or `nil` and a fault.
    mutating func readChecked(
        _ pointer: String,
        _ complaint: (String) -> String?
    ) throws(JSONSyntaxError) -> String? {
        guard let text = try readString(pointer) else { return nil }
        guard let complaint = complaint(text) else { return text }
        faults.add(pointer, complaint, found: String(text.prefix(Fault.maximumValueLength)))
        return nil
    }
}

extension KnownKeys {
    static let source = KnownKeys(
        supported: JobsetSource.CodingKeys.allCases.map(\.rawValue).sorted()
    )
}

extension DocumentReader {
    /// Reads the value of `labels`.
    mutating func readLabels() throws(JSONSyntaxError) {
        guard try isObject("/labels") else { return }
        var count = 0
        var members = try cursor.enterObject()
        while let name = try cursor.nextKey(&members) {
            count += 1
            guard count <= limits.maximumLabels else {
                try cursor.skip()
                continue
            }
            let place = "/labels/\(Self.escaped(name))"
            if !Slug.isValid(name) {
                faults.add(
                    place,
                    "must be named by at most \(Slug.maximumLength) letters, digits, \"_\", \".\" and \"-\""
                )
            } else if labels[name] != nil {
                faults.add(place, "stands there more than once")
            }
            guard let value = try readText(place) else { continue }
            if value.utf8.count > limits.maximumLabelBytes {
                faults.add(
                    place,
                    "has \(value.utf8.count) bytes; the limit is \(limits.maximumLabelBytes)",
                    found: value
                )
            } else if value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
                faults.add(place, "has a control character in it")
            }
            labels[name] = value
        }
        if count > limits.maximumLabels {
            faults.add("/labels", "has \(count) labels; the limit is \(limits.maximumLabels)")
        }
    }
}

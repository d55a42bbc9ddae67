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

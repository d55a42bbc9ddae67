// SPDX-License-Identifier: Apache-2.0

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

// SPDX-License-Identifier: Apache-2.0

/// PostgreSQL's text form of one-dimensional arrays (manual, "Array Input and Output Syntax").
enum ArrayText {
    static func write(_ elements: [String?]) -> String {
        var text = "{"
        for (index, element) in elements.enumerated() {
            if index > 0 { text += "," }
            guard let element else {
                text += "NULL"
                continue
            }
            text += "\""
            for scalar in element.unicodeScalars {
                if scalar == "\"" || scalar == "\\" { text += "\\" }
                text.unicodeScalars.append(scalar)
            }
            text += "\""
        }
        return text + "}"
    }

    /// nil if the text is no array of one dimension.
    static func read(_ text: String) -> [String?]? {
        var bytes = Array(text.utf8)[...]
        // An array whose first index is not 1 says so: [0:2]={…}
        if bytes.first == UInt8(ascii: "[") {
            guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            bytes = bytes[(equals + 1)...]
        }
        guard bytes.popFirst() == UInt8(ascii: "{"), bytes.popLast() == UInt8(ascii: "}") else { return nil }
        if bytes.isEmpty { return [] }
        var elements: [String?] = []
        while true {
            guard let element = readElement(&bytes) else { return nil }
            elements.append(element.value)
            guard let separator = bytes.popFirst() else { return elements }
            guard separator == UInt8(ascii: ",") else { return nil }
        }
    }

    private struct Element {
        var value: String?
    }

    private static func readElement(_ bytes: inout ArraySlice<UInt8>) -> Element? {
        if bytes.first == UInt8(ascii: "\"") { return readQuoted(&bytes) }
        let end = bytes.firstIndex(of: UInt8(ascii: ",")) ?? bytes.endIndex
        let word = bytes[bytes.startIndex..<end]
        bytes = bytes[end...]
        // An inner brace is a further dimension; an empty word is none of the server's making.
        guard !word.isEmpty, word.first != UInt8(ascii: "{") else { return nil }
        let text = String(decoding: word, as: UTF8.self)
        return Element(value: text == "NULL" ? nil : text)
    }

    private static func readQuoted(_ bytes: inout ArraySlice<UInt8>) -> Element? {
        bytes.removeFirst()
        var value: [UInt8] = []
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return Element(value: String(decoding: value, as: UTF8.self))
            case UInt8(ascii: "\\"):
                guard let next = bytes.popFirst() else { return nil }
                value.append(next)
            default: value.append(byte)
            }
        }
        return nil
    }
}

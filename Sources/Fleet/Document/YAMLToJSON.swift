// SPDX-License-Identifier: Apache-2.0

internal import YAML

/// A document in YAML as the JSON that it stands for, by YAML's JSON schema (YAML 1.2.2, section 10.2): plain scalars
/// are null, truths and numbers where they are spelled as in JSON, and texts otherwise.
///
/// It goes event by event, so neither depth nor size costs more than the text itself. Anchors and aliases are refused:
/// a few lines of them stand for any number of jobs.
package enum YAMLToJSON {
    /// The JSON of a text in UTF-8.
    ///
    /// - Parameters:
    ///   - maximumBytes: How long the JSON may be: a line break becomes two bytes of it, and an escape six.
    ///   - check: Is called now and then, and may end it by throwing.
    /// - Throws: ``DocumentFaults`` for what is not one YAML document, has aliases or is too long; what `check` throws.
    package static func convert(
        _ bytes: [UInt8],
        atMost maximumBytes: Int = .max,
        check: () throws -> Void = {}
    ) throws -> [UInt8] {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw fault("is not UTF-8") }
        var events = YAMLEvents(text)
        var writer = Writer()
        writer.bytes.reserveCapacity(bytes.count)
        var count = 0
        while true {
            count += 1
            if count % 1_000 == 0 { try check() }
            guard writer.bytes.count <= maximumBytes else { throw fault("is JSON of more than \(maximumBytes) bytes") }
            switch events.nextNode() {
            case .documentStart:
                writer.documents += 1
                if writer.documents > 1 { throw fault("must be one YAML document, not several") }
            case .documentEnd: break
            case .scalar(let text, let isPlain, _, _): try writer.scalar(text, isPlain: isPlain)
            case .sequenceStart: try writer.begin(isMapping: false)
            case .mappingStart: try writer.begin(isMapping: true)
            case .sequenceEnd, .mappingEnd: writer.endContainer()
            case .alias(_, _, let position):
                throw fault("has an alias at \(position): write out what it stands for")
            case .failure(let problem, let position): throw fault("is not YAML at \(position): \(problem)")
            case .end:
                guard !writer.bytes.isEmpty else { throw fault("has no YAML document in it") }
                return writer.bytes
            }
        }
    }

    fileprivate static func fault(_ reason: String) -> DocumentFaults {
        DocumentFaults(faults: [Fault(pointer: "", reason: reason)])
    }

    /// Whether a plain scalar is spelled as JSON spells null, a truth or a number.
    fileprivate static func isJSONWord(_ text: String) -> Bool {
        var cursor = JSONCursor(Array(text.utf8))
        guard let kind = try? cursor.kind(), [.null, .boolean, .number].contains(kind), cursor.offset == 0 else {
            return false
        }
        return (try? cursor.skip()) != nil && cursor.offset == cursor.bytes.count
    }
}

/// Writes JSON as events come.
private struct Writer {
    var bytes: [UInt8] = []
    var documents = 0
    /// The containers that are open: how many nodes each has so far.
    private var open: [(isMapping: Bool, nodes: Int)] = []

    mutating func scalar(_ text: String, isPlain: Bool) throws(DocumentFaults) {
        let isKey = separate()
        if isPlain, !isKey, text.isEmpty || text == "~" {
            bytes += Array("null".utf8)
        } else if isPlain, !isKey, YAMLToJSON.isJSONWord(text) {
            bytes += Array(text.utf8)
        } else {
            JSONParts.append(text, to: &bytes)
        }
    }

    mutating func begin(isMapping: Bool) throws(DocumentFaults) {
        if separate() { throw YAMLToJSON.fault("has a key that is not a text") }
        bytes.append(isMapping ? UInt8(ascii: "{") : UInt8(ascii: "["))
        open.append((isMapping, 0))
    }

    mutating func endContainer() {
        guard let last = open.popLast() else { return }
        bytes.append(last.isMapping ? UInt8(ascii: "}") : UInt8(ascii: "]"))
    }

    /// Writes what stands between the node before and this one.
    ///
    /// - Returns: whether it is a key.
    private mutating func separate() -> Bool {
        guard let last = open.indices.last else { return false }
        let (isMapping, nodes) = open[last]
        open[last].nodes += 1
        if isMapping, nodes % 2 == 1 {
            bytes.append(UInt8(ascii: ":"))
        } else if nodes > 0 {
            bytes.append(UInt8(ascii: ","))
        }
        return isMapping && nodes % 2 == 0
    }
}

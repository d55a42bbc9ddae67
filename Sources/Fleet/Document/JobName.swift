// SPDX-License-Identifier: Apache-2.0

internal import YAML

/// What a job is called: `name` in the document, or else `job_name` of its definition.
package enum JobName {
    /// The longest name, in Unicode scalars; LAVA's limit for `job_name`.
    package static let maximumLength = 200

    /// A name as it is shown: one line, harmless, no longer than may be; `nil` when nothing of it is left.
    package static func shown(_ name: String) -> String? {
        let line = HarmlessText.line(name, limit: maximumLength)
        let words = line.drop { $0 == " " }
        let text = String(words.reversed().drop { $0 == " " }.reversed())
        return text.isEmpty ? nil : text
    }

    /// `job_name` of a definition as LAVA's loader reads it; `nil` where there is none.
    ///
    /// The text is read no further than to the key, unless that may stand there once more: then the last one counts.
    package static func of(_ definition: String) -> String? {
        var walk = TopLevelWalk(key: "job_name", mayRepeat: definition.ranges(of: "job_name").count > 1)
        var events = YAMLEvents(definition)
        while walk.take(events.nextNode()) {}
        return walk.value.flatMap(shown)
    }
}

/// A walk over the entries of a document's topmost mapping, for the value of one key that is a scalar.
private struct TopLevelWalk {
    let key: String
    let mayRepeat: Bool
    private(set) var value: String?
    private var depth = 0
    private var isKey = true
    private var isWanted = false
    private var anchors: [String: String] = [:]

    init(key: String, mayRepeat: Bool) {
        self.key = key
        self.mayRepeat = mayRepeat
    }

    /// Takes the next event; false when there is nothing more to look for.
    mutating func take(_ event: YAMLEvents.Node) -> Bool {
        switch event {
        case .documentStart: return true
        case .documentEnd, .end, .failure: return false
        case .scalar(let text, let isPlain, let anchor, _):
            if let anchor { anchors[anchor] = text }
            return take(scalar: text, isNull: isPlain && ["", "~", "null", "Null", "NULL"].contains(text))
        case .alias(let name, _, _): return take(scalar: anchors[name], isNull: false)
        case .mappingStart:
            depth += 1
            return true
        case .sequenceStart:
            depth += 1
            // A document that is a list has no keys.
            return depth > 1
        case .mappingEnd, .sequenceEnd:
            depth -= 1
            if depth == 1 { turn(nil) }
            return true
        }
    }

    private mutating func take(scalar text: String?, isNull: Bool) -> Bool {
        guard depth == 1 else { return depth > 1 }
        guard !isKey else {
            isWanted = text == key
            isKey = false
            return true
        }
        let isFound = isWanted
        turn(isNull ? nil : text)
        return !isFound || mayRepeat
    }

    /// From a key, or a value, to what comes next.
    private mutating func turn(_ text: String?) {
        if !isKey, isWanted { value = text }
        isWanted = false
        isKey.toggle()
    }
}

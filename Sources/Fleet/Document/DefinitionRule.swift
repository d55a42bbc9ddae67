// SPDX-License-Identifier: Apache-2.0

internal import YAML

/// What a job definition must be for Muster to pass it on: one well-formed YAML document.
///
/// What it means, and that LAVA wants a mapping, is between its author and LAVA, whose refusal is kept in its own words. Nothing that is said here quotes the definition.
enum DefinitionRule {
    /// What is wrong with `text`, or `nil` when nothing is.
    static func complaint(about text: String) -> String? {
        let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        guard !text.utf8.allSatisfy(isBlank) else { return "is blank" }
        var events = YAMLEvents(text)
        return complaint(about: &events)
    }

    private static func complaint(about events: inout YAMLEvents) -> String? {
        var documents = 0
        var anchors: Set<String> = []
        while true {
            switch events.next() {
            case .end: return documents == 0 ? "has no YAML document in it" : nil
            case .failure(let problem, let position):
                return "is not YAML at \(position): \(problem)"
            case .document:
                documents += 1
                if documents > 1 { return "must be one YAML document, not several" }
            case .alias(let name, let position):
                if !anchors.contains(name) { return "is not YAML at \(position): an alias without its anchor" }
            case .node(let anchor):
                if let anchor { anchors.insert(anchor) }
            case .other: break
            }
        }
    }
}

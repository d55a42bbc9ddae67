// SPDX-License-Identifier: Apache-2.0

import Mustache
internal import YAML

/// Which templates are taken. The rule looks before mustache does, whose parser goes as deep as it is led.
enum TemplateRule {
    /// The most sections inside of one another.
    static let maximumDepth = 8
    /// The most transforms of one value, such as `lowercased(name)`.
    private static let maximumTransforms = 4

    /// What is wrong with a template before mustache has seen it, or `nil`.
    static func complaint(about text: String) -> String? {
        guard text.utf8.count <= BodyTemplate.maximumTemplateBytes else {
            return "has \(text.utf8.count) bytes; the limit is \(BodyTemplate.maximumTemplateBytes)"
        }
        // Character by character, as mustache reads it.
        let characters = Array(text)
        var place = 0
        var depth = 0
        while let start = next("{", in: characters, from: place) {
            guard let end = next("}", in: characters, from: start + 2) else {
                return "has a tag without its end, at \(position(start, characters))"
            }
            let tag = characters[(start + 2)..<end]
            if let complaint = complaint(aboutTag: tag, &depth) {
                return "\(complaint), at \(position(start, characters))"
            }
            place = end + 2
        }
        return nil
    }

    /// What mustache found wrong; the line before the template is ours.
    static func complaint(about error: any Error) -> String {
        guard let error = error as? MustacheTemplate.ParserError else { return "is not a mustache template" }
        let position = TextPosition(line: max(1, error.context.lineNumber - 1), column: error.context.columnNumber)
        let reason =
            switch error.error {
            case MustacheTemplate.Error.sectionCloseNameIncorrect: "a section ends that is not the one that is open"
            case MustacheTemplate.Error.expectedSectionEnd: "a section has no end"
            default: "a tag is not one that mustache knows"
            }
        return "is not a mustache template at \(position): \(reason)"
    }

    private static func complaint(aboutTag tag: ArraySlice<Character>, _ depth: inout Int) -> String? {
        switch tag.first {
        case "{", "&": return "must not leave a value unescaped ({{{ or {{&); put a space between a brace and a tag"
        case ">", "<", "$": return "must not ask for other templates ({{> {{< {{$)"
        case "=", "%": return "must not change how it is read ({{= {{%)"
        case "!": return nil
        case "/": depth -= 1
        case "#", "^":
            depth += 1
            if depth > maximumDepth { return "has more than \(maximumDepth) sections inside of one another" }
        default: break
        }
        return tag.count { $0 == "(" } > maximumTransforms ? "has too many transforms of one value" : nil
    }

    /// Where two of `character` stand next to one another.
    private static func next(_ character: Character, in text: [Character], from place: Int) -> Int? {
        guard place < text.count else { return nil }
        return (place..<(text.count - 1)).first { text[$0] == character && text[$0 + 1] == character }
    }

    private static func position(_ index: Int, _ characters: [Character]) -> TextPosition {
        let before = Array(String(characters[..<index]).utf8)
        return TextPosition(of: before.count, in: before)
    }
}

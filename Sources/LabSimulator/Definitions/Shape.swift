// SPDX-License-Identifier: Apache-2.0

internal import Yams

/// What a value of a definition must look like, as LAVA's schema for submissions has it.
indirect enum Shape: Sendable {
    case anything
    case text(ClosedRange<Int>)
    case integer
    case truth
    case nothing
    /// Exactly this text.
    case word(String)
    /// A text of letters, digits, `-` and `_`.
    case name
    /// Any mapping, and any list.
    case dictionary
    case list
    case items([Shape])
    case fields(Fields)
    /// A mapping with keys of one kind.
    case entries(Keys, Shape)
    /// The first that fits.
    case either([Shape])

    static let string = Shape.text(0...Int.max)

    /// A mapping whose keys are known.
    struct Fields: Sendable {
        var shapes: [String: Shape]
        var required: Set<String> = []
        /// Whether other keys may stand there.
        var isOpen = false
        /// Keys of which one may stand there, and LAVA's name for their group.
        var exclusive: (name: String, keys: Set<String>) = ("", [])
    }

    /// The keys of a mapping.
    enum Keys: Sendable {
        case texts
        case textsAndIntegers
        /// Small letters and `-`.
        case actionNames
        case words([String])
    }

    static func words(_ words: String...) -> Shape { .either(words.map(Shape.word)) }

    static func fields(
        _ required: [String: Shape],
        optional: [String: Shape] = [:],
        isOpen: Bool = false
    ) -> Shape {
        .fields(
            Fields(shapes: required.merging(optional) { $1 }, required: Set(required.keys), isOpen: isOpen)
        )
    }
}

/// Compares values with shapes. As in LAVA, the first fault is told: keys in the order of the definition, what is missing
/// after them, and of several alternatives the fault that lies deepest.
struct ShapeCheck {
    /// The first fault of a value, if there is one.
    static func fault(in node: Node, _ shape: Shape, _ path: [String] = []) -> SchemaFault? {
        let isFit: Bool
        let words: String
        switch shape {
        case .anything: return nil
        case .text(let length): return fault(in: node, length, path)
        case .integer: (isFit, words) = ([.int, .bool].contains(node.kind), "expected int")
        case .truth: (isFit, words) = (node.kind == .bool, "expected bool")
        case .nothing: (isFit, words) = (node.kind == .null, "expected NoneType")
        case .word(let word): (isFit, words) = (node.text == word, "not a valid value")
        case .name: (isFit, words) = (node.text.map(isName) ?? false, "Invalid character")
        case .dictionary: (isFit, words) = (node.kind == .map, "expected dict")
        case .list: (isFit, words) = (node.kind == .seq, "expected list")
        case .items(let shapes): return fault(in: node, items: shapes, path)
        case .fields(let fields): return fault(in: node, fields, path)
        case .entries(let keys, let shape): return fault(in: node, keys, shape, path)
        case .either(let shapes): return fault(in: node, either: shapes, path)
        }
        return isFit ? nil : SchemaFault(words: words, path: path)
    }

    private static func fault(in node: Node, _ length: ClosedRange<Int>, _ path: [String]) -> SchemaFault? {
        guard let text = node.text else { return SchemaFault(words: "expected str", path: path) }
        let count = text.unicodeScalars.count
        if count < length.lowerBound {
            return SchemaFault(words: "length of value must be at least \(length.lowerBound)", path: path)
        }
        guard count > length.upperBound else { return nil }
        return SchemaFault(words: "length of value must be at most \(length.upperBound)", path: path)
    }

    private static func fault(in node: Node, items shapes: [Shape], _ path: [String]) -> SchemaFault? {
        guard node.kind == .seq, let items = node.sequence else {
            return SchemaFault(words: "expected a list", path: path)
        }
        for (place, item) in items.enumerated() {
            if let fault = fault(in: item, either: shapes, path + ["\(place)"]) { return fault }
        }
        return nil
    }

    private static func fault(in node: Node, either shapes: [Shape], _ path: [String]) -> SchemaFault? {
        var deepest: SchemaFault?
        for shape in shapes {
            guard let fault = fault(in: node, shape, path) else { return nil }
            if fault.path.count > deepest?.path.count ?? -1 { deepest = fault }
        }
        return deepest
    }

    private static func fault(in node: Node, _ fields: Shape.Fields, _ path: [String]) -> SchemaFault? {
        guard node.kind == .map, let mapping = node.mapping else {
            return SchemaFault(words: "expected a dictionary", path: path)
        }
        let known = mapping.compactMap { $0.key.text }
        if known.count(where: fields.exclusive.keys.contains) > 1 {
            let name = fields.exclusive.name
            let words = "two or more values in the same group of exclusion '\(name)'"
            return SchemaFault(words: words, path: path + ["<\(name)>"])
        }
        for (key, value) in mapping {
            if let shape = key.text.flatMap({ fields.shapes[$0] }) {
                if let fault = fault(in: value, shape, below: path, key) { return fault }
            } else if !fields.isOpen {
                return SchemaFault(words: "extra keys not allowed", path: path + [key.python])
            }
        }
        guard let missing = fields.required.subtracting(known).min() else { return nil }
        return SchemaFault(words: "required key not provided", path: path + ["'\(missing)'"])
    }

    private static func fault(
        in node: Node,
        _ keys: Shape.Keys,
        _ shape: Shape,
        _ path: [String]
    ) -> SchemaFault? {
        guard node.kind == .map, let mapping = node.mapping else {
            return SchemaFault(words: "expected a dictionary", path: path)
        }
        for (key, value) in mapping {
            if let words = complaint(about: key, keys) { return SchemaFault(words: words, path: path + [key.python]) }
            if let fault = fault(in: value, shape, below: path, key) { return fault }
        }
        return nil
    }

    private static func fault(in value: Node, _ shape: Shape, below path: [String], _ key: Node) -> SchemaFault? {
        guard var fault = fault(in: value, shape, path + [key.python]) else { return nil }
        if fault.path.count == path.count + 1 { fault.words += " for dictionary value" }
        return fault
    }

    private static func complaint(about key: Node, _ keys: Shape.Keys) -> String? {
        switch keys {
        case .texts: key.kind == .str ? nil : "expected str"
        case .textsAndIntegers: [.str, .int, .bool].contains(key.kind) ? nil : "expected str"
        case .actionNames:
            (key.text?.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D } ?? false) && key.text != ""
                ? nil : key.scalar?.string ?? "None"
        case .words(let words):
            words.contains(key.text ?? "") && key.text != nil
                ? nil : "value must be one of [\(words.sorted().map { "'\($0)'" }.joined(separator: ", "))]"
        }
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                byte == 0x2D || byte == 0x5F || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
            }
    }
}

extension Node {
    /// What PyYAML makes of it.
    var kind: Tag.Name {
        let name = Tag.Name(rawValue: tag.rawValue)
        guard name == .implicit else { return name }
        return switch self {
        case .scalar: .str
        case .mapping: .map
        case .sequence: .seq
        case .alias: .null
        }
    }

    /// Its text, if it is one.
    var text: String? { kind == .str ? scalar?.string : nil }

    /// Whether it is a truth, and true.
    var isTrue: Bool { kind == .bool && ["yes", "true", "on"].contains(scalar?.string.lowercased() ?? "") }

    /// As Python writes it, as a key.
    fileprivate var python: String {
        switch kind {
        case .str: "'\(scalar?.string ?? "")'"
        case .null: "None"
        case .bool: isTrue ? "True" : "False"
        default: scalar?.string ?? "?"
        }
    }
}

/// What is wrong with a value, in the words of the library that LAVA's schema is written with, and where.
struct SchemaFault: Error, Equatable {
    var words: String
    /// The keys on the way, each as Python writes it in brackets.
    var path: [String]

    /// The refusal of a submission.
    var refusal: Refusal { .schema(words, place: path.isEmpty ? nil : "data" + path.map { "[\($0)]" }.joined()) }
}

// SPDX-License-Identifier: Apache-2.0

internal import CYaml
internal import Yams

/// libyaml's events of a text, one at a time.
final class YAMLParser {
    struct Event {
        enum Kind {
            case document
            case scalar(String, tag: String?, style: UInt32, anchor: String?)
            case sequence(tag: String?, style: UInt32, anchor: String?)
            case mapping(tag: String?, style: UInt32, anchor: String?)
            case alias(String)
            /// A sequence or a mapping ends.
            case end
            case other
        }

        var kind: Kind
        var place: Place
    }

    /// A place in the text, which PyYAML's words name.
    struct Place: CustomStringConvertible, Equatable {
        var line = 1
        var column = 1

        init() {}

        init(_ mark: yaml_mark_t) {
            line = Int(clamping: mark.line) + 1
            column = Int(clamping: mark.column) + 1
        }

        var description: String { "  in \"<unicode string>\", line \(line), column \(column)" }
    }

    /// On the heap, since libyaml keeps pointers into it.
    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    private let input: UnsafeMutableBufferPointer<UInt8>

    init(_ text: String) {
        parser.initialize(to: yaml_parser_t())
        yaml_parser_initialize(parser)
        let bytes = Array(text.utf8)
        input = .allocate(capacity: bytes.count)
        _ = input.initialize(fromContentsOf: bytes)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, UnsafePointer(input.baseAddress), input.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    /// The next event; nil at the end.
    func next() throws(Refusal) -> Event? {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw .yaml(failure) }
        defer { yaml_event_delete(&event) }
        guard event.type != YAML_STREAM_END_EVENT, event.type != YAML_NO_EVENT else { return nil }
        return Event(kind: Self.kind(of: event), place: Place(event.start_mark))
    }

    private static func kind(of event: yaml_event_t) -> Event.Kind {
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: return .document
        case YAML_ALIAS_EVENT: return .alias(text(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let value = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            let tag = scalar.quoted_implicit == 1 ? Tag.Name.str.rawValue : text(scalar.tag)
            return .scalar(value, tag: tag, style: UInt32(scalar.style.rawValue), anchor: text(scalar.anchor))
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            let tag = start.implicit != 0 ? nil : text(start.tag)
            return .sequence(tag: tag, style: UInt32(start.style.rawValue), anchor: text(start.anchor))
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            let tag = start.implicit != 0 ? nil : text(start.tag)
            return .mapping(tag: tag, style: UInt32(start.style.rawValue), anchor: text(start.anchor))
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return .end
        default: return .other
        }
    }

    /// The error as PyYAML writes it: it stands on the same C library, so the words are the same.
    private var failure: String {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "the document cannot be read"
        guard state.error != YAML_READER_ERROR else {
            let digits = String(UInt32(bitPattern: state.problem_value), radix: 16)
            let character = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            return "unacceptable character #x\(character): \(problem)\n"
                + "  in \"<unicode string>\", position \(state.problem_offset)"
        }
        let context = state.context.map { String(cString: $0) }
        return Self.words(context, Place(state.context_mark), problem, Place(state.problem_mark))
    }

    /// A complaint as PyYAML words it: the place of what it belongs to is told where it is another one.
    static func words(_ context: String?, _ start: Place?, _ problem: String, _ place: Place) -> String {
        var lines: [String] = []
        if let context {
            lines.append(context)
            if let start, start != place { lines.append("\(start)") }
        }
        return (lines + [problem, "\(place)"]).joined(separator: "\n")
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(decodingCString: $0, as: UTF8.self) }
    }
}

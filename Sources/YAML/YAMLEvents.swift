// SPDX-License-Identifier: Apache-2.0

// The parser inside Yams, one event at a time. Yams itself only builds trees: it would hash every key of a definition
// with regular expressions, refuse what LAVA accepts (keys that stand there twice), recurse as deep as the sender
// likes, and take exponential time over a key that is an alias of aliases.
internal import CYaml

/// The events of a YAML text, found by libyaml without building anything; at most ``maximumDepth`` levels deep.
package struct YAMLEvents: ~Copyable {
    /// The most levels of sequences and mappings in one another. Job definitions have about ten. For every token libyaml
    /// looks at each flow level that is open, so without a bound a text of 10 MiB would take minutes; with this one it
    /// takes about as long as any other of its size.
    package static let maximumDepth = 64

    /// One event, as far as anybody here cares.
    package enum Event {
        /// A document begins.
        case document
        /// A scalar, or a sequence or mapping that begins.
        case node(anchor: String?)
        /// An alias of an anchor, and where it stands.
        case alias(String, TextPosition)
        /// Anything else.
        case other
        /// The text is at its end.
        case end
        /// What is wrong with the text, and where; nothing comes after it.
        case failure(String, TextPosition)
    }

    /// On the heap, since libyaml keeps pointers into it.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    /// How many sequences and mappings are open.
    private var depth = 0
    private let input: UnsafeMutableBufferPointer<UInt8>
    /// What of it is read: all but a byte order mark. Told what the encoding is, libyaml takes the mark for the first
    /// column, and the first key for one that is indented.
    private let body: UnsafeBufferPointer<UInt8>

    /// Reads a text from its beginning.
    package init(_ text: String) {
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        yaml_parser_initialize(parser)
        var text = text
        input = text.withUTF8 { bytes in
            let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
            _ = copy.initialize(fromContentsOf: bytes)
            return copy
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        body = UnsafeBufferPointer(rebasing: input[ByteOrderMark.count(before: input)...])
        yaml_parser_set_input_string(parser, body.baseAddress, body.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    /// The next event. After `end` or `failure` there is none.
    package mutating func next() -> Event {
        var event = yaml_event_t()
        if let (problem, position) = parse(&event) { return .failure(problem, position) }
        defer { yaml_event_delete(&event) }
        switch event.type {
        case YAML_STREAM_END_EVENT, YAML_NO_EVENT: return .end
        case YAML_DOCUMENT_START_EVENT: return .document
        case YAML_ALIAS_EVENT:
            return .alias(Self.text(event.data.alias.anchor) ?? "", Self.position(event.start_mark))
        case YAML_SCALAR_EVENT: return .node(anchor: Self.text(event.data.scalar.anchor))
        case YAML_SEQUENCE_START_EVENT:
            return .node(anchor: Self.text(event.data.sequence_start.anchor))
        case YAML_MAPPING_START_EVENT:
            return .node(anchor: Self.text(event.data.mapping_start.anchor))
        default: return .other
        }
    }

    /// Has libyaml find the next event, which the caller is to delete.
    ///
    /// - Returns: What is wrong with the text, if so; then there is no event.
    mutating func parse(_ event: inout yaml_event_t) -> (String, TextPosition)? {
        guard depth <= Self.maximumDepth else { return tooDeep(Self.position(parser.pointee.mark)) }
        guard yaml_parser_parse(parser, &event) == 1 else { return failure() }
        switch event.type {
        case YAML_SEQUENCE_START_EVENT, YAML_MAPPING_START_EVENT: depth += 1
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: depth -= 1
        default: break
        }
        guard depth > Self.maximumDepth else { return nil }
        let position = Self.position(event.start_mark)
        yaml_event_delete(&event)
        return tooDeep(position)
    }

    private func failure() -> (String, TextPosition) {
        // The reader, which sees bytes before there are lines, gives an offset in place of a mark.
        let position =
            parser.pointee.error == YAML_READER_ERROR
            ? TextPosition(of: Int(clamping: parser.pointee.problem_offset), in: body)
            : Self.position(parser.pointee.problem_mark)
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "it can't be read"
        // libyaml has a limit of its own, which it meets first where it reads far ahead.
        return problem.hasPrefix("Maximum nesting level") ? tooDeep(position) : (problem, position)
    }

    private func tooDeep(_ position: TextPosition) -> (String, TextPosition) {
        ("it is nested more than \(Self.maximumDepth) levels deep", position)
    }

    static func position(_ mark: yaml_mark_t) -> TextPosition {
        TextPosition(line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
    }

    static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(decodingCString: $0, as: UTF8.self) }
    }
}

extension YAMLEvents {
    /// A stretch of the text, in Unicode scalars.
    package typealias Span = Range<Int>

    /// One event with all there is to know of it.
    package enum Node {
        /// A document begins.
        case documentStart
        /// A document ends.
        case documentEnd
        /// A scalar; it is plain if it has neither quotes nor a tag.
        case scalar(String, isPlain: Bool, anchor: String?, Span)
        /// A sequence begins.
        case sequenceStart(anchor: String?, Span)
        /// A sequence ends.
        case sequenceEnd(Span)
        /// A mapping begins.
        case mappingStart(anchor: String?, Span)
        /// A mapping ends.
        case mappingEnd(Span)
        /// An alias of an anchor.
        case alias(String, Span, TextPosition)
        /// The text is at its end.
        case end
        /// What is wrong with the text, and where; nothing comes after it.
        case failure(String, TextPosition)
    }

    /// The next event in full; in place of ``next()``, which copies no text.
    package mutating func nextNode() -> Node {
        while true {
            var event = yaml_event_t()
            if let (problem, position) = parse(&event) { return .failure(problem, position) }
            defer { yaml_event_delete(&event) }
            let span = Self.span(event)
            switch event.type {
            case YAML_STREAM_END_EVENT, YAML_NO_EVENT: return .end
            case YAML_DOCUMENT_START_EVENT: return .documentStart
            case YAML_DOCUMENT_END_EVENT: return .documentEnd
            case YAML_ALIAS_EVENT:
                let position = Self.position(event.start_mark)
                return .alias(Self.text(event.data.alias.anchor) ?? "", span, position)
            case YAML_SCALAR_EVENT:
                let scalar = event.data.scalar
                let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
                let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE && scalar.tag == nil
                let anchor = Self.text(scalar.anchor)
                return .scalar(String(decoding: bytes, as: UTF8.self), isPlain: isPlain, anchor: anchor, span)
            case YAML_SEQUENCE_START_EVENT:
                return .sequenceStart(anchor: Self.text(event.data.sequence_start.anchor), span)
            case YAML_SEQUENCE_END_EVENT: return .sequenceEnd(span)
            case YAML_MAPPING_START_EVENT:
                return .mappingStart(anchor: Self.text(event.data.mapping_start.anchor), span)
            case YAML_MAPPING_END_EVENT: return .mappingEnd(span)
            default: continue
            }
        }
    }

    private static func span(_ event: yaml_event_t) -> Span {
        let start = Int(clamping: event.start_mark.index)
        return start..<max(start, Int(clamping: event.end_mark.index))
    }
}

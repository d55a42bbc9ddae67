// SPDX-License-Identifier: Apache-2.0

internal import CYaml

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

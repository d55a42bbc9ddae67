// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import FoundationXML

/// Reads JUnit XML: `<testsuites>`, `<testsuite>` (which may be nested) and `<testcase>` with `<failure>`, `<error>` and
/// `<skipped>`, as pytest, Maven, Gradle, Go's and Rust's tools write it.
///
/// The text is parsed by libxml2. A document type is refused before that, and so is every encoding but UTF-8: without a
/// document type there are no entities to expand and none to fetch. Times are left out: they say how long a test took, and
/// nothing of what it measured.
final class JUnitReader: NSObject, XMLParserDelegate {
    private var list: TestList
    private let pointer: String
    private var suites: [String] = []
    private var open: (suite: String, name: String, status: ResultStatus)?
    private var depth = 0
    private var roots = 0
    private var isJUnit = true
    private var isFull = false
    private var stopped: String?

    private init(_ list: TestList, pointer: String) {
        self.list = list
        self.pointer = pointer
    }

    /// Adds the tests of `text` to a list.
    static func read(_ text: String, into list: inout TestList, at pointer: String) {
        if let complaint = complaint(about: text) { return list.fault(pointer, complaint) }
        let reader = JUnitReader(list, pointer: pointer)
        let parser = XMLParser(data: Data(text.utf8))
        parser.shouldResolveExternalEntities = false
        parser.shouldProcessNamespaces = false
        parser.delegate = reader
        let isRead = parser.parse()
        list = reader.list
        if let stopped = reader.stopped {
            list.fault(pointer, stopped)
        } else if !reader.isJUnit {
            list.fault(pointer, "is no JUnit XML: the root must be <testsuites> or <testsuite>")
        } else if !reader.isFull, !isRead || parser.parserError != nil || reader.roots != 1 || reader.depth != 0 {
            // The parser itself overlooks a text without a root, or one that ends too early.
            list.fault(pointer, "is not well-formed XML at line \(parser.lineNumber), column \(parser.columnNumber)")
        }
    }

    /// What keeps a text from being parsed at all.
    private static func complaint(about text: String) -> String? {
        guard !text.isEmpty else { return "is empty" }
        if let complaint = StorableText.complaint(about: text) { return complaint }
        let bytes = Array(text.utf8)
        for word in ["<!DOCTYPE", "<!ENTITY"] where holds(bytes, Array(word.utf8)) {
            return "must not have a document type or entities (\(word))"
        }
        guard let declaration = text.prefix(200).firstMatch(of: /^\u{FEFF}?<\?xml[^>]*encoding\s*=\s*["']([^"']*)["']/)
        else { return nil }
        guard ["utf-8", "utf8", "us-ascii", "ascii"].contains(declaration.1.lowercased()) else {
            return "must be encoded as UTF-8"
        }
        return nil
    }

    /// Whether a text holds a declaration such as `<!DOCTYPE`, in whatever case.
    private static func holds(_ bytes: [UInt8], _ declaration: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            var start = bytes.startIndex
            while start + declaration.count <= bytes.endIndex {
                if bytes[start] == UInt8(ascii: "<"), bytes[start + 1] == UInt8(ascii: "!"),
                    declaration.indices.allSatisfy({ bytes[start + $0] | 0x20 == declaration[$0] | 0x20 })
                {
                    return true
                }
                start += 1
            }
            return false
        }
    }

    // MARK: XMLParserDelegate

    func parser(
        _ parser: XMLParser,
        didStartElement element: String,
        namespaceURI: String?,
        qualifiedName: String?,
        attributes: [String: String]
    ) {
        depth += 1
        guard depth <= ReportRules.maximumDepth else {
            return stop(parser, "is nested more than \(ReportRules.maximumDepth) deep")
        }
        if depth == 1 {
            roots += 1
            guard ["testsuites", "testsuite"].contains(element) else {
                isJUnit = false
                return parser.abortParsing()
            }
        }
        switch element {
        case "testsuite": suites.append(attributes["name"] ?? "")
        case "testcase":
            guard list.hasRoom(pointer) else {
                isFull = true
                return parser.abortParsing()
            }
            open = (suite(of: attributes), attributes["name"] ?? "", .pass)
        case "failure", "error": open?.status = .fail
        case "skipped" where open?.status == .pass: open?.status = .skip
        default: break
        }
    }

    func parser(_ parser: XMLParser, didEndElement element: String, namespaceURI: String?, qualifiedName: String?) {
        depth -= 1
        switch element {
        case "testsuite": _ = suites.popLast()
        case "testcase":
            guard let test = open else { return }
            open = nil
            list.add("\(pointer)/\(list.tests.count)", suite: test.suite, name: test.name, status: test.status)
        default: break
        }
    }

    /// The class of a test, or else its suite: what most tools show a test under.
    private func suite(of attributes: [String: String]) -> String {
        if let name = attributes["classname"], !name.isEmpty { return name }
        return suites.last { !$0.isEmpty } ?? "junit"
    }

    private func stop(_ parser: XMLParser, _ reason: String) {
        stopped = reason
        parser.abortParsing()
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import FoundationXML

/// The elements of a document, as a parser that forgives nothing reads it.
final class MarkupOutline: NSObject, XMLParserDelegate {
    struct Element {
        let name: String
        let attributes: [String: String]
        let path: [String]
        var children: [String] = []
        var text = ""
    }

    struct NotWellFormed: Error, CustomStringConvertible {
        let description: String
    }

    private(set) var elements: [Element] = []
    private var path: [Int] = []

    init(xml: String) throws {
        super.init()
        let parser = XMLParser(data: Data(xml.utf8))
        parser.delegate = self
        guard parser.parse() else {
            throw NotWellFormed(description: "line \(parser.lineNumber): \(String(describing: parser.parserError))")
        }
    }

    /// An HTML page: the elements that it does not end have to be without content.
    convenience init(page: String) throws {
        try self.init(
            xml: page.replacing("<!DOCTYPE html>", with: "").replacing(/<meta[^<>]*>/) { "\($0.output)</meta>" }
        )
    }

    func parser(
        _ parser: XMLParser,
        didStartElement name: String,
        namespaceURI: String?,
        qualifiedName: String?,
        attributes: [String: String]
    ) {
        if let parent = path.last { elements[parent].children.append(name) }
        elements.append(Element(name: name, attributes: attributes, path: path.map { elements[$0].name }))
        path.append(elements.count - 1)
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        path.removeLast()
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        if let element = path.last { elements[element].text += text }
    }
}

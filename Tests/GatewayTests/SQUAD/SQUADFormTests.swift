// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Gateway

@Suite("The forms of SQUAD's clients")
struct SQUADFormTests {
    @Test(
        "A url-encoded form is read as browsers write it, whatever is wrong with it",
        arguments: [
            ("a=1&b=2", ["a": "1", "b": "2"]), ("a=%E2%82%AC+x%0Ay", ["a": "€ x\ny"]), ("a", ["a": ""]),
            ("=1&&a==", ["": "1", "a": "="]), ("a=100%", ["a": "100%"]), ("a=%zz%4", ["a": "%zz%4"]), ("", [:]),
            ("a=%FF", ["a": nil]), ("%61=1", ["a": "1"]),
        ] as [(String, [String: String?])]
    )
    func encoded(text: String, fields: [String: String?]) throws {
        let found = try URLEncodedForm.fields(of: Array(text.utf8), named: ["a", "b", ""])
        #expect(Dictionary(found.map { ($0.name, $0.value) }) { $1 } == fields)
    }

    @Test("Parts are fields, whether they are files or not, with whatever they hold")
    func parts() throws {
        let text = """
            ignored\r
            --b0\r
            Content-Disposition: form-data; name="backend"\r
            \r
            lab-a\r
            --b0\r
            content-type: text/plain\r
            content-disposition: form-data; name=definition; filename="a.yaml"\r
            \r
            a: 1\r
            --b: 2\r
            \r
            --b0\r
            Content-Disposition: form-data; name="empty"\r
            \r
            \r
            --b0--\r
            after
            """
        let names: Set = ["backend", "definition", "empty"]
        let form = try MultipartForm(
            Array(text.utf8),
            contentType: "multipart/form-data; boundary=\"b0\"",
            named: names
        )
        #expect(form.fields.map(\.name) == ["backend", "definition", "empty"])
        #expect(form.fields.map(\.value) == ["lab-a", "a: 1\r\n--b: 2\r\n", ""])
    }

    @Test("Random damage to a form is refused or read, and nothing else")
    func damage() {
        let whole = Array(
            "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x\r\nb: c\r\n\r\n2\r\n--x--\r\n".utf8
        )
        for length in 0..<whole.count {
            _ = try? MultipartForm(
                Array(whole.prefix(length)),
                contentType: "multipart/form-data; boundary=x",
                named: []
            )
        }
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            var damaged = whole
            for _ in 0..<3 {
                damaged[Int.random(in: 0..<damaged.count, using: &generator)] = UInt8.random(
                    in: 0...255,
                    using: &generator
                )
            }
            _ = try? MultipartForm(damaged, contentType: "multipart/form-data; boundary=x", named: [])
        }
    }

    @Test(
        "What has no boundary, no end, or too much of something is refused",
        arguments: [
            ("multipart/form-data", "--x--"), ("multipart/form-data; boundary=", "--x--"),
            ("multipart/form-data; boundary=\(String(repeating: "x", count: 71))", "--x--"),
            ("multipart/form-data; boundary=x", ""), ("multipart/form-data; boundary=x", "--x\r\n"),
            ("multipart/form-data; boundary=x", "--x\r\n\r\nabc"),
            ("multipart/form-data; boundary=x", "--x\r\n\(String(repeating: "a", count: 9_000))\r\n\r\n\r\n--x--"),
            ("multipart/form-data; boundary=x", String(repeating: "--x\r\n\r\n\r\n", count: 101) + "--x--"),
        ]
    )
    func refused(type: String, text: String) {
        #expect(throws: Refusal.self) { try MultipartForm(Array(text.utf8), contentType: type, named: []) }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Fleet

@Suite("Documents in YAML")
struct YAMLToJSONTests {
    @Test(
        "YAML becomes the JSON that it stands for",
        arguments: [
            ("a: 1", #"{"a":1}"#), ("a: 01", #"{"a":"01"}"#), ("a: '1'", #"{"a":"1"}"#),
            ("a: 1.50e3", #"{"a":1.50e3}"#),
            ("a: 1.", #"{"a":"1."}"#), ("a: -x", #"{"a":"-x"}"#), ("a: -0", #"{"a":-0}"#), ("a: yes", #"{"a":"yes"}"#),
            ("a: true", #"{"a":true}"#), ("a:", #"{"a":null}"#), ("a: ~", #"{"a":null}"#), ("a: ''", #"{"a":""}"#),
            ("1: true", #"{"1":true}"#), ("- a\n- [b, {c: d}]\n- {}\n- []", #"["a",["b",{"c":"d"}],{},[]]"#),
            ("a: |\n  x: \"y\"\n  z\n", "{\"a\":\"x: \\\"y\\\"\\nz\\n\"}"), ("a: !!str 1", #"{"a":"1"}"#),
            ("a: \"\\t\\\\\"", #"{"a":"\u0009\\"}"#), ("plain", #""plain""#),
        ]
    )
    func convert(yaml: String, json: String) throws {
        #expect(String(decoding: try YAMLToJSON.convert(Array(yaml.utf8)), as: UTF8.self) == json)
    }

    @Test(
        "What is no document, or stands for more than is written, is refused",
        arguments: [
            "", "a: [", "a: &x b\nc: *x", "--- a\n--- b", "? [a]\n: b", "a: *nothing", "\t- a",
            String(repeating: "[", count: 5_000),
        ]
    )
    func refuse(yaml: String) {
        #expect(throws: DocumentFaults.self) { try YAMLToJSON.convert(Array(yaml.utf8)) }
    }

    @Test("What is not UTF-8 is refused")
    func notUTF8() {
        #expect(throws: DocumentFaults.self) { try YAMLToJSON.convert([0x61, 0xFF]) }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// What a product takes, as its description says: `Reference/receivers.json`.
struct ReceiverFacts: @unchecked Sendable {
    let success: Int
    private let method: String
    private let target: String
    private let headers: [String: String]
    private let body: [String: Any]

    /// All of them, by the name of the template.
    static func all() throws -> [String: ReceiverFacts] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Reference/receivers.json")
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: [String: Any]]
        return try (object ?? [:]).mapValues { facts in
            guard let success = facts["success"] as? Int, let method = facts["method"] as? String,
                let target = facts["target"] as? String, let headers = facts["headers"] as? [String: String],
                let body = facts["body"] as? [String: Any], facts["source"] is String
            else { throw NeverHappened(what: "whole facts") }
            return ReceiverFacts(success: success, method: method, target: target, headers: headers, body: body)
        }
    }

    /// Whether a call is for this product.
    func isMeant(by call: ReceivedCallback) -> Bool { Self.matches(call.target, target) }

    /// What is wrong with a call; none if nothing is.
    func complaints(about call: ReceivedCallback) -> [String] {
        var complaints = call.method == method ? [] : ["method \(call.method)"]
        for (name, pattern) in headers where !Self.matches(call.headers[name] ?? "", pattern) {
            complaints.append("header \(name): \(call.headers[name] ?? "none")")
        }
        let isForm = call.headers["content-type"] == "application/x-www-form-urlencoded"
        return complaints + MinimalSchema.complaints(about: isForm ? Self.form(call) : call.json, body)
    }

    private static func form(_ call: ReceivedCallback) -> [String: Any] {
        var fields: [String: Any] = [:]
        for pair in String(decoding: call.body, as: UTF8.self).split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                $0.replacing("+", with: " ").removingPercentEncoding ?? ""
            }
            fields[parts[0]] = parts.last
        }
        return fields
    }

    fileprivate static func matches(_ text: String, _ pattern: String) -> Bool {
        text.range(of: pattern, options: .regularExpression) != nil
    }
}

/// As much of JSON Schema as `receivers.json` uses. A keyword that is not known is a complaint.
enum MinimalSchema {
    static func complaints(about value: Any, _ schema: [String: Any], at place: String = "") -> [String] {
        schema.flatMap { keyword, rule in
            fault(value, keyword, rule, schema, place).map { $0.hasPrefix("/") ? $0 : "\(place)/: \($0)" }
        }
    }

    private static func fault(
        _ value: Any,
        _ keyword: String,
        _ rule: Any,
        _ schema: [String: Any],
        _ place: String
    ) -> [String] {
        let (object, list, text) = (value as? [String: Any], value as? [Any], value as? String)
        let number = (value as? NSNumber)?.intValue
        switch (keyword, rule) {
        case ("type", let type as String): return isOf(type, value) ? [] : ["is no \(type)"]
        case ("type", let types as [String]):
            return types.contains { isOf($0, value) } ? [] : ["is of no type of \(types)"]
        case ("const", let one as String): return text == one ? [] : ["is not \(one)"]
        case ("enum", let all as [String]): return all.contains(text ?? "") ? [] : ["\(value) is not one of \(all)"]
        case ("required", let names as [String]):
            return names.filter { object?[$0] == nil }.map { "\($0) is missing" }
        case ("properties", let known as [String: [String: Any]]):
            return known.flatMap { name, rule in
                object?[name].map { complaints(about: $0, rule, at: "\(place)/\(name)") } ?? []
            }
        case ("additionalProperties", let others):
            let known = (schema["properties"] as? [String: Any])?.keys.map(\.self) ?? []
            let strangers = (object ?? [:]).filter { !known.contains($0.key) }
            guard let rule = others as? [String: Any] else { return strangers.keys.map { "\($0) is unknown" } }
            return strangers.flatMap { complaints(about: $1, rule, at: "\(place)/\($0)") }
        case ("propertyNames", let rule as [String: Any]):
            return (object ?? [:]).keys.flatMap { complaints(about: $0, rule, at: "\(place)/\($0)") }
        case ("maxProperties", let most as Int): return (object?.count ?? 0) <= most ? [] : ["has more than \(most)"]
        case ("items", let rule as [String: Any]):
            return (list ?? []).enumerated().flatMap { complaints(about: $1, rule, at: "\(place)/\($0)") }
        case ("maxItems", let most as Int): return (list?.count ?? 0) <= most ? [] : ["has more than \(most) items"]
        case ("minLength", let least as Int): return (text?.unicodeScalars.count ?? 0) >= least ? [] : ["is too short"]
        case ("maxLength", let most as Int): return (text?.unicodeScalars.count ?? 0) <= most ? [] : ["is too long"]
        case ("pattern", let pattern as String):
            return ReceiverFacts.matches(text ?? "", pattern) ? [] : ["\(value) is not \(pattern)"]
        case ("minimum", let least as Int): return number ?? least >= least ? [] : ["is less than \(least)"]
        case ("maximum", let most as Int): return number ?? most <= most ? [] : ["is more than \(most)"]
        case ("not", let rule as [String: Any]): return complaints(about: value, rule).isEmpty ? ["must not be so"] : []
        case ("if", let rule as [String: Any]):
            let branch = complaints(about: value, rule).isEmpty ? "then" : "else"
            return (schema[branch] as? [String: Any]).map { complaints(about: value, $0, at: place) } ?? []
        case ("then", _), ("else", _): return []
        default: return ["the schema has \(keyword), which is not known"]
        }
    }

    private static func isOf(_ type: String, _ value: Any) -> Bool {
        let isTruth = (value as? NSNumber).map { String(cString: $0.objCType) == "c" } ?? false
        return switch type {
        case "object": value is [String: Any]
        case "array": value is [Any]
        case "string": value is String
        case "boolean": isTruth
        case "number": value is NSNumber && !isTruth
        case "integer": !isTruth && (value as? NSNumber).map { Int(exactly: $0.doubleValue) != nil } ?? false
        default: false
        }
    }
}

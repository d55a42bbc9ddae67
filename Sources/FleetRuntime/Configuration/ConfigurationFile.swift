// SPDX-License-Identifier: Apache-2.0

import Configuration
import Foundation
import Yams

/// A configuration file, read strictly: every value with its line, and everything that has no place there.
struct ConfigurationFile {
    /// What the file is called in messages.
    let name: String
    /// The values by key, as text or lists of text.
    private(set) var values: [AbsoluteConfigKey: ConfigValue] = [:]
    /// The line on which each key and each name stands, counted from 1.
    private var lines: [[String]: Int] = [:]
    /// What the file names in each section whose parts have names of their own, by its path, in the file's order.
    private(set) var names: [String: [String]] = [:]
    /// What is wrong with it.
    private(set) var faults: [ConfigurationFault] = []
    private let schema: ConfigurationSchema

    /// No file at all.
    init() {
        name = "muster.yaml"
        schema = ConfigurationSchema()
    }

    /// Reads `text`; what is wrong is in ``faults``.
    init(text: String, name: String, schema: ConfigurationSchema = .fleet) {
        self.name = name
        self.schema = schema
        do {
            // Yams takes a byte order mark for the first column, and the first key for one that is indented.
            let text = String(text.unicodeScalars.drop { $0 == "\u{FEFF}" })
            guard let root = try Yams.compose(yaml: text, .basic, .default, .utf8) else { return }
            if root.isEmptyScalar { return }
            guard let mapping = root.mapping else {
                fault([], root, "must be a mapping of sections, such as broker: and database:")
                return
            }
            for (key, value) in mapping { readTop(key, value) }
        } catch let error as YamlError {
            faults.append(Self.fault(of: error, in: name))
        } catch {
            faults.append(ConfigurationFault(key: "", source: name, reason: "can't be read as YAML"))
        }
    }

    /// Where the key at `path` stands, if it does.
    func source(of path: [String]) -> String? { lines[path].map { "\(name):\($0)" } }

    /// Whether the file has the key at `path`.
    func has(_ path: [String]) -> Bool { lines[path] != nil }

    private mutating func readTop(_ key: Node, _ value: Node) {
        guard let section = name(of: key, under: []) else { return }
        if schema.rules[section] != nil {
            readNamed([section], pattern: section, value)
        } else if schema.keys.contains(where: { $0.path.hasPrefix(section + ".") }) {
            readSection([section], pattern: section, value)
        } else {
            readValue([section], pattern: section, key, value)
        }
    }

    private mutating func readNamed(_ path: [String], pattern: String, _ value: Node) {
        guard let rule = schema.rules[pattern], !value.isEmptyScalar else { return }
        let section = path.joined(separator: ".")
        guard let mapping = value.mapping else {
            return fault(path, value, "must be a mapping from \(rule.subject) to its settings")
        }
        for (key, value) in mapping {
            guard let name = name(of: key, under: path) else { continue }
            guard rule.allows(name) else {
                fault(path + [name], key, "must be named \(rule.form)")
                continue
            }
            names[section, default: []].append(name)
            lines[path + [name]] = key.mark?.line
            readSection(path + [name], pattern: pattern + ".*", value)
        }
    }

    private mutating func readSection(_ path: [String], pattern prefix: String, _ value: Node) {
        if value.isEmptyScalar { return }
        guard let mapping = value.mapping else { return fault(path, value, "must be a mapping") }
        for (key, value) in mapping {
            guard let leaf = name(of: key, under: path) else { continue }
            let pattern = "\(prefix).\(leaf)"
            if schema.rules[pattern] != nil {
                readNamed(path + [leaf], pattern: pattern, value)
            } else {
                readValue(path + [leaf], pattern: pattern, key, value)
            }
        }
    }

    private mutating func readValue(_ path: [String], pattern: String, _ key: Node, _ value: Node) {
        guard let known = schema.key(at: pattern) else {
            let prefix = pattern.split(separator: ".").dropLast().joined(separator: ".")
            let near = schema.keys.filter {
                $0.path.split(separator: ".").dropLast().joined(separator: ".") == prefix
            }
            let names = near.compactMap { $0.path.split(separator: ".").last }.joined(separator: ", ")
            return fault(path, key, "is not a key that Muster knows; known here: \(names)")
        }
        lines[path] = key.mark?.line
        let content: ConfigContent
        if known.isList {
            guard let elements = value.sequence?.compactMap(\.scalar?.string), elements.count == value.sequence?.count
            else { return fault(path, value, "must be a list, such as [a, b]") }
            content = .stringArray(elements)
        } else {
            guard let scalar = value.scalar else { return fault(path, value, "must be a single value") }
            content = .string(value.isEmptyScalar ? "" : scalar.string)
        }
        values[AbsoluteConfigKey(path)] = ConfigValue(content, isSecret: known.isSecret)
    }

    private mutating func name(of key: Node, under path: [String]) -> String? {
        guard let text = key.scalar?.string, !text.isEmpty else {
            fault(path, key, "has a key that is not a name")
            return nil
        }
        return text
    }

    private mutating func fault(_ path: [String], _ node: Node, _ reason: String) {
        let source = node.mark.map { "\(name):\($0.line)" } ?? name
        faults.append(ConfigurationFault(key: path.joined(separator: "."), source: source, reason: reason))
    }

    /// What libyaml found, without the lines that Yams would quote: they may hold a secret.
    private static func fault(of error: YamlError, in name: String) -> ConfigurationFault {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return ConfigurationFault(
                key: "",
                source: "\(name):\(mark.line):\(mark.column)",
                reason: "is not YAML: \(problem)"
            )
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.map { "\"\($0.prefix(60))\"" }.joined(separator: ", ")
            return ConfigurationFault(
                key: "",
                source: "\(name):\(context.mark.line)",
                reason: "the key \(keys) stands there twice"
            )
        default:
            return ConfigurationFault(key: "", source: name, reason: "is not YAML in UTF-8")
        }
    }
}

extension Node {
    /// Whether nothing is written there: `key:`, `key: ~` or `key: null`.
    fileprivate var isEmptyScalar: Bool {
        guard let scalar, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }
}

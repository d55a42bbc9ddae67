// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// JSON that need not be any: members may stand there twice, and raw text may be anything.
indirect enum LooseJSON {
    case object([(String, LooseJSON)])
    case array([LooseJSON])
    case text(String)
    /// As it is.
    case raw(String)

    /// The text.
    var written: String {
        switch self {
        case .object(let members): "{" + members.map { "\(Self.quoted($0)):\($1.written)" }.joined(separator: ",") + "}"
        case .array(let elements): "[" + elements.map(\.written).joined(separator: ",") + "]"
        case .text(let text): Self.quoted(text)
        case .raw(let text): text
        }
    }

    /// The same with one value, wherever it stands, made into another.
    func changed(
        _ random: inout SplitMix64,
        _ change: (LooseJSON, inout SplitMix64) -> LooseJSON
    ) -> LooseJSON {
        switch self {
        case .object(var members) where !members.isEmpty && random.chance(85):
            let index = random.number(0...members.count - 1)
            members[index].1 = members[index].1.changed(&random, change)
            return .object(members)
        case .array(var elements) where !elements.isEmpty && random.chance(85):
            let index = random.number(0...elements.count - 1)
            elements[index] = elements[index].changed(&random, change)
            return .array(elements)
        default: return change(self, &random)
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\u{0}"..<"\u{20}":
                quoted += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

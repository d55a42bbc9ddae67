// SPDX-License-Identifier: Apache-2.0

extension Problem: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case type, title, status, detail, errors
    }

    /// The name of a member.
    private struct MemberKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Reads a problem. Members of a shape that is not known are left out.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let others = try decoder.container(keyedBy: MemberKey.self)
        let known = Set(CodingKeys.allCases.map(\.stringValue))
        let members = others.allKeys.filter { !known.contains($0.stringValue) }.compactMap { key in
            (try? others.decode(Member.self, forKey: key)).map { (key.stringValue, $0) }
        }
        self.init(
            type: try values.decode(String.self, forKey: .type),
            title: try values.decode(String.self, forKey: .title),
            status: try values.decode(Int.self, forKey: .status),
            detail: try values.decode(String.self, forKey: .detail),
            errors: try values.decode([Fault].self, forKey: .errors),
            members: Dictionary(members) { first, _ in first }
        )
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(type, forKey: .type)
        try values.encode(title, forKey: .title)
        try values.encode(status, forKey: .status)
        try values.encode(detail, forKey: .detail)
        try values.encode(errors, forKey: .errors)
        var others = encoder.container(keyedBy: MemberKey.self)
        for (name, member) in members { try others.encode(member, forKey: MemberKey(stringValue: name)) }
    }
}

extension Problem.Member: Codable {
    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let number = try? value.decode(Int.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else {
            self = .texts(try value.decode([String].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .number(let number): try value.encode(number)
        case .text(let text): try value.encode(text)
        case .texts(let texts): try value.encode(texts)
        }
    }
}

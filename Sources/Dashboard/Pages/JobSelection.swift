// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Which of a jobset's jobs its page lists.
package struct JobSelection: Sendable, Equatable {
    /// By where they are and how they ended.
    package enum Kind: String, Sendable, CaseIterable {
        /// Every one.
        case all
        /// Those that did not complete or have a failed test.
        case failed
        /// Those that no lab has yet.
        case waiting
        /// Those that a lab has.
        case inLab = "in-lab"
        /// Those that completed with no failed test.
        case passed

        var label: String {
            switch self {
            case .all: "All"
            case .failed: "Failed"
            case .waiting: "Waiting"
            case .inLab: "In lab"
            case .passed: "Passed"
            }
        }
    }

    package var kind: Kind
    /// Only those of this environment.
    package var environment: String?
    /// Only those of this name.
    package var name: String?
    /// Only those from this place in the document on.
    package var from: Int

    /// A selection as given.
    package init(kind: Kind = .all, environment: String? = nil, name: String? = nil, from: Int = 0) {
        self.kind = kind
        self.environment = environment
        self.name = name
        self.from = from
    }

    /// The address of this selection on the page `base`.
    func href(_ base: String) -> String {
        var items: [URLQueryItem] = []
        if kind != .all { items.append(URLQueryItem(name: "show", value: kind.rawValue)) }
        if let environment { items.append(URLQueryItem(name: "environment", value: environment)) }
        if let name { items.append(URLQueryItem(name: "name", value: name)) }
        if from > 0 { items.append(URLQueryItem(name: "from", value: "\(from)")) }
        var components = URLComponents()
        components.path = base
        if !items.isEmpty { components.queryItems = items }
        // In a query a plus means a space to whoever reads forms.
        components.percentEncodedQuery = components.percentEncodedQuery?.replacing("+", with: "%2B")
        return (components.string ?? base) + "#jobs"
    }
}

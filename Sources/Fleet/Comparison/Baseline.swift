// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// What a jobset's report is to be compared with, as its publisher named it.
package enum BaselineName: Sendable, Hashable {
    /// This very jobset.
    case jobset(UUID)
    /// The latest finished jobset of this build.
    case build(Build)
    /// The latest finished jobset of this version of the same project.
    case version(String)

    /// A name from its text: what has the shape of a UUID is an id; `nil` when it is none of the three.
    package init?(_ text: String) {
        if let id = UUID(uuidString: text) {
            self = .jobset(id)
        } else if let build = Build(text) {
            self = .build(build)
        } else if Slug.isValid(text) {
            self = .version(text)
        } else {
            return nil
        }
    }
}

extension BaselineName: CustomStringConvertible {
    /// As it stands in a document; an id in small letters.
    package var description: String {
        switch self {
        case .jobset(let id): id.text
        case .build(let build): build.description
        case .version(let version): version
        }
    }
}

extension BaselineName: CodedAsText {
    package static let meaning = "the name of a baseline"
}

/// A jobset that serves as baseline.
package struct BaselineJobset: Sendable, Equatable, Decodable {
    package var id: UUID
    /// `/group/project/version`.
    package var build: String
    /// What became of it.
    package var verdict: Verdict
    /// When its last job came back.
    package var finishedAt: Date
    /// Whether the publisher named it.
    package var isNamed: Bool

    package init(id: UUID, build: String, verdict: Verdict, finishedAt: Date, isNamed: Bool) {
        (self.id, self.build, self.verdict) = (id, build, verdict)
        (self.finishedAt, self.isNamed) = (finishedAt, isNamed)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Fleet
package import YAML

/// Takes a file of jobs apart as it is read, without building it: the members of the document, and its jobs one by
/// one, each as it stands there.
///
/// Three shapes are known: a document whose `jobs` may stand before or behind its other keys, a bare array of jobs, and
/// objects one behind the other (JSON lines). Of the last, the first one is the head.
struct JobSplitter {
    /// What is being read.
    private enum Stage {
        /// Nothing, or what stands between the objects of the file.
        case top
        /// The members of the document.
        case members
        /// Its jobs, or those of a bare array.
        case jobs
    }

    private var window: TextWindow
    private var stage = Stage.top
    private var membersProgress = JSONCursor.Progress()
    private var jobsProgress = JSONCursor.Progress()

    /// The members of the first object, `jobs` aside, as far as they have been read.
    private(set) var members: [SplitMember] = []
    /// Where the first object begins; nil when the file begins with an array, or not at all.
    private(set) var headPlace: TextPosition?
    /// Whether there is an array of jobs, or something in its place.
    private(set) var hasJobs = false
    /// Whether jobs stand behind the first object.
    private(set) var isLines = false

    /// How much of the file has been read, in bytes.
    var bytesRead: Int { window.bytesRead }
    /// How much of it is in memory, in bytes.
    var heldBytes: Int { window.heldBytes }

    /// A splitter at the beginning of a file.
    ///
    /// - Parameters:
    ///   - maximumBytes: The longest job or value.
    ///   - block: Gives bytes of the file from an offset on, as many as it likes; none at the end.
    init(maximumBytes: Int, block: @escaping (_ offset: Int) throws -> [UInt8]) {
        window = TextWindow(maximumBytes: maximumBytes, block: block)
    }

    /// The next job; nil at the end of the file.
    ///
    /// - Throws: ``BrokenJobFile`` where it is not JSON or has another shape; what reading the file throws.
    mutating func next() throws -> SplitJob? {
        while true {
            switch stage {
            case .top:
                guard let first = try window.peek() else {
                    guard headPlace != nil || hasJobs else { throw window.broken("there is nothing in it") }
                    return nil
                }
                if let job = try readTop(first) { return job }
            case .members: try readMember()
            case .jobs:
                var progress = jobsProgress
                let hasElement = try window.step { cursor throws(JSONSyntaxError) in
                    try cursor.nextElement(&progress)
                }
                jobsProgress = progress
                if hasElement { return try readJob(depth: headPlace == nil ? 1 : 2) }
                stage = headPlace == nil ? .top : .members
            }
        }
    }

    private mutating func readTop(_ first: UInt8) throws -> SplitJob? {
        guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else {
            throw window.broken("an object is expected here")
        }
        let isObject = first == UInt8(ascii: "{")
        guard !hasJobs else { throw window.broken("the document has ended, but more text follows") }
        if headPlace != nil {
            guard isObject else { throw window.broken("a job, which is an object, is expected here") }
            isLines = true
            return try readJob(depth: 0)
        }
        if isObject {
            headPlace = window.place
            membersProgress = try window.step { cursor throws(JSONSyntaxError) in try cursor.enterObject() }
            stage = .members
        } else {
            try enterJobs()
        }
        return nil
    }

    private mutating func enterJobs() throws {
        jobsProgress = try window.step { cursor throws(JSONSyntaxError) in try cursor.enterArray() }
        hasJobs = true
        stage = .jobs
    }

    private mutating func readMember() throws {
        var progress = membersProgress
        let hasMember = try window.step { cursor throws(JSONSyntaxError) in try cursor.nextMember(&progress) }
        membersProgress = progress
        guard hasMember else {
            stage = .top
            return
        }
        let (key, keyText, place) = try window.value { cursor throws(JSONSyntaxError) in try cursor.key() }
        if key == "jobs" {
            guard !hasJobs else { throw BrokenJobFile(place: place, problem: "\"jobs\" stands there once more") }
            hasJobs = true
        }
        let kind = try window.step { cursor throws(JSONSyntaxError) in try cursor.kind() }
        if key == "jobs", kind == .array { return try enterJobs() }
        // Jobs that are no array are kept like any other value, for whoever says what is wrong with them.
        let (_, value, _) = try window.value { cursor throws(JSONSyntaxError) in try cursor.skip(depth: 1) }
        let string = keyText[...(keyText.lastIndex(of: UInt8(ascii: "\"")) ?? keyText.startIndex)]
        members.append(SplitMember(key: key, keyText: Array(string), value: Array(value), place: place))
    }

    private mutating func readJob(depth: Int) throws -> SplitJob {
        let (_, text, place) = try window.value { cursor throws(JSONSyntaxError) in try cursor.skip(depth: depth) }
        return SplitJob(text: Array(text), place: place)
    }
}

/// One job of a file, as it stands there.
package struct SplitJob: Equatable {
    /// Its JSON, without white space around it.
    package let text: [UInt8]
    package let place: TextPosition
}

/// One member of a document besides its jobs, as it stands there.
package struct SplitMember: Sendable, Equatable {
    /// The key, read.
    package let key: String
    /// The key's JSON.
    package let keyText: [UInt8]
    /// The value's JSON.
    package let value: [UInt8]
    package let place: TextPosition

    /// Its JSON.
    package var text: [UInt8] { keyText + [UInt8(ascii: ":")] + value }
}

/// Where and why a file can't be split into its jobs.
package struct BrokenJobFile: Error, Equatable, CustomStringConvertible {
    package let place: TextPosition
    package let problem: String

    package var description: String { "\(place): \(problem)" }
}

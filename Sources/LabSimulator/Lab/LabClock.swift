// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// The clock of a lab, which may be wrong.
final class LabClock: Sendable {
    /// What a person orders of it.
    struct Order: Sendable, Decodable {
        /// How far the times of jobs are ahead, in milliseconds; below zero they are behind.
        var aheadMilliseconds: Int
        /// The `Date` of answers is right all the same.
        var isOfJobsOnly: Bool?

        enum CodingKeys: String, CodingKey {
            case aheadMilliseconds = "ahead_ms"
            case isOfJobsOnly = "jobs_only"
        }
    }

    private let ahead = Mutex<(jobs: Int64, answers: Int64)>((0, 0))

    /// The furthest it can be wrong: a hundred years.
    private static let limit = 100 * 365 * 86_400_000

    /// By which jobs are submitted, begin and end.
    var now: Moment { Moment(microseconds: Moment.now.microseconds + ahead.withLock { $0.jobs }) }

    /// The `Date` of an answer, if it is not the time that it really is.
    var wrongDate: String? {
        let ahead = ahead.withLock { $0.answers }
        return ahead == 0 ? nil : Moment(microseconds: Moment.now.microseconds + ahead).httpText
    }

    func turn(_ order: Order) {
        let microseconds = Int64(min(max(-Self.limit, order.aheadMilliseconds), Self.limit)) * 1_000
        ahead.withLock { $0 = (microseconds, order.isOfJobsOnly == true ? 0 : microseconds) }
    }
}

/// Writes the lab's own time into answers, past the server, which knows the right one only.
final class DateHeader: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let clock: LabClock

    init(_ clock: LabClock) {
        self.clock = clock
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = Self.unwrapOutboundIn(data), let date = clock.wrongDate else {
            context.write(data, promise: promise)
            return
        }
        head.headers.replaceOrAdd(name: "Date", value: date)
        context.write(Self.wrapOutboundOut(.head(head)), promise: promise)
    }
}

// SPDX-License-Identifier: Apache-2.0

public import AMQP
public import Foundation

/// A message between two parts of a fleet: JSON, versioned by the `type` property, carrying ids and nothing else.
public protocol FleetMessage: Codable, Sendable, Equatable {
    /// What the `type` property says, with its version.
    static var type: String { get }
}

/// A job waits for a submitter.
public struct JobMessage: FleetMessage {
    /// The message's type and version.
    public static let type = "muster.job.v1"
    /// The job's row.
    public let job: Int

    /// A message for the job with row `job`.
    public init(job: Int) { self.job = job }
}

/// A lab job has finished; its results are to be fetched.
public struct LabJobMessage: FleetMessage {
    /// The message's type and version.
    public static let type = "muster.lab-job.v1"
    /// The lab job's row.
    public let labJob: Int

    enum CodingKeys: String, CodingKey { case labJob = "lab_job" }

    /// A message for the lab job with row `labJob`.
    public init(labJob: Int) { self.labJob = labJob }
}

/// A jobset's counter has reached zero.
public struct NotificationMessage: FleetMessage {
    /// The message's type and version.
    public static let type = "muster.notification.v1"
    /// The jobset.
    public let jobset: UUID
    /// Which of its lives has ended.
    public let generation: Int

    /// A message for that end of `jobset`.
    public init(jobset: UUID, generation: Int) {
        self.jobset = jobset
        self.generation = generation
    }
}

/// A message that can't be read, and why.
public struct UnreadableMessage: Error, Sendable, CustomStringConvertible {
    /// What is wrong with it.
    public let reason: String

    /// What is wrong with it.
    public var description: String { reason }
}

extension FleetMessage {
    /// The message as it goes over the wire.
    func encoded() throws -> AMQPMessage {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return AMQPMessage(
            body: Array(try encoder.encode(self)),
            properties: AMQPProperties(contentType: "application/json", type: Self.type, appID: "muster")
        )
    }

    /// The message in a delivery.
    ///
    /// - Throws: ``UnreadableMessage`` for another type, another version, or a body that is not what the type says.
    public static func decoded(_ delivery: AMQPDelivery) throws(UnreadableMessage) -> Self {
        let found = delivery.message.properties.type
        guard found == type else {
            throw UnreadableMessage(reason: "its type is \(found ?? "missing"), this queue takes \(type)")
        }
        do {
            return try JSONDecoder().decode(Self.self, from: Data(delivery.message.body))
        } catch {
            throw UnreadableMessage(reason: "its body is not a \(type)")
        }
    }
}

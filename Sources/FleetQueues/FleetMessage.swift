// SPDX-License-Identifier: Apache-2.0

package import AMQP
package import Foundation

/// A message between two parts of a fleet: JSON, versioned by the `type` property, carrying ids and nothing else.
package protocol FleetMessage: Codable, Sendable, Equatable {
    /// What the `type` property says, with its version, of a message that this version of Muster sends.
    static var type: String { get }
    /// The types that a queue of these takes, each with what reads its body. While old and new workers run together,
    /// both versions are on their way: a new version is taken one release before it is sent, and the old one for as long
    /// as a worker may send it.
    static var readers: [String: MessageReader<Self>] { get }
}

/// Reads the body of a message.
package typealias MessageReader<Message> = @Sendable (_ body: Data) throws -> Message

extension FleetMessage {
    /// The version that is sent, and no other.
    package static var readers: [String: MessageReader<Self>] { [type: { try Self.read($0) }] }

    /// A body that has the properties of the message as its members.
    package static func read(_ body: Data) throws -> Self { try JSONDecoder().decode(Self.self, from: body) }
}

/// A job waits for a submitter.
package struct JobMessage: FleetMessage {
    /// The message's type and version.
    package static let type = "muster.job.v1"
    /// The job's row.
    package let job: Int

    /// A message for the job with row `job`.
    package init(job: Int) { self.job = job }
}

/// A lab job has finished; its results are to be fetched.
package struct LabJobMessage: FleetMessage {
    /// The message's type and version.
    package static let type = "muster.lab-job.v1"
    /// The lab job's row.
    package let labJob: Int

    enum CodingKeys: String, CodingKey { case labJob = "lab_job" }

    /// A message for the lab job with row `labJob`.
    package init(labJob: Int) { self.labJob = labJob }
}

/// A jobset's counter has reached zero.
package struct NotificationMessage: FleetMessage {
    /// The message's type and version.
    package static let type = "muster.notification.v1"
    package let jobset: UUID
    /// Which of its lives has ended.
    package let generation: Int

    /// A message for that end of `jobset`.
    package init(jobset: UUID, generation: Int) {
        self.jobset = jobset
        self.generation = generation
    }
}

/// A message that can't be read, and why.
package struct UnreadableMessage: Error, Sendable, CustomStringConvertible {
    /// What is wrong with it.
    package let reason: String

    /// What is wrong with it.
    package var description: String { reason }
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
    /// - Throws: ``UnreadableMessage`` for another type, a version that is not taken, or a body that is not what the type
    ///   says.
    package static func decoded(_ delivery: AMQPDelivery) throws(UnreadableMessage) -> Self {
        let readers = readers
        guard let found = delivery.message.properties.type, let read = readers[found] else {
            let (found, taken) = (delivery.message.properties.type ?? "missing", readers.keys.sorted())
            throw UnreadableMessage(reason: "its type is \(found), this queue takes \(taken.joined(separator: ", "))")
        }
        do {
            return try read(Data(delivery.message.body))
        } catch {
            throw UnreadableMessage(reason: "its body is not a \(found)")
        }
    }
}

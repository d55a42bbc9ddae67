// SPDX-License-Identifier: Apache-2.0

package import AMQP
package import Fleet
import Foundation

/// The answer as a message.
extension JobsetAnswer {
    static let acceptedType = "muster.accepted.v1"
    static let refusedType = "muster.refused.v1"

    private struct Accepted: Codable {
        let id: String
        let total: Int
    }

    /// The answer's body, content type and `type` property.
    func encoded() throws -> (body: [UInt8], contentType: String, type: String) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        switch self {
        case .accepted(let id, let total):
            let body = try encoder.encode(Accepted(id: id.text, total: total))
            return (Array(body), "application/json", Self.acceptedType)
        case .refused(let problem):
            return (Array(try encoder.encode(problem)), Problem.contentType, Self.refusedType)
        }
    }

    /// The answer in a delivery.
    ///
    /// - Throws: ``UnreadableMessage`` when it is none.
    package init(_ delivery: AMQPDelivery) throws(UnreadableMessage) {
        let body = Data(delivery.message.body)
        do {
            switch delivery.message.properties.type {
            case Self.acceptedType:
                let accepted = try JSONDecoder().decode(Accepted.self, from: body)
                guard let id = UUID(uuidString: accepted.id) else {
                    throw UnreadableMessage(reason: "the answer's id is not a UUID")
                }
                self = .accepted(id: id, total: accepted.total)
            case Self.refusedType:
                self = .refused(try JSONDecoder().decode(Problem.self, from: body))
            default:
                throw UnreadableMessage(reason: "not an answer to a jobset")
            }
        } catch let unreadable as UnreadableMessage {
            throw unreadable
        } catch {
            throw UnreadableMessage(reason: "the answer can't be read")
        }
    }
}

extension FleetPublisher {
    /// Answers whoever published a jobset.
    package func answer(_ answer: JobsetAnswer, to delivery: AMQPDelivery) async throws {
        let (body, contentType, type) = try answer.encoded()
        try await reply(body, contentType: contentType, type: type, to: delivery)
    }
}

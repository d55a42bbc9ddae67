// SPDX-License-Identifier: Apache-2.0

import AMQP
import FleetQueues
import Foundation
import Testing

@Suite("Versions of messages")
struct MessageVersionTests {
    /// A message that is sent in its first version, and read in its second as well.
    struct Turn: FleetMessage {
        static let type = "muster.turn.v1"
        static let readers: [String: MessageReader<Turn>] = [
            type: { try read($0) },
            "muster.turn.v2": { Turn(number: try JSONDecoder().decode([Int].self, from: $0).count) },
        ]
        let number: Int
    }

    private static func delivery(_ type: String?, _ body: String) -> AMQPDelivery {
        AMQPDelivery(message: AMQPMessage(body: Array(body.utf8), properties: AMQPProperties(type: type)))
    }

    @Test("A queue takes all versions that it names, each by its own reader")
    func taken() throws {
        #expect(try Turn.decoded(Self.delivery("muster.turn.v1", #"{"number": 7}"#)) == Turn(number: 7))
        #expect(try Turn.decoded(Self.delivery("muster.turn.v2", "[1, 2, 3]")) == Turn(number: 3))
    }

    @Test(
        "Another version, another type and a body of another version are refused, with what would be taken",
        arguments: [
            ("muster.turn.v3", "[]", "its type is muster.turn.v3, this queue takes muster.turn.v1, muster.turn.v2"),
            (nil, "{}", "its type is missing, this queue takes muster.turn.v1, muster.turn.v2"),
            ("muster.turn.v2", #"{"number": 7}"#, "its body is not a muster.turn.v2"),
        ]
    )
    func refused(type: String?, body: String, reason: String) {
        let error = #expect(throws: UnreadableMessage.self) {
            try Turn.decoded(Self.delivery(type, body))
        }
        #expect(error?.reason == reason)
    }

    @Test("The messages of a fleet are read as they are sent, and in no other version")
    func own() {
        #expect(Set(JobMessage.readers.keys) == [JobMessage.type])
        #expect(Set(LabJobMessage.readers.keys) == [LabJobMessage.type])
        #expect(Set(NotificationMessage.readers.keys) == [NotificationMessage.type])
    }
}

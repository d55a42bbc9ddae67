// SPDX-License-Identifier: Apache-2.0

import AMQP
import TestSupport
import Testing

@Suite("The code of the library's page")
struct DocumentationTests {
    @Test("It is the code of this folder")
    func page() throws {
        let code = try ["Greeting", "Doubt"].map { name in
            try DocumentedCode.code(of: "Tests/AMQPTests/Documentation/\(name).swift")
        }
        #expect(try DocumentedCode.blocks(of: "Sources/AMQP/AMQP.docc/AMQP.md") == code)
    }

    @Test("A greeting comes back")
    func greeting() async throws {
        let broker = try TestServers.broker
        let greeting = try await withQueue { try await greet(broker: broker, queue: $0) }
        #expect(greeting == "hello")
    }

    @Test("A message is published surely, and refused for good where there is no queue")
    func doubt() async throws {
        try await withQueue { queue in
            try await withPublisher { publisher in
                try await publishSurely("sure", to: queue, by: publisher)
                #expect(try await readyMessages(queue) == 1)
                let error = await #expect(throws: AMQPError.self) {
                    try await publishSurely("lost", to: TestBroker.uniqueName("none"), by: publisher)
                }
                #expect(error?.code == .unroutable)
            }
        }
    }
}

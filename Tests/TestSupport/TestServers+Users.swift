// SPDX-License-Identifier: Apache-2.0

import AMQP

extension TestServers {
    /// Lends a user of the broker who is permitted what these regular expressions match, and nothing else.
    ///
    /// - Parameter body: Gets the broker's URL with that user.
    package static func withBrokerUser<Outcome>(
        configure: String,
        write: String,
        read: String,
        _ body: (_ url: String) async throws -> Outcome
    ) async throws -> Outcome {
        let (user, password) = (uniqueName("user"), uniqueName("word"))
        let server = try AMQPConfiguration(url: broker).servers[0]
        try await rabbitmqctl("add_user", user, password)
        return try await withCleanUp {
            try await rabbitmqctl("set_permissions", user, configure, write, read)
            return try await body("amqp://\(user):\(password)@\(server)")
        } cleanUp: {
            try await rabbitmqctl("delete_user", user)
        }
    }
}

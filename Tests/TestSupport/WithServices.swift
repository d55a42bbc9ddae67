// SPDX-License-Identifier: Apache-2.0

package import Logging
package import ServiceLifecycle

/// What the code under test logs to: it is heard only when something is critical.
package let quietLogger: Logger = {
    var logger = Logger(label: "tests")
    logger.logLevel = .critical
    return logger
}()

/// Runs services around `body`, and stops them gracefully.
///
/// - Throws: what `body` threw, otherwise what a service threw.
package func withServices<Outcome>(
    _ services: [any Service],
    _ body: () async throws -> Outcome
) async throws -> Outcome {
    var configuration = ServiceGroupConfiguration(services: services, logger: quietLogger)
    configuration.maximumGracefulShutdownDuration = .seconds(30)
    let group = ServiceGroup(configuration: configuration)
    let running = Task { try await group.run() }
    return try await withCleanUp(body) {
        await group.triggerGracefulShutdown()
        try await running.value
    }
}

/// Runs `body` and then `cleanUp`, whatever happened.
///
/// - Throws: what `body` threw, otherwise what `cleanUp` threw.
package func withCleanUp<Outcome>(
    _ body: () async throws -> Outcome,
    cleanUp: () async throws -> Void
) async throws -> Outcome {
    let outcome: Outcome
    do {
        outcome = try await body()
    } catch {
        try? await cleanUp()
        throw error
    }
    try await cleanUp()
    return outcome
}

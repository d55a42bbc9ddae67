// SPDX-License-Identifier: Apache-2.0

package import ServiceLifecycle

/// A failure that may be one that starting again does not help. The worker then ends with the exit status of a configuration
/// that isn't valid, 78, which systemd is told to leave alone (`RestartPreventExitStatus`).
package protocol LastingFailure: Error {
    /// Whether starting the same program again would fail in the same way.
    var isLasting: Bool { get }
}

/// A service whose failure lets the others end their work, as a stop that was asked for does.
package protocol EndsGracefully: Service {}

extension ConfigurationFaults: LastingFailure {
    /// A start with the same configuration ends alike.
    package var isLasting: Bool { true }
}

// SPDX-License-Identifier: Apache-2.0

/// A service that can tell whether it is ready. ``runFleet(name:configuration:services:logger:)`` asks for its checks.
package protocol HealthReporting {
    /// What must hold for the service to be ready.
    var healthChecks: [HealthCheck] { get }
}

// SPDX-License-Identifier: Apache-2.0

package import Fleet
import Foundation

extension TraceParent {
    /// Where in a trace this program was started, as OpenTelemetry hands it on in the environment
    /// (<https://opentelemetry.io/docs/specs/otel/context/env-carriers/>).
    package static var ofProcess: TraceParent? {
        ProcessInfo.processInfo.environment[variable].flatMap(TraceParent.init)
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Fleet

extension Unannounced {
    /// What the step did, announced to nobody: for tests of the step alone.
    package var done: Value { get async { await announced { _ in } } }
}

// SPDX-License-Identifier: Apache-2.0

/// Why a text is not JSON, and at which byte.
package struct JSONSyntaxError: Error, Equatable {
    package let offset: Int
    package let problem: String
}

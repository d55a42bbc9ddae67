// SPDX-License-Identifier: Apache-2.0

/// Why a text is not JSON, and at which byte.
struct JSONSyntaxError: Error, Equatable {
    let offset: Int
    let problem: String
}

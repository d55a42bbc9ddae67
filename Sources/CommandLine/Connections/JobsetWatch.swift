// SPDX-License-Identifier: Apache-2.0

import Fleet

/// Eyes on a jobset that somebody waits for.
protocol JobsetWatch: Sendable {
    /// The jobset as it stands after this long, or at its end if that comes first.
    ///
    /// - Throws: ``FleetAbsence`` when it can't be seen at present.
    func look(within pause: Duration) async throws -> Jobset
}

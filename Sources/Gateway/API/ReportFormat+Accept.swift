// SPDX-License-Identifier: Apache-2.0

import Fleet

extension ReportFormat {
    /// What a browser may do with it: the page has its look in itself, and nothing else.
    var contentPolicy: String? {
        self == .html ? HeaderMiddleware.contentPolicy + "; style-src 'unsafe-inline'" : nil
    }

    /// The format that `Accept` prefers; JSON without one.
    ///
    /// - Throws: ``Refusal`` 406 when it accepts none of ours.
    static func wanted(by accept: String?) throws(Refusal) -> ReportFormat {
        guard let accept else { return .json }
        let ranges = AcceptedTypes(accept)
        let best = byMediaType.map { ranges.quality(of: $0.mediaType) }.max() ?? 0
        // Of several that are as welcome, the first of ours.
        guard best > 0, let format = byMediaType.first(where: { ranges.quality(of: $0.mediaType) == best }) else {
            throw .notAcceptable(byMediaType.map(\.mediaType))
        }
        return format
    }
}

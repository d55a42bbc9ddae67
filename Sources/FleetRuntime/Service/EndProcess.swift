// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Ends the process with this status, once what was printed is out.
///
/// Not by `exit`: OpenSSL cleans up there, and crashes if the thread of a connection over TLS ends at that moment. The
/// status would then be that of the crash.
package func endProcess(_ status: Int32) -> Never {
    fflush(nil)
    _exit(status)
}

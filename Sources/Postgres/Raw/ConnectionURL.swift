// SPDX-License-Identifier: Apache-2.0

internal import CLibPQ

/// Reads a connection URL with libpq's own parser, so that what `psql` takes is what we take.
enum ConnectionURL {
    /// Keywords to values, only those that the URL sets. libpq's own complaint is not passed on: it may quote the password.
    static func parse(_ url: String) throws(PostgresError) -> [String: String] {
        guard url.hasPrefix("postgres://") || url.hasPrefix("postgresql://") else {
            throw PostgresError(.configuration, "a connection URL begins with postgres:// or postgresql://")
        }
        return try unsafe CStringArena.withPointers([url]) { pointers throws(PostgresError) in
            var complaint: UnsafeMutablePointer<CChar>?
            let options = unsafe PQconninfoParse(pointers[0], &complaint)
            if let complaint = unsafe complaint { unsafe PQfreemem(complaint) }
            guard let options = unsafe options else {
                throw PostgresError(.configuration, "the connection URL cannot be read, or has an unknown parameter")
            }
            defer { unsafe PQconninfoFree(options) }
            var found: [String: String] = [:]
            var option = unsafe options
            while let keyword = unsafe option.pointee.keyword {
                if let value = unsafe option.pointee.val {
                    unsafe found[String(cString: keyword)] = unsafe String(cString: value)
                }
                unsafe option += 1
            }
            return found
        }
    }
}

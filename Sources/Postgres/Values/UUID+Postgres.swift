// SPDX-License-Identifier: Apache-2.0

public import Foundation

extension UUID: PostgresEncodable, PostgresDecodable {
    /// `uuid`
    public static var postgresType: PostgresType { .uuid }

    /// The usual 36 characters.
    public func postgresText() throws(PostgresError) -> String? { uuidString }

    /// From `uuid`.
    public init(postgres cell: PostgresCell) throws(PostgresError) {
        guard cell.type == .uuid, let value = cell.text.flatMap({ UUID(uuidString: $0) }) else {
            throw cell.mismatch(UUID.self)
        }
        self = value
    }
}

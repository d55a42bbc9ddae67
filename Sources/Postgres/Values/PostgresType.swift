// SPDX-License-Identifier: Apache-2.0

/// A type of the server, by its object id. The built-in ids never change (`pg_type.dat` of PostgreSQL).
public struct PostgresType: Hashable, Sendable, CustomStringConvertible {
    /// The object id; 0 lets the server infer the type.
    public let oid: UInt32

    /// Any type, known here or not.
    public init(oid: UInt32) {
        self.oid = oid
    }

    /// Lets the server infer the type from where the parameter stands.
    public static let unspecified = PostgresType(oid: 0)
    /// `bool`
    public static let bool = PostgresType(oid: 16)
    /// `bytea`
    public static let bytea = PostgresType(oid: 17)
    /// `int2`
    public static let int2 = PostgresType(oid: 21)
    /// `int4`
    public static let int4 = PostgresType(oid: 23)
    /// `int8`
    public static let int8 = PostgresType(oid: 20)
    /// `float4`
    public static let float4 = PostgresType(oid: 700)
    /// `float8`
    public static let float8 = PostgresType(oid: 701)
    /// `numeric`
    public static let numeric = PostgresType(oid: 1700)
    /// `text`
    public static let text = PostgresType(oid: 25)
    /// `uuid`
    public static let uuid = PostgresType(oid: 2950)
    /// `interval`
    public static let interval = PostgresType(oid: 1186)
    /// `timestamptz`
    public static let timestamptz = PostgresType(oid: 1184)
    /// `json`
    public static let json = PostgresType(oid: 114)
    /// `jsonb`
    public static let jsonb = PostgresType(oid: 3802)

    /// The name where it is known, else the object id.
    public var description: String {
        Self.names[oid] ?? "type \(oid)"
    }

    /// The type of arrays of this; `unspecified` where it is not known.
    public var array: PostgresType {
        PostgresType(oid: Self.arrays[oid] ?? 0)
    }

    /// The type of the elements, if this is a known array type.
    var element: PostgresType? {
        Self.arrays.first { $0.value == oid }.map { PostgresType(oid: $0.key) }
    }

    /// What object ids the server hands out to types made by users begin with.
    private static let firstUserDefined: UInt32 = 16384

    /// Whether its text form is what a person would call its text: strings, numeric, JSON, enums, addresses.
    var readsAsString: Bool {
        oid >= Self.firstUserDefined || Self.textual.contains(oid)
    }

    /// Whether its values are whole numbers: `int2`, `int4`, `int8`, `oid`.
    var isInteger: Bool {
        switch oid {
        case 20, 21, 23, 26: true
        default: false
        }
    }

    private static let textual: Set<UInt32> = [
        18, 19, 25, 114, 142, 194, 650, 705, 869, 1042, 1043, 1186, 1700, 2205, 2206, 3614, 3802, 4072,
    ]

    private static let names: [UInt32: String] = [
        16: "bool", 17: "bytea", 18: "char", 19: "name", 20: "int8", 21: "int2", 23: "int4", 25: "text", 26: "oid",
        114: "json", 700: "float4", 701: "float8", 1042: "bpchar", 1043: "varchar", 1082: "date", 1083: "time",
        1114: "timestamp", 1184: "timestamptz", 1186: "interval", 1700: "numeric", 2278: "void", 2950: "uuid",
        3802: "jsonb", 1000: "bool[]", 1001: "bytea[]", 1005: "int2[]", 1007: "int4[]", 1016: "int8[]",
        1009: "text[]", 199: "json[]", 1021: "float4[]", 1022: "float8[]", 1231: "numeric[]", 1185: "timestamptz[]",
        2951: "uuid[]", 3807: "jsonb[]", 1015: "varchar[]", 1003: "name[]",
    ]

    private static let arrays: [UInt32: UInt32] = [
        16: 1000, 17: 1001, 18: 1002, 19: 1003, 20: 1016, 21: 1005, 23: 1007, 25: 1009, 26: 1028, 114: 199, 700: 1021,
        701: 1022, 1042: 1014, 1043: 1015, 1082: 1182, 1083: 1183, 1114: 1115, 1184: 1185, 1186: 1187, 1700: 1231,
        2950: 2951, 3802: 3807,
    ]
}

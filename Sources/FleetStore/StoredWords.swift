// SPDX-License-Identifier: Apache-2.0

import Fleet
public import Postgres

/// The words that columns hold, each read as what it says. One that this version does not know is an error of that row, with
/// the column's name, and never another word: a later version may have written it.

extension BackendState: PostgresDecodable {}
extension AttemptState: PostgresDecodable {}
extension DeliveryKind: PostgresDecodable {}
extension FleetAge.Kind: PostgresDecodable {}
extension FleetStore.Gate: PostgresDecodable {}
extension TestComparison.Kind: PostgresDecodable {}

extension JobOutcome: PostgresDecodable {}
extension JobState: PostgresDecodable {}
extension JobsetEvent: PostgresDecodable {}
extension JobsetState: PostgresDecodable {}
extension ResultStatus: PostgresDecodable {}
extension Verdict: PostgresDecodable {}

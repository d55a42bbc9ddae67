// SPDX-License-Identifier: Apache-2.0

import Fleet
import Postgres

/// The words that columns hold, each read and written as what it says. One that this version does not know is an error of
/// that row, with the column's name, and never another word: a later version may have written it.

extension AttemptState: PostgresDecodable {}
extension BackendState: PostgresDecodable {}
extension CallbackMethod: PostgresEncodable {}
extension DeliveryKind: PostgresDecodable, PostgresEncodable {}
extension FleetAge.Kind: PostgresDecodable {}
extension FleetEventType: PostgresDecodable {}
extension LabGate: PostgresDecodable {}
extension TestComparison.Kind: PostgresDecodable {}

extension JobOutcome: PostgresDecodable, PostgresEncodable {}
extension JobState: PostgresDecodable, PostgresEncodable {}
extension JobsetEvent: PostgresDecodable, PostgresEncodable {}
extension JobsetState: PostgresDecodable, PostgresEncodable {}
extension ResultStatus: PostgresDecodable, PostgresEncodable {}
extension ReportFormat: PostgresDecodable {}
extension Retention.Part: PostgresDecodable, PostgresEncodable {}
extension Verdict: PostgresDecodable, PostgresEncodable {}
extension EmptyJobs: PostgresDecodable, PostgresEncodable {}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetObjects
import FleetStore
import Foundation

/// `muster seal`.
struct SealCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "Seal an open jobset: nothing is added to it any more.",
        discussion: """
            From then on it finishes when the last of its jobs has come back, and at once when all of them have. \
            Sealing twice does no harm. The exit status is 2 when it has finished already.

            A jobset that nobody seals is sealed after watcher.open_limit_seconds without an addition, and its report \
            says so.
            """
    )

    @Argument(help: ArgumentHelp("The jobset.", valueName: "id"))
    var id: UUID

    @OptionGroup var fleet: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        guard let sealing = try await Self.seal(id, try FleetAccess(fleet), isRepeat: false) else { return }
        if sealing.wasSealed { StandardStream.error.line("the jobset has been sealed before") }
        try answer.show(Self.facts(sealing), SealingObject(id: id, sealing))
    }

    /// Seals a jobset and tells of its end, should this have been all that it waited for.
    ///
    /// - Parameter isRepeat: Whether it may well be sealed, and even have finished, by an earlier try.
    /// - Returns: what this did; nil when it had finished.
    static func seal(_ id: UUID, _ access: FleetAccess, isRepeat: Bool) async throws -> Sealing? {
        do {
            let sealing = try await access.withStore { try await $0.sealJobset(id: id) }
            await access.tell(sealing.finished)
            return sealing
        } catch NotSealable.notFound {
            throw CommandFailure.noJobset(id)
        } catch NotSealable.finished where isRepeat {
            return nil
        }
    }

    /// What sealing did, for people.
    static func facts(_ sealing: Sealing) -> Facts {
        Facts(pairs: [
            ("sealed", "with \(VerdictLine.jobs(sealing.total))"),
            ("finished", sealing.finished.isEmpty ? nil : "at once: none was left to wait for"),
        ])
    }
}

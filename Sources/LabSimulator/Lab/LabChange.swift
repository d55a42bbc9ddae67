// SPDX-License-Identifier: Apache-2.0

/// A job that changed its state: what an event tells.
struct LabChange: Sendable {
    /// The job afterwards.
    var job: LabJob
    /// The job before; nil if it is new.
    var before: LabJob?
    /// LAVA saves a new member of a group twice, and knows its place in the group the second time only.
    var isUnplaced = false

    /// Its name in its group, for a member.
    var subID: String? {
        guard job.membership != nil else { return nil }
        return isUnplaced ? "" : job.name
    }

    /// What its device did with it.
    var device: (name: String, state: String)? {
        guard let device = job.device else { return nil }
        switch job.state {
        case .scheduled where job.membership == nil, .scheduling: return (device, "Reserved")
        case .running: return (device, "Running")
        case .finished where job.startTime != job.endTime: return (device, "Idle")
        default: return nil
        }
    }
}

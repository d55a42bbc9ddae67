// SPDX-License-Identifier: Apache-2.0

/// Between the lab and its listeners: makes events of what changed, and lets faults spoil them.
struct EventStage: Sendable {
    let hub: StreamHub
    let faults: FaultBook

    /// Whether anybody would hear.
    var hasListeners: Bool { hub.count > 0 }

    /// Sends what changed, in order. It is called under the lab's lock, which is what keeps the order.
    func play(_ changes: [LabChange], _ state: inout LabState) {
        for change in changes {
            let fault = faults.meet(change.job)
            // What nobody spoils is seen from now on, whatever was hidden before.
            state.unveil(change.job.id)
            switch fault?.kind {
            case .dropEvent: continue
            case .earlyEvent: if let before = change.before { state.veil(before, for: fault?.delay ?? .zero) }
            default: break
            }
            if let (device, deviceState) = change.device {
                hub.send(EventText.device(device, of: change.job, state: deviceState))
            }
            let text = EventText.job(change.job, subID: change.subID)
            hub.send(text)
            switch fault?.kind {
            case .repeatEvent: hub.send(text)
            case .backwardsEvent:
                if let before = change.before { hub.send(EventText.job(before, subID: change.subID)) }
            default: break
            }
        }
    }
}

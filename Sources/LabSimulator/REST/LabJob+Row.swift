// SPDX-License-Identifier: Apache-2.0

extension LabJob {
    /// Writes the job as a row, with the fields in LAVA's order.
    func write(into json: inout JSONText) {
        json.raw("{\"id\":")
        json.number(id)
        json.raw(",\"submitter\":")
        json.string(submitter)
        json.raw(",\"viewing_groups\":[],\"description\":")
        json.string(definition.jobName)
        json.raw(",\"health_check\":false,\"requested_device_type\":")
        json.optional(deviceType)
        json.raw(",\"tags\":[],\"actual_device\":")
        json.optional(device)
        json.raw(",\"submit_time\":")
        json.string(submitTime.text)
        json.raw(",\"start_time\":")
        json.optional(startTime?.text)
        json.raw(",\"end_time\":")
        json.optional(endTime?.text)
        json.raw(",\"state\":")
        json.string(state.rawValue)
        json.raw(",\"health\":")
        json.string(health.rawValue)
        json.raw(",\"priority\":")
        json.number(definition.priority)
        json.raw(",\"definition\":")
        json.raw(membership.map { $0.isNamed ? $0.json : $0.originalJSON } ?? definition.dumpJSON)
        json.raw(",\"original_definition\":")
        if let membership { json.raw(membership.originalJSON) } else { writeSubmitted(into: &json) }
        json.raw(",\"multinode_definition\":")
        if let membership, !membership.hasLostDefinition {
            writeSubmitted(into: &json)
        } else {
            json.raw("\"\"")
        }
        json.raw(",\"failure_tags\":[],\"failure_comment\":null,\"token\":")
        json.string(jobToken)
        json.raw("}")
    }

    private func writeSubmitted(into json: inout JSONText) {
        json.raw("\"")
        json.raw(JSONText.escaped(head))
        json.raw(definition.bodyJSON)
        json.raw("\"")
    }

    /// LAVA gives every job a token of its own, and shows it. This one opens nothing.
    private var jobToken: String {
        let digits = String(id)
        return "simulated" + String(repeating: "0", count: max(0, 23 - digits.count)) + digits
    }
}

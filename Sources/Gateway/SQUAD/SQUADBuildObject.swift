// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore

/// A build in SQUAD's JSON.
enum SQUADBuildObject {
    static func members(of build: SQUADBuild, isFinished: Bool, _ links: SQUADLinks) -> [String: JSONValue] {
        [
            "url": links.build(build.id), "id": .number(build.id), "version": .text(build.build.version),
            "project": links.project(build.projectID), "finished": .truth(isFinished),
            "created_at": .squadTime(build.createdAt), "datetime": .squadTime(build.createdAt),
            "testruns": links.build(build.id, "testruns/"), "testjobs": links.build(build.id, "testjobs/"),
            "status": links.build(build.id, "status/"), "metadata": links.build(build.id, "metadata/"),
            "patch_id": .null, "patch_url": .null, "patch_notified": false, "patch_source": .null,
            "patch_baseline": .null, "keep_data": false, "is_release": false, "release_label": .null,
            // Ours.
            "muster_jobset": .text(build.jobset.text),
        ]
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Yams

extension LAVAGroup {
    /// Reads the group out of a member's re-dumped definition; nil for a job that is no member.
    init?(definition: String) {
        guard let block = YAMLBlock.topLevel("protocols", of: definition), block.contains("lava-multinode"),
            let root = try? Yams.compose(yaml: block),
            let multinode = root.mapping?["protocols"]?.mapping?["lava-multinode"]?.mapping,
            let group = multinode["target_group"]?.scalar?.string,
            let place = multinode["sub_id"]?.scalar.flatMap({ Int($0.string) })
        else { return nil }
        self.targetGroup = group
        self.subID = place
        self.memberIDs =
            multinode["roles"]?.mapping?.keys.compactMap { $0.scalar.flatMap { Int($0.string) } }.sorted() ?? []
    }
}

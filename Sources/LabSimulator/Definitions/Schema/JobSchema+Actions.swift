// SPDX-License-Identifier: Apache-2.0

/// The actions of a job. What else stands in one is not looked at here: LAVA's own dispatcher does.
extension JobSchema {
    static let action = Shape.fields(
        [:],
        optional: [
            "deploy": .either([deployByTFTP, deploy]), "boot": boot, "command": command,
            "test": .either([open(["monitors": .items([monitor])]), interactive, definitions]),
        ]
    )

    /// An action that must have these keys, and may have others.
    private static func open(_ required: [String: Shape], optional: [String: Shape] = [:]) -> Shape {
        .fields(required, optional: optional.merging(["timeout": timeout]) { $1 }, isOpen: true)
    }

    private static let deploy = open(["to": .string])

    private static let deployByTFTP: Shape = {
        let files = ["kernel", "ramdisk", "nbdroot", "initrd", "nfsrootfs", "dtb", "modules", "tee"]
        let file = Shape.fields(["url": .string], isOpen: true)
        return open(["to": .word("tftp")], optional: Dictionary(uniqueKeysWithValues: files.map { ($0, file) }))
    }()

    private static let boot = open(
        ["method": .string],
        optional: [
            "auto_login": .fields(
                ["login_prompt": .string, "username": .string],
                optional: ["password_prompt": .string, "password": .string, "login_commands": .list]
            ),
            "parameters": .entries(.texts, .either([.string, .truth])),
            "commands": .either([.string, .list]),
        ]
    )

    private static let command = open(["name": .string], optional: ["namespace": .string])

    private static let monitor = Shape.fields(
        ["name": .name, "start": .string, "end": .string, "pattern": .string],
        optional: ["fixupdict": .dictionary]
    )

    private static let interactive: Shape = {
        let failure = Shape.fields(
            ["message": .string],
            optional: [
                "exception": .words("InfrastructureError", "JobError", "TestError"), "error": .string,
            ]
        )
        let line = Shape.fields(
            [:],
            optional: [
                "name": .name, "command": .either([.nothing, .string]), "delay": .integer, "lava-send": .string,
                "lava-sync": .string, "lava-wait": .string, "lava-wait-all": .string, "wait_for_prompt": .truth,
                "failures": .items([failure]), "successes": .items([.fields(["message": .string])]),
            ]
        )
        let session = Shape.fields(
            ["name": .name, "prompts": .list, "script": .items([line])],
            optional: ["echo": .word("discard")]
        )
        return open(["interactive": .items([session])])
    }()

    private static let definitions: Shape = {
        let inline = Shape.fields(
            [:],
            optional: ["metadata": .dictionary, "install": .dictionary, "run": .dictionary, "parse": .dictionary]
        )
        let definition = open(
            ["repository": .either([inline, .string]), "from": .string, "name": .string, "path": .string],
            optional: ["parameters": .dictionary]
        )
        return open(["definitions": .items([definition])])
    }()
}

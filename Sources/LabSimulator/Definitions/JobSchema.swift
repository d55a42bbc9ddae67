// SPDX-License-Identifier: Apache-2.0

/// LAVA's schema for submissions, as its releases 2023.01 and 2024.05 judge by it. The corpus of the tests holds it to
/// their verdicts.
struct JobSchema: Sendable {
    private let job: Shape

    /// The schema of a release: later ones than 2023.01 take any value in `metadata`.
    init(version: String) {
        let metadata = version == "2023.01" ? Shape.either([.string, .integer]) : .anything
        let top: [String: Shape] = [
            "device_type": .text(1...Int.max), "priority": .either([.words("high", "medium", "low"), .integer]),
            "protocols": Self.protocols, "context": Self.context, "metadata": .entries(.textsAndIntegers, metadata),
            "secrets": .dictionary, "environment": .dictionary, "tags": .items([.string]), "notify": Self.notify,
            "reboot_to_fastboot": .truth,
        ]
        job = .fields(
            [
                "job_name": .text(1...200), "timeouts": Self.timeouts, "actions": .items([Self.action]),
                "visibility": .either([
                    .words("public", "personal"), .fields([:], optional: ["group": .items([.string])]),
                ]),
            ],
            optional: top
        )
    }

    /// The shape of a whole definition.
    var shape: Shape { job }

    /// The variables that `context` may set.
    static let context = Shape.entries(
        .words([
            "arch", "boot_console", "boot_root", "cpu", "extra_options", "guestfs_driveid", "guestfs_interface",
            "guestfs_size", "machine", "memory", "model", "monitor", "netdevice", "no_kvm", "serial", "vga",
            "booti_dtb_addr", "booti_kernel_addr", "booti_ramdisk_addr", "bootm_dtb_addr", "bootm_kernel_addr",
            "bootm_ramdisk_addr", "bootz_dtb_addr", "bootz_kernel_addr", "bootz_ramdisk_addr", "boot_character_delay",
            "boot_retry", "bootloader_prompt", "console_device", "custom_kernel_args", "extra_kernel_args",
            "extra_nfsroot_args", "failure_retry", "kernel_loglevel", "kernel_start_message", "lava_test_results_dir",
            "menu_interrupt_prompt", "mustang_menu_list", "test_character_delay", "tftp_mac_address",
            "uboot_extra_error_message", "uboot_needs_interrupt", "uboot_altbank",
        ]),
        .either([.integer, .string, .items([.integer, .string])])
    )

    static let timeout: Shape = {
        let units = ["days", "hours", "minutes", "seconds"]
        var fields = Shape.Fields(shapes: ["skip": .truth])
        for unit in units { fields.shapes[unit] = .integer }
        fields.exclusive = ("timeout_unit", Set(units))
        return .fields(fields)
    }()

    private static let timeouts = Shape.fields(
        ["job": timeout],
        optional: [
            "action": timeout, "connection": timeout, "queue": timeout, "actions": .entries(.actionNames, timeout),
            "connections": .entries(.actionNames, timeout),
        ]
    )

    private static let protocols = Shape.fields(
        [:],
        optional: [
            "lava-multinode": .fields([:], optional: ["timeout": timeout, "roles": .dictionary]),
            "lava-lxc": .dictionary, "lava-xnbd": .dictionary,
        ]
    )

    private static let callback = Shape.fields(
        ["url": .string],
        optional: [
            "method": .words("GET", "POST"), "token": .string, "dataset": .words("minimal", "logs", "results", "all"),
            "content-type": .words("json", "urlencoded"),
        ],
        isOpen: true
    )

    private static let notify: Shape = {
        let criteria = Shape.fields(
            ["status": .words("running", "complete", "incomplete", "canceled", "finished", "all")],
            optional: ["dependency_query": .string, "type": .words("progression", "regression")],
            isOpen: true
        )
        let receiver = Shape.fields(
            ["method": .words("email", "irc")],
            optional: ["user": .string, "email": .string, "server": .string, "handle": .string]
        )
        let query = Shape.either([
            .fields(["username": .string, "name": .string]),
            .fields(["entity": .string], optional: ["conditions": .dictionary]),
        ])
        var fields = Shape.Fields(shapes: [:], required: ["criteria"], isOpen: true)
        fields.shapes = [
            "criteria": criteria, "recipients": .items([.fields(["to": receiver])]), "callback": callback,
            "callbacks": .items([callback]), "verbosity": .words("verbose", "quiet", "status-only"),
            "compare": .fields([:], optional: ["query": query, "blacklist": .items([.string])], isOpen: true),
        ]
        fields.exclusive = ("legacy_callback", ["callback", "callbacks"])
        return .fields(fields)
    }()
}

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

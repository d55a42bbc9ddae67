// SPDX-License-Identifier: Apache-2.0

extension ConfigurationKey {
    /// The keys of section `mail`.
    static let mail: [ConfigurationKey] = [
        .init(
            "mail.url",
            .url(schemes: ["smtp", "smtps"], secret: false),
            "the mail server that reports are sent by, smtp://host:port or smtps://host:port; without it none are"
        ),
        .init(
            "mail.starttls",
            .choice(["required", "optional", "off"]),
            default: "required",
            "whether a connection to smtp:// must be encrypted; without encryption a password can be read on its way"
        ),
        .init("mail.user", .text, "who logs in there; without it nobody does"),
        .init("mail.password", .secret, orFile: "mail.password_file", "the user's password"),
        .init("mail.password_file", .path, "a file that holds the password"),
        .init(
            "mail.ca_file",
            .path,
            "PEM file with the only authorities that vouch for the mail server; otherwise the system's"
        ),
        .init("mail.from", .address, "whom mail comes from"),
        .init("mail.from_name", .text, default: "Muster", "the name beside that address"),
        .init(
            "mail.allowed_domains",
            .mailDomains,
            default: "",
            "domains that a jobset may have its report mailed to: example.org, *.example.org for those below it, * for all; "
                + "without any, that of mail.from"
        ),
        .init(
            "mail.connect_timeout_seconds",
            .seconds(1...600),
            default: "10",
            "how long a connection may take to be set up"
        ),
        .init(
            "mail.timeout_seconds",
            .seconds(1...3_600),
            default: "60",
            "how long one mail may take, and after it the server's answer"
        ),
        .init(
            "mail.maximum_attachment_bytes",
            .bytes(0...104_857_600),
            default: "5242880",
            "the largest JUnit report that goes with a mail; of a larger one the mail says so"
        ),
    ]
}

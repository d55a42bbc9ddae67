// SPDX-License-Identifier: Apache-2.0

extension FleetConfiguration {
    /// What is particular to a project: section `projects."<group>/<project>"`.
    public struct Project: Sendable {
        /// Which failures of its jobs are the lab's and not the build's, besides those of all projects
        /// (`infrastructure_patterns`).
        public var infrastructurePatterns: [String]
        /// The SQUAD that its results are pushed into; `nil`: none.
        public var squad: SQUAD?

        /// Who is mailed its reports (`mail`).
        public var mail: [String]
        /// Whether each report goes with the mail as JUnit XML (`mail_junit`).
        public var mailsJUnit: Bool

        /// A project of a SQUAD.
        public struct SQUAD: Sendable {
            /// The root of its web server, `https://squad.example.com` (`squad_url`).
            public var url: String
            /// A token of its own (`squad_token`, `squad_token_file`).
            public var token: Secret?
            /// `group/project` there (`squad_project`; otherwise the project's own name).
            public var project: String
        }

        init(name: String, _ values: ConfigurationValues) {
            infrastructurePatterns = values.texts("projects.*.infrastructure_patterns", of: name)
            mail = values.texts("projects.*.mail", of: name)
            mailsJUnit = values.text("projects.*.mail_junit", of: name) == "true"
            let token = values.optionalSecret(
                "projects.*.squad_token",
                orFile: "projects.*.squad_token_file",
                of: name
            )
            let project = values.optionalText("projects.*.squad_project", of: name)
            squad = values.optionalText("projects.*.squad_url", of: name).map { url in
                SQUAD(url: url, token: token, project: project ?? name)
            }
            // Of a URL that makes no sense enough is said already.
            guard let key = ConfigurationKey.at("projects.*.squad_url"), values.layer(of: key, name) == nil
            else { return }
            if token != nil { values.fault("projects.*.squad_token", of: name, "is of no use without squad_url") }
            if project != nil { values.fault("projects.*.squad_project", of: name, "is of no use without squad_url") }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Fleet

/// Documents and readings that several tests share.
enum Documents {
    /// The document of the design, as it stands there.
    static let design = """
        {
          "build": "/group-slug/project-slug/build-version",
          "callback_url": "https://url-to-be-called-after-last-job-is-completed.com",
          "jobs": [
            {"environment": "environmentA", "backend": "the-backend-name", "definition": "the: yaml-job-definition"},
            {"environment": "environmentB", "backend": "the-backend-name", "definition": "the: yaml-job-definition"}
          ]
        }
        """

    /// A document that uses all there is.
    static let full = #"""
        {"build": "/~me/proj.x/v1.2_3-4", "labels": {"branch": "main", "tier": "1"},
         "callback": {"url": "https://ci.example.com:8443/hook?token=a%20b", "headers": {"Authorization": "Bearer x"}},
         "jobs": [{"environment": "qemu", "backend": "lab-a", "definition": "job_name: \"a\"\nlist:\n- \u00e9\ud83d\ude00\n"},
                  {"environment": "pi", "backend": "lab-b", "definition": "base: &b {x: 1}\nuse: *b\n"}]}
        """#

    /// A document with one thing put in the place of another, `{}` being a valid job.
    static func with(jobs: String = "[]", rest: String = "") -> String {
        #"{"build": "/g/p/v", "jobs": \#(jobs)\#(rest)}"#
    }

    /// A document of one job with this definition, written as a JSON string.
    static func with(definition: String) -> String {
        with(jobs: #"[{"environment": "e", "backend": "lab-a", "definition": \#(definition)}]"#)
    }

    /// A document of one job that is to bring this, as JSON.
    static func with(expect: String) -> String {
        with(jobs: #"[{"environment": "e", "backend": "lab-a", "definition": "a: b", "expect": \#(expect)}]"#)
    }

    /// A document of one job with this name, as JSON.
    static func with(name: String) -> String {
        with(jobs: #"[{"environment": "e", "backend": "lab-a", "definition": "a: b", "name": \#(name)}]"#)
    }

    /// Reads `text` with the labs `lab-a`, `lab-b` and `the-backend-name`.
    static func read(_ text: String, _ limits: DocumentLimits = DocumentLimits()) throws(DocumentFaults)
        -> JobsetDocument
    {
        try read(Array(text.utf8), limits)
    }

    /// Reads bytes with the same labs.
    static func read(_ bytes: [UInt8], _ limits: DocumentLimits = DocumentLimits()) throws(DocumentFaults)
        -> JobsetDocument
    {
        try JobsetDocument.read(bytes, limits: limits, knownBackends: ["lab-a", "lab-b", "the-backend-name"])
    }

    /// The faults of `text`; none when it is valid.
    static func faults(_ text: String, _ limits: DocumentLimits = DocumentLimits()) -> [Fault] {
        do {
            _ = try read(text, limits)
            return []
        } catch {
            return error.faults
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Mustache

/// The templates of the pages, read once.
enum TemplateLibrary {
    /// Escapes each Unicode scalar that means something in HTML. The package's own escaping goes by characters, and a
    /// quotation mark with a combining accent is another character than a quotation mark; to a browser it is not.
    private struct ScalarEscaping: MustacheContentType {
        func escapeText(_ text: String) -> String { TemplateLibrary.escaped(text) }
    }

    private static let contentType = "SCALARS"

    private static let sources: [String: [UInt8]] = [
        "audit": PackageResources.audit_mustache,
        "backend": PackageResources.backend_mustache,
        "backends": PackageResources.backends_mustache,
        "backendTable": PackageResources.backendTable_mustache,
        "badge": PackageResources.badge_mustache,
        "bar": PackageResources.bar_mustache,
        "bulk": PackageResources.bulk_mustache,
        "comparison": PackageResources.comparison_mustache,
        "failure": PackageResources.failure_mustache,
        "frame": PackageResources.frame_mustache,
        "hourChart": PackageResources.hourChart_mustache,
        "job": PackageResources.job_mustache,
        "jobset": PackageResources.jobset_mustache,
        "login": PackageResources.login_mustache,
        "metricHistory": PackageResources.metricHistory_mustache,
        "moment": PackageResources.moment_mustache,
        "operations": PackageResources.operations_mustache,
        "overview": PackageResources.overview_mustache,
        "pager": PackageResources.pager_mustache,
        "project": PackageResources.project_mustache,
        "projects": PackageResources.projects_mustache,
        "rejected": PackageResources.rejected_mustache,
        "report": PackageResources.report_mustache,
        "search": PackageResources.search_mustache,
        "signedIn": PackageResources.signedIn_mustache,
        "suiteMatrix": PackageResources.suiteMatrix_mustache,
        "summaries": PackageResources.summaries_mustache,
        "testHistory": PackageResources.testHistory_mustache,
        "tokens": PackageResources.tokens_mustache,
        "webhooks": PackageResources.webhooks_mustache,
    ]

    private static let library: MustacheLibrary = {
        MustacheContentTypes.register(ScalarEscaping(), named: contentType)
        var library = MustacheLibrary()
        for (name, bytes) in sources {
            let text = String(decoding: bytes, as: UTF8.self)
            do {
                // Without its last line break, for a template also stands within a line.
                try library.register(
                    "{{% CONTENT_TYPE: \(contentType)}}" + (text.hasSuffix("\n") ? String(text.dropLast()) : text),
                    named: name
                )
            } catch {
                preconditionFailure("the template \(name) can't be read: \(error)")
            }
        }
        return library
    }()

    /// The text of a template with the values of `view`.
    static func render(_ view: Any, with name: String) -> String {
        guard let text = library.render(view, withTemplate: name) else {
            preconditionFailure("there is no template \(name)")
        }
        return text
    }

    /// Text as HTML has it, in an element or in quotation marks.
    static func escaped(_ text: String) -> String {
        var escaped: [UInt8] = []
        escaped.reserveCapacity(text.utf8.count + 16)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "<"): escaped += Array("&lt;".utf8)
            case UInt8(ascii: ">"): escaped += Array("&gt;".utf8)
            case UInt8(ascii: "&"): escaped += Array("&amp;".utf8)
            case UInt8(ascii: "\""): escaped += Array("&quot;".utf8)
            case UInt8(ascii: "'"): escaped += Array("&#39;".utf8)
            default: escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}

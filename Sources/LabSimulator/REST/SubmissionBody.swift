// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Takes the definition out of a submission's body, in any of the forms LAVA reads.
struct SubmissionBody {
    var request: RestRequest

    /// The definition, or the answer that says why there is none.
    func definition() -> Result<String, Refused> {
        // LAVA's server hands a chunked body on as an empty one.
        if request.headers["transfer-encoding"] != nil || request.body.isEmpty { return required }
        let value: Value
        switch request.contentType {
        case "application/json":
            switch json() {
            case .success(let found): value = found
            case .failure(let refused): return .failure(refused)
            }
        case "application/x-www-form-urlencoded":
            value = QueryText(String(decoding: request.body, as: UTF8.self))["definition"].map(Value.text) ?? .missing
        case "multipart/form-data": value = multipart()
        default:
            let type = request.headers["content-type"] ?? ""
            return .failure(Refused(.detail(415, "Unsupported media type \"\(type)\" in request.")))
        }
        return judge(value)
    }

    /// An answer in place of a definition.
    struct Refused: Error {
        var answer: Answer
        init(_ answer: Answer) { self.answer = answer }
    }

    private enum Value { case text(String), missing, null, other }

    private var required: Result<String, Refused> { complaint("This field is required.") }

    private func complaint(_ words: String) -> Result<String, Refused> {
        .failure(Refused(.json(400, JSONText.complaint("definition", words))))
    }

    private func judge(_ value: Value) -> Result<String, Refused> {
        switch value {
        case .missing: return required
        case .null: return complaint("This field may not be null.")
        case .other: return complaint("Not a valid string.")
        case .text(let text):
            guard !ByteSearch.contains("\0", in: text) else { return complaint("Null characters are not allowed.") }
            let trimmed = text.trimmed
            return trimmed.isEmpty ? complaint("This field may not be blank.") : .success(trimmed)
        }
    }

    private struct Document: Decodable {
        var definition: Text?
        var hasDefinition: Bool

        enum CodingKeys: CodingKey { case definition }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            hasDefinition = container.contains(.definition)
            definition = try container.decodeIfPresent(Text.self, forKey: .definition)
        }

        struct Text: Decodable {
            var text: String?
            init(from decoder: any Decoder) throws {
                let value = try decoder.singleValueContainer()
                if let text = try? value.decode(String.self) {
                    self.text = text
                } else if (try? value.decode(Bool.self)) == nil, let number = try? value.decode(Int.self) {
                    self.text = "\(number)"
                }
            }
        }
    }

    private func json() -> Result<Value, Refused> {
        do {
            let document = try JSONDecoder().decode(Document.self, from: Data(request.body))
            guard document.hasDefinition else { return .success(.missing) }
            guard let definition = document.definition else { return .success(.null) }
            return .success(definition.text.map(Value.text) ?? .other)
        } catch DecodingError.typeMismatch {
            let words = "Invalid data. Expected a dictionary, but got list."
            return .failure(Refused(.json(400, JSONText.complaint("non_field_errors", words))))
        } catch {
            // Where exactly it broke only LAVA's own parser says; a document that just ends is the usual case.
            let end = request.body.count
            let words = "JSON parse error - Expecting value: line 1 column \(end + 1) (char \(end))"
            return .failure(Refused(.detail(400, words)))
        }
    }

    /// A field that is no file. A file is not a string.
    private func multipart() -> Value {
        guard
            let boundary = request.headers["content-type"]?.range(of: "boundary=").map({ range in
                request.headers["content-type"]?[range.upperBound...].trimmed.trimmingCharacters(in: ["\""]) ?? ""
            }), !boundary.isEmpty
        else { return .missing }
        let text = String(decoding: request.body, as: UTF8.self)
        for part in text.components(separatedBy: "--\(boundary)") {
            guard let end = part.range(of: "\r\n\r\n") else { continue }
            let head = part[..<end.lowerBound].lowercased()
            guard head.contains("name=\"definition\"") else { continue }
            if head.contains("filename=") { return .other }
            let content = part[end.upperBound...]
            return .text(content.hasSuffix("\r\n") ? String(content.dropLast()) : String(content))
        }
        return .missing
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SQUAD

@Suite("SQUAD's answers")
struct AnswerTests {
    private static func meaning(_ status: Int, _ body: String = "", retryAfter: String? = nil) -> Result<
        SQUADClient.Answer, SQUADError
    > {
        let raw = RawAnswer(status: status, retryAfter: retryAfter, body: Array(body.utf8))
        return Result { () throws(SQUADError) in try SQUADClient.answer(raw) }
    }

    @Test("A test run that is there already is as good as stored")
    func stored() {
        #expect(Self.meaning(201, "17") == .success(.stored))
        #expect(Self.meaning(400, "There is already a test run with job_id lab-a.77") == .success(.storedBefore))
    }

    @Test(
        "Everything else has its reason, in SQUAD's words where it has any",
        arguments: [
            (400, "metadata is not valid JSON", SQUADError.refused(status: 400, message: "metadata is not valid JSON")),
            (413, "", .refused(status: 413, message: "")),
            (403, #"{"detail": "no"}"#, .unauthorized(status: 403, message: #"{"detail": "no"}"#)),
            (
                401, "<html>Authentication needed</html>",
                .unauthorized(status: 401, message: "a page in place of a reason")
            ),
            (404, #"{"detail": "No Project"}"#, .notFound(message: #"{"detail": "No Project"}"#)),
            (429, "", .busy(retryAfter: nil)),
            (502, "down\u{1b}[1m", .unexpected(status: 502, message: "down\u{FFFD}[1m")),
            (302, "", .unexpected(status: 302, message: "")),
        ]
    )
    func refusals(status: Int, body: String, error: SQUADError) {
        #expect(Self.meaning(status, body) == .failure(error))
        #expect(error.status == status)
    }

    @Test("A pause that it asks for is read")
    func pause() {
        #expect(Self.meaning(429, retryAfter: "120") == .failure(.busy(retryAfter: .seconds(120))))
    }

    @Test("A project's addresses, however its SQUAD's ends")
    func addresses() {
        let project = SQUADProject(url: "https://squad.example.com/sub//", path: "~me/demo")
        #expect(project.page == "https://squad.example.com/sub/~me/demo/")
        #expect(
            project.submission(build: "v1", environment: "qemu")
                == "https://squad.example.com/sub/api/submit/~me/demo/v1/qemu"
        )
    }

    @Test("A form holds what there is, as files, with line ends as HTTP wants them")
    func form() throws {
        var run = TestRun(environment: "qemu", jobID: "a.1")
        run.metadata = ["job_id": "a.1"]
        run.tests = ["ltp/a": "pass"]
        let form = try MultipartForm(run, boundary: "edge")
        let expected = [
            "--edge", #"Content-Disposition: form-data; name="metadata"; filename="metadata.json""#,
            "Content-Type: application/json", "", #"{"job_id":"a.1"}"#, "--edge",
            #"Content-Disposition: form-data; name="tests"; filename="tests.json""#, "Content-Type: application/json",
            "",
            #"{"ltp/a":"pass"}"#, "--edge--", "",
        ]
        #expect(String(decoding: form.body, as: UTF8.self) == expected.joined(separator: "\r\n"))
        #expect(form.contentType == "multipart/form-data; boundary=edge")
    }
}

// SPDX-License-Identifier: Apache-2.0

/// `GET jobs/N/tests/` and `GET jobs/N/suites/`. A job that is not there has none, without an error.
struct ResultList {
    var lab: Lab
    var request: RestRequest
    var job: Int

    func tests() -> Answer {
        let found = lab.withState { $0.shown(job) }
        let query = request.query
        let paging = Paging(query)
        let total = found?.resultCount ?? 0
        let names = ["name", "result", "suite__name", "suite"]
        guard names.contains(where: { query[$0] != nil }) else {
            return answer(paging, count: total, found?.results(paging.range(of: total)) ?? [])
        }
        let results = (found?.results(0..<total) ?? []).filter { result in
            (query["name"].map { $0 == result.name } ?? true) && (query["result"].map { $0 == result.result } ?? true)
                && (query["suite__name"].map { $0 == result.suiteName } ?? true)
                && (query["suite"].flatMap { Int($0) }.map { $0 == result.suite } ?? true)
        }
        return answer(paging, count: results.count, Array(results[paging.range(of: results.count)]))
    }

    private func answer(_ paging: Paging, count: Int, _ page: [LabResult]) -> Answer {
        paging.answer(request, count: count) { json in
            for result in page {
                if result.id != page.first?.id { json.raw(",") }
                write(result, into: &json)
            }
        }
    }

    func suites() -> Answer {
        let suites = lab.withState { $0.shown(job)?.suites } ?? []
        let paging = Paging(request.query)
        return paging.answer(request, count: suites.count) { json in
            let page = suites[paging.range(of: suites.count)]
            for suite in page {
                if suite.id != page.first?.id { json.raw(",") }
                json.raw("{\"id\":")
                json.number(suite.id)
                json.raw(",\"resource_uri\":")
                json.string("\(request.origin)\(RestRouter.root)jobs/\(job)/suites/\(suite.id)/")
                json.raw(",\"name\":")
                json.string(suite.name)
                json.raw(",\"job\":")
                json.number(job)
                json.raw("}")
            }
        }
    }

    private func write(_ result: LabResult, into json: inout JSONText) {
        json.raw("{\"id\":")
        json.number(result.id)
        json.raw(",\"result\":")
        json.string(result.result)
        json.raw(",\"resource_uri\":")
        json.string("\(request.origin)\(RestRouter.root)jobs/\(job)/suites/\(result.suite)/tests/\(result.id)/")
        json.raw(",\"unit\":")
        json.string(result.unit)
        json.raw(",\"name\":")
        json.string(result.name)
        json.raw(",\"measurement\":")
        json.optional(result.measurement)
        json.raw(",\"metadata\":")
        json.string(result.metadata)
        json.raw(",\"start_log_line\":null,\"end_log_line\":null,\"logged\":")
        json.string(result.logged.text)
        json.raw(",\"suite\":")
        json.number(result.suite)
        json.raw(",\"test_set\":")
        if let set = result.testSet { json.number(set) } else { json.raw("null") }
        json.raw("}")
    }
}

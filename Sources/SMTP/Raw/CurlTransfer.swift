// SPDX-License-Identifier: Apache-2.0

internal import CCurl
internal import Mail

/// One message through libcurl, on the calling thread.
enum CurlTransfer {
    /// Once in a process; a `static let` is made once whoever asks first.
    private static let started = ccurl_start()

    static func send(_ message: MailMessage, to server: SMTPServer) -> Result<Void, SMTPError> {
        unsafe withHandle { handle in
            var receivers: UnsafeMutablePointer<curl_slist>?
            defer { unsafe curl_slist_free_all(receivers) }
            for address in message.receivers {
                guard let longer = unsafe curl_slist_append(receivers, "<\(address)>") else {
                    return CURLE_OUT_OF_MEMORY
                }
                unsafe receivers = longer
            }
            let refused = unsafe set(
                texts(server) + [(CURLOPT_MAIL_FROM, "<\(message.from)>")],
                numbers(server) + [(CURLOPT_UPLOAD, 1)],
                of: handle
            )
            guard refused == CURLE_OK else { return refused }
            let code = unsafe ccurl_set_receivers(handle, receivers)
            return code == CURLE_OK ? unsafe perform(handle, Array(message.rendered().utf8)) : code
        }
    }

    /// Logs in and asks for nothing: without a receiver libcurl sends the command it is given.
    static func check(_ server: SMTPServer) -> Result<Void, SMTPError> {
        unsafe withHandle { handle in
            let refused = unsafe set(
                texts(server) + [(CURLOPT_CUSTOMREQUEST, "NOOP")],
                numbers(server) + [(CURLOPT_NOBODY, 1)],
                of: handle
            )
            return refused == CURLE_OK ? unsafe curl_easy_perform(handle) : refused
        }
    }

    private static func withHandle(_ body: (UnsafeMutableRawPointer) -> CURLcode) -> Result<Void, SMTPError> {
        guard started == CURLE_OK, let handle = unsafe curl_easy_init() else {
            return .failure(SMTPError(status: nil, reason: "libcurl can't be started", isPermanent: false))
        }
        defer { unsafe curl_easy_cleanup(handle) }
        let code = unsafe body(handle)
        return code == CURLE_OK ? .success(()) : .failure(error(code, status: unsafe ccurl_status(handle)))
    }

    private static func set(
        _ texts: [(CURLoption, String)],
        _ numbers: [(CURLoption, Int)],
        of handle: UnsafeMutableRawPointer
    ) -> CURLcode {
        let codes =
            texts.map { option, text in unsafe ccurl_set_text(handle, option, text) }
            + numbers.map { option, number in unsafe ccurl_set_number(handle, option, number) }
        return codes.first { $0 != CURLE_OK } ?? CURLE_OK
    }

    private static func perform(_ handle: UnsafeMutableRawPointer, _ bytes: [UInt8]) -> CURLcode {
        unsafe bytes.withUnsafeBytes { block in
            let start = unsafe block.baseAddress?.assumingMemoryBound(to: CChar.self)
            var upload = unsafe ccurl_upload(bytes: start, left: block.count)
            return unsafe withUnsafeMutablePointer(to: &upload) { pointer in
                let code = unsafe ccurl_set_upload(handle, pointer)
                return code == CURLE_OK ? unsafe curl_easy_perform(handle) : code
            }
        }
    }

    private static func texts(_ server: SMTPServer) -> [(CURLoption, String)] {
        var texts = [
            (CURLOPT_URL, server.url), (CURLOPT_PROTOCOLS_STR, "smtp,smtps"), (CURLOPT_PROXY, ""),
        ]
        if let user = server.user { texts.append((CURLOPT_USERNAME, user)) }
        if let password = server.password { texts.append((CURLOPT_PASSWORD, password)) }
        if let file = server.caFile { texts.append((CURLOPT_CAINFO, file)) }
        return texts
    }

    private static func numbers(_ server: SMTPServer) -> [(CURLoption, Int)] {
        let encryption =
            switch server.startTLS {
            case .required: CURLUSESSL_ALL
            case .optional: CURLUSESSL_TRY
            case .off: CURLUSESSL_NONE
            }
        return [
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_USE_SSL, Int(encryption.rawValue)),
            (CURLOPT_CONNECTTIMEOUT_MS, milliseconds(server.connectTimeout)),
            (CURLOPT_TIMEOUT_MS, milliseconds(server.timeout)),
            // The answer to the message itself is waited for outside of that, for two minutes unless told otherwise.
            (CURLOPT_SERVER_RESPONSE_TIMEOUT, (milliseconds(server.timeout) + 999) / 1_000),
        ]
    }

    /// At least one: to libcurl none is no limit.
    private static func milliseconds(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        return max(1, Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000))
    }

    private static func error(_ code: CURLcode, status: Int) -> SMTPError {
        let mendable = [CURLE_LOGIN_DENIED, CURLE_USE_SSL_FAILED, CURLE_REMOTE_ACCESS_DENIED].contains(code)
        return SMTPError(
            status: status >= 400 ? status : nil,
            reason: unsafe String(cString: curl_easy_strerror(code)),
            isPermanent: status >= 500 && !mendable
        )
    }
}

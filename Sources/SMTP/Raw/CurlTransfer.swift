// SPDX-License-Identifier: Apache-2.0

internal import CCurl
internal import Mail

/// One message through libcurl, on the calling thread.
enum CurlTransfer {
    /// Once in a process; a `static let` is made once whoever asks first.
    private static let started = ccurl_start()

    static func send(_ message: MailMessage, to server: SMTPServer) -> Result<Void, SMTPError> {
        guard started == CURLE_OK, let handle = unsafe curl_easy_init() else {
            return .failure(SMTPError(status: nil, reason: "libcurl can't be started", isPermanent: false))
        }
        defer { unsafe curl_easy_cleanup(handle) }
        var receivers: UnsafeMutablePointer<curl_slist>?
        defer { unsafe curl_slist_free_all(receivers) }
        for address in message.to {
            guard let longer = unsafe curl_slist_append(receivers, "<\(address)>") else {
                return .failure(error(CURLE_OUT_OF_MEMORY, status: 0))
            }
            unsafe receivers = longer
        }
        var options = texts(message, server).map { option, text in unsafe ccurl_set_text(handle, option, text) }
        options += numbers(server).map { option, number in unsafe ccurl_set_number(handle, option, number) }
        options.append(unsafe ccurl_set_receivers(handle, receivers))
        if let refused = options.first(where: { $0 != CURLE_OK }) { return .failure(error(refused, status: 0)) }
        let code = unsafe perform(handle, Array(message.rendered().utf8))
        return code == CURLE_OK ? .success(()) : .failure(error(code, status: unsafe ccurl_status(handle)))
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

    private static func texts(_ message: MailMessage, _ server: SMTPServer) -> [(CURLoption, String)] {
        var texts = [
            (CURLOPT_URL, server.url), (CURLOPT_PROTOCOLS_STR, "smtp,smtps"), (CURLOPT_PROXY, ""),
            (CURLOPT_MAIL_FROM, "<\(message.from)>"),
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
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_UPLOAD, 1), (CURLOPT_USE_SSL, Int(encryption.rawValue)),
            (CURLOPT_CONNECTTIMEOUT, server.connectTimeout), (CURLOPT_TIMEOUT, server.timeout),
        ]
    }

    private static func error(_ code: CURLcode, status: Int) -> SMTPError {
        let mendable = [CURLE_LOGIN_DENIED, CURLE_USE_SSL_FAILED, CURLE_REMOTE_ACCESS_DENIED].contains(code)
        return SMTPError(
            status: status > 0 ? status : nil,
            reason: unsafe String(cString: curl_easy_strerror(code)),
            isPermanent: status >= 500 && !mendable
        )
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Waits until somebody resumes the continuation, the deadline passes or the task is cancelled, whichever is first.
///
/// - Parameters:
///   - insert: Files the continuation, or answers at once with an outcome if there is nothing to wait for.
///   - remove: Takes the continuation back; nil means that somebody else has it and resumes it.
/// - Throws: What the waiter was given, else `timeout` or `cancelled`.
func wait<Value: Sendable>(
    id: UInt64,
    until deadline: ContinuousClock.Instant,
    insert: (CheckedContinuation<Result<Value, AMQPError>, Never>) -> Result<Value, AMQPError>?,
    remove: @escaping @Sendable () -> CheckedContinuation<Result<Value, AMQPError>, Never>?
) async throws(AMQPError) -> Value {
    let alarm = Task {
        try await Task.sleep(until: deadline, clock: .continuous)
        remove()?.resume(returning: .failure(AMQPError(.timeout, "The limit of the wait passed.")))
    }
    defer { alarm.cancel() }
    let outcome = await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
            if let outcome = insert(continuation) {
                continuation.resume(returning: outcome)
            } else if Task.isCancelled {
                // The handler may have run before the continuation was filed.
                remove()?.resume(returning: .failure(AMQPError(.cancelled, "The task was canceled.")))
            } else if deadline < .now {
                remove()?.resume(returning: .failure(AMQPError(.timeout, "The limit of the wait passed.")))
            }
        }
    } onCancel: {
        remove()?.resume(returning: .failure(AMQPError(.cancelled, "The task was canceled.")))
    }
    return try outcome.get()
}

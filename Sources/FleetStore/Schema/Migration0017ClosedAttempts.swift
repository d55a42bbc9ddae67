// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// Closes attempts that were begun while their job ended: earlier versions left them open, and a sweep came back to
    /// them for ever. Their lab jobs have ended or are left alone, since nobody can tell whether they were to be.
    static let closedAttempts = Migration(
        version: 17,
        name: "closed attempts",
        sql: """
            update attempt set state = 'ended', ended_at = now(), claimed_by = null, claimed_until = null,
                outcome = job.outcome, reason = job.reason, look_due_at = null
            from job where job.id = attempt.job_id and job.state = 'finished' and attempt.state <> 'ended';
            """
    )
}

// SPDX-License-Identifier: Apache-2.0

/// Jenkins' Generic Webhook Trigger: `POST /generic-webhook-trigger/invoke`.
struct JenkinsTrigger: TextTemplate {
    let name = "jenkins"

    /// Flat, so that each JSONPath of the job is one name.
    let text = """
        {
          "event": "{{event}}",
          "jobset": "{{jobset.id}}",
          "build": "{{jobset.build}}",
          "generation": {{jobset.generation}},
          "verdict": "{{verdict}}",{{#totals}}
          "jobs": {{jobs.total}},
          "jobs_complete": {{jobs.complete}},
          "tests": {{tests.total}},
          "tests_pass": {{tests.pass}},
          "tests_fail": {{tests.fail}},{{/totals}}
          "summary": "{{summary}}"
        }
        """
}

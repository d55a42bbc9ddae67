// SPDX-License-Identifier: Apache-2.0

/// An incoming webhook of Slack, Mattermost, Rocket.Chat and others that take Slack's.
struct SlackMessage: TextTemplate {
    let name = "slack"
    let text = """
        {"text": "{{slack(summary)}}{{#top(incomplete_jobs)}}\\n• {{slack(environment)}}: {{outcome}}{{#reason}}, \
        {{slack(reason)}}{{/reason}}{{/top(incomplete_jobs)}}"}
        """
}

import SystemPackage

/// Somebody who is told what came of a drill.
package struct Notifier: Sendable, Equatable {
    /// When it is told that a drill ended. A ping is told each time, and of the begin too.
    package enum Occasion: String, Sendable, CaseIterable {
        /// The drill did not pass, or could not begin.
        case failure
        /// The drill passed, and the one before had not.
        case recovery
        case always
    }

    package enum Way: Sendable, Equatable {
        /// A POST of JSON.
        case webhook(SecretText, body: WebhookBody)
        /// Through the sendmail of this machine.
        case mail(to: [String], from: String?)
        /// A watchdog that alarms if it hears nothing: it is asked for `URL/start`, then for `URL`, or `URL/fail`.
        case ping(SecretText)
        /// A program and its arguments, run without a shell. It gets the notice as JSON on standard input.
        case command([String])
    }

    package enum WebhookBody: String, Sendable, CaseIterable {
        /// `{"text": …}`, as Slack, Mattermost and others take it.
        case text
        /// The ``Notice`` as JSON.
        case notice
        /// The statement of the report as JSON; the notice where there is no report.
        case report
    }

    /// Unique among all notifiers of a drill.
    package var name: String
    package var occasions: Set<Occasion>
    package var way: Way
    /// Of each try.
    package var deadline: Duration
    /// Names of our environment variables that its program gets.
    package var variables: [String]

    package init(
        name: String, occasions: Set<Occasion> = [.failure, .recovery], way: Way, deadline: Duration = .seconds(120),
        variables: [String] = []
    ) {
        self.name = name
        self.occasions = occasions
        self.way = way
        self.deadline = deadline
        self.variables = variables
    }
}

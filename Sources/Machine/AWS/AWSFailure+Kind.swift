extension AWSFailure {
    package enum Kind: Sendable, Equatable {
        /// The service asks to come back later: it is busy, or was asked too often.
        case busy
        /// Nothing is known of what became of the request.
        case unanswered
        /// The answer is no, and would be no again.
        case refused
    }

    package var kind: Kind {
        if timedOut { return .unanswered }
        if let code { return Self.busyCodes.contains(code) ? .busy : .refused }
        return Self.connectionWords.contains(where: words.contains) ? .unanswered : .refused
    }

    /// As the service's "Common Errors" have them, and HTTP statuses where the answer was none of its own.
    private static let busyCodes: Set<String> = [
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException",
        "RequestLimitExceeded", "TooManyRequestsException", "PriorRequestNotComplete", "ServiceUnavailable",
        "InternalFailure", "InternalError", "429", "500", "502", "503", "504",
    ]

    /// What the tool says of a connection that could not be made or broke.
    private static let connectionWords = [
        "Could not connect to the endpoint", "Connection was closed", "Connect timeout", "Read timeout",
        "Connection reset", "Failed to connect",
    ]
}

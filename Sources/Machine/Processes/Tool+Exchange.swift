extension Tool {
    /// Runs the program to its end: it takes some bytes and gives a few.
    /// - Parameters:
    ///   - limit: of what it gives, in bytes; nil where that does not matter, and is not kept.
    ///   - secret: is removed from what it says, besides what ``withoutSecrets(_:)`` removes.
    /// - Throws: ``ToolFailure``; `CancellationError`; errors of starting it.
    package func exchange(
        _ input: [UInt8], _ arguments: [String], deadline: Duration, limit: Int?, secret: String? = nil
    ) async throws -> [UInt8] {
        var output: [UInt8] = []
        let outcome = try await command(arguments).filter(deadline: deadline) { writer in
            _ = try await writer.write(input)
        } output: { bytes in
            guard let limit else { return }
            guard output.count + bytes.count <= limit else { throw ToolFailure.tooLarge(name, limit: limit) }
            output += bytes
        }
        if outcome.timedOut { throw ToolFailure.tooSlow(name, seconds: deadline / .seconds(1)) }
        guard outcome.succeeded else {
            let reason = withoutSecrets(outcome.failure)
            throw ToolFailure.failed(name, reason: secret.map { reason.replacing($0, with: "…") } ?? reason)
        }
        return output
    }
}

/// Why a program gave no answer. It never has a secret in it.
package enum ToolFailure: Error, Sendable, Equatable, CustomStringConvertible {
    case failed(String, reason: String)
    case tooSlow(String, seconds: Double)
    case tooLarge(String, limit: Int)

    package var description: String {
        switch self {
        case .failed(let name, let reason): "\(name) failed: \(reason)"
        case .tooSlow(let name, let seconds): "\(name) was stopped after \(Int(seconds)) s"
        case .tooLarge(let name, let limit): "\(name) gave more than \(limit >> 10) KiB"
        }
    }
}

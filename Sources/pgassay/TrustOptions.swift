import ArgumentParser
import Evidence
import SystemPackage

/// The key whose signature is trusted.
struct TrustOptions: ParsableArguments {
    @Option(help: "The public key in PEM. Take it from where you trust it, never from beside the export.")
    var publicKey: String?

    @Flag(
        help:
            "The export has no signature: it is checked to be whole, not who made it. An import makes tables and types by its words."
    )
    var unsigned = false

    func validate() throws {
        if unsigned == (publicKey != nil) {
            throw ValidationError("Either --public-key PEM, or --unsigned for an export without a signature.")
        }
    }

    /// - Returns: nil for an unsigned export.
    func key() throws -> PublicKey? {
        do {
            return try publicKey.map { name throws(KeyError) in try PublicKey(contentsOf: FilePath(name)) }
        } catch {
            throw Failure(.wrongCommand, error)
        }
    }
}

/// A share of a whole: `10%`.
struct Percentage: ExpressibleByArgument {
    /// A fraction of 1.
    let share: Double

    init?(argument: String) {
        guard argument.hasSuffix("%"), let number = Double(argument.dropLast()), number > 0, number <= 100 else {
            return nil
        }
        share = number / 100
    }
}

import ArgumentParser
import Evidence
import SystemPackage

/// The key whose signature is trusted.
struct TrustOptions: ParsableArguments {
    @Option(
        help: "The signer's public key (PEM). Take it from a source you trust, never from a file beside the export.")
    var publicKey: String?

    @Flag(
        help:
            "The export has no signature: pgassay checks that it is complete, not who made it. Use this only if you trust the source."
    )
    var unsigned = false

    @Option(
        help: ArgumentHelp(
            "The history of the keys (see keys list): which key counts when. The key that you name must have signed in it.",
            valueName: "file"))
    var keyHistory: String?

    func validate() throws {
        if unsigned, keyHistory != nil {
            throw ValidationError("--key-history goes with --public-key: an export without a signature has no key.")
        }
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

extension TrustOptions {
    /// The keys that count, each at its time, if a history says when.
    /// - Throws: ``Failure``.
    func ring() throws -> KeyRing? {
        guard let publicKey, let keyHistory else { return nil }
        return try KeyRingOptions.trust([publicKey], history: keyHistory).ring
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

/// Which remainders of a hash a partition takes.
struct HashBound: Sendable, Equatable {
    let modulus: Int64
    let remainder: Int64

    /// Reads `FOR VALUES WITH (modulus 4, remainder 1)`.
    /// - Returns: nil for anything else.
    init?(parsing text: String) {
        guard let match = text.wholeMatch(of: /FOR VALUES WITH \(modulus ([0-9]+), remainder ([0-9]+)\)/),
            let modulus = Int64(match.1), let remainder = Int64(match.2), modulus > remainder
        else { return nil }
        self.modulus = modulus
        self.remainder = remainder
    }

    /// How many of the remainders of the largest modulus are taken. Every modulus divides the next larger one, and none
    /// takes what another does (documentation of CREATE TABLE).
    static func taken(_ bounds: [HashBound]) -> (remainders: Int64, of: Int64) {
        let largest = bounds.map(\.modulus).max() ?? 0
        return (bounds.reduce(0) { $0 + largest / $1.modulus }, largest)
    }
}

/// The word that a person probably meant, for a message: of those that are there, the one that is closest to what was written.
/// - Returns: nil if none is close.
package func closest(to written: String, among words: some Sequence<String>) -> String? {
    let wanted = Array(written.lowercased())
    // One slip for every three letters, and one at least: `dril`, `row-count`, `custmers`.
    let most = max(1, wanted.count / 3)
    return words.map { (word: $0, slips: slips(from: wanted, to: Array($0.lowercased()))) }
        .filter { $0.slips <= most && $0.slips < wanted.count }.min { ($0.slips, $0.word) < ($1.slips, $1.word) }?.word
}

/// `Did you mean row-counts?` with a blank before it; nothing if no word is close.
package func didYouMean(_ written: String, among words: some Sequence<String>) -> String {
    closest(to: written, among: words).map { " Did you mean \($0)?" } ?? ""
}

/// How many letters are to be added, left out, replaced, or swapped with their neighbour (optimal string alignment).
private func slips(from left: [Character], to right: [Character]) -> Int {
    var (beforeLast, last) = ([Int](), Array(0...right.count))
    for (row, letter) in left.enumerated() {
        var line = [row + 1]
        for (column, other) in right.enumerated() {
            var slips = min(last[column + 1], line[column]) + 1
            slips = min(slips, last[column] + (letter == other ? 0 : 1))
            if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                slips = min(slips, beforeLast[column - 1] + 1)
            }
            line.append(slips)
        }
        (beforeLast, last) = (last, line)
    }
    return last[right.count]
}

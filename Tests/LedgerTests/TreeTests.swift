import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Ledger

/// The tree of RFC 6962, against a definition of it in Python that shares nothing with ours.
@Suite struct TreeTests {
    private struct Answer: Decodable {
        let roots: [String]
        let inclusion: [[[String]]]
        let consistency: [[[String]]]
    }

    private static func ask(_ entries: [[UInt8]]) async throws -> Answer {
        var answer: Answer?
        try await withTemporaryDirectory { directory in
            let file = directory.appending("entries.json")
            let hex = entries.map { $0.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
            try JSONEncoder().encode(["entries": hex]).write(to: URL(filePath: file.string))
            let oracle = FilePath(#filePath).removingLastComponent().appending("tree_oracle.py")
            let outcome = try await Program(ObjectServer.tools.appending("python")).run(
                [oracle.string, file.string], in: directory, environment: [:])
            answer = try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8))
        }
        return answer!
    }

    private static func hex(_ hash: TreeHash) -> String {
        hash.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// All subtrees are computed from the leaves.
    private struct Whole {
        let leaves: [TreeHash]

        func hash(of range: TreeRange) -> TreeHash {
            if range.count == 1 { return leaves[Int(range.from)] }
            return .node(
                hash(of: TreeRange(range.from, range.middle)), hash(of: TreeRange(range.middle, range.to)))
        }
    }

    @Test("Roots and proofs of all trees up to 40 entries are those of the definition")
    func all() async throws {
        let entries = (0..<40).map { [UInt8](repeating: UInt8($0), count: $0 * 7 % 50) }
        let answer = try await Self.ask(entries)
        let whole = Whole(leaves: entries.map(TreeHash.leaf))
        var (tree, roots) = (GrowingTree(), [TreeHash.empty])
        for leaf in whole.leaves {
            tree.append(leaf)
            roots.append(tree.root)
        }
        #expect(roots.map(Self.hex) == answer.roots)
        for size in 1...entries.count {
            for index in 0..<size {
                let path = ProofPath.inclusion(of: Int64(index), inTreeOf: Int64(size))
                let proof = path.map(whole.hash)
                #expect(proof.map(Self.hex) == answer.inclusion[size - 1][index])
                #expect(
                    ProofCheck.inclusion(
                        whole.leaves[index], at: Int64(index), inTreeOf: Int64(size), roots[size], proof: proof))
            }
            for old in 1...size {
                let proof = ProofPath.consistency(from: Int64(old), to: Int64(size)).map(whole.hash)
                #expect(proof.map(Self.hex) == answer.consistency[size - 1][old - 1])
                #expect(
                    ProofCheck.consistency(
                        from: Int64(old), roots[old], to: Int64(size), roots[size], proof: proof))
            }
        }
    }

    /// The entries and roots that implementations of RFC 6962 test themselves with.
    @Test func theEntriesThatEverybodyUses() async throws {
        let entries: [[UInt8]] = [
            [], [0], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43], Array(0x50...0x57),
            Array(0x60...0x6f),
        ]
        var (tree, roots) = (GrowingTree(), [String]())
        for entry in entries {
            tree.append(.leaf(entry))
            roots.append(Self.hex(tree.root))
        }
        #expect(roots[0] == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")
        #expect(roots[7] == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")
        #expect(Array(try await Self.ask(entries).roots.dropFirst()) == roots)
    }

    @Test("A proof with anything changed proves nothing")
    func changed() {
        let whole = Whole(leaves: (0..<21).map { TreeHash.leaf([UInt8($0)]) })
        func root(_ size: Int64) -> TreeHash { whole.hash(of: TreeRange(0, size)) }
        let other = TreeHash.leaf([99])
        for index: Int64 in [0, 7, 16, 20] {
            let proof = ProofPath.inclusion(of: index, inTreeOf: 21).map(whole.hash)
            func isProven(
                _ leaf: TreeHash? = nil, at place: Int64? = nil, size: Int64 = 21, root of: TreeHash? = nil,
                hashes: [TreeHash]? = nil
            ) -> Bool {
                ProofCheck.inclusion(
                    leaf ?? whole.leaves[Int(index)], at: place ?? index, inTreeOf: size, of ?? root(21),
                    proof: hashes ?? proof)
            }
            #expect(isProven())
            #expect(!isProven(other))
            #expect(!isProven(at: (index + 1) % 21))
            #expect(!isProven(at: -1) && !isProven(at: 21))
            #expect(!isProven(root: other))
            for hashes in [Array(proof.dropLast()), proof + [other], []] { #expect(!isProven(hashes: hashes)) }
            for place in proof.indices {
                var hashes = proof
                hashes[place] = other
                #expect(!isProven(hashes: hashes))
            }
        }
        for old: Int64 in [1, 4, 7, 16, 20] {
            let proof = ProofPath.consistency(from: old, to: 21).map(whole.hash)
            func isProven(
                from: Int64? = nil, _ before: TreeHash? = nil, to: Int64 = 21, _ after: TreeHash? = nil,
                _ hashes: [TreeHash]? = nil
            ) -> Bool {
                ProofCheck.consistency(
                    from: from ?? old, before ?? root(old), to: to, after ?? root(21), proof: hashes ?? proof)
            }
            #expect(isProven())
            #expect(!isProven(other) && !isProven(root(old), other))
            #expect(!isProven(from: 0) && !isProven(from: 22))
            #expect(!isProven(root(old), root(21), Array(proof.dropLast())))
            #expect(!isProven(root(old), root(21), proof + [other]))
            for place in proof.indices {
                var hashes = proof
                hashes[place] = other
                #expect(!isProven(root(old), root(21), hashes))
            }
        }
        #expect(ProofCheck.consistency(from: 5, root(5), to: 5, root(5), proof: []))
        #expect(!ProofCheck.consistency(from: 5, root(5), to: 5, other, proof: []))
    }
}

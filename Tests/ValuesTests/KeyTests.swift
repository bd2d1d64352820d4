import Dispatch
import TestSupport
import Testing

@testable import Values

@Suite struct KeyTests {
    private func makeSet(_ keys: some Sequence<Int>, in store: KeyStore) -> KeySet {
        let set = store.makeSet()
        var found = CollectedKeys()
        for key in keys {
            found.keys.append(UInt128(key))
            if found.keys.count == 1000 {
                set.add(found)
                found.removeAll()
            }
        }
        set.add(found)
        return set
    }

    @Test("Keys in a file are the same as keys in memory", arguments: [64 << 20, 1 << 18])
    func fileOrMemory(_ memory: Int) throws {
        let store = KeyStore(directory: "/tmp", memory: memory)
        let count = 60_000
        let parents = makeSet((0..<count).lazy.map { $0 &* 7919 % count }, in: store)
        let children = makeSet((0..<2 * count).lazy.map { $0 &* 104_729 % (count + 10) }, in: store)
        let twice = makeSet([5, 6, 7, 5, 5, 8, 6], in: store)
        #expect(parents.runs.isEmpty == (memory > 1 << 20))
        #expect(try KeyQuestions.duplicates([parents]) == (0, 0))
        #expect(try KeyQuestions.duplicates([twice]) == (2, 3))
        #expect(try KeyQuestions.duplicates([parents, twice]).keys == 4)
        let orphans = (0..<2 * count).count { $0 &* 104_729 % (count + 10) >= count }
        #expect(try KeyQuestions.orphans(of: [children], among: [parents]) == Int64(orphans))
        #expect(try KeyQuestions.orphans(of: [parents, twice], among: [parents]) == 0)
        #expect(try KeyQuestions.orphans(of: [twice], among: []) == 7)
        #expect(try KeyQuestions.orphans(of: [], among: [parents]) == 0)
    }

    @Test("Keys of every kind are sorted", arguments: [0, 1, 2, 24, 25, 300, 20_000])
    func sorting(_ count: Int) {
        var random = SeededGenerator(7)
        let masks: [UInt128] = [0, 1, 0xfff, 0xff << 60, .max, .max << 64, 1 << 127 | 7]
        for mask in masks {
            var keys = (0..<count).map { _ in
                UInt128.random(in: 0 ... .max, using: &random) & mask | 1 << 100
            }
            let expected = keys.sorted()
            keys.sortKeys()
            #expect(keys == expected)
        }
    }

    @Test("Several threads add keys of one store")
    func threads() throws {
        let store = KeyStore(directory: "/tmp", memory: 1 << 20)
        let set = store.makeSet()
        nonisolated(unsafe) let shared = (set, store)
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            let own = makeSet(0..<50_000, in: shared.1)
            #expect(own.rows == 50_000)
            for start in stride(from: thread, to: 200_000, by: 4000) {
                shared.0.add(CollectedKeys(keys: stride(from: start, to: start + 4000, by: 4).map { UInt128($0) }))
            }
        }
        #expect(!set.runs.isEmpty)
        #expect(set.rows == 200_000)
        #expect(try KeyQuestions.duplicates([set]) == (0, 0))
    }

    @Test("Without room for the file, nothing is said of the keys")
    func noRoom() {
        let store = KeyStore(directory: "/nowhere", memory: 1 << 16)
        let set = makeSet(0..<60_000, in: store)
        #expect(store.failure?.description.contains("/nowhere: No such file or directory") == true)
        #expect(throws: KeyStoreError.self) { try KeyQuestions.duplicates([set]) }
    }

    @Test(
        "Equal values have one key, others have others",
        arguments: [
            (.integer, [["1", "+1", " 01"], ["-1"], ["9223372036854775807"]], ["", "x"]),
            (
                .numeric, [["1", "1.0", "1.00"], ["1.01", "1.010"], ["-1"], ["0", "0.00"], ["10"], ["NaN"]],
                ["1e3", "01", "-0.0", "1.", ".5"]
            ),
            (.paddedText, [["a", "a   "], ["a b"], ["", "  "]], []),
            (.text, [["a"], ["a "], ["A"]], []),
            (.uuid, [["00000000-0000-0000-0000-00000000000a", "{0000000000000000000000000000000A}"]], ["0"]),
            (.float(bytes: 8), [["0", "-0"], ["1", "1.0"], ["NaN"], ["Infinity"], ["1e-310"]], ["x"]),
            (
                .timestamp(zoned: true),
                [["2024-01-01 00:00:00+00", "2024-01-01 01:00:00+01"], ["2024-01-01 00:00:00.1+00"], ["infinity"]],
                ["today"]
            ),
            (.date, [["2024-01-01"], ["2024-01-01 BC"]], ["1.1.2024"]), (.boolean, [["t"], ["f"]], ["true"]),
            (.bytea, [["\\x"], ["\\x00"], ["\\x0000"]], ["\\xAB", "abc"]),
            (.time, [["00:00:00"], ["24:00:00"]], ["noon"]),
        ] as [(KeyKind, [[String]], [String])])
    func equality(_ kind: KeyKind, _ groups: [[String]], _ unreadable: [String]) {
        func key(_ text: String) -> UInt128? {
            Array(text.utf8).withUnsafeBytes { text in
                kind.isNumber
                    ? kind.number(text) : kind.bytes(text).map { UInt128($0.reduce(7) { $0 &* 257 &+ UInt64($1) }) }
            }
        }
        let keys = groups.map { Set($0.map(key)) }
        #expect(keys.allSatisfy { $0.count == 1 && !$0.contains(nil) }, "\(keys)")
        #expect(Set(keys).count == groups.count)
        #expect(unreadable.allSatisfy { key($0) == nil })
    }

    @Test("Lists of values are not one when they are one text")
    func lists() throws {
        let store = KeyStore(directory: "/tmp")
        let set = store.makeSet()
        let columns = ["a", "b"].map { InspectedColumn(name: $0, type: .text(limit: nil), keyKind: .text) }
        let inspector = RowInspector(columns, keys: [([0, 1], set)])
        for row in ["ab\tc", "a\tbc", "\tabc", "a\\tb\tc", "a\tb\\tc", "\\N\tx", "\\N\t\\N", "a\\x62\tc"] {
            inspector.take(row: row)
        }
        #expect(set.keys.count == 6)
        #expect((set.nulls, set.partialNulls) == (2, 1))
        // The last is the first, written in another way.
        #expect(try KeyQuestions.duplicates([set]) == (1, 1))
    }
}

import Glibc
import Synchronization

/// Holds sets of keys in as much memory as it is given. What is more goes to a file, sorted, that has no name and is gone
/// with the process.
package final class KeyStore: @unchecked Sendable {
    // Sendable: while several threads collect keys, all that changes here and in the sets is reached only under the lock.
    private let lock = Mutex(())

    let seed = UInt64.random(in: .min ... .max)
    /// Why keys were lost; nil while all of them are there. After that, no keys are written to the file, and more keys are lost.
    package private(set) var failure: KeyStoreError?
    private let directory: String
    private let memory: Int
    private var sets: [KeySet] = []
    private var file: Int32?
    private var end: Int64 = 0

    /// Sets of fewer keys stay in memory.
    private static let smallest = 4096

    /// - Parameters:
    ///   - directory: where the file is made, if one is needed.
    ///   - memory: how many bytes of keys are held, at most.
    package init(directory: String, memory: Int = 64 << 20) {
        self.directory = directory
        self.memory = memory
    }

    deinit { if let file { close(file) } }

    /// A new set, which belongs to the store.
    package func makeSet() -> KeySet {
        let set = KeySet(self)
        whileAlone { sets.append(set) }
        return set
    }

    /// Forgets all sets and their keys.
    package func removeAll() {
        whileAlone {
            sets = []
            end = 0
        }
    }

    /// Does something that no other thread does with the store or a set at the same time.
    func whileAlone(_ body: () -> Void) { lock.withLock { _ in body() } }

    /// Makes room before a set needs more memory: the largest sets go to the file, until half of the memory is free.
    func makeRoom(for set: KeySet) {
        var total = sets.reduce(set.memory) { $0 + $1.memory }
        guard total > memory else { return }
        for set in sets.sorted(by: { $0.memory > $1.memory })
        where total > memory / 2 && set.keys.count >= Self.smallest {
            total -= set.memory
            spill(set)
        }
    }

    private func spill(_ set: KeySet) {
        guard failure == nil else {
            set.keys = []
            return
        }
        do throws(KeyStoreError) {
            set.keys.sortKeys()
            let run = KeyRun(offset: end, count: set.keys.count)
            try set.keys.withUnsafeBufferPointer { keys throws(KeyStoreError) in
                try write(UnsafeRawBufferPointer(keys))
            }
            set.runs.append(run)
        } catch {
            failure = error
        }
        set.keys = []
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws(KeyStoreError) {
        if file == nil { file = try open() }
        guard let file else { return }
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            let count = pwrite(file, start, rest.count, off_t(end))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw KeyStoreError(directory: directory, code: errno) }
            end += Int64(count)
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Makes the file, and removes its name at once.
    private func open() throws(KeyStoreError) -> Int32 {
        var template = Array("\(directory)/pgassay-keys-XXXXXX".utf8CString)
        let file = template.withUnsafeMutableBufferPointer { mkstemp($0.baseAddress!) }
        guard file >= 0, fcntl(file, F_SETFD, FD_CLOEXEC) == 0 else {
            throw KeyStoreError(directory: directory, code: errno)
        }
        let isNameless = template.withUnsafeBufferPointer { unlink($0.baseAddress!) == 0 }
        guard isNameless else {
            let code = errno
            close(file)
            throw KeyStoreError(directory: directory, code: code)
        }
        return file
    }

    /// Reads keys of a run.
    func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(KeyStoreError) {
        guard let file else { preconditionFailure("a run is in a file") }
        var done = 0
        while done < buffer.count {
            let count = pread(file, buffer.baseAddress! + done, buffer.count - done, off_t(offset) + off_t(done))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw KeyStoreError(directory: directory, code: count < 0 ? errno : EIO) }
            done += count
        }
    }
}

/// Keys of a set in the file of its store, sorted.
struct KeyRun {
    /// Bytes from the start of the file.
    let offset: Int64
    /// How many keys there are.
    let count: Int
}

/// Keys could not be written, or read again.
package struct KeyStoreError: Error, Sendable, Equatable, CustomStringConvertible {
    package let directory: String
    /// The `errno`.
    package let code: Int32

    package var description: String {
        "keys could not be kept in a file in \(directory): \(String(cString: strerror(code)))"
    }
}

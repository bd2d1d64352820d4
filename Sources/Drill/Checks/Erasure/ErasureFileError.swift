import Backup
import Files
import PlanKeys
import SystemPackage

/// A file that the plan names for the check `erasure` is not what it should be. It never quotes the file.
package struct ErasureFileError: Mistake, Equatable {
    package let file: FilePath
    /// What is wrong, as the end of a sentence.
    package let problem: String

    package var description: String { "\(PlanKey.checksErasure): \(problem)" }

    private init(_ file: FilePath, _ problem: String) {
        self.file = file
        self.problem = problem
    }

    /// The largest list or script that is read: keys are kept in memory, about 40 bytes each.
    static let limit = 32 << 20

    /// Reads the whole file.
    static func read(_ file: FilePath, limit: Int = limit) throws(ErasureFileError) -> [UInt8] {
        do {
            return try Files.read(file, limit: limit)
        } catch {
            throw ErasureFileError(file, "\(error)")
        }
    }

    static func noKeys(_ file: FilePath) -> ErasureFileError {
        ErasureFileError(
            file, "\(file) has no keys: it has one a line. Leave the column out of the plan if none was erased")
    }

    static func line(_ file: FilePath, _ number: Int, _ reason: String) -> ErasureFileError {
        ErasureFileError(file, "line \(number) of \(file) \(reason)")
    }

    static func salt(_ file: FilePath, _ length: Int) -> ErasureFileError {
        ErasureFileError(
            file, "the salt in \(file) has \(length) bytes, and must have at least \(ErasedKeys.shortestSalt)")
    }

    static func script(_ file: FilePath, _ reason: String) -> ErasureFileError {
        ErasureFileError(file, "the replay \(file) \(reason)")
    }
}

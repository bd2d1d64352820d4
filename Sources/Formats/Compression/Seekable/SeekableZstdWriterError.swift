/// Why bytes could not be compressed.
package enum SeekableZstdWriterError: Error, Equatable, Sendable {
    /// A setting is not in its range.
    case setting(String, value: Int, allowed: ClosedRange<Int>)
    /// libzstd was built without threads.
    case noWorkers
    /// A frame would hold more bytes than a seek table can express. Frames count from 0; the limit is in bytes.
    case frameTooLarge(frame: Int, limit: Int64)
    /// The file would have more frames than ``SeekTable/maximumFrames``.
    case tooManyFrames(limit: Int)
    /// The compressor could not get the memory it needs.
    case outOfMemory
    /// libzstd failed, for a reason that should never occur.
    case failed(detail: String)
}

extension SeekableZstdWriterError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .setting(let name, let value, let allowed):
            "\(name) is \(value), and must be \(allowed.lowerBound) to \(allowed.upperBound)"
        case .noWorkers: "this libzstd cannot compress with threads of its own; set workers to 0"
        case .frameTooLarge(let frame, let limit):
            "frame \(frame) would hold more than \(limit) bytes, the most of a frame; use smaller row groups, and more than one frame"
        case .tooManyFrames(let limit): "the file would have more than \(limit) frames; use larger row groups"
        case .outOfMemory: "there is not enough memory for a zstd compressor; free some and try again"
        case .failed(let detail): "libzstd cannot compress: \(detail)"
        }
    }
}

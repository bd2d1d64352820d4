import Rows

/// Takes the decoded bytes of one stream of an archive: the data of one entry, or one large object.
protocol DataSink: AnyObject {
    /// The next bytes, cut anywhere. Their memory is valid only during the call.
    func take(_ bytes: UnsafeRawBufferPointer)

    /// Call once, at the end of the stream.
    /// - Returns: what is wrong with the data, as a clause; nil if nothing is.
    func finish() -> String?
}

/// The contents of a large object: any bytes.
final class LargeObjectData: DataSink {
    private let hash = RowHash()

    func take(_ bytes: UnsafeRawBufferPointer) { hash.add(bytes) }

    func finish() -> String? { nil }

    var digest: RowHash.Value { hash.value }
}

/// Data of a kind that this program does not know. It only has to decode.
final class UnknownData: DataSink {
    func take(_ bytes: UnsafeRawBufferPointer) {}

    func finish() -> String? { nil }
}

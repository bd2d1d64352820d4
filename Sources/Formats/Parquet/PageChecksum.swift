import CIsal

/// CRC-32 with the polynomial of gzip, which pages have of their bytes in the file.
enum PageChecksum {
    static func of(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        crc32_gzip_refl(0, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt64(bytes.count))
    }
}

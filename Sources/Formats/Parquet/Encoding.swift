/// How values and levels become bytes, as Parquet numbers the ways.
enum Encoding: Int32 {
    case plain = 0
    /// Levels: runs and groups of bits.
    case runs = 3
    /// Indices of the entries of a dictionary.
    case dictionary = 8
}

/// The smallest and the largest of the times that were added.
package struct TimeRange: Sendable, Equatable {
    /// Both nil where nothing was added. Their descriptions are the texts that they were read from.
    package private(set) var minimum: DatabaseTime?
    package private(set) var maximum: DatabaseTime?

    package init() {}

    @inline(__always)
    package mutating func add(_ time: DatabaseTime) {
        guard let minimum, let maximum else {
            self.minimum = time
            self.maximum = time
            return
        }
        if time < minimum { self.minimum = time }
        if maximum < time { self.maximum = time }
    }

    /// Adds a field of a canonical row. NULL adds nothing.
    /// - Returns: false when it is neither NULL nor a time; it is not added then.
    package mutating func add(field: UnsafeRawBufferPointer) -> Bool {
        if CopyText.isNull(field) { return true }
        guard let time = DatabaseTime(field) else { return false }
        add(time)
        return true
    }

    /// Adds the times of another range.
    package mutating func add(_ other: TimeRange) {
        if let time = other.minimum { add(time) }
        if let time = other.maximum { add(time) }
    }
}

import Testing

/// A database that is odd and good: whatever is restored of it, nothing of it is a reason for an alarm.
struct HealthyDatabase: Sendable, CustomTestStringConvertible {
    /// Of the file in `SQL/healthy`.
    let name: String
    let reason: String
    /// Rows that must be there, by table.
    let rows: [String: Int64]

    var testDescription: String { "\(name): \(reason)" }

    static let all = [
        HealthyDatabase(
            name: "keys", reason: "every kind of foreign key, orphans that the source knows among them",
            rows: ["public.bookings": 5, "public.nodes": 20, "public.unproven": 10, "public.visits": 60]),
        HealthyDatabase(
            name: "names", reason: "names with quotes, dots, newlines, blanks, other scripts and 63 bytes",
            rows: ["we \"said\".so.o'dd table\nof two lines": 3, "public.naïve 🌾 табела": 4, "public.SELECT": 5]),
        HealthyDatabase(
            name: "types", reason: "types, generated and identity columns, extreme values, tables of no columns",
            rows: ["public.documents": 6, "public.nothing_at_all": 3, "public.extremes": 6, "public.sized": 4]),
        HealthyDatabase(
            name: "rights", reason: "roles that are not here, settings, policies, comments, code of every kind",
            rows: ["public.secrets": 30, "private.audit": 3]),
        HealthyDatabase(
            name: "large", reason: "large objects, values of megabytes, materialized views",
            rows: ["public.big": 3, "public.attachments": 4]),
    ]
}

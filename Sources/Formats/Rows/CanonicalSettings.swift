/// The settings of a session under which `COPY … TO STDOUT` writes rows in their canonical form: the same text for the
/// same value on every server, in every time zone. They are the settings that `pg_dump` fixes, and two that it does not
/// fix: the time zone and the form of `bytea`. Names among the values are in quotes only where they must be; a database may say
/// otherwise.
///
/// `money` still depends on the database's `lc_monetary`, and no setting changes what floats of servers before 12
/// print.
package enum CanonicalSettings {
    /// By name, for every connection that reads or writes canonical rows.
    package static let values = [
        "DateStyle": "ISO, YMD", "IntervalStyle": "postgres", "TimeZone": "UTC", "extra_float_digits": "3",
        "bytea_output": "hex", "xmloption": "content", "quote_all_identifiers": "off",
        // With this, names of types and similar names are always qualified, and no function of the database is called
        // by accident.
        "search_path": "",
        // Rows that a policy hides cause an error instead of being left out silently.
        "row_security": "off",
    ]
}

/// The settings of a session under which `COPY … TO STDOUT` writes rows in their canonical form: the same text for the same
/// value on every server, in every time zone. They are what `pg_dump` pins, and what it leaves open: the time zone and the
/// form of `bytea`.
///
/// `money` still depends on the database's `lc_monetary`, and no setting changes what floats of servers before 12 print.
package enum CanonicalSettings {
    /// By name, for every connection that reads or writes canonical rows.
    package static let values = [
        "DateStyle": "ISO, YMD", "IntervalStyle": "postgres", "TimeZone": "UTC", "extra_float_digits": "3",
        "bytea_output": "hex", "xmloption": "content",
        // Names of types and the like are always qualified then, and nothing of the database is called by accident.
        "search_path": "",
        // Rows that a policy hides are an error and not silently absent.
        "row_security": "off",
    ]
}
